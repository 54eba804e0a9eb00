/** What every benchmark is given: a back end of ours, a way to speak, and how much to do. */
import type { Backend } from '../engine/backend';
import type { SeededNumbers } from '../engine/parity/seeded-numbers';
import type { BenchBackend, Figure } from './figure';

export type Emit = (figure: Figure) => void;

export interface Setting {
  readonly backend: BenchBackend;
  readonly engine: Backend;
  readonly random: SeededNumbers;
  /** Rounds after warm-up. */
  readonly runs: number;
  /** Smaller and fewer sizes; the lines say so by their sizes. */
  readonly quick: boolean;
  /** Of our models; default as the device and the model allow. */
  readonly decode?: 'fused' | 'plain';
}

/** In the order in which they are run when none is named. */
export const BENCH_NAMES = [
  'matmul',
  'lora-step',
  'decode',
  'grpo-step',
  'load',
  'responsiveness',
  'scale',
  'profile',
  'ltm',
  'retrieval',
] as const;
export type BenchName = (typeof BENCH_NAMES)[number];
