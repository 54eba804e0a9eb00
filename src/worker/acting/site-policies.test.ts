/**
 * The second policy of the site in the place of the first, through the calls of the page: from the site's own files,
 * by the rules it was made for, with its own adapter and its own runs. And where its files are not, it says so and
 * everything stays as it was.
 */
import { unzipSync } from 'fflate';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ensureWasm } from '../../../scripts/build-wasm.mjs';
import { WORLDS_EPISODE_CONFIG } from '../../agent/config';
import type { Backend } from '../../engine/backend';
import { WasmBackend } from '../../engine/wasm/wasm-backend';
import {
  ANSWER_ONLY_POLICY,
  BUNDLED_POLICY,
  LONG_TERM_POLICY,
  WORLDS_POLICY,
} from '../../policies/site-policies';
import { PRESETS } from '../../rl/presets';
import { setFile, tasksText } from '../../tasks/own/set-file';
import { LabRefusal } from '../lab-errors';
import { code, LabLife, SETTINGS, TASK, TestStore } from '../lab-life.fixture';
import { losing } from '../losing-device.fixture';
import { BUNDLED_MODEL } from '../models-protocol';
import type { AdapterChoice, EventLog } from '../protocol';
import { type ServedSite, serveTinyPolicy } from '../served-policy.fixture';

const { id } = WORLDS_POLICY;
const REWARD = 'paper-appendix';

let site: ServedSite;
let store: TestStore;

beforeAll(() => ensureWasm());
beforeEach(async () => {
  store = new TestStore();
  site = await serveTinyPolicy(true);
});
afterEach(() => site.close());

function page(backend?: Backend, again = true): LabLife {
  const models = {
    // Whoever keeps models is not asked for those of the site.
    find: async (asked: string) => {
      throw new LabRefusal('no-such-model', `There is no ${asked}.`, 'Choose another.');
    },
    shelf: async (active: unknown) =>
      ({ models: [], active, storedBytes: 0, quota: null, keeps: false }) as never,
  };
  return new LabLife(site.address, store, backend, again, undefined, { models });
}

async function plays(life: LabLife, adapter: AdapterChoice = 'none'): Promise<EventLog> {
  const adapters = [adapter];
  const [{ log }] = await life.call.compareAdapters({ task: TASK, dice: 3, reward: REWARD, adapters });
  return log;
}

const written = (log: EventLog) =>
  log.flatMap((event) => (event.type === 'completion' ? [[event.promptIds, event.tokens]] : []));

it('acts by its own rules in its own window; who is taught what is told from the start', async () => {
  const life = page();
  const begun = await life.open();
  expect(begun.model.taught).toEqual(BUNDLED_POLICY.taught);
  expect(begun.sitePolicies).toMatchObject([
    { id: BUNDLED_MODEL, here: true, taught: BUNDLED_POLICY.taught },
    { id, here: true, taught: WORLDS_POLICY.taught, trainedAs: 'trained' },
    { id: ANSWER_ONLY_POLICY.id, taught: BUNDLED_POLICY.taught, trainedAs: 'answer-only' },
    { id: LONG_TERM_POLICY.id, taught: BUNDLED_POLICY.taught, trainedAs: 'lt-rl' },
  ]);
  const { ready, shelf } = await life.call.openModel({ id });
  expect(ready.model).toMatchObject({
    id,
    provider: 'engine',
    name: WORLDS_POLICY.title,
    taught: WORLDS_POLICY.taught,
    window: 1024,
    hasShippedAdapter: true,
    hasTrainedAdapter: false,
    can: { train: true, logprobs: true },
  });
  expect(shelf.active.setup).toMatchObject({ prompt: 'short', contextTokens: 1024, maxNewTokens: 64 });
  // What is paid for is told by the log: its rules, not those that a window of this size has otherwise.
  const started = (await plays(life)).find((event) => event.type === 'episode-started');
  expect(started).toMatchObject({
    policyId: 'worlds',
    limits: {
      maxContextTokens: WORLDS_EPISODE_CONFIG.maxContextTokens,
      hardContextTokens: WORLDS_EPISODE_CONFIG.hardPromptTokens,
    },
  });
  // A run of it is as the table says, as one of the bundled policy is.
  const lab = ready.presets.find(({ name }) => name === 'lab');
  expect(lab?.settings.lr).toBe(PRESETS.lab.config.lr);
  expect(lab?.settings.tasksPerStep).toBe(PRESETS.lab.config.tasksPerStep);
});

