/**
 * Calls about the table of methods and environments: cells played in the background, one seed after the other, results
 * that stay in this browser, and the episodes behind a cell. Part of the protocol between the page and its worker
 * (`protocol.ts`, whose rules hold); types only.
 *
 * A run of the table is no call: it plays in small slices between calls and while no training runs, and any call that
 * needs the model goes before it. What it has played is kept seed by seed, so that a reload or a crash loses no more than
 * the seed under way.
 */
import type { BaselineEvent } from '../baselines/play-baseline';
import type { CellLine, EnvironmentId, MethodId } from '../evidence/cell-lines';
import type { SitePolicy } from '../policies/site-policies';
import type { Task } from '../tasks/task';
import type { AdapterChoice, LabError, TaskAddress } from './protocol';

export type { BaselineEvent } from '../baselines/play-baseline';
export type { CellLine, EnvironmentId, MethodId } from '../evidence/cell-lines';

/** Who reads what a memory brings: the model that acts, or somebody who can read each world. */
export type TableReader = 'model' | 'expert';

/** Who plays, whatever is played. */
export interface TablePlayer {
  readonly reader: TableReader;
  /** Weights of the methods that are trained. The expert has none. */
  readonly adapter: 'shipped' | 'trained';
  /** The baselines act with that adapter as well; false: with the base. */
  readonly baselinesTrained: boolean;
  /** Who replies to the baselines' calls: rules, or the model that acts. Rules reply for the expert, whatever is said here. */
  readonly replies: 'rules' | 'model';
}

/** What is to be played: every method in every environment on every seed. */
export interface TableChoice extends TablePlayer {
  readonly methods: readonly MethodId[];
  readonly environments: readonly EnvironmentId[];
  readonly seeds: readonly number[];
  readonly episodesPerSeed: number;
}

/** Whether a method can be played by this player, and if not why, in a word. */
export type Playable =
  | { readonly kind: 'yes' }
  /** Experts have no tools: AgeMem's own variants are the model's to play. */
  | { readonly kind: 'needs-model' }
  /** No such adapter is here. */
  | { readonly kind: 'needs-adapter' }
  /** Weights that were trained otherwise, e.g. for the answer alone. */
  | { readonly kind: 'needs-weights'; readonly weights: string };

export interface TableFacts {
  readonly methods: readonly { readonly id: MethodId; readonly playable: Playable }[];
  readonly environments: readonly EnvironmentId[];
  /** Title of the model that acts. */
  readonly model: string;
  /** What its shipped adapter was trained for; `trained` of every model nobody knows more of. */
  readonly trainedAs: SitePolicy['trainedAs'];
  readonly adapters: readonly TablePlayer['adapter'][];
  readonly state: TableState;
}

/** Seeds of cells, counted. */
export interface TableProgress {
  readonly done: number;
  readonly total: number;
  /** The seed under way; null between two. */
  readonly now: {
    readonly method: MethodId;
    readonly environment: EnvironmentId;
    readonly seed: number;
    readonly finished: number;
    readonly episodes: number;
  } | null;
  /** From what seeds took so far, those of the same environment first; null before anything was measured. */
  readonly leftMs: number | null;
}

/** Who or what ends a run before its end. */
export type TableEnd = 'user' | 'model' | 'weights' | 'device';

export type TableState =
  | { readonly kind: 'idle' }
  /** `waits`: for training, which has the model. */
  | {
      readonly kind: 'running';
      readonly waits: boolean;
      readonly choice: TableChoice;
      readonly progress: TableProgress;
    }
  | { readonly kind: 'paused'; readonly choice: TableChoice; readonly progress: TableProgress }
  /** By the user, by another model, other weights or another device taking the place of what played, or by a reload. */
  | {
      readonly kind: 'stopped';
      readonly by: TableEnd | 'reload';
      readonly choice: TableChoice;
      readonly progress: TableProgress;
    }
  | { readonly kind: 'finished'; readonly choice: TableChoice; readonly progress: TableProgress }
  | {
      readonly kind: 'failed';
      readonly error: LabError;
      readonly choice: TableChoice;
      readonly progress: TableProgress;
    };

/** An episode of a cell, by which it can be played again: task and dice depend on its seed alone. */
export interface CellEpisode {
  /** From 1, within its seed of the table. */
  readonly number: number;
  readonly task: TaskAddress;
  readonly dice: number;
  /**
   * In [0, 1], of what was reached where a limit cut it off; null: it came to none, which counts as 0. Undefined: not known
   * before it is played.
   */
  readonly score?: number | null;
  /** Why it ended, e.g. `answered`. */
  readonly reason?: string;
}

