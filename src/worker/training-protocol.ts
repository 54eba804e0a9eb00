/**
 * Calls about training beyond starting and stopping it: one update taken back. Part of the protocol between the page
 * and its worker (`protocol.ts`, whose rules hold); types only.
 */
import type { AdapterNorm } from '../engine/language-model';
import type { Evaluation } from '../rl/evaluate';
import type { TrainingSettings } from './protocol';

interface Call<Args, Result> {
  readonly args: Args;
  readonly result: Result;
}

type None = Record<string, never>;

/** The policy of a run on tasks it never trains on: the same tasks with the same dice every time. */
export interface HeldOut {
  /** Updates done by then; 0 before the first. */
  readonly step: number;
  readonly evaluation: Evaluation;
  /** What it cost. */
  readonly ms: number;
}

/** A run after its last update was taken back. */
export interface UndoneStep {
  /** Updates that are left. */
  readonly steps: number;
  readonly norms: readonly AdapterNorm[];
  readonly heldOut: readonly HeldOut[];
  /** False if the state could not be saved; a `trouble` says why. */
  readonly saved: boolean;
  /** Milliseconds since the epoch. */
  readonly savedAt: number;
}

/** What a run takes on this device, told before it starts. */
export interface TrainingEstimate {
  /** Of tensors: base, adapter with its optimiser, a micro-batch, the caches of rollouts that act together. */
  readonly memory: {
    readonly needBytes: number;
    /** In all; null where the device does not say. */
    readonly grantedBytes: number | null;
    /** A sentence where it does not fit, with the smaller setting that does. */
    readonly refusal: string | null;
  };
  /** Null unless it was measured. */
  readonly time: {
    /** Of a whole step, seconds; rollouts that act together and prefixes that are shared make it less. */
    readonly stepSeconds: number;
    readonly episodesPerStep: number;
    /** As measured, of one episode: playing it, and learning from it. */
    readonly playSeconds: number;
    readonly learnSeconds: number;
  } | null;
}

export interface TrainingCalls {
  /**
   * `measure`: a step of two rollouts is taken with an adapter that is thrown away; `cancel` stops it. Refused as
   * `train` would be. News: `rollouts`. *model*
   */
  estimateTraining: Call<
    { readonly settings: TrainingSettings; readonly measure: boolean },
    TrainingEstimate
  >;
  /**
   * Takes back the last update of the run on view: adapter, optimiser and curves are as before it, and taking it
   * again gives the same numbers. Refused while a step runs, and as `nothing-to-undo` where the state before is
   * no longer kept. A run that was not paused is `stopped` afterwards and goes on from its checkpoint. *model*
   */
  undoStep: Call<None, UndoneStep>;
}