it('does all the lab does: both adapters, episode, group, inside, what if, strength; the first comes back as it was', async () => {
  const life = page();
  await life.open();
  const bundled = written(await plays(life));
  await life.call.openModel({ id });
  const base = written(await plays(life));
  const shipped = written(await plays(life, 'shipped'));
  expect(base).not.toEqual(bundled);
  expect(shipped).not.toEqual(base);

  const options = { adapter: 'shipped', dice: 1, reward: REWARD } as const;
  const { episodeId } = await life.call.openEpisode({ task: TASK, options });
  expect((await life.call.runEpisode({ episodeId })).done).toBe(true);
  const look = await life.call.lookInside({ episodeId, step: 1, token: 0, layer: 1 });
  expect(look.attention.length).toBeGreaterThan(0);
  const group = await life.call.runGroup({
    task: TASK,
    options,
    groupSize: 2,
    preset: 'lab',
    advantageMode: 'broadcast',
  });
  const { log, reward } = group.rollouts[0];
  const fork = { task: group.task, rollout: { log, reward }, step: 1, adapter: 'shipped', size: 2 } as const;
  const forked = await life.call.forkStep({ ...fork, options: group.options });
  expect(forked.rollouts).toHaveLength(2);
  const replay = { task: TASK, dice: 3, reward: REWARD, adapter: 'shipped' } as const;
  expect(written((await life.call.replayStrength({ ...replay, strength: 1 })).log)).toEqual(shipped);

  await life.call.openModel({ id: BUNDLED_MODEL });
  expect(written(await plays(life))).toEqual(bundled);
  await life.call.openModel({ id });
  expect(written(await plays(life, 'shipped'))).toEqual(shipped);
});

it('its runs are its own: kept apart by its weights, and there again when it is', async () => {
  const before = page();
  await before.open();
  await before.train({ ...SETTINGS, steps: 1 });
  const ofBundled = written(await plays(before, 'trained'));
  const life = page();
  await life.open();
  const { ready } = await life.call.openModel({ id });
  expect(ready).toMatchObject({ model: { hasTrainedAdapter: false }, checkpoint: null });
  await life.train({ ...SETTINGS, steps: 1, groupSize: 4, seed: 2 });
  const ofWorlds = written(await plays(life, 'trained'));
  const { runs } = await life.call.listRuns({});
  const named = Object.fromEntries(runs.map((run) => [run.baseName, run.here]));
  expect(named).toEqual({ [BUNDLED_POLICY.folder]: false, [WORLDS_POLICY.folder]: true });

  const back = await life.call.openModel({ id: BUNDLED_MODEL });
  expect(back.ready.model.hasTrainedAdapter).toBe(true);
  expect(written(await plays(life, 'trained'))).toEqual(ofBundled);
  const other = runs.find(({ here }) => here);
  expect(await code(life.call.openRun({ id: other?.id ?? '' }))).toBe('base-mismatch');

  // Another visit: its run is found again as soon as it acts.
  const later = page();
  await later.open();
  const again = await later.call.openModel({ id });
  expect(again.ready).toMatchObject({ model: { hasTrainedAdapter: true }, checkpoint: { steps: 1 } });
  expect(written(await plays(later, 'trained'))).toEqual(ofWorlds);
});

it('a run on another topic draws its tasks, is measured on them, and is exported with them', async () => {
  const life = page();
  await life.open();
  await life.call.openModel({ id });
  const taskFamily = 'hotpotqa';
  await life.train({ ...SETTINGS, steps: 1, evaluateEvery: 1, taskFamily });
  expect(life.steps.map(({ group }) => group.task.family)).toEqual([taskFamily]);
  const { runs } = await life.call.listRuns({});
  expect(runs).toMatchObject([{ settings: { taskFamily }, steps: 1 }]);
  const counts = { train: 1, heldOut: 2 } as const;
  const { data } = await life.call.exportForScale({ id: runs[0].id, ...counts });
  const files = unzipSync(new Uint8Array(await data.arrayBuffer()));
  const tasks = Object.entries(files).flatMap(([name, bytes]) =>
    /^[^/]+\/tasks\/.*jsonl$/.test(name) ? new TextDecoder().decode(bytes).trim().split('\n') : [],
  );
  expect(tasks.map((line) => JSON.parse(line).family)).toEqual([taskFamily, taskFamily, taskFamily]);
  // The same weights before any update, on held-out tasks of either topic.
  const people = page();
  await people.open();
  await people.call.openModel({ id });
  await people.train({ ...SETTINGS, steps: 1, evaluateEvery: 1 });
  const [one, other] = [life, people].map(({ news }) =>
    news.flatMap((item) => (item.kind === 'training-held-out' ? [item.heldOut] : [])),
  );
  expect(one[0].step).toBe(0);
  expect(one[0].evaluation.prompt_tokens).not.toBe(other[0].evaluation.prompt_tokens);
});

