/**
 * The paper's figure 2 says that AgeMem stores best of all methods. Held against a table: in each world its memory quality
 * less that of the memory that stores best there, seed by seed.
 */
import type { CellLine, MethodId } from '../../evidence/cell-lines';
import type { BaselineId } from '../../worker/baselines-protocol';
import { difference, directionOf } from './paired';

/** AgeMem and its variants; all others are memories beside a policy. */
const OWN = {
  agemem: true,
  'agemem-no-rl': true,
  'agemem-rag': true,
  'answer-only': true,
  'no-tools': true,
  lt: true,
  'lt-rl': true,
} satisfies Record<Exclude<MethodId, BaselineId>, true>;
const METRIC = 'memory-quality';

export interface StoredBest {
  /** Worlds in which both were played on common seeds. */
  readonly worlds: number;
  /** In so many of them AgeMem is clearly above the best of the others, or clearly below it; of the rest it cannot be told. */
  readonly above: number;
  readonly below: number;
}

/** @returns null where the lines have nothing to compare */
export function storedBest(lines: readonly CellLine[]): StoredBest | null {
  const quality = lines.filter(({ metric }) => metric === METRIC);
  const directions = quality
    .filter(({ method }) => method === 'agemem')
    .flatMap((own) => {
      const others = quality.filter(
        ({ method, environment, mean }) =>
          environment === own.environment && !Object.hasOwn(OWN, method) && mean > 0,
      );
      if (others.length === 0) return [];
      const best = others.reduce((a, b) => (b.mean > a.mean ? b : a));
      const found = difference(bySeed(own), bySeed(best));
      return found === null ? [] : [directionOf(found)];
    });
  if (directions.length === 0) return null;
  return {
    worlds: directions.length,
    above: directions.filter((one) => one === 'higher').length,
    below: directions.filter((one) => one === 'lower').length,
  };
}

const bySeed = ({ seeds, values }: CellLine): ReadonlyMap<number, number> =>
  new Map(seeds.map((seed, i) => [seed, values[i]]));