/** The episodes of one seed. */
export interface CellSeed {
  readonly seed: number;
  readonly episodes: readonly CellEpisode[];
}

/** One cell, of whoever played it. */
export interface CellAddress extends TablePlayer {
  readonly method: MethodId;
  readonly environment: EnvironmentId;
  readonly episodesPerSeed: number;
}

/** A cell that was played anywhere, as its lines name it. */
export interface RecordedCell {
  readonly method: MethodId;
  readonly environment: EnvironmentId;
  readonly episodesPerSeed: number;
  readonly seeds: readonly number[];
  /** `policy` of its lines: the weights that acted. */
  readonly policy: string;
  /** What its lines say was set otherwise than by default. */
  readonly setting?: string;
}

/** Who can play a recorded cell again here. */
export type CellPlayer =
  | {
      readonly kind: 'here';
      readonly player: TablePlayer;
      readonly variant: VariantPlay | null;
      readonly now: PlayedNow;
    }
  /** A policy of this site that does not act now. */
  | { readonly kind: 'needs-model'; readonly id: string; readonly title: string }
  /** Its weights are not of this site. */
  | { readonly kind: 'needs-weights' };

/** What lines of a cell would tell of who plays it here, to be held against its own: what differs is known by these. */
export interface PlayedNow extends Pick<CellLine, 'backend'> {
  readonly version: number;
  /** As lines tell weights; null: there are none, or no line can tell them. */
  readonly weights: string | null;
}

/** How an episode of AgeMem's own is opened in the lab; a baseline has none, its log is read instead. */
export interface VariantPlay {
  readonly adapter: AdapterChoice;
  /** What is set otherwise than in a plain episode goes by the name of the variant; null: nothing is. */
  readonly method: MethodId | null;
}

/** One episode of a baseline, played again. */
export interface BaselineEpisode {
  readonly task: Task;
  readonly log: readonly BaselineEvent[];
  readonly score: number | null;
  readonly reason: string;
  readonly answer: string | null;
}

interface Call<Args, Result> {
  readonly args: Args;
  readonly result: Result;
}

type None = Record<string, never>;

export interface TableCalls {
  /** What can be played by whom, and how a run stands: also one that a reload interrupted. */
  tableFacts: Call<TablePlayer, TableFacts>;
  /**
   * Plays what is not kept yet, in the background. Another run that plays is stopped first. The model's own run is refused
   * as `busy` while something else has the model: it might change under it. News: `table`.
   */
  runTable: Call<TableChoice, TableState>;
  /** At once, in the middle of a seed; it goes on there. */
  pauseTable: Call<None, TableState>;
  resumeTable: Call<None, TableState>;
  /** The seed under way is given up, the others stay. */
  stopTable: Call<None, TableState>;
  /** What is kept of this choice, as `npm run reproduce` prints it, whole or not: `seeds` says which are there. */
  tableLines: Call<TableChoice, readonly CellLine[]>;
  /**
   * Each line of a plain value less that of the reference in the same environment and metric, seed by seed. Left out where
   * the reference is missing or met other episodes.
   */
  tableDifferences: Call<
    { readonly lines: readonly CellLine[]; readonly reference: MethodId },
    readonly CellLine[]
  >;
  /**
   * The episodes behind a cell, with their scores where this browser has played them, and who can play them again.
   */
  cellEpisodes: Call<
    RecordedCell & { readonly by?: TablePlayer },
    { readonly seeds: readonly CellSeed[]; readonly player: CellPlayer }
  >;
  /** Plays one seed of a cell again, apart from any run and from what is kept. News: `rollouts`. *model* */
  replayCell: Call<CellAddress & { readonly seed: number }, CellSeed>;
  /** One episode of a baseline with all that its memory did. *model* */
  baselineEpisode: Call<CellAddress & { readonly task: TaskAddress }, BaselineEpisode>;
  /** The same lines with their differences, in the order of the command, as a file. */
  exportTable: Call<TableChoice, { readonly file: string; readonly data: Blob }>;
  /** Deletes all that was played here. A run that plays is stopped first. */
  forgetTable: Call<None, TableState>;
}

export type TableNews = {
  /** How the run stands; a few times a second at most, and after every seed. */
  readonly kind: 'table';
  readonly state: TableState;
};
