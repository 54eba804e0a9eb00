/** For tests: the same small search in a page and, when loaded as a worker, for whoever sends it a message. */
import type { IndexFactory } from './exact-index';
import { VoyIndex, voyIndex } from './voy-index';

export interface Finding {
  readonly kind: string;
  readonly panics: number;
  readonly ids: readonly string[];
}

/** 240 vectors, each of 80 directions three times; the three nearest to the seventh direction. */
export function findSome(factory: IndexFactory): Finding {
  const dimension = 80;
  const axis = (i: number) =>
    Float32Array.from({ length: dimension }, (_, j) => (i % dimension === j ? 1 : 0));
  const index = factory({ embedderId: 'probe', dimension });
  for (let i = 0; i < 240; i++) index.upsert(`m${i}`, axis(i));
  const ids = index.search(axis(7), 3).map(({ id }) => id);
  return { kind: index.kind, panics: index instanceof VoyIndex ? index.panics : -1, ids };
}

if (typeof document === 'undefined') {
  self.onmessage = async () => self.postMessage(findSome(await voyIndex()));
}
