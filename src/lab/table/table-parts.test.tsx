/** The table's parts as markup, from recorded lines. */
import { readFileSync } from 'node:fs';
import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { type CellLine, REPLIES_BY_MODEL } from '../../evidence/cell-lines';
import { differenceLine } from '../../rl/reproduce/cells';
import type { TableChoice, TableState } from '../../worker/table-protocol';
import { readCells } from './cells';
import { CellsGrid } from './cells-grid';
import { RunProgress } from './run-progress';
import { RunSection } from './run-section';
import type { TableHold } from './use-table';

const text = (element: ReactElement) =>
  renderToStaticMarkup(element)
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#x27;', "'")
    .replace(/\s+/g, ' ');

const recorded = readCells(
  readFileSync(new URL('../../../docs/evidence/reproduce-quick.jsonl', import.meta.url), 'utf8'),
);
const expertLines = readCells(
  readFileSync(new URL('../../../docs/evidence/reproduce-expert.jsonl', import.meta.url), 'utf8'),
);
const qa = recorded.filter(({ environment }) => environment === 'qa');

describe('the grid', () => {
  const grid = (seen: readonly CellLine[], look: 'value' | 'difference', own: readonly CellLine[] = []) =>
    text(
      <CellsGrid
        there={{ recorded: qa, own }}
        seen={{ recorded: seen, own }}
        metric="score"
        look={look}
        opened={null}
        onOpen={() => undefined}
      />,
    );

  test('says mean, half of the interval and episodes; what is played here stands below it and says so', () => {
    expect(grid(qa, 'value')).toContain('AgeMem 0.71 ± 0.11 n 100');
    expect(grid(qa, 'value')).not.toContain('here');
    const own = qa.filter(({ method }) => method === 'agemem').map((line) => ({ ...line, mean: 0.5, n: 8 }));
    expect(grid(qa, 'value', own)).toContain('AgeMem 0.71 ± 0.11 n 100 here 0.50 ±');
  });

  test('the last column is the mean of the five, or says which of them are missing', () => {
    expect(grid(qa, 'value')).toContain('Mean of the five');
    expect(grid(qa, 'value')).toContain('none of the five');
    const scores = expertLines.filter(({ method }) => method === 'mem0');
    const shown = (lines: readonly CellLine[]) =>
      text(
        <CellsGrid
          there={{ recorded: lines, own: [] }}
          seen={{ recorded: lines, own: [] }}
          metric="score"
          look="value"
          opened={null}
          onOpen={() => undefined}
        />,
      );
    expect(shown(scores)).toMatch(/n 100 \d\.\d\d ± \d\.\d\d n 500/);
    expect(shown(scores.filter(({ environment }) => environment !== 'pddl'))).toContain('without PDDL');
  });

  test('what was played in another way has a row of its own, with figures of its own', () => {
    const mem0 = qa.filter(({ method }) => method === 'mem0');
    const asked = mem0.map((line) => ({ ...line, mean: 0.05, setting: REPLIES_BY_MODEL }));
    expect(grid(qa, 'value', asked)).toMatch(
      /Mem0 0\.32 ± 0\.15 n 100 .*Mem0, replies by the model here 0\.05/,
    );
    expect(grid(qa, 'value', asked)).not.toMatch(/Mem0 0\.32 ± 0\.15 n 100 here/);
  });

  test('says in words which differences are clear, and what they are taken against', () => {
    const scores = qa.filter(({ metric }) => metric === 'score');
    const reference = scores.find(({ method }) => method === 'agemem-no-rl') as CellLine;
    const differences = scores.flatMap((line) => {
      const difference = differenceLine(line, reference);
      return difference ? [{ ...difference, metric: 'score' }] : [];
    });
    const shown = grid(differences, 'difference');
    expect(shown).toContain('Difference to “AgeMem without RL”, seed by seed');
    expect(shown).toContain('AgeMem without RL compared with');
    expect(shown).toMatch(/AgeMem \+0\.51 ± 0\.\d\d better/);
    expect(shown).toMatch(/no memory −0\.20 ± 0\.09 worse/);
    const few = differences.map((line) => ({ ...line, low: -0.2, high: 0.4 }));
    expect(grid(few, 'difference')).toContain('no clear difference');
    expect(grid(few, 'difference')).not.toContain('better');
    const one = differences.map((line) => ({ ...line, low: null, high: null }));
    expect(grid(one, 'difference')).toContain('one seed');
  });

  test('tells the number of seeds once above all differences, or with each where they are not the same', () => {
    const scores = qa.filter(({ metric }) => metric === 'score');
    const reference = scores.find(({ method }) => method === 'agemem-no-rl') as CellLine;
    const differences = scores.flatMap((line) => differenceLine(line, reference) ?? []);
    const lines = differences.map((line) => ({ ...line, metric: 'score' }));
    expect(grid(lines, 'difference')).toMatch(/Difference to .* · score, 0 to 1 · 5 seeds Method/);
    expect(grid(lines, 'difference').match(/\d seeds/g)).toHaveLength(1);
    const fewer = lines.map((line) => ({ ...line, metric: 'memory-quality', seeds: [1, 2] }));
    expect(grid([...lines, ...fewer], 'difference').match(/\d seeds/g)).toEqual(['5 seeds']);
    const same = lines.map((line) => ({ ...line, mean: 0.05, low: 0.05, high: 0.05 }));
    expect(grid(same, 'difference')).toMatch(/AgeMem \+0\.05 in every seed better/);
    expect(grid(same, 'difference')).not.toContain('± 0.00');
    const other = lines.map((line) => (line.method === 'agemem' ? { ...line, seeds: [1, 2, 3] } : line));
    expect(grid(other, 'difference')).toMatch(/score, 0 to 1 Method/);
    expect(grid(other, 'difference')).toMatch(/AgeMem \+0\.51 ± 0\.\d\d better 3 seeds/);
    expect(grid(other, 'difference')).toMatch(/no memory −0\.20 ± 0\.09 worse 5 seeds/);
  });

  test('a share that does not fit is said beside the number, and from a tenth on there is no verdict', () => {
    const unfit = (mean: number) =>
      qa.map((line) =>
        line.metric === 'does-not-fit' && line.method === 'agemem' ? { ...line, mean } : line,
      );
    const shown = (mean: number, look: 'value' | 'difference') =>
      text(
        <CellsGrid
          there={{ recorded: unfit(mean), own: [] }}
          seen={{ recorded: look === 'value' ? unfit(mean) : differences, own: [] }}
          metric="score"
          look={look}
          opened={null}
          onOpen={() => undefined}
        />,
      );
    const scores = qa.filter(({ metric }) => metric === 'score');
    const reference = scores.find(({ method }) => method === 'agemem-no-rl') as CellLine;
    const differences = scores.flatMap((line) => {
      const difference = differenceLine(line, reference);
      return difference ? [{ ...difference, metric: 'score' }] : [];
    });
    expect(shown(0.4, 'value')).toContain('AgeMem 0.71 ± 0.11 n 100 40% do not fit');
    expect(shown(0.4, 'difference')).toMatch(/AgeMem \+0\.51 ± 0\.\d\d 40% do not fit/);
    expect(shown(0.05, 'difference')).toMatch(/AgeMem \+0\.51 ± 0\.\d\d better 5% do not fit/);
  });

  test('names both references where what was played here has another', () => {
    const own = qa.filter(({ method }) => method === 'no-memory' || method === 'rag');
    const shown = grid([], 'difference', own);
    expect(shown).toContain(
      'Difference to “AgeMem without RL”, of what was played here to “no memory”, seed by seed',
    );
  });
});

