/**
 * What to say when a device has no more memory: what the model needs for what was asked, what the device gave, and the
 * smaller setting that fits; numbers from the plan (`memory-plan.ts`), so the advice is the one given before loading.
 */
import { DeviceMemoryError, type MemoryGrant } from '../errors';
import { inWords, type MemoryUse, memoryRefusal, planMemory, smallerUse } from './memory-plan';

/** Where the plan would fit and memory ran out all the same, others hold it: something that needs this share is proposed. */
const LESS = 3 / 4;

/**
 * The error with needed, granted and the smaller setting.
 * @param bufferBytes what the back end says of one buffer, for errors that do not know
 */
export function withSmallerSetting(
  error: DeviceMemoryError,
  use: MemoryUse,
  bufferBytes = Number.POSITIVE_INFINITY,
): DeviceMemoryError {
  const granted = error.granted ?? { bufferBytes, totalBytes: null };
  const plan = planMemory(use, granted.bufferBytes);
  const refused = memoryRefusal(plan, granted) !== null;
  const tight = Math.min(granted.totalBytes ?? Number.POSITIVE_INFINITY, LESS * plan.total);
  const smaller = smallerUse(use, refused ? granted : { ...granted, totalBytes: tight });
  const advice = smaller
    ? `What fits: ${smaller.words}.`
    : 'No smaller setting of this model fits; take a smaller model.';
  return new DeviceMemoryError(
    error.code,
    `${error.message} In all this model needs ${inWords(plan.total)} for what was asked of it; ${grantInWords(granted)}. ${advice}`,
    granted,
    { cause: error },
  );
}

function grantInWords({ bufferBytes, totalBytes }: MemoryGrant): string {
  const one = Number.isFinite(bufferBytes) ? `${inWords(bufferBytes)} in one buffer` : '';
  if (totalBytes === null) {
    return one === '' ? 'the device does not say how much it grants' : `the device grants ${one}`;
  }
  return totalBytes <= bufferBytes
    ? `the device granted ${inWords(totalBytes)}`
    : `the device granted ${inWords(totalBytes)}, ${one}`;
}
