/**
 * The paper's figure 2 says that AgeMem stores best of all methods. Held against a table: in each world its memory quality
 * less that of each memory beside the policy, seed by seed. What is stored is stored before anything can outgrow a window,
 * so what did not fit keeps none of it from being judged.
 */
import { type CellLine, type MethodId, versionOf } from '../../evidence/cell-lines';
import type { Confidence } from '../../statistics/interval';
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
  /** Worlds in which AgeMem and others were played on common seeds. */
  readonly worlds: number;
  /**
   * In so many of them AgeMem is clearly above every other, or clearly below one of them, which is asked of five at most and
   * so at 99 %; of the rest it cannot be told.
   */
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
        (other) =>
          other.environment === own.environment &&
          versionOf(other) === versionOf(own) &&
          !Object.hasOwn(OWN, other.method) &&
          other.mean > 0,
      );
      const against = (confidence: Confidence) =>
        others.flatMap((other) => {
          const found = difference(bySeed(own), bySeed(other), confidence);
          return found === null ? [] : [directionOf(found)];
        });
      const each = against('95');
      if (each.length === 0) return [];
      if (each.every((one) => one === 'higher')) return ['higher'];
      return [against('99').includes('lower') ? 'lower' : null];
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
