/**
 * Tasks of the user's own through the protocol on the real session: kept, played, trained on, measured. The model is a
 * tiny one trained in the test and served from this process.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WasmBackend } from '../../engine/wasm/wasm-backend';
import { exactIndex } from '../../memory/index/exact-index';
import { TransientRows } from '../../memory/rows/transient-rows';
import { TransientTaskSets } from '../../storage/task-set-store';
import { TransientCheckpoints } from '../../storage/transient-checkpoints.fixture';
import type { OwnTask } from '../../tasks/own/form';
import { KESTREL } from '../../tasks/own/own.fixture';
import { setFile, tasksText } from '../../tasks/own/set-file';
import { toLabError } from '../lab-errors';
import { LabSession } from '../lab-session';
import { LabMemories } from '../memories';
import type { News, TaskAddress, TrainingSettings } from '../protocol';
import { type ServedSite, serveTinyPolicy } from '../served-policy.fixture';

let site: ServedSite;

beforeAll(async () => {
  site = await serveTinyPolicy();
});

afterAll(() => site.close());

/** A tab, on what another tab of the same browser may have kept. */
async function tab(sets = new TransientTaskSets(), checkpoints = new TransientCheckpoints()) {
  const news: News[] = [];
  const listeners: (() => void)[] = [];
  const memories = LabMemories.transient(
    'In the test.',
    exactIndex,
    checkpoints,
    undefined,
    new TransientRows(),
  );
  Object.assign(memories, { taskSets: sets });
  const session = new LabSession(
    (item) => {
      news.push(item);
      for (const listener of listeners) listener();
    },
    {
      chooseBackend: async () => ({
        backend: await WasmBackend.create({ threads: 1 }),
        chosen: 'wasm',
        reason: 'asked for',
        alternatives: [],
      }),
      openMemories: async () => memories,
    },
  );
  await session.handlers.init({ site: site.address, backend: null });
  const until = (condition: (item: News) => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => news.some(condition) && resolve();
      listeners.push(look);
      look();
    });
  const inState = (kind: string) =>
    until((item) => item.kind === 'training-state' && item.state.kind === kind);
  return { call: session.handlers, news, inState, sets, checkpoints };
}

type Tab = Awaited<ReturnType<typeof tab>>;

const lives = (name: string, town: string): OwnTask => ({
  question: `Where does ${name} live?`,
  answers: [town],
  messages: [
    { says: `${name} lives in ${town}.`, states: [{ id: 'f1', about: name, value: town, needed: true }] },
  ],
  distractors: ['In a novel, Tom lives in Rome.'],
});
const FOUR = [lives('Mira', 'Oslo'), lives('Zorvane', 'Ulm'), lives('Ede', 'Ostrey'), lives('Ibbo', 'Kelp')];
const LONG: OwnTask = { ...FOUR[0], distractors: [`In a novel, ${'the rain went on and on, '.repeat(60)}`] };

const file = (tasks: readonly OwnTask[], name = 'Towns') => new Blob([setFile(name, tasksText(tasks))]);
async function taken({ call }: Tab, tasks: readonly OwnTask[]) {
  const { set } = await call.takeTaskFiles({ files: [{ name: 'towns.jsonl', data: file(tasks) }] });
  if (!set) throw new Error('The file was not taken.');
  return set;
}
const at = (set: string, seed: number): TaskAddress => ({
  family: 'qa',
  split: 'train',
  difficulty: 'mix',
  seed,
  set,
});
const PLAY = { adapter: 'none', dice: 0, reward: 'paper-appendix' } as const;
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: unknown) => toLabError(error).code,
  );

const SETTINGS: TrainingSettings = {
  preset: 'lab',
  steps: 2,
  tasksPerStep: 2,
  groupSize: 2,
  lr: 1e-2,
  seed: 1,
  advantageMode: 'broadcast',
  reward: 'paper-appendix',
  evaluateEvery: 1,
};