describe('the progress of a run', () => {
  const choice = { reader: 'expert' } as unknown as TableChoice;
  const now = { method: 'mem0', environment: 'babyai', seed: 2, finished: 4, episodes: 20 } as const;
  const progress = { done: 3, total: 8, now, leftMs: 65_000 };
  const told = (state: TableState) =>
    text(<RunProgress hold={{ state, facts: null, line: {} } as unknown as TableHold} blocked={false} />);

  test('says which seed is under way, how long the rest takes, and what can be done', () => {
    const running = told({ kind: 'running', waits: false, choice, progress });
    expect(running).toContain('3 of 8 seeds are played.');
    expect(running).toContain('Mem0 in “BabyAI: a grid”, seed 2: 4 of 20 episodes. About 1 min 5 s left.');
    expect(running).toContain('Pause the table');
    expect(told({ kind: 'running', waits: true, choice, progress })).toContain('Waits until nothing else');
    expect(told({ kind: 'paused', choice, progress })).toMatch(/Paused: 3 of 8 seeds.*Go on/);
  });

  test('reads aloud that a cell is under way or the run waits, pauses, ends; not seeds, counts and time', () => {
    const status = (state: TableState) =>
      /<p role="status"[^>]*>([^<]*)</.exec(
        renderToStaticMarkup(
          <RunProgress hold={{ state, facts: null, line: {} } as unknown as TableHold} blocked={false} />,
        ).replaceAll('&#x27;', "'"),
      )?.[1];
    const at = (part: Partial<typeof progress>) =>
      status({ kind: 'running', waits: false, choice, progress: { ...progress, ...part } });
    expect(at({})).toBe('Under way: Mem0 in “BabyAI: a grid”.');
    expect(at({ done: 4, leftMs: 9000, now: { ...now, seed: 3, finished: 1 } as never })).toBe(at({}));
    expect(at({ now: { ...now, method: 'rag' } as never })).toContain('RAG');
    expect(status({ kind: 'running', waits: true, choice, progress })).toContain('waits');
    expect(status({ kind: 'paused', choice, progress })).toBe('The table is paused.');
    expect(status({ kind: 'finished', choice, progress })).toBe('All 8 seeds are played.');
  });

  test('says why it ended, and leads on', () => {
    expect(told({ kind: 'stopped', by: 'reload', choice, progress })).toMatch(/Cut off when the page.*Go on/);
    expect(told({ kind: 'stopped', by: 'weights', choice, progress })).toContain('the adapter of this tab');
    const error = { code: 'storage-full', message: 'There is no room left.', whatToDo: 'Free some space.' };
    expect(told({ kind: 'failed', error, choice, progress })).toMatch(/no room left\. +Free some.*Go on/);
    expect(told({ kind: 'finished', choice, progress })).toContain('All 8 seeds are played.');
    expect(told({ kind: 'idle' })).toBe('');
  });
});

test('the model plays nothing while something else uses it; experts do', () => {
  const buttons = (reader: 'model' | 'expert', blocked: boolean) => {
    const choice = { reader, adapter: 'shipped', methods: ['rag'], environments: ['qa'], seeds: [1, 2] };
    const progress = { done: 1, total: 2, now: null, leftMs: null };
    const hold = {
      facts: { model: 'a model', adapters: [], methods: [], environments: [] },
      state: { kind: 'stopped', by: 'user', choice, progress },
      choice,
      own: [],
      line: {},
    } as unknown as TableHold;
    const markup = renderToStaticMarkup(<RunSection hold={hold} ready blocked={blocked} />);
    return [...markup.matchAll(/<button[^>]*class="primary"([^>]*)>([^<]*)/g)].map(
      ([, attributes, words]) => `${words}${attributes.includes('disabled') ? ', off' : ''}`,
    );
  };
  expect(buttons('model', true)).toEqual(['Go on, off', 'Run the table, off']);
  expect(buttons('model', false)).toEqual(['Go on', 'Run the table']);
  expect(buttons('expert', true)).toEqual(['Go on', 'Run the table']);
});
