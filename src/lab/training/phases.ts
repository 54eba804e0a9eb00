/** What the phases of a run take, in time and tokens, and how long the rest will; all from what was measured. */
import type { HeldOut, TrainingMetrics } from '../../worker/protocol';
import { type Phrase, phrase } from '../language/language';
import type { TrainingView } from '../state/lab-state';

export interface PhaseCost {
  readonly name: Phrase;
  /** What one of them is, for "a step" or "each". */
  readonly times: number;
  readonly ms: number;
  /** Null where they are not counted. */
  readonly tokens: number | null;
  /** What is counted, with `{tokens}` of them. */
  readonly tokensMean: Phrase | null;
}

export function phaseCosts(
  metrics: readonly TrainingMetrics[],
  heldOut: readonly HeldOut[],
): readonly PhaseCost[] {
  const sum = (read: (m: TrainingMetrics) => number) => metrics.reduce((total, m) => total + read(m), 0);
  const played = heldOut.filter(({ step }) => step === 0 || step <= metrics.length);
  return [
    {
      name: phrase('Playing the groups'),
      times: metrics.length,
      ms: sum((m) => m['ms/rollouts']),
      tokens: sum((m) => m.tokens),
      tokensMean: phrase('{tokens} read and written'),
    },
    {
      name: phrase('Moving the adapter'),
      times: metrics.length,
      ms: sum((m) => m.ms - m['ms/rollouts']),
      tokens: sum((m) => m['tokens/computed']),
      tokensMean: phrase('{tokens} rows of a pass, shared beginnings once'),
    },
    {
      name: phrase('Held-out tasks'),
      times: played.length,
      ms: played.reduce((total, { ms }) => total + ms, 0),
      tokens: null,
      tokensMean: null,
    },
  ];
}

/** How many of the last steps say how long the next ones take: they change while a policy learns. */
const RECENT = 5;

/** Milliseconds until the last step of the run, held-out tasks included; null before the first. */
export function timeLeft({ metrics, heldOut, settings }: TrainingView): number | null {
  if (!settings || metrics.length === 0) return null;
  const recent = metrics.slice(-RECENT);
  const step = recent.reduce((total, { ms }) => total + ms, 0) / recent.length;
  const every = settings.evaluateEvery ?? 0;
  let evaluations = 0;
  for (let at = metrics.length + 1; every > 0 && at <= settings.steps; at++) {
    if (at % every === 0 || at === settings.steps) evaluations++;
  }
  const each = heldOut.length > 0 ? heldOut.reduce((total, { ms }) => total + ms, 0) / heldOut.length : 0;
  return (settings.steps - metrics.length) * step + evaluations * each;
}