describe('sets', () => {
  it('come in by a file, under the hash of their tasks, and go out as the same bytes', async () => {
    const t = await tab();
    const set = await taken(t, FOUR);
    expect(set).toMatchObject({ name: 'Towns', tasks: 4 });
    expect((await taken(t, FOUR)).hash).toBe(set.hash);
    expect(await t.call.listTaskSets({})).toHaveLength(1);
    const { file: name, data } = await t.call.exportTaskSet({ set: set.hash });
    expect(name).toBe('towns.jsonl');
    expect(await data.text()).toBe(await file(FOUR).text());
  });

  it('are taken whole or not at all, with what is wrong at its line', async () => {
    const t = await tab();
    const data = new Blob([`${tasksText(FOUR)}{"question":"?"}\n`]);
    const { set, problems } = await t.call.takeTaskFiles({ files: [{ name: 'x.jsonl', data }] });
    expect(set).toBe(undefined);
    expect(problems?.map(({ at: line, field }) => [line, field])).toEqual([
      ['line 5', 'answers'],
      ['line 5', 'messages'],
    ]);
    expect(await t.call.listTaskSets({})).toEqual([]);
  });

  it('hold worlds: listed, exported to the byte, too long for the policy and played by the demonstrator', async () => {
    const { call } = await tab();
    const level = `mission: go to the green ball\nb = green ball\nd = red door\nmap:\n#########\n#>..d.b.#\n#########\n`;
    const atoms = ['b', 'c', 'd', 'e'].map((block) => `(on-table ${block}) (clear ${block})`).join(' ');
    const swap = `(define (problem swap) (:domain blocksworld-4ops) (:objects a b c d e)
      (:init (arm-empty) (on-table a) (clear a) ${atoms}) (:goal (and (on a b) (on b c))))`;
    const files = [level, swap].map((text, i) => ({ name: `world-${i}.txt`, data: new Blob([text]) }));
    const { set } = await call.takeTaskFiles({ files });
    if (!set) throw new Error('The files were not taken.');
    expect(set).toMatchObject({ name: 'world-0', tasks: 2 });
    const { tasks } = await call.taskPage({ set: set.hash, from: 0, count: 10 });
    expect(tasks).toMatchObject([
      { kind: 'babyai', title: 'go to the green ball', messages: 1, form: null },
      { kind: 'pddl', title: 'swap (blocksworld-4ops)', messages: 2, distractors: 2, form: null },
    ]);
    expect(tasks.map(({ fit }) => fit.playable)).toEqual([false, false]);
    const { file: name, data } = await call.exportTaskSet({ set: set.hash });
    const again = await call.takeTaskFiles({ files: [{ name, data }] });
    expect(again.set).toEqual(set);
    for (const seed of [1, 2]) {
      const task = at(set.hash, seed);
      expect(await code(call.openEpisode({ task, options: PLAY }))).toBe('too-long');
      const options = { ...PLAY, player: 'demonstrator' } as const;
      const { episodeId } = await call.openEpisode({ task, options });
      expect(await call.runEpisode({ episodeId })).toMatchObject({ done: true });
    }
    const left = await call.changeTaskSet({ set: set.hash, form: null, at: 0 });
    expect(left).toMatchObject({ tasks: 1 });
  });

  it('grow and shrink a task at a time, each time another set; the last one gone, none is left', async () => {
    const { call } = await tab();
    const one = await call.changeTaskSet({ set: null, form: FOUR[0], at: null });
    expect(one).toMatchObject({ name: 'My tasks', tasks: 1 });
    const two = await call.changeTaskSet({ set: one?.hash ?? '', form: FOUR[1], at: null });
    expect(await call.listTaskSets({})).toEqual([two]);
    const other = await call.changeTaskSet({ set: two?.hash ?? '', form: FOUR[2], at: 0 });
    const { tasks } = await call.taskPage({ set: other?.hash ?? '', from: 0, count: 10 });
    expect(tasks.map(({ form }) => form)).toEqual([FOUR[2], FOUR[1]]);
    const left = await call.changeTaskSet({ set: other?.hash ?? '', form: null, at: 1 });
    expect(await call.changeTaskSet({ set: left?.hash ?? '', form: null, at: 0 })).toBe(null);
    expect(await call.listTaskSets({})).toEqual([]);
  });

  it('opened once more are found again: as they were called since, and where they stood', async () => {
    const t = await tab();
    const { hash, added } = await taken(t, FOUR);
    await t.call.renameTaskSet({ set: hash, name: 'People' });
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(await taken(t, FOUR)).toMatchObject({ hash, name: 'People', added });
    expect(await t.call.listTaskSets({})).toMatchObject([{ hash, name: 'People', added }]);
    // A damaged one is mended by its file.
    const row = await t.sets.get(hash);
    if (row) await t.sets.put({ ...row, text: row.text.replace('Oslo', 'Rome') });
    await taken(t, FOUR);
    expect((await t.call.exportTaskSet({ set: hash })).file).toBe('people.jsonl');
  });

  it('change one after the other, however fast they are asked to', async () => {
    const t = await tab();
    const set = (await taken(t, FOUR.slice(0, 1))).hash;
    const answers = await Promise.all([
      code(t.call.changeTaskSet({ set, form: FOUR[1], at: null })),
      code(t.call.changeTaskSet({ set, form: FOUR[2], at: null })),
    ]);
    // The second meant a set that is no more.
    expect(answers).toEqual(['answered', 'no-task-set']);
    const [left, ...others] = await t.call.listTaskSets({});
    expect([left.tasks, others]).toEqual([2, []]);
    await Promise.all([
      t.call.renameTaskSet({ set: left.hash, name: 'People' }),
      t.call.deleteTaskSet({ set: left.hash }),
    ]);
    expect(await t.call.listTaskSets({})).toEqual([]);
  });

  it('have names that can be changed, and are deleted for good', async () => {
    const t = await tab();
    const set = await taken(t, FOUR);
    expect(await t.call.renameTaskSet({ set: set.hash, name: ' People ' })).toEqual({
      ...set,
      name: 'People',
    });
    expect((await t.call.exportTaskSet({ set: set.hash })).file).toBe('people.jsonl');
    expect(await t.call.deleteTaskSet({ set: set.hash })).toEqual([]);
    expect(await code(t.call.taskPage({ set: set.hash, from: 0, count: 1 }))).toBe('no-task-set');
  });

  it('whose text is another than their hash says are damaged, and that is said', async () => {
    const t = await tab();
    const set = await taken(t, FOUR);
    const row = await t.sets.get(set.hash);
    if (row) await t.sets.put({ ...row, text: row.text.replace('Oslo', 'Rome') });
    expect(await code(t.call.exportTaskSet({ set: set.hash }))).toBe('task-set-damaged');
    expect((await t.call.listTaskSets({})).map(({ hash }) => hash)).toEqual([set.hash]);
  });
});

