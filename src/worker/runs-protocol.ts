/**
 * Calls about the training runs that this browser keeps: listed, named, opened, compared, deleted, and as files. Part
 * of the protocol between the page and its worker (`protocol.ts`, whose rules hold); types only.
 */
import type { TrainingMetrics } from '../rl/metrics';
import type { GrpoConfig } from '../rl/presets';
import type { CheckpointFacts, LabError, TrainingSettings } from './protocol';
import type { HeldOut } from './training-protocol';

/** A run in the list; its numbers are those of its newest checkpoint. */
export interface RunFacts {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** As the user named it; null: it goes by settings and date. */
  readonly name: string | null;
  /** When its first step began, milliseconds since the epoch; null in runs saved before they said so. */
  readonly begun: number | null;
  readonly savedAt: number;
  /** What the model is called whose adapter it is; null in runs saved before they said so. */
  readonly baseName: string | null;
  /** Of the model that acts: it can be opened, gone on with and exported. Others say which model to open first. */
  readonly here: boolean;
  readonly settings: TrainingSettings;
  /** Steps done, of `settings.steps`. */
  readonly steps: number;
  /** The last score on held-out tasks; null where none were played. */
  readonly heldOut: {
    readonly step: number;
    readonly reward: number;
    readonly stderr: number;
    readonly n: number;
  } | null;
  /** Steps whose rollouts are kept. */
  readonly rollouts: number;
  /** On disk, its older checkpoint and its rollouts included. */
  readonly bytes: number;
}

/** One that cannot be opened, whose place can still be freed. */
export interface DamagedRun {
  readonly id: string;
  readonly name: string | null;
  readonly error: LabError;
}

export interface RunList {
  /** Saved last first. */
  readonly runs: readonly RunFacts[];
  readonly damaged: readonly DamagedRun[];
  /** The run on view in this tab; null: none, or one that is not kept. */
  readonly onView: string | null;
  /** False where this browser keeps nothing. */
  readonly kept: boolean;
}

/** What is compared of a run. */
export interface RunCurves {
  readonly id: string;
  readonly settings: TrainingSettings;
  /** Everything it is trained with. */
  readonly config: GrpoConfig;
  readonly metrics: readonly TrainingMetrics[];
  readonly heldOut: readonly HeldOut[];
}

/** `zip`: all of it, to be imported again. */
export type RunFileKind = 'zip' | 'metrics' | 'trajectories' | 'adapter';

interface Call<Args, Result> {
  readonly args: Args;
  readonly result: Result;
}

type None = Record<string, never>;
type OfRun = { readonly id: string };

export interface RunsCalls {
  listRuns: Call<None, RunList>;
  /** Null, or nothing but spaces: it goes by settings and date again. */
  renameRun: Call<OfRun & { readonly name: string | null }, RunList>;
  /** Refused as `run-in-use` while it is being trained. `restoreRun` takes it back until the next deletion. */
  deleteRun: Call<OfRun, RunList>;
  /** What `deleteRun` took last. */
  restoreRun: Call<None, RunList>;
  /**
   * Puts a run on view in the place of the one that is: its curves, its adapter as `trained`, and where training goes
   * on from. A paused run is left as its last checkpoint has it. *model*
   */
  openRun: Call<OfRun, CheckpointFacts>;
  readRuns: Call<{ readonly ids: readonly string[] }, readonly RunCurves[]>;
  /**
   * Steps whose rollouts are not in the file. `leftOut`: the first ones of a very long run, so that its zip can be read
   * back; `damaged`: those that cannot be read.
   */
  exportRun: Call<
    OfRun & { readonly what: RunFileKind },
    { readonly file: string; readonly data: Blob; readonly leftOut: number; readonly damaged: number }
  >;
  /**
   * One zip with everything that TRL or Trinity-RFT need to train what the run trained, on another machine
   * (`scale/training-export.ts`). Counts of tasks; null: as many as the run has met, or its set has.
   * Refused as `scale-count`.
   */
  exportForScale: Call<
    OfRun & { readonly train: number | null; readonly heldOut: number | null },
    { readonly file: string; readonly data: Blob; readonly train: number; readonly heldOut: number }
  >;
  /**
   * PEFT's two files, or one zip of them, as a run without steps. `baseKnown`: the files say which weights they belong
   * to, and they are those here; false: only that their shapes fit.
   */
  importAdapter: Call<
    { readonly files: readonly { readonly name: string; readonly data: Blob }[] },
    { readonly list: RunList; readonly id: string; readonly baseKnown: boolean }
  >;
  /** Of a zip that `exportRun` wrote. Whole or not at all; `copied`: under another id, because there is one of its own. */
  importRun: Call<
    { readonly data: Blob },
    { readonly list: RunList; readonly id: string; readonly copied: boolean }
  >;
}
