/** A run of the table by itself, played by the experts: what outlives it, who goes before it, and how it fails. */
import { expect, test } from 'vitest';
import { DeviceLostError } from '../../engine/errors';
import { NgramEmbedder } from '../../memory/embedders/ngram-embedder';
import { StorageFullError } from '../../storage/errors';
import { type TableSeedRow, TransientTable } from '../../storage/table-store';
import type { TableChoice, TableState } from '../table-protocol';
import { Turns } from '../turns';
import { timeLeft } from './estimate';
import { EXPERT } from './lab-with-table.fixture';
import { type Acting, expertActing } from './players';
import { TableRun, unitsOf } from './table-run';

const embedder = new NgramEmbedder();

/** A page's life: a run on rows that outlive it. */
class Life {
  readonly states: TableState[] = [];
  /** Somebody else has the model; for ever is as good as a tab that was killed. */
  taken = false;
  readonly turns = new Turns(() => !this.taken);
  private listeners: (() => void)[] = [];
  readonly run: TableRun;

  constructor(
    rows: TransientTable,
    device: {
      readonly policy: (acting: Acting) => Acting['policy'];
      readonly recover: (lost: DeviceLostError) => Promise<void>;
      readonly changed?: Acting['changed'];
    } = {
      policy: ({ policy }) => policy,
      recover: async (lost) => {
        throw lost;
      },
    },
  ) {
    this.run = new TableRun({
      rows,
      turns: this.turns,
      embedder,
      acting: async (_, { episodesPerSeed }) => {
        const acting = expertActing(episodesPerSeed);
        return {
          ...acting,
          policy: device.policy(acting),
          ...(device.changed && { changed: device.changed }),
        };
      },
      recover: device.recover,
      tell: ({ state }) => {
        this.states.push(state);
        for (const listener of this.listeners) listener();
      },
    });
  }

  until(condition: (state: TableState) => boolean): Promise<TableState> {
    return new Promise((resolve) => {
      const look = () => {
        if (condition(this.run.state)) resolve(this.run.state);
      };
      this.listeners.push(look);
      look();
    });
  }
}

const done = (state: TableState) => (state.kind === 'idle' ? 0 : state.progress.done);

test('a tab that is killed in the middle of a seed loses that seed alone: the next one goes on behind it', async () => {
  const rows = new Counted();
  const killed = new Life(rows);
  await killed.run.start(EXPERT);
  await killed.until((state) => done(state) === 3);
  killed.taken = true;
  // A slice that was under way may have been the last of its seed.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const before = rows.puts;
  expect(before).toBeGreaterThanOrEqual(3);
  expect(before).toBeLessThan(8);

  const next = new Life(rows);
  await next.run.interrupted();
  const state = next.run.state;
  expect(state).toMatchObject({ kind: 'stopped', by: 'reload', choice: EXPERT, progress: { total: 8 } });
  expect(done(state)).toBe(before);
  await next.run.start(EXPERT);
  await next.until(({ kind }) => kind === 'finished');
  expect(rows.puts).toBe(8);

  const whole = new Counted();
  const undisturbed = new Life(whole);
  await undisturbed.run.start(EXPERT);
  await undisturbed.until(({ kind }) => kind === 'finished');
  const numbers = async (table: TransientTable) =>
    (await table.seeds(expertActing(4).identity))
      .map(({ ms: _, played: __, ...row }) => row)
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  expect(await numbers(rows)).toEqual(await numbers(whole));
  const after = new Life(rows);
  await after.run.interrupted();
  expect(after.run.state).toEqual({ kind: 'idle' });
});

test('a full disk ends the run in words; what was kept before is there, and it goes on when there is room', async () => {
  const rows = new Counted();
  rows.room = 2;
  const life = new Life(rows);
  await life.run.start(EXPERT);
  const state = await life.until(({ kind }) => kind === 'failed');
  expect(state).toMatchObject({ error: { code: 'storage-full' }, progress: { done: 2, total: 8 } });
  rows.room = 100;
  await life.run.start(EXPERT);
  await life.until(({ kind }) => kind === 'finished');
  expect(rows.puts).toBe(8);
});