describe('a form that is typed', () => {
  it('shows the three stages and what each text takes of the window', async () => {
    const { call } = await tab();
    const { task, fit } = await call.tryTask({ form: KESTREL });
    expect(task?.facts[0]).toMatchObject({ subject: 'Zorvane', value: 'Umlo', superseded: ['Ibbo'] });
    expect(task?.distractors).toHaveLength(2);
    expect(fit?.texts).toHaveLength(6);
    expect(fit?.playable).toBe(true);
    expect(await call.listTaskSets({})).toEqual([]);
    expect((await call.tryTask({ form: { question: '?' } })).problems?.length).toBeGreaterThan(0);
  });

  it('counts as the episode does: a prompt of exactly the limit is played, one token more is not', async () => {
    const t = await tab();
    const tasks = Array.from({ length: 120 }, (_, n) => ({
      ...FOUR[0],
      distractors: [`a${' b'.repeat(60 + n)}`],
    }));
    const set = await taken(t, tasks);
    const { tasks: first } = await t.call.taskPage({ set: set.hash, from: 0, count: 100 });
    const { tasks: rest } = await t.call.taskPage({ set: set.hash, from: 100, count: 100 });
    const fits = [...first, ...rest].map(({ fit }) => fit);
    const most = fits.findLastIndex(({ playable }) => playable);
    expect(most).toBeGreaterThan(0);
    expect(fits[most].texts[0].tokens).toBeLessThanOrEqual(fits[most].promptLimit);
    expect(fits[most + 1].texts[0].tokens).toBeGreaterThan(fits[most].promptLimit);
    const opened = await t.call.openEpisode({ task: at(set.hash, most + 1), options: PLAY });
    await t.call.runEpisode({ episodeId: opened.episodeId });
    const events = t.news.flatMap((item) => (item.kind === 'episode-events' ? item.events : []));
    expect(events.some((event) => event.type === 'prompt' && event.stage === 2)).toBe(true);
    expect(await code(t.call.openEpisode({ task: at(set.hash, most + 2), options: PLAY }))).toBe('too-long');
  });
});

