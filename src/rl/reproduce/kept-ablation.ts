/** Lines of an ablation that was begun before: what is whole is not trained or played again. */
import type { AblationHead, AblationLine } from './ablation';
import type { EnvironmentId } from './cells';

/** The file is of another run, or of none: going on with it would mix settings. */
export class KeptAblationError extends Error {
  override readonly name = 'KeptAblationError';
}

/**
 * The lines of a file that a run with this head wrote; none of an empty one. A last line without its end is one that a kill
 * cut off, and is passed over; so is the head that `npm run evidence` writes. Throws `KeptAblationError`.
 */
export function readAblation(text: string, head: AblationHead): readonly AblationLine[] {
  const lines = text.split('\n').slice(0, -1);
  const values = lines.map((line, i) => parsed(line, i + 1)).filter((value) => !('command' in value));
  const [first, ...rest] = values;
  if (first === undefined) return [];
  if (JSON.stringify(first) !== JSON.stringify(head)) {
    throw new KeptAblationError(
      'The file is of another ablation, or of none: give its settings, or the name of a new file.',
    );
  }
  return rest as unknown as readonly AblationLine[];
}

/** Lines of a variant on a seed, or null where one is missing: `steps` of training, and held-out ones of all environments. */
export function keptOf(
  lines: readonly AblationLine[],
  method: string,
  seed: number,
  steps: number,
  environments: readonly EnvironmentId[],
): readonly AblationLine[] | null {
  const own = lines.filter((line) => line.method === method && line.seed === seed);
  const trained = own.filter(({ kind }) => kind === 'step').length;
  const played = (environment: EnvironmentId): boolean =>
    own.some((line) => line.kind === 'held-out' && line.environment === environment);
  return trained === steps && environments.every(played) ? own : null;
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
