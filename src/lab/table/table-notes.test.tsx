/** Notes under the table: shown where they apply, true of every recorded file, in both languages. */
import { readFileSync } from 'node:fs';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, expect, test } from 'vitest';
import type { CellLine } from '../../evidence/cell-lines';
import { speak } from '../language/language';
import { METRICS, type Metric, readCells } from './cells';
import { TableNotes } from './table-notes';

const read = (id: string) =>
  readCells(readFileSync(new URL(`../../../docs/evidence/reproduce-${id}.jsonl`, import.meta.url), 'utf8'));
const notes = (recorded: readonly CellLine[], metric: Metric = 'score') =>
  renderToStaticMarkup(<TableNotes recorded={recorded} metric={metric} />);

afterEach(() => speak('en'));

test('what parts LangMem from Mem0 is said where both have a row', async () => {
  const lines = read('expert');
  expect(notes(lines)).toContain('what parts them is LangMem’s running summary');
  expect(notes(lines.filter(({ method }) => method !== 'mem0'))).toBe('');
  expect(notes([])).toBe('');
  await speak('zh');
  expect(notes(lines)).toContain('滚动摘要');
});

test('with memory quality it says how that is counted, with prompt tokens an episode where a memory’s own calls stand', async () => {
  const shown = METRICS.filter((metric) => notes([], metric) !== '');
  expect(shown).toEqual(['memory-quality', 'episode-tokens']);
  expect(notes([], 'episode-tokens')).toContain(
    'they stand under “tokens of the memory’s model calls an episode”.',
  );
  await speak('zh');
  expect(notes([], 'episode-tokens')).toContain('记忆自己的调用不在其中');
});