describe('playing', () => {
  it('a task of a set, by its number, round and round; the same words give the same episode', async () => {
    const t = await tab();
    const set = await taken(t, FOUR);
    const opened = await t.call.openEpisode({ task: at(set.hash, 2), options: PLAY });
    expect(opened.task).toMatchObject({ id: `own/${set.hash}/2`, query: 'Where does Zorvane live?' });
    const { done, reward } = await t.call.runEpisode({ episodeId: opened.episodeId });
    expect(done).toBe(true);
    expect(reward?.total).toBeTypeOf('number');
    const round = await t.call.openEpisode({ task: at(set.hash, 6), options: PLAY });
    expect(round.task.id).toBe(opened.task.id);
    expect((await t.call.openEpisode({ task: at(set.hash, 0), options: PLAY })).task.id).toBe(
      `own/${set.hash}/4`,
    );
    const group = await t.call.runGroup({
      task: at(set.hash, 2),
      options: PLAY,
      groupSize: 2,
      preset: 'lab',
      advantageMode: 'broadcast',
    });
    expect(group.task).toEqual(opened.task);
  });

  it('of a set that is not here, or a task that is too long, is refused in words with numbers', async () => {
    const t = await tab();
    expect(await code(t.call.openEpisode({ task: at('0'.repeat(16), 1), options: PLAY }))).toBe(
      'no-task-set',
    );
    const set = await taken(t, [FOUR[0], LONG]);
    const refused = t.call.openEpisode({ task: at(set.hash, 2), options: PLAY });
    expect(toLabError(await refused.catch((error: unknown) => error)).message).toMatch(
      /^Distractor 1 of task 2 needs \d+ tokens; the model that acts reads at most 208 at a time\.$/,
    );
  });
});

