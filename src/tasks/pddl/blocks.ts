/** How the blocks of a world of blocks stand, read off its atoms. */
import type { PlanPicture } from '../picture';
import type { Atom } from './domain';
import { DOMAINS } from './domains';

/** Undefined: it is a world of other things. What stands on nothing, as a file of somebody's own may have it, is left out. */
export function blocksOf(domain: string, facts: readonly Atom[]): PlanPicture['blocks'] {
  if (domain !== DOMAINS.blockworld.name) return undefined;
  const named = (predicate: string) => facts.flatMap(([name, first]) => (name === predicate ? [first] : []));
  const above = new Map(
    facts.flatMap(([name, block, under]) => (name === 'on' ? [[under, block] as const] : [])),
  );
  const drawn = new Set<string>();
  const heaps = named('on-table').map((bottom) => {
    const heap: string[] = [];
    for (let at: string | undefined = bottom; at !== undefined && !drawn.has(at); at = above.get(at)) {
      drawn.add(at);
      heap.push(at);
    }
    return heap;
  });
  return { heaps: heaps.filter((heap) => heap.length > 0), held: named('holding') };
}
