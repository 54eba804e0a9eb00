/**
 * Lines of an ablation that was begun before: what is whole is not trained or played again. A variant on a seed is whole with
 * all its steps, one line each; in which environments it has played since is told by its held-out lines.
 */
import type { AblationHead, AblationLine } from './ablation';
import { ARM_IDS } from './arms';

/** The file is of another run, or of none: going on with it would mix settings. */
export class KeptAblationError extends Error {
  override readonly name = 'KeptAblationError';
}

export interface KeptAblation {
  /** As the file has it: an older one does not tell the weights. */
  readonly head: AblationHead;
  readonly lines: readonly AblationLine[];
}

/**
 * What is whole in a file that a run with this head wrote; nothing of an empty one. A last line without its end is one that a
 * kill cut off, and is passed over; so is the head that `npm run evidence` writes. Throws `KeptAblationError`.
 */
export function readAblation(text: string, head: AblationHead): KeptAblation {
  const lines = text.split('\n').slice(0, -1);
  const values = lines.map((line, i) => parsed(line, i + 1)).filter((value) => !('command' in value));
  const [first, ...rest] = values;
  if (first === undefined) return { head, lines: [] };
  const found = first as unknown as AblationHead;
  if (settingsOf(found) !== settingsOf(head)) {
    throw new KeptAblationError(
      'The file is of another ablation, or of none: give its settings, or the name of a new file.',
    );
  }
  const [theirs, ours] = [found.ablation.weights, head.ablation.weights];
  if (theirs !== undefined && theirs !== ours) {
    throw new KeptAblationError(
      `The file is of weights ${theirs}, and ${head.ablation.model} holds ${ours}: put those back, or give the name of a new file.`,
    );
  }
  return { head: found, lines: wholeOf(rest as unknown as readonly AblationLine[], head.ablation.steps) };
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

function settingsOf({ ablation }: AblationHead): string {
  return JSON.stringify({ ...ablation, weights: undefined });
}

function parsed(line: string, number: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = null;
  }
  if (typeof value !== 'object' || value === null) {
    throw new KeptAblationError(
      `Line ${number} is no line of an ablation. Give a file that this command wrote, or a new name.`,
    );
  }
  return value as Readonly<Record<string, unknown>>;
}