describe('training on a set', () => {
  it('plays its tasks and no others, and holds some out', async () => {
    const t = await tab();
    const set = await taken(t, [...FOUR, LONG]);
    expect(await t.call.taskSetParts({ set: set.hash, seed: 1 })).toEqual({
      total: 5,
      playable: 4,
      train: 3,
      heldOut: 1,
    });
    await t.call.train({ from: 'start', settings: { ...SETTINGS, taskSet: `${set.hash}~1` } });
    await t.inState('finished');
    const steps = t.news.flatMap((item) => (item.kind === 'training-step' ? [item] : []));
    expect(steps).toHaveLength(2);
    for (const { group, heldOut } of steps) {
      expect(group.task.id).toMatch(new RegExp(`^own/${set.hash}/[1-4]$`));
      expect(heldOut?.evaluation.n).toBeGreaterThan(0);
    }
  });

  it('stops and goes on as if it had not stopped', async () => {
    const settings = { ...SETTINGS, evaluateEvery: 0 };
    const whole = await tab();
    const set = await taken(whole, FOUR);
    await whole.call.train({ from: 'start', settings: { ...settings, taskSet: `${set.hash}~1` } });
    await whole.inState('finished');
    const cut = await tab(whole.sets);
    await cut.call.train({ from: 'start', settings: { ...settings, taskSet: `${set.hash}~1` }, once: true });
    await cut.inState('paused');
    await cut.call.stopTraining({});
    const next = await tab(whole.sets, cut.checkpoints);
    await next.call.train({ from: 'checkpoint' });
    await next.inState('finished');
    const rewards = ({ news }: Tab) =>
      news.flatMap((item) =>
        item.kind === 'training-step' ? [[item.metrics.step, item.metrics.reward, item.metrics.kl]] : [],
      );
    expect(rewards(next)).toEqual(rewards(whole).slice(1));
  });

  it('needs the set: without it the run stays, and is told what is missing', async () => {
    const t = await tab();
    const set = await taken(t, FOUR);
    await t.call.train({ from: 'start', settings: { ...SETTINGS, taskSet: `${set.hash}~1` }, once: true });
    await t.inState('paused');
    await t.call.stopTraining({});
    // A set that a run was made on stays when a task is added to it.
    await t.call.changeTaskSet({ set: set.hash, form: KESTREL, at: null });
    expect((await t.call.listTaskSets({})).map(({ tasks }) => tasks).sort()).toEqual([4, 5]);
    const other = await tab(new TransientTaskSets(), t.checkpoints);
    expect(await code(other.call.train({ from: 'checkpoint' }))).toBe('no-task-set');
    await taken(other, FOUR);
    await other.call.train({ from: 'checkpoint' });
    await other.inState('finished');
  });

  it('is refused where there is nothing to train on', async () => {
    const t = await tab();
    const set = await taken(t, [LONG]);
    const on = (taskSet: string) => code(t.call.train({ from: 'start', settings: { ...SETTINGS, taskSet } }));
    expect(await on(`${set.hash}~1`)).toBe('nothing-to-train');
    expect(await on('nonsense')).toBe('no-task-set');
  });
});

describe('measuring', () => {
  it('every adapter there is on the held-out tasks, the same tasks with the same dice', async () => {
    const t = await tab();
    const set = await taken(t, [
      ...FOUR,
      ...FOUR.map(({ question, ...rest }) => ({ ...rest, question: `${question} Say.` })),
    ]);
    const args = { set: set.hash, seed: 1, reward: 'paper-appendix' } as const;
    const before = await t.call.evaluateTaskSet(args);
    expect(before).toMatchObject({ name: `${set.hash}~1`, tasks: 2, trainedOn: null });
    expect(before.scores.map(({ adapter }) => adapter)).toEqual(['none']);
    expect(before.scores[0].reward.n).toBe(2);
    expect(before.scores[0].gain).toBe(null);
    await t.call.train({ from: 'start', settings: { ...SETTINGS, taskSet: `${set.hash}~1` } });
    await t.inState('finished');
    const after = await t.call.evaluateTaskSet(args);
    expect(after.trainedOn).toBe(`${set.hash}~1`);
    expect(after.scores.map(({ adapter }) => adapter)).toEqual(['none', 'trained']);
    expect(after.scores[0]).toEqual(before.scores[0]);
    const [base, trained] = after.scores;
    expect(trained.gain?.mean).toBeCloseTo(trained.reward.mean - base.reward.mean, 10);
  });

  it('is refused where nothing is held out', async () => {
    const t = await tab();
    const set = await taken(t, [FOUR[0], LONG]);
    expect(await code(t.call.evaluateTaskSet({ set: set.hash, seed: 1, reward: 'paper-appendix' }))).toBe(
      'nothing-held-out',
    );
  });
});
