/** What a run lives through and tells of, in words. */
import type { LabError } from './protocol';

/** @param before what the device was called that went away */
export function deviceReplaced(step: number, before: string, now: string): LabError {
  return {
    code: 'device-replaced',
    message:
      `The device (${before}) went away during step ${step}. Training goes on on ${now === before ? 'a new one' : now}` +
      ` from the end of step ${step - 1}; step ${step} is taken again with the same numbers.`,
    whatToDo:
      'Nothing. If it happens again, close other tabs that use the GPU, or open the page with ?backend=wasm.',
  };
}

/** Log-probs that training compares are those of the model itself. */
export const DRAWS_FREELY: LabError = {
  code: 'draws-freely',
  message:
    'The model is set up to draw with the protocol imposed or from the likeliest tokens only. Training draws freely all' +
    ' the same: it learns from what the model itself would write.',
  whatToDo: 'Nothing. Episodes that are played are drawn as set up.',
};

/** @param before tokens of a micro-batch */
export function memoryShort(step: number, before: number, now: number): LabError {
  return {
    code: 'memory-short',
    message:
      `Memory did not suffice for the update of step ${step} with ${before} tokens at a time; it was taken, and the` +
      ` next ones are, with ${now}. The numbers are the same but for rounding; it is a little slower.`,
    whatToDo: 'Nothing. Closing other tabs, or training with fewer tasks or rollouts, makes room.',
  };
}
