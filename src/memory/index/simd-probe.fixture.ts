/** For tests: the same search in a page and, when loaded as a worker, for whoever sends it a message. */
import { simdIndex } from './simd-index';
import { axis } from './unit-vectors.fixture';

/** 600 vectors, each of 80 directions some times; the three nearest to the seventh direction. */
export async function probe(): Promise<{ readonly kind: string; readonly ids: readonly string[] }> {
  const index = (await simdIndex())({ embedderId: 'probe', dimension: 80 });
  for (let i = 0; i < 600; i++) index.upsert(`m${i}`, axis(i % 80, 80));
  return { kind: index.kind, ids: index.search(axis(7, 80), 3).map(({ id }) => id) };
}

if (typeof document === 'undefined') self.onmessage = async () => self.postMessage(await probe());
