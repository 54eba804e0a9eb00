/**
 * How a model is opened: what may be asked for, what excludes what, and what that takes of the device's memory.
 */
import type { Backend } from '../backend';
import { DeviceMemoryError, EngineError } from '../errors';
import { checkLoraConfig } from './lora';
import { withSmallerSetting } from './memory-advice';
import { type MemoryUse, planMemory } from './memory-plan';
import type { LoraConfig, ModelConfig, NamedTensors } from './model-config';
import type { BaseFormat } from './packed-rows';

/** Tokens of one scoring or training pass, unless told otherwise. */
export const MICRO_BATCH_TOKENS = 2048;
/** Positions for which tables are made, unless told otherwise: enough for any episode. */
const DEFAULT_POSITIONS = 8192;

/** Something was asked of a model that was not opened for it. */
export class ModelUseError extends EngineError {}

export interface EngineModelOptions {
  /** Stays the caller's; `dispose` leaves it open. */
  readonly backend: Backend;
  readonly config: ModelConfig;
  /** Every base tensor by Hugging Face name, as `readWeights` returns them; finite. */
  readonly weights: NamedTensors;
  /** An adapter to train or use; starts as no change (B = 0). Default: none. */
  readonly adapter?: LoraConfig;
  /** Seed of the adapter's A matrices. Default 0. */
  readonly adapterSeed?: number;
  /** What learns: the adapter with the base frozen, or all weights (then no adapter). Default `adapter`. */
  readonly trainable?: 'adapter' | 'base';
  /**
   * `fused`: many tokens a dispatch where the device can and the model fits, after a check against the plain
   * way; `plain`: one pass a token. Default `fused`.
   */
  readonly decode?: 'fused' | 'plain';
  /**
   * Training keeps the input of each block only and computes the rest again on the way back: less memory, the
   * same gradients, half more arithmetic (a third in full training). Default: where a micro-batch of 2048 tokens would
   * not fit into what the back end grants (`memory-plan.ts`).
   */
  readonly recompute?: boolean;
  /**
   * How the frozen matrices of the blocks are kept on the device: `f16` takes half, `int8` a quarter of their memory,
   * at the price of rounded weights (`packed-rows.ts`; `npm run plan -- --base int8 --measure` tells the error). All else
   * is float32. Excludes full training and the fused decoder. Default `f32`.
   */
  readonly baseFormat?: BaseFormat;
  /** Longest sequence. Default and upper bound: the configuration's, the default at most 8192. */
  readonly maxPositions?: number;
}

/**
 * @throws UnsupportedModelError for an adapter configuration that makes no sense
 * @throws ModelUseError for choices that exclude each other
 */
export function checkOptions({ adapter, trainable, baseFormat }: EngineModelOptions): void {
  if (adapter) checkLoraConfig(adapter);
  if (adapter && trainable === 'base') {
    throw new ModelUseError('two-trainables', 'Full training and an adapter exclude each other; give one.');
  }
  if (trainable === 'base' && (baseFormat ?? 'f32') !== 'f32') {
    throw new ModelUseError(
      'packed-trainable',
      'Packed weights cannot be trained; open the model with an f32 base.',
    );
  }
}

/** Longest sequence. */
export function positionsOf({ config, maxPositions = DEFAULT_POSITIONS }: EngineModelOptions): number {
  return Math.min(config.maxPositions, maxPositions);
}

/** What the model is opened for, as the plan wants to know it: a usual micro-batch where it learns. */
export function openedFor(options: EngineModelOptions): MemoryUse {
  const { config, adapter, baseFormat: base, recompute } = options;
  const trainsBase = options.trainable === 'base';
  const microBatchTokens = adapter || trainsBase ? MICRO_BATCH_TOKENS : 0;
  const least = { microBatchTokens, rollouts: 1, sequenceTokens: 1 };
  return { config, lora: adapter ?? null, trainsBase, base, recompute, ...least };
}

/** Whether a micro-batch of the usual size trains with all activations kept, as far as the back end says. */
export function fitsKept(options: EngineModelOptions): boolean {
  const { bufferBytes = Number.POSITIVE_INFINITY, memoryBytes } = options.backend.info;
  if (!options.adapter || memoryBytes === undefined) return true;
  const plan = planMemory(openedFor(options), bufferBytes);
  return plan.total <= memoryBytes;
}

/** The error; one of memory with what is needed, what is granted and the smaller setting that fits. */
export function advised(error: unknown, backend: Backend, use: MemoryUse): unknown {
  if (!(error instanceof DeviceMemoryError)) return error;
  return withSmallerSetting(error, use, backend.info.bufferBytes);
}
