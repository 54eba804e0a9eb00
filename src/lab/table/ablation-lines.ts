/**
 * What `npm run ablation` printed, as the page reads it: the settings of the run, steps of the arms as they were trained,
 * and held-out episodes of every variant, a line for each seed.
 */
import {
  type AblationSettings,
  type HeldOutLine,
  readAblationLines,
  type StepLine,
} from '../../evidence/ablation-lines';
import type { SeedValues } from '../../evidence/cell-lines';
import { type BySeed, type Estimate, estimate } from './paired';

export interface Ablation {
  readonly settings: AblationSettings;
  readonly steps: readonly StepLine[];
  readonly heldOut: readonly HeldOutLine[];
}

/** The text says nothing of an ablation's settings: it is another file. */
export class NoAblationError extends Error {
  override readonly name = 'NoAblationError';
}

/** Reads a file of evidence: of every variant what is whole. Throws `NoAblationError`, `AblationLineError`. */
export function readAblation(text: string): Ablation {
  const found = readAblationLines(text.trim().split('\n'));
  if (!found) throw new NoAblationError('No line of this file says the settings of a run.');
  const { settings, lines } = found;
  return {
    settings,
    steps: lines.filter((line) => line.kind === 'step'),
    heldOut: lines.filter((line) => line.kind === 'held-out'),
  };
}

/** `tool-calls` is the sum of the calls of all tools, an episode; the others are the lines' own. */
export function valueIn(values: SeedValues, metric: string): number | undefined {
  if (metric !== 'tool-calls') return values[metric];
  const calls = Object.entries(values).filter(([name]) => name.startsWith('calls '));
  return calls.reduce((sum, [, value]) => sum + value, 0);
}

/** A figure of the held-out episodes of a variant, by seed. */
export function heldOutOf(
  { heldOut }: Ablation,
  method: string,
  environment: string,
  metric: string,
): BySeed {
  const own = heldOut.filter((line) => line.method === method && line.environment === environment);
  return new Map(
    own.flatMap(({ seed, values }) => {
      const value = valueIn(values, metric);
      return value === undefined ? [] : [[seed, value] as const];
    }),
  );
}

/** Environments with held-out episodes, the one trained on first. */
export function environmentsOf({ settings, heldOut }: Ablation): readonly string[] {
  const played = [...new Set(heldOut.map(({ environment }) => environment))];
  return [...played.filter((id) => id === settings.family), ...played.filter((id) => id !== settings.family)];
}

/** A figure of an arm step by step, from step 1: mean and bounds over the seeds that were trained to the end. */
export function curveOf({ settings, steps }: Ablation, method: string, metric: string): readonly Estimate[] {
  const own = steps.filter((line) => line.method === method);
  return Array.from({ length: settings.steps }, (_, i) => i + 1).flatMap((step) => {
    const values = own
      .filter((line) => line.step === step)
      .flatMap((line) => valueIn(line.values, metric) ?? []);
    return estimate(values) ?? [];
  });
}
