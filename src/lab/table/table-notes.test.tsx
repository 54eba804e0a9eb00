/** Notes under the table: shown where they apply, true of every recorded file, in both languages. */
import { readFileSync } from 'node:fs';
import { renderToStaticMarkup } from 'react-dom/server';
import { afterEach, expect, test } from 'vitest';
import type { CellLine } from '../../evidence/cell-lines';
import { speak } from '../language/language';
import { METRICS, type Metric, readCells } from './cells';
import { EVIDENCE } from './evidence';
import { TableNotes } from './table-notes';

const read = (id: string) =>
  readCells(readFileSync(new URL(`../../../docs/evidence/reproduce-${id}.jsonl`, import.meta.url), 'utf8'));
const notes = (recorded: readonly CellLine[], metric: Metric = 'score') =>
  renderToStaticMarkup(<TableNotes recorded={recorded} metric={metric} />);

afterEach(() => speak('en'));

test('LangMem and Mem0 are said to be equal by construction where both have a row', async () => {
  const lines = read('expert');
  expect(notes(lines)).toContain('their scores are equal by construction.');
  expect(notes(lines.filter(({ method }) => method !== 'mem0'))).toBe('');
  expect(notes([])).toBe('');
  await speak('zh');
  expect(notes(lines)).toContain('得分必然相同');
});

test('in every recorded run they are: the same scores, seed by seed', () => {
  const scores = (id: string, of: string) =>
    read(id).flatMap(({ method, environment, metric, values }) =>
      method === of && metric === 'score' ? [[environment, values] as const] : [],
    );
  const both = EVIDENCE.filter(({ id }) => scores(id, 'langmem').length > 0);
  expect(both.length).toBeGreaterThan(0);
  for (const { id } of both) {
    expect(Object.fromEntries(scores(id, 'langmem')), id).toEqual(Object.fromEntries(scores(id, 'mem0')));
  }
});

test('with prompt tokens an episode, and with no other figure, it says where a memory’s own calls stand', async () => {
  const shown = METRICS.filter((metric) => notes([], metric) !== '');
  expect(shown).toEqual(['episode-tokens']);
  expect(notes([], 'episode-tokens')).toContain(
    'they stand under “tokens of the memory’s model calls an episode”.',
  );
  await speak('zh');
  expect(notes([], 'episode-tokens')).toContain('记忆自己的调用不在其中');
});