it('tasks of one’s own that outgrow the first fit its window', async () => {
  const life = page();
  await life.open();
  const rain = `In a novel, ${'the rain went on and on, '.repeat(12)}`;
  const facts = [{ id: 'f1', about: 'Mira', value: 'Oslo', needed: true }];
  const messages = [{ says: 'Mira lives in Oslo.', states: facts }];
  const question = 'Where does Mira live?';
  const tasks = tasksText([{ question, answers: ['Oslo'], messages, distractors: [rain] }]);
  const data = new Blob([setFile('Rain', tasks)]);
  const { set } = await life.call.takeTaskFiles({ files: [{ name: 'rain.jsonl', data }] });
  const task = { ...TASK, seed: 1, set: set?.hash ?? null };
  const options = { adapter: 'none', dice: 1, reward: REWARD } as const;
  expect(await code(life.call.openEpisode({ task, options }))).toBe('too-long');
  await life.call.openModel({ id });
  expect(await code(life.call.openEpisode({ task, options }))).toBe('answered');
});

it.each([
  ['a setting that cannot be', null, { maxNewTokens: 5000 }, 'setup'],
  ['files that are not there', WORLDS_POLICY.folder, {}, 'file-missing'],
] as const)('%s: refused in words, with everything as it was', async (_, gone, setup, refusal) => {
  if (gone !== null) await site.remove(gone);
  const life = page();
  await life.open();
  const options = { adapter: 'none', dice: 1, reward: REWARD } as const;
  const { episodeId } = await life.call.openEpisode({ task: TASK, options });
  await expect(life.call.openModel({ id, setup })).rejects.toMatchObject({ code: refusal });
  expect((await life.call.runEpisode({ episodeId })).done).toBe(true);
});

it('whose files are gone says which policy, and where it is', async () => {
  await site.remove(WORLDS_POLICY.folder);
  const life = page();
  await life.open();
  await expect(life.call.openModel({ id })).rejects.toMatchObject({
    message: expect.stringContaining(WORLDS_POLICY.title),
    whatToDo: expect.stringContaining('without a network'),
  });
});

it('an adapter that cannot be used is told of and left out', async () => {
  await site.add(`${WORLDS_POLICY.adapterFolder}/adapter_config.json`, '{');
  const life = page();
  await life.open();
  expect(life.troubles).toEqual([]);
  const { ready } = await life.call.openModel({ id });
  expect(ready.model.hasShippedAdapter).toBe(false);
  expect(life.troubles).toMatchObject([{ fatal: false, error: { message: /^The adapter shipped/ } }]);
});

it('the same base trained otherwise: its own adapter and name, the runs of the base, and no card of AgeMem’s', async () => {
  const { id: trainedOtherwise, title } = ANSWER_ONLY_POLICY;
  const life = page();
  await life.open();
  const plain = written(await plays(life));
  const { ready } = await life.call.openModel({ id: trainedOtherwise });
  expect(ready.model).toMatchObject({
    id: trainedOtherwise,
    name: title,
    hasShippedAdapter: true,
    base: null,
    shipped: null,
  });
  expect(written(await plays(life))).toEqual(plain);
  expect(written(await plays(life, 'shipped'))).not.toEqual(plain);
  // Without its adapter it would be the bundled policy under another name.
  await site.remove(LONG_TERM_POLICY.adapterFolder);
  expect(await code(life.call.openModel({ id: LONG_TERM_POLICY.id }))).toBe('file-missing');
});

it('a lost device: it is put on the new one, with both its adapters', async () => {
  let lost = false;
  const device = losing(await WasmBackend.create({ threads: 1 }), () => lost);
  const life = page(device, false);
  await life.open();
  await life.call.openModel({ id });
  await life.train({ ...SETTINGS, steps: 1, groupSize: 4 });
  const before = [written(await plays(life, 'shipped')), written(await plays(life, 'trained'))];
  lost = true;
  expect(await code(plays(life))).toBe('device-lost');
  expect([written(await plays(life, 'shipped')), written(await plays(life, 'trained'))]).toEqual(before);
});
