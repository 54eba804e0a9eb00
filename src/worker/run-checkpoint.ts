/**
 * A training run in the checkpoint store: configuration, place, weights, optimiser and the curves so far, so
 * that a reloaded page goes on with the same numbers. What is read is checked before it is believed.
 */
import type { AdapterState } from '../engine/language-model';
import type { CheckpointStore, LoadedCheckpoint } from '../storage/checkpoint-store';
import { CheckpointError } from '../storage/errors';
import type { CheckpointFacts } from './protocol';
import { RUN_FORMAT, type RunMeta, readRunMeta } from './run-meta';

const NAME = 'training';

/** What is needed of a `CheckpointStore`. */
export type RunStore = Pick<CheckpointStore, 'put' | 'recover' | 'intact' | 'delete'>;

export interface SavedRun extends Omit<RunMeta, 'format' | 'updates'> {
  readonly adapter: AdapterState;
}

export interface LoadedRun extends SavedRun {
  /** Milliseconds since the epoch. */
  readonly savedAt: number;
  /** What is wrong with checkpoints newer than this one; empty if it is the newest. */
  readonly damaged: readonly CheckpointError[];
}

const bytesOf = (floats: Float32Array) => new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);

/** Replaces the checkpoint before the last; see `CheckpointStore.put` for what it throws. */
export async function saveRun(store: RunStore, { adapter, ...run }: SavedRun): Promise<void> {
  const { params, m, v, updates } = adapter;
  const meta: RunMeta = { format: RUN_FORMAT, ...run, updates };
  await store.put(NAME, { meta, blobs: { params: bytesOf(params), m: bytesOf(m), v: bytesOf(v) } });
}

/**
 * The newest intact run; null if there is none. Throws `CheckpointError` if none is intact, or if it is of
 * another format.
 */
export async function loadRun(store: RunStore): Promise<LoadedRun | null> {
  const found = await store.recover(NAME);
  if (!found) return null;
  return { ...readRun(found.checkpoint), damaged: found.damaged };
}

/** The run as it was after so many steps, if that is still kept and intact. */
export async function loadStep(store: RunStore, runId: string, nextStep: number): Promise<SavedRun | null> {
  for (const checkpoint of await store.intact(NAME)) {
    const { nextStep: step, runId: id } = checkpoint.meta as Partial<RunMeta>;
    if (id === runId && step === nextStep) return readRun(checkpoint);
  }
  return null;
}

function readRun({ meta, blobs, info }: LoadedCheckpoint): Omit<LoadedRun, 'damaged'> {
  const { format: _, updates, ...run } = readRunMeta(meta);
  const [params, m, v] = ['params', 'm', 'v'].map((name) => floatsOf(name, blobs[name]));
  return { ...run, adapter: { params, m, v, updates }, savedAt: info.saved };
}

export async function discardRun(store: RunStore): Promise<void> {
  await store.delete(NAME);
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
