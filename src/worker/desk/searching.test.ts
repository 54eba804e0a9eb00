import { expect, test } from 'vitest';
import { NgramEmbedder } from '../../memory/embedders/ngram-embedder';
import { openMemory, USER_NAMESPACE } from '../../memory/long-term-memory';
import { TransientRows } from '../../memory/rows/transient-rows';
import { createRandom } from '../../tasks/random';
import { Searching } from './searching';

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.UTC(2026, 10, 26);

/** Sixty entries that are alike, written on different days. */
async function lived() {
  const rows = new TransientRows();
  let time = NOW - 60 * DAY;
  const memory = await openMemory({
    rows,
    embedder: new NgramEmbedder(),
    namespace: USER_NAMESPACE,
    now: () => time,
  });
  const random = createRandom('decay', 1);
  for (let i = 0; i < 60; i++) {
    time += DAY * random.int(2);
    const content = `${random.pick(['Rosa', 'Omar', 'Mila'])} ${random.pick(['lives in', 'likes', 'left'])} ${random.pick(['Oslo', 'Kiel', 'Rome'])} ${i}`;
    await memory.add({ content, metadata: { even: i % 2 === 0 } });
  }
  time = NOW;
  return { rows, memory, searching: new Searching(rows) };
}

test.each([null, 3 * DAY, 30 * DAY])(
  'the policy finds what the page shows first, whatever decay is set (half-life %s)',
  async (halfLife) => {
    const { rows, memory, searching } = await lived();
    // Open before the rule is set: it holds at once.
    await memory.search('Rosa', { topK: 1 });
    await rows.setAgeing(USER_NAMESPACE, { expireAfter: null, halfLife });
    for (const query of ['Where does Rosa live?', 'Omar likes Rome', 'zzz']) {
      const shown = await searching.search(memory, query, 'dense', NOW);
      const cosines = new Map(shown.map(({ id, cosine }) => [id, cosine]));
      for (const topK of [1, 7, 60]) {
        const found = await memory.search(query, { topK });
        expect(found.map(({ entry }) => entry.id)).toEqual(shown.slice(0, topK).map(({ id }) => id));
        // Theta is a bound on the cosine, decay or not.
        for (const { entry, score } of found) expect(score).toBe(cosines.get(entry.id));
      }
      const even = new Set(
        (await rows.texts(USER_NAMESPACE)).entries.flatMap(({ id, metadata }) => (metadata.even ? [id] : [])),
      );
      expect(
        (await memory.search(query, { topK: 5, filter: { even: true } })).map(({ entry }) => entry.id),
      ).toEqual(shown.flatMap(({ id }) => (even.has(id) ? [id] : [])).slice(0, 5));
    }
  },
);

test('with a half-life the order is another than by cosine alone', async () => {
  const { rows, memory } = await lived();
  const before = await memory.search('Rosa lives in Oslo', { topK: 10 });
  await rows.setAgeing(USER_NAMESPACE, { expireAfter: null, halfLife: DAY });
  const after = await memory.search('Rosa lives in Oslo', { topK: 10 });
  expect(after.map(({ entry }) => entry.id)).not.toEqual(before.map(({ entry }) => entry.id));
  const age = (found: typeof after) => found.reduce((sum, { entry }) => sum + NOW - entry.updated, 0);
  expect(age(after)).toBeLessThan(age(before));
});
