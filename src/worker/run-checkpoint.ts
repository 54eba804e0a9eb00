/**
 * A training run in the checkpoint store: configuration, place, weights, optimiser and the curves so far, so
 * that a reloaded page goes on with the same numbers. What is read is checked before it is believed.
 *
 *     run/ID                  the run itself, newest two checkpoints
 *     run/ID/card             what the list shows of it, so that listing reads no weights
 *     run/ID/name             as the user calls it
 *     run/ID/rollouts/000012  what its 12th step played
 *
 * The run, its card and the rollouts of its last step are written in one transaction.
 */
import type { AdapterState } from '../engine/language-model';
import type { Beside, CheckpointStore, LoadedCheckpoint } from '../storage/checkpoint-store';
import { CheckpointError } from '../storage/errors';
import type { CheckpointFacts } from './protocol';
import { RUN_FORMAT, type RunMeta, readRunMeta } from './run-meta';
import { cardOf } from './runs/run-card';

/** What is needed of a `CheckpointStore`. */
export type RunStore = Pick<
  CheckpointStore,
  'put' | 'get' | 'recover' | 'intact' | 'delete' | 'names' | 'take' | 'giveBack' | 'rename'
>;

export interface SavedRun extends Omit<RunMeta, 'format' | 'updates'> {
  readonly adapter: AdapterState;
}

export interface LoadedRun extends SavedRun {
  /** Milliseconds since the epoch. */
  readonly savedAt: number;
  /** What is wrong with checkpoints newer than this one; empty if it is the newest. */
  readonly damaged: readonly CheckpointError[];
}

/** The rollouts of a step as they are kept; null: they are no longer. */
export interface StepRollouts {
  /** From 1. */
  readonly step: number;
  readonly packed: Uint8Array | null;
}

export const ALL_RUNS = 'run/';
/** Where earlier versions of the page kept their one run. */
export const EARLIER = 'training';
export const slotOf = (id: string) => (id === EARLIER ? EARLIER : `${ALL_RUNS}${id}`);
export const cardSlot = (id: string) => `${slotOf(id)}/card`;
export const nameSlot = (id: string) => `${slotOf(id)}/name`;
const rolloutSlot = (id: string, step: number) => `${slotOf(id)}/rollouts/${String(step).padStart(6, '0')}`;

const bytesOf = (floats: Float32Array) => new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);

/** Of a checkpoint without its description. */
export function stateBytes({ params, m, v }: AdapterState): number {
  return params.byteLength + m.byteLength + v.byteLength;
}

/**
 * Replaces its checkpoint before the last; see `CheckpointStore.put` for what it throws.
 * @param rollouts of steps that are new, or gone
 * @param name given to it; null: it is called as before
 */
export async function saveRun(
  store: RunStore,
  { adapter, ...run }: SavedRun,
  rollouts: readonly StepRollouts[] = [],
  name: string | null = null,
): Promise<void> {
  const { params, m, v, updates } = adapter;
  const { runId } = run;
  const meta: RunMeta = { format: RUN_FORMAT, ...run, updates };
  const beside: Beside[] = [
    { name: cardSlot(runId), checkpoint: { meta: cardOf(run, stateBytes(adapter)), blobs: {} } },
    ...(name === null ? [] : [{ name: nameSlot(runId), checkpoint: { meta: { name }, blobs: {} } }]),
    ...rollouts.map(({ step, packed }) => ({
      name: rolloutSlot(runId, step),
      checkpoint: packed && { meta: { step }, blobs: { packed } },
    })),
  ];
  await store.put(
    slotOf(runId),
    { meta, blobs: { params: bytesOf(params), m: bytesOf(m), v: bytesOf(v) } },
    beside,
  );
}

/**
 * Its newest intact checkpoint; null if there is none. Throws `CheckpointError` if none is intact, or if it is of
 * another format.
 */
export async function loadRun(store: RunStore, id: string): Promise<LoadedRun | null> {
  const found = await store.recover(slotOf(id));
  if (!found) return null;
  return { ...readRun(found.checkpoint), damaged: found.damaged };
}

/** The run as it was after so many steps, if that is still kept and intact. */
export async function loadStep(store: RunStore, runId: string, nextStep: number): Promise<SavedRun | null> {
  for (const checkpoint of await store.intact(slotOf(runId))) {
    const { nextStep: step } = checkpoint.meta as Partial<RunMeta>;
    if (step === nextStep) return readRun(checkpoint);
  }
  return null;
}

export interface KeptRollouts {
  readonly kept: readonly StepRollouts[];
  /** Steps whose rollouts are there and cannot be read. */
  readonly damaged: number;
}

/** What its steps played, one by one, as far as it is kept and intact: the run itself needs none of it. */
export async function loadRollouts(store: RunStore, run: SavedRun): Promise<KeptRollouts> {
  const kept: StepRollouts[] = [];
  let damaged = 0;
  for (const [i, bytes] of run.rolloutBytes.entries()) {
    if (bytes === 0) continue;
    try {
      const stored = await store.get(rolloutSlot(run.runId, i + 1));
      if (stored) kept.push({ step: i + 1, packed: stored.blobs.packed });
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      damaged++;
    }
  }
  return { kept, damaged };
}

function readRun({ meta, blobs, info }: LoadedCheckpoint): Omit<LoadedRun, 'damaged'> {
  const { format: _, updates, ...run } = readRunMeta(meta);
  const [params, m, v] = ['params', 'm', 'v'].map((name) => floatsOf(name, blobs[name]));
  return { ...run, adapter: { params, m, v, updates }, savedAt: info.saved };
}

export function describeRun(run: LoadedRun): CheckpointFacts {
  const { savedAt, settings, metrics, norms, heldOut, nextStep } = run;
  return { savedAt, settings, steps: nextStep, metrics, norms, heldOut };
}

/** Copies: the stored bytes may lie at an odd offset. */
function floatsOf(name: string, bytes: Uint8Array | undefined): Float32Array {
  if (!bytes || bytes.length % 4 !== 0) {
    throw new CheckpointError(
      'checkpoint-format',
      `The saved training run cannot be continued: its part "${name}" ${bytes ? 'is not of whole numbers' : 'is missing'}.`,
    );
  }
  return new Float32Array(new Uint8Array(bytes).buffer);
}
