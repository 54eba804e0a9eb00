/**
 * The drift gate: recorded batches trained once more, and where that leads compared with where the float64
 * reference went. Compared are every loss, every gradient norm, and the adapter at some points of the way.
 *
 * Units. Losses: difference over the largest |loss| of the run (a GRPO loss is near 0 by design, so its own
 * size is no scale). Gradient norms: relative. Weights: difference over the sum of the learning rates so far,
 * the most that AdamW can move a weight; as root mean square over the sampled weights, which is the gate, and as
 * the largest, which is one weight whose gradient is rounding noise and so is moved by its sign.
 */
import type { LanguageModel } from '../../engine/language-model';
import type { RecordedBatch } from './recorded-batch';

/** Batches after which the adapter is compared; the last batch always is. */
export const CHECKPOINTS: readonly number[] = [2, 5, 10, 25];

/** Every how many-th weight is kept in a trajectory; a prime, so that no row or column is always missed. */
export const WEIGHT_STRIDE = 13;

/** Where a run of recorded batches went. */
export interface Trajectory {
  /** Of each update, in order; `iterations` of each batch. */
  readonly losses: readonly number[];
  readonly gradNorms: readonly number[];
  readonly adapters: readonly AdapterPoint[];
}

export interface AdapterPoint {
  /** Batches taken. */
  readonly batches: number;
  /** Sum of the learning rates of all updates so far. */
  readonly travelled: number;
  /** Every `WEIGHT_STRIDE`-th weight. */
  readonly weights: readonly number[];
}

/** Trains on the batches in order. The model's adapter must be as new. */
export async function replay(
  model: LanguageModel,
  batches: readonly RecordedBatch[],
  onBatch: (done: number) => void = () => undefined,
): Promise<Trajectory> {
  const losses: number[] = [];
  const gradNorms: number[] = [];
  const adapters: AdapterPoint[] = [];
  let travelled = 0;
  for (const [i, { batch, options }] of batches.entries()) {
    const { updates } = await model.updatePolicy(batch, options);
    for (const { loss, gradNorm } of updates) {
      losses.push(loss);
      gradNorms.push(gradNorm);
      travelled += options.optimiser.lr;
    }
    const done = i + 1;
    if (CHECKPOINTS.includes(done) || done === batches.length) {
      const { params } = await model.exportAdapter();
      const weights = Array.from(params).filter((_, place) => place % WEIGHT_STRIDE === 0);
      adapters.push({ batches: done, travelled, weights });
    }
    onBatch(done);
  }
  return { losses, gradNorms, adapters };
}

/** The distances that are allowed: about ten times the worst measured. These, and what they come from: fixtures/drift/README.md. */
export const DRIFT_BOUNDS = { loss: 2e-5, gradNorm: 4e-4, weightRms: 1e-4, weightMax: 4e-3 } as const;

export interface DriftLine {
  readonly quantity: 'loss' | 'grad_norm' | 'adapter_rms' | 'adapter_max';
  /** Batches behind the figure. */
  readonly batches: number;
  readonly error: number;
  readonly tolerance: number;
  readonly pass: boolean;
}

/** `run` may be shorter than `reference`: what both have is compared. */
export function drift(run: Trajectory, reference: Trajectory): DriftLine[] {
  const updates = Math.min(run.losses.length, reference.losses.length);
  const scale = Math.max(...reference.losses.map(Math.abs));
  const last = Math.max(...run.adapters.map((point) => point.batches));
  const lines = [
    line(
      'loss',
      last,
      worst(updates, (i) => Math.abs(run.losses[i] - reference.losses[i]) / scale),
      DRIFT_BOUNDS.loss,
    ),
    line(
      'grad_norm',
      last,
      worst(updates, (i) => relative(run.gradNorms[i], reference.gradNorms[i])),
      DRIFT_BOUNDS.gradNorm,
    ),
  ];
  for (const point of run.adapters) {
    const expected = reference.adapters.find(({ batches }) => batches === point.batches);
    if (!expected) continue;
    const errors = point.weights.map(
      (weight, i) => Math.abs(weight - expected.weights[i]) / expected.travelled,
    );
    const squares = errors.reduce((sum, error) => sum + error * error, 0);
    lines.push(
      line('adapter_rms', point.batches, Math.sqrt(squares / errors.length), DRIFT_BOUNDS.weightRms),
      line(
        'adapter_max',
        point.batches,
        worst(errors.length, (i) => errors[i]),
        DRIFT_BOUNDS.weightMax,
      ),
    );
  }
  return lines;
}

function line(quantity: DriftLine['quantity'], batches: number, error: number, tolerance: number): DriftLine {
  return { quantity, batches, error, tolerance, pass: error <= tolerance };
}

/** NaN counts as infinitely far. */
function worst(count: number, error: (i: number) => number): number {
  let most = 0;
  for (let i = 0; i < count; i++) most = Math.max(most, Number.isNaN(error(i)) ? Infinity : error(i));
  return most;
}

/** A batch without spread has a gradient of the KL term alone, which may be 0. */
function relative(value: number, expected: number): number {
  return Math.abs(value - expected) / Math.max(Math.abs(expected), 1e-3);
}
