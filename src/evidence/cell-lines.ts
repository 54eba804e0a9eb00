/**
 * The line in which a cell of the table of methods and environments is told, one a metric, and its reader: the command goes
 * on with lines it printed before, and the page shows recorded ones and those of files from elsewhere. What a line must have
 * is checked here and nowhere else.
 */
import type { AgeMemId } from '../baselines/agemem-variants';
import type { BaselineId } from '../baselines/methods';
import { isEvidenceHead, jsonIn } from './json-lines';

export type MethodId = BaselineId | AgeMemId;

/** `qa` is what the shipped adapter was trained on; the others are the paper's five, small. */
export const ENVIRONMENT_IDS = ['qa', 'alfworld', 'scienceworld', 'pddl', 'babyai', 'hotpotqa'] as const;
export type EnvironmentId = (typeof ENVIRONMENT_IDS)[number];

/** Means over the episodes of one seed, by metric. `score` and `does-not-fit` are always there. */
export type SeedValues = Readonly<Record<string, number>>;

export interface CellLine {
  readonly method: MethodId;
  readonly environment: EnvironmentId;
  /**
   * `score` in [0, 1]; `does-not-fit`, the share of episodes whose prompt outgrew the window; `prompt-tokens` of a step and
   * `episode-tokens` of all prompts of an episode (a baseline prompts its policy in stage 3 only, its own calls are
   * `memory-calls` and `memory-tokens`, and where a model was asked `unread-replies`, those that could not be used);
   * `memory-quality`, of the entries of stage 1 the share that states a fact worth keeping (of a baseline those it holds at
   * the end of the stage); `env …`, the original's own figures; `calls …` of a tool per episode.
   */
  readonly metric: string;
  readonly mean: number;
  /** 95% interval over seeds; null with fewer than two. */
  readonly low: number | null;
  readonly high: number | null;
  /** Episodes, of all seeds together. */
  readonly n: number;
  readonly seeds: readonly number[];
  /** Weights that acted. */
  readonly policy: string;
  /** Short fingerprint of their numbers; left out: there are none, or the line is older than this field. */
  readonly weights?: string;
  readonly backend: string;
  /**
   * `TABLE_VERSION` of what episodes depend on and no other field tells: generators, worlds, memories, scores. Left out: the
   * line is older than this field (`versionOf`).
   */
  readonly version?: number;
  /** One a seed, in their order. */
  readonly values: readonly number[];
  /** What was set otherwise than by default, e.g. "unseen-names, before"; left out: nothing. */
  readonly setting?: string;
  /** A difference: of which method from the same seeds; left out: a plain value. */
  readonly against?: MethodId;
}

/** In `setting`: the policy that acts replied to a baseline's calls; rules are what is not said. */
export const REPLIES_BY_MODEL = 'replies by the model';

/** The last version that was not written into lines. */
const LAST_UNTOLD = 2;

/** Under which version of the table a line was played; of one that does not tell, at most this. */
export const versionOf = ({ version }: Pick<CellLine, 'version'>): number => version ?? LAST_UNTOLD;

/** A line is none of a table. */
export class CellLineError extends Error {
  override readonly name = 'CellLineError';
  /** @param line from 1 */
  constructor(readonly line: number) {
    super(`Line ${line} is no line of a table. Give a file that \`npm run reproduce\` wrote, or a new name.`);
  }
}

/**
 * The plain values among the lines of a file; differences are taken anew. Empty lines are passed over, and so is the head
 * that `npm run evidence` writes.
 * @throws CellLineError
 */
export function readCellLines(lines: readonly string[]): readonly CellLine[] {
  return lines.flatMap((text, i) => {
    if (text.trim() === '' || (i === 0 && isEvidenceHead(text))) return [];
    const line = cellLineIn(text);
    if (line === null) throw new CellLineError(i + 1);
    return line.against === undefined ? [line] : [];
  });
}

/** The line of a cell, of a plain value or a difference; null: the text is none. */
export function cellLineIn(text: string): CellLine | null {
  const value = jsonIn(text);
  return isCellLine(value) ? value : null;
}

function isCellLine(value: unknown): value is CellLine {
  if (typeof value !== 'object' || value === null) return false;
  const line = value as Partial<Record<keyof CellLine, unknown>>;
  const texts = ['method', 'environment', 'metric', 'policy', 'backend'] as const;
  const numbers = ['mean', 'n'] as const;
  const bounds = ['low', 'high'] as const;
  const lists = ['seeds', 'values'] as const;
  return (
    texts.every((key) => typeof line[key] === 'string') &&
    numbers.every((key) => typeof line[key] === 'number') &&
    bounds.every((key) => line[key] === null || typeof line[key] === 'number') &&
    lists.every((key) => {
      const list = line[key];
      return Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === 'number');
    })
  );
}