test('why a run ended is still said after a reload: it was stopped, or failed', async () => {
  const rows = new Counted();
  const life = new Life(rows);
  await life.run.start(EXPERT);
  await life.run.stop('weights');
  const after = new Life(rows);
  await after.run.interrupted();
  expect(after.run.state).toMatchObject({ kind: 'stopped', by: 'weights', progress: { total: 8 } });
  rows.room = rows.puts;
  await after.run.start(EXPERT);
  await after.until(({ kind }) => kind === 'failed');
  const later = new Life(rows);
  await later.run.interrupted();
  expect(later.run.state).toMatchObject({ kind: 'failed', error: { code: 'storage-full' } });
});

test('who wants the model gets it at once: the slice under way is given up and played again', async () => {
  const turns = new Turns(() => true);
  let slices = 0;
  const slice = turns.take(
    (signal) =>
      new Promise<string>((resolve) => {
        slices++;
        signal.addEventListener('abort', () => resolve('given up'));
      }),
  );
  await turns.clear();
  expect(await slice).toBe('given up');
  expect(slices).toBe(1);
  // Nobody is there to be cleared away.
  await turns.clear();
});

test('while somebody has the model nothing is played, and it is told', async () => {
  const life = new Life(new TransientTable());
  life.taken = true;
  await life.run.start(EXPERT);
  const state = await life.until((one) => one.kind === 'running' && one.waits);
  expect(done(state)).toBe(0);
  life.taken = false;
  life.turns.changed();
  await life.until(({ kind }) => kind === 'finished');
  expect(life.states.filter((one) => one.kind === 'running').at(-1)).toMatchObject({ waits: false });
});

test('a device that goes away is replaced, and the slice is asked for again; one that always does ends the run', async () => {
  const rows = new TransientTable();
  /** How often it still goes away. */
  let left = 2;
  const lost: DeviceLostError[] = [];
  const life = new Life(rows, {
    policy: (acting) => () =>
      left === 0
        ? acting.policy()
        : {
            ...acting.policy(),
            countTokens: acting.policy().countTokens,
            generate: async () => {
              throw new DeviceLostError('device-lost', 'The GPU went away.');
            },
          },
    recover: async (error) => {
      left--;
      lost.push(error);
    },
  });
  const choice: TableChoice = { ...EXPERT, methods: ['rag'], environments: ['qa'], seeds: [1] };
  await life.run.start(choice);
  await life.until(({ kind }) => kind === 'finished');
  expect(lost).toHaveLength(2);
  const [row] = await rows.seeds(expertActing(4).identity);
  expect(row.ends.map(({ reason }) => reason)).toEqual(['answered', 'answered', 'answered', 'answered']);
  left = 100;
  await life.run.start({ ...choice, seeds: [2] });
  expect(await life.until(({ kind }) => kind === 'failed')).toMatchObject({ error: { code: 'device-lost' } });
});

test('what is no more as it began is not played under the old name, nor kept: the run ends and says what changed', async () => {
  const rows = new Counted();
  /** Slices still answered as it began. */
  let left = 0;
  const life = new Life(rows, {
    policy: (acting) => () => {
      const policy = acting.policy();
      return {
        ...policy,
        id: policy.id,
        countTokens: (message) => policy.countTokens(message),
        generate: (requests, options) => {
          left--;
          return policy.generate(requests, options);
        },
      };
    },
    recover: async (lost) => {
      throw lost;
    },
    changed: () => (left > 0 ? null : 'device'),
  });
  const choice: TableChoice = { ...EXPERT, methods: ['rag'], environments: ['qa'], seeds: [1] };
  // Before the first slice, in the middle, and under the last one: at each, until the whole seed is answered.
  let slices = 0;
  for (; slices < 1000; slices++) {
    left = slices;
    await life.run.start(choice);
    const end = await life.until(({ kind }) => kind === 'stopped' || kind === 'finished');
    if (end.kind === 'finished') break;
    expect(end).toMatchObject({ by: 'device', progress: { done: 0, total: 1 } });
    expect(rows.puts).toBe(0);
  }
  expect(rows.puts).toBe(1);
  expect(slices).toBeGreaterThan(1);
});

