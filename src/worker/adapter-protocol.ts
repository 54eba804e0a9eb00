/**
 * Calls that look at what an adapter learned: the size and rank of its change, what it would decide otherwise, and
 * how it plays when it counts for less or more. Part of the protocol between the page and its worker; types only.
 */
import type { AdapterSpectrum } from '../engine/model/adapter-spectrum';
import type { RewardPreset } from '../reward/weights';
import type { AdapterChoice, ReplayRun, TaskAddress } from './protocol';

export type LearnedAdapter = Exclude<AdapterChoice, 'none'>;

export interface AdapterFacts {
  readonly adapter: LearnedAdapter;
  readonly r: number;
  readonly alpha: number;
  /** s in x W^T + s (x A^T) B^T: alpha / r, or alpha / sqrt(r) where the adapter says so. */
  readonly scaling: number;
  /** Of each adapted linear layer: the singular values of s B A; their squares add up to the squared Frobenius norm. */
  readonly layers: readonly (AdapterSpectrum & { readonly frobenius: number })[];
}

/** The moment of a decision: the policy has opened its thought, and the first word decides what it does. */
export interface Decision {
  readonly taskId: string;
  readonly stage: 1 | 2 | 3;
  /** The newest message of the prompt, the note of related entries aside. */
  readonly message: string;
  /** Half the sum of |p - q| over all tokens: 0 the same, 1 nothing in common. */
  readonly distance: number;
  /** Tokens whose probability changed most, most first, by a thousandth at least. */
  readonly moved: readonly MovedToken[];
}

export interface MovedToken {
  readonly text: string;
  /** Thoughts the policy was taught whose first token it is. */
  readonly thoughts: readonly string[];
  /** With the adapter off and on, at temperature 1. */
  readonly base: number;
  readonly adapted: number;
}

export interface LearnedDecisions {
  readonly adapter: LearnedAdapter;
  /** Of the tasks. */
  readonly seed: number;
  readonly tasks: number;
  /** Most changed first. */
  readonly decisions: readonly Decision[];
}

interface Call<Args, Result> {
  readonly args: Args;
  readonly result: Result;
}

export interface AdapterCalls {
  /** *model* */
  describeAdapter: Call<{ readonly adapter: LearnedAdapter }, AdapterFacts>;
  /**
   * Base against adapter at the same decisions every time: those of the perfect demonstrator on held-out tasks.
   * News: `rollouts`, a decision each. *model*
   */
  learnedDecisions: Call<{ readonly adapter: LearnedAdapter }, LearnedDecisions>;
  /**
   * The task with the same dice, the adapter's change multiplied by `strength`: 0 is the base policy, 1 the
   * adapter as it was trained. *model*
   */
  replayStrength: Call<
    {
      readonly task: TaskAddress;
      readonly dice: number;
      readonly reward: RewardPreset;
      readonly adapter: LearnedAdapter;
      /** 0 to 1.5. */
      readonly strength: number;
    },
    ReplayRun & { readonly strength: number }
  >;
}
