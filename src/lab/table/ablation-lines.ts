/**
 * What `npm run ablation` printed, as the page reads it: the settings of the run, steps of the arms as they were trained,
 * and held-out episodes of every variant, a line for each seed.
 */
import { type BySeed, type Estimate, estimate } from './paired';

export interface AblationSettings {
  readonly model: string;
  /** What the arms were trained on. */
  readonly family: string;
  readonly steps: number;
  readonly tasksPerStep: number;
  readonly groupSize: number;
  /** Held-out episodes of a seed. */
  readonly episodes: number;
}

type Values = Readonly<Record<string, number>>;

interface StepLine {
  readonly kind: 'step';
  readonly method: string;
  readonly seed: number;
  readonly step: number;
  readonly values: Values;
}

interface HeldOutLine {
  readonly kind: 'held-out';
  readonly method: string;
  readonly seed: number;
  readonly environment: string;
  readonly values: Values;
}

export interface Ablation {
  readonly settings: AblationSettings;
  readonly steps: readonly StepLine[];
  readonly heldOut: readonly HeldOutLine[];
}

/** The text says nothing of an ablation's settings: it is another file. */
export class NoAblationError extends Error {
  override readonly name = 'NoAblationError';
}

/**
 * Reads a file of evidence. What was trained or played twice, after a run that was cut off, counts once: as it was last. Throws `NoAblationError`, and `SyntaxError` for a line that is no JSON.
 */
export function readAblation(text: string): Ablation {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly ablation?: AblationSettings; readonly kind?: string });
  const settings = lines.find(({ ablation }) => ablation !== undefined)?.ablation;
  if (settings === undefined) throw new NoAblationError('No line of this file says the settings of a run.');
  const of = <Line extends StepLine | HeldOutLine>(kind: Line['kind'], place: (line: Line) => unknown) => {
    const own = (lines as readonly unknown[]).filter((line): line is Line => (line as Line).kind === kind);
    return [...new Map(own.map((line) => [`${line.method} ${line.seed} ${place(line)}`, line])).values()];
  };
  return {
    settings,
    steps: of<StepLine>('step', ({ step }) => step),
    heldOut: of<HeldOutLine>('held-out', ({ environment }) => environment),
  };
}

/** `tool-calls` is the sum of the calls of all tools, an episode; the others are the lines' own. */
export function valueIn(values: Values, metric: string): number | undefined {
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
  const made = new Map<number, number>();
  for (const { seed } of own) made.set(seed, (made.get(seed) ?? 0) + 1);
  const whole = new Set([...made].filter(([, count]) => count === settings.steps).map(([seed]) => seed));
  return Array.from({ length: settings.steps }, (_, i) => i + 1).flatMap((step) => {
    const values = own
      .filter((line) => line.step === step && whole.has(line.seed))
      .flatMap((line) => valueIn(line.values, metric) ?? []);
    return estimate(values) ?? [];
  });
}
