/**
 * A training run in the checkpoint store: settings, place, weights, optimiser and the curves so far, so
 * that a reloaded page goes on with the same numbers. What is read is checked before it is believed.
 */
import type { AdapterNorm, AdapterState } from '../engine/language-model';
import type { TrainingMetrics } from '../rl/metrics';
import type { CheckpointStore } from '../storage/checkpoint-store';
import { CheckpointError } from '../storage/errors';
import type { CheckpointFacts, TrainingSettings } from './protocol';

const NAME = 'training';
const FORMAT = 1;

/** What is needed of a `CheckpointStore`. */
export type RunStore = Pick<CheckpointStore, 'put' | 'recover' | 'delete'>;

export interface SavedRun {
  readonly settings: TrainingSettings;
  readonly nextStep: number;
  readonly adapter: AdapterState;
  readonly metrics: readonly TrainingMetrics[];
  readonly norms: readonly AdapterNorm[];
}

interface RunMeta {
  readonly format: number;
  readonly settings: TrainingSettings;
  readonly nextStep: number;
  readonly updates: number;
  readonly metrics: readonly TrainingMetrics[];
  readonly norms: readonly AdapterNorm[];
}

const bytesOf = (floats: Float32Array) => new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
/** Copies: the stored bytes may lie at an odd offset. */
const floatsOf = (bytes: Uint8Array) => new Float32Array(new Uint8Array(bytes).buffer);

export async function saveRun(store: RunStore, run: SavedRun): Promise<void> {
  const { params, m, v, updates } = run.adapter;
  const meta: RunMeta = {
    format: FORMAT,
    settings: run.settings,
    nextStep: run.nextStep,
    updates,
    metrics: run.metrics,
    norms: run.norms,
  };
  await store.put(NAME, { meta, blobs: { params: bytesOf(params), m: bytesOf(m), v: bytesOf(v) } });
}

/** The newest intact run; null if there is none. Throws `CheckpointError` for one of another format. */
export async function loadRun(store: RunStore): Promise<(SavedRun & { savedAt: number }) | null> {
  const found = await store.recover(NAME);
  if (!found?.checkpoint) return null;
  const { meta, blobs, info } = found.checkpoint;
  if (!isRunMeta(meta) || !blobs.params || !blobs.m || !blobs.v) {
    throw new CheckpointError(
      'checkpoint-format',
      'The saved training run was written by another version of this page and cannot be continued.',
    );
  }
  const adapter = {
    params: floatsOf(blobs.params),
    m: floatsOf(blobs.m),
    v: floatsOf(blobs.v),
    updates: meta.updates,
  };
  const { settings, nextStep, metrics, norms } = meta;
  return { settings, nextStep, metrics, norms, adapter, savedAt: info.saved };
}

export async function discardRun(store: RunStore): Promise<void> {
  await store.delete(NAME);
}

export function describeRun(run: SavedRun & { readonly savedAt: number }): CheckpointFacts {
  const { savedAt, settings, metrics, norms, nextStep } = run;
  return { savedAt, settings, steps: nextStep, metrics, norms };
}

function isRunMeta(meta: unknown): meta is RunMeta {
  return (
    typeof meta === 'object' &&
    meta !== null &&
    'format' in meta &&
    meta.format === FORMAT &&
    'settings' in meta &&
    'metrics' in meta &&
    Array.isArray(meta.metrics)
  );
}
