/**
 * What `npm run ablation` prints: the settings of the run, a line a step of each arm as it is trained, and a line for the
 * held-out episodes of each variant, seed by seed. Read here for the command, which goes on with a file, and for the page.
 *
 * A variant on a seed is whole with all its steps, one line each; in which environments it has played since is told by its
 * held-out lines. What is not whole, after a run that was cut off, is left out.
 */
import type { AgeMemId } from '../baselines/agemem-variants';
import type { EnvironmentId, SeedValues } from './cell-lines';
import { isEvidenceHead, jsonIn } from './json-lines';

/** Variants that are trained: the arms of the ablation. The others act as they are. */
export const ARM_IDS = ['agemem', 'answer-only', 'lt-rl'] as const satisfies readonly AgeMemId[];
export type ArmId = (typeof ARM_IDS)[number];

/** What a run was made with; the command tells more, so that a file can be gone on with. */
export interface AblationSettings {
  /** Folder of the model. */
  readonly model: string;
  /** What the arms are trained on. */
  readonly family: string;
  readonly backend: string;
  readonly steps: number;
  readonly tasksPerStep: number;
  readonly groupSize: number;
  /** Held-out episodes of a seed, an environment and a variant. */
  readonly episodes: number;
  /** Short fingerprint of the numbers in the folder; left out in files that are older than this field. */
  readonly weights?: string;
  /** `TABLE_VERSION`, as in the table's cells; left out in files that are older than this field (`versionOf`). */
  readonly version?: number;
}

/** A step of an arm: means over its rollouts, which were drawn before its update. */
export interface StepLine {
  readonly kind: 'step';
  readonly method: ArmId;
  readonly seed: number;
  /** From 1. */
  readonly step: number;
  readonly values: SeedValues;
}

/** Held-out episodes of a variant: after training where it is an arm. */
export interface HeldOutLine {
  readonly kind: 'held-out';
  readonly method: AgeMemId;
  readonly seed: number;
  readonly environment: EnvironmentId;
  readonly values: SeedValues;
  /** Short fingerprint of what played, an arm's adapter included; left out in files that are older than this field. */
  readonly weights?: string;
}

export type AblationLine = StepLine | HeldOutLine;

/** A line is none of an ablation. */
export class AblationLineError extends Error {
  override readonly name = 'AblationLineError';
  /** @param line from 1 */
  constructor(readonly line: number) {
    super(
      `Line ${line} is no line of an ablation. Give a file that \`npm run ablation\` wrote, or a new name.`,
    );
  }
}

export interface AblationFile {
  readonly settings: AblationSettings;
  /** Of whole variants, each step and environment once, as it was last; in the order of the file. */
  readonly lines: readonly AblationLine[];
}

/**
 * The settings and what is whole; null: the first line says no settings, so that the file is another one, or empty.
 * @throws AblationLineError
 */
export function readAblationLines(lines: readonly string[]): AblationFile | null {
  const values = lines.flatMap((line, i) => {
    const value = jsonIn(line);
    if (typeof value !== 'object' || value === null) throw new AblationLineError(i + 1);
    return isEvidenceHead(line) ? [] : [value];
  });
  const [head, ...rest] = values as readonly { readonly ablation?: AblationSettings }[];
  if (head?.ablation === undefined) return null;
  return {
    settings: head.ablation,
    lines: wholeOf(rest as unknown as readonly AblationLine[], head.ablation.steps),
  };
}

/** Lines of a variant on a seed. */
export function ownOf(lines: readonly AblationLine[], method: string, seed: number): readonly AblationLine[] {
  return lines.filter((line) => line.method === method && line.seed === seed);
}

/** Without what is missing a step, and with the last of what was trained or played more than once; in the order of the file. */
function wholeOf(lines: readonly AblationLine[], steps: number): readonly AblationLine[] {
  const variants = new Map(lines.map(({ method, seed }) => [`${method} ${seed}`, { method, seed }]));
  const whole = [...variants.values()].flatMap(({ method, seed }) => {
    const trained = ARM_IDS.some((id) => id === method) ? steps : 0;
    return lastWhole(ownOf(lines, method, seed), trained);
  });
  const kept = new Set(whole);
  return lines.filter((line) => kept.has(line));
}

/** A training begins with its first step, and what is played after it is its own. */
function lastWhole(own: readonly AblationLine[], steps: number): readonly AblationLine[] {
  const trainings: AblationLine[][] = [[]];
  for (const line of own) {
    if (line.kind === 'step' && line.step === 1) trainings.push([]);
    trainings[trainings.length - 1].push(line);
  }
  const whole = trainings.filter((lines) => {
    const made = lines.flatMap((line) => (line.kind === 'step' ? line.step : []));
    return made.length === steps && made.every((step, i) => step === i + 1);
  });
  const last = whole.at(-1) ?? [];
  const places = last.map((line) => (line.kind === 'step' ? line.step : line.environment));
  return last.filter((_, i) => places.lastIndexOf(places[i]) === i);
}
