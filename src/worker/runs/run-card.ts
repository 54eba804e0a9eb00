/**
 * What the list shows of a run, kept beside its checkpoint: a list of many runs reads a few numbers of each and no
 * weights. It only repeats what the run says; one that is missing or unreadable is made again from the run.
 */
import type { RunMeta } from '../run-meta';
import type { RunFacts } from '../runs-protocol';

/** 2: with the model it was trained on. */
const FORMAT = 2;

export interface RunCard
  extends Pick<RunFacts, 'begun' | 'settings' | 'steps' | 'heldOut' | 'rollouts' | 'baseName'> {
  readonly format: number;
  /** Fingerprint of the weights its adapter belongs to; null where the run does not say. */
  readonly base: string | null;
  /** Of one checkpoint. */
  readonly stateBytes: number;
  readonly rolloutBytes: number;
}

type Described = Pick<
  RunMeta,
  'base' | 'baseName' | 'begun' | 'settings' | 'nextStep' | 'heldOut' | 'rolloutBytes'
>;

export function cardOf(run: Described, stateBytes: number): RunCard {
  const { base, baseName, begun, settings, nextStep, heldOut, rolloutBytes } = run;
  const last = heldOut.at(-1);
  return {
    format: FORMAT,
    base,
    baseName,
    begun,
    settings,
    steps: nextStep,
    heldOut: last
      ? {
          step: last.step,
          reward: last.evaluation.reward,
          stderr: last.evaluation.stderr.reward,
          n: last.evaluation.n,
        }
      : null,
    rollouts: rolloutBytes.filter((bytes) => bytes > 0).length,
    stateBytes,
    rolloutBytes: rolloutBytes.reduce((sum, bytes) => sum + bytes, 0),
  };
}

/** Null for one that another version of the page wrote. */
export function readCard(meta: unknown): RunCard | null {
  const card = meta as Partial<RunCard> | null;
  return card?.format === FORMAT ? (card as RunCard) : null;
}