test('of two runs that are asked for at once the later one plays, and it alone', async () => {
  const rows = new Counted();
  const life = new Life(rows);
  const one: TableChoice = { ...EXPERT, methods: ['rag'], environments: ['pddl'], seeds: [1, 2, 3] };
  const two: TableChoice = { ...EXPERT, methods: ['mem0'], environments: ['qa'], seeds: [1, 2] };
  await Promise.all([life.run.start(one), life.run.start(two)]);
  await life.until((state) => state.kind === 'finished' && state.choice === two);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(life.run.state).toMatchObject({ kind: 'finished', progress: { done: 2, total: 2 } });
  expect(rows.puts).toBe(2);
  const order = life.states.flatMap((state) => (state.kind === 'idle' ? [] : [state.choice]));
  expect(order.lastIndexOf(one)).toBeLessThan(order.indexOf(two));
});

test('a run that is only about to begin ends as well when another model takes the place of its own', async () => {
  const rows = new Counted();
  const life = new Life(rows);
  const begun = life.run.start(EXPERT);
  expect(life.run.playing).toBe(EXPERT);
  expect(await life.run.stop('model')).toMatchObject({ kind: 'stopped', by: 'model' });
  await begun;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(rows.puts).toBe(0);
  expect(life.run.state.kind).toBe('stopped');
  expect(life.run.playing).toBe(null);
});

test('the event loop gets its turns while it plays', async () => {
  const life = new Life(new TransientTable());
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  await life.run.start({ ...EXPERT, environments: ['pddl'], seeds: [1], episodesPerSeed: 8 });
  await life.until(({ kind }) => kind === 'finished');
  clearInterval(timer);
  // Two seeds: without turns on the way there would be two or three, on the fastest machine.
  expect(turns).toBeGreaterThan(5);
});

test('the reference is played first in each environment, and a seed named twice once', () => {
  const units = unitsOf({ ...EXPERT, methods: ['rag', 'agemem', 'agemem-no-rl'], seeds: [3, 3] });
  expect(units.map(({ method, environment }) => `${environment} ${method}`)).toEqual([
    'qa agemem-no-rl',
    'qa rag',
    'qa agemem',
    'babyai agemem-no-rl',
    'babyai rag',
    'babyai agemem',
  ]);
});

test('the time left is that of seeds like the missing ones', () => {
  const took = (method: string, environment: string, ms: number) => ({ method, environment, ms });
  const missing = [{ method: 'rag', environment: 'qa', seed: 2 } as const];
  expect(timeLeft([], missing)).toBe(null);
  expect(timeLeft([], [])).toBe(0);
  const all = [took('mem0', 'pddl', 900), took('rag', 'pddl', 300)];
  expect(timeLeft(all.slice(0, 1), missing)).toBe(900);
  expect(timeLeft(all, missing)).toBe(300);
  expect(timeLeft([...all, took('mem0', 'qa', 50)], missing)).toBe(50);
  expect(
    timeLeft([...all, took('mem0', 'qa', 50), took('rag', 'qa', 20), took('rag', 'qa', 40)], missing),
  ).toBe(30);
});

/** Rows that count, and may be full. */
class Counted extends TransientTable {
  puts = 0;
  room = Number.POSITIVE_INFINITY;

  override async put(row: TableSeedRow): Promise<void> {
    if (this.puts >= this.room) throw new StorageFullError('storage-full', 'There is no room left.');
    await super.put(row);
    this.puts++;
  }
}
