/** Two tabs with the same table on one database: they share its seeds, each of which is played once and kept whole. */
import { afterEach, expect, test } from 'vitest';
import { NgramEmbedder } from '../../memory/embedders/ngram-embedder';
import { LabDatabase } from '../../storage/database';
import { TableStore } from '../../storage/table-store';
import { takeAway } from '../../storage/take-away.fixture';
import type { TableChoice } from '../table-protocol';
import { Turns } from '../turns';
import { expertActing } from './players';
import { TableRun } from './table-run';

const NAME = 'table-tabs';
const open: LabDatabase[] = [];

afterEach(async () => {
  for (const database of open.splice(0)) database.close();
  await takeAway(NAME);
});

const CHOICE: TableChoice = {
  reader: 'expert',
  adapter: 'shipped',
  baselinesTrained: false,
  replies: 'rules',
  methods: ['rag', 'mem0'],
  environments: ['qa', 'hotpotqa'],
  seeds: [1, 2, 3],
  episodesPerSeed: 4,
};

function moment() {
  let comes = (): void => undefined;
  const come = new Promise<void>((resolve) => {
    comes = resolve;
  });
  return { come, comes };
}

/** What a tab has: a connection, a run, and a count of what it kept. */
async function tab() {
  const database = await LabDatabase.open({ name: NAME });
  open.push(database);
  const rows = new TableStore(database);
  const kept: string[] = [];
  const [begun, over] = [moment(), moment()];
  const ngram = new NgramEmbedder();
  const { id, dimension, threshold } = ngram;
  const run = new TableRun({
    rows: {
      seeds: (identity) => rows.seeds(identity),
      run: () => rows.run(),
      putRun: (row) => rows.putRun(row),
      clear: () => rows.clear(),
      put: async (row) => {
        await rows.put(row);
        kept.push(`${row.method} ${row.environment} ${row.seed}`);
      },
    },
    turns: new Turns(() => true),
    embedder: {
      id,
      dimension,
      threshold,
      // The first text of a seed: it is under way. State would be too late to look at, whole seeds pass between two looks.
      embed: (texts) => {
        begun.comes();
        return ngram.embed(texts);
      },
    },
    acting: async (_, { episodesPerSeed }) => expertActing(episodesPerSeed),
    recover: async (lost) => {
      throw lost;
    },
    tell: ({ state }) => {
      if (state.kind === 'finished' || state.kind === 'failed') over.comes();
    },
  });
  return { run, rows, kept, begun: begun.come, over: over.come };
}

test('two tabs play every seed once between them, and both end with all of it', async () => {
  const [one, two] = [await tab(), await tab()];
  await Promise.all([one.run.start(CHOICE), two.run.start(CHOICE)]);
  await Promise.all([one.over, two.over]);
  for (const { run } of [one, two]) {
    expect(run.state).toMatchObject({ kind: 'finished', progress: { done: 12, total: 12 } });
  }
  const all = [...one.kept, ...two.kept];
  expect(new Set(all).size).toBe(12);
  expect(all.length).toBe(12);
  expect(one.kept.length).toBeGreaterThan(0);
  expect(two.kept.length).toBeGreaterThan(0);
  expect(await one.rows.seeds(expertActing(4).identity)).toHaveLength(12);
});

test('a tab that is paused lets the other one have its seed; a third one does not take their run for cut off', async () => {
  const [one, two, three] = [await tab(), await tab(), await tab()];
  await one.run.start(CHOICE);
  await one.begun;
  await one.run.pause();
  expect(one.run.state.kind).toBe('paused');
  await three.run.interrupted();
  expect(three.run.state).toEqual({ kind: 'idle' });
  await two.run.start(CHOICE);
  await two.over;
  expect(two.run.state).toMatchObject({ kind: 'finished', progress: { done: 12, total: 12 } });
  await one.run.resume();
  await one.over;
  expect(one.run.state).toMatchObject({ kind: 'finished', progress: { done: 12, total: 12 } });
  expect(await one.rows.seeds(expertActing(4).identity)).toHaveLength(12);
});
