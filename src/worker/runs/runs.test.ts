/**
 * The list of runs and their files, on the real session with real training of a tiny policy: listed, renamed, opened,
 * deleted and taken back; out as a zip and in again to the byte; and going on from an imported run.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readZip, writeZip } from '../../memory/exchange/zip-file';
import { crc32 } from '../../storage/checksum';
import { CheckpointError } from '../../storage/errors';
import { hexadecimal } from '../../storage/hexadecimal';
import { toLabError } from '../lab-errors';
import { code, LabLife, numbersOf, SETTINGS, TestStore } from '../lab-life.fixture';
import { slotOf } from '../run-checkpoint';
import { type ServedSite, serveTinyPolicy } from '../served-policy.fixture';
import { newestFitting, pack } from './trajectories';

let site: ServedSite;
/** A run of one of three steps, with held-out tasks, as a zip. */
let zip: Uint8Array;
/** Its last checkpoint after all three. */
let whole: unknown;
let id = '';

async function opened(store = new TestStore()) {
  const life = new LabLife(site.address, store);
  const ready = await life.open();
  return { life, store, ready, call: life.call };
}

type Life = Awaited<ReturnType<typeof opened>>;

async function exported(
  { call }: Life,
  run: string,
  what: 'zip' | 'metrics' | 'trajectories' | 'adapter' = 'zip',
) {
  const { data } = await call.exportRun({ id: run, what });
  return new Uint8Array(await data.arrayBuffer());
}

const blob = (bytes: Uint8Array) => new Blob([bytes as Uint8Array<ArrayBuffer>]);
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
const utf8 = (words: string) => new TextEncoder().encode(words);

beforeAll(async () => {
  site = await serveTinyPolicy();
  const page = await opened();
  await page.life.trainOneStep({ ...SETTINGS, evaluateEvery: 2 });
  [{ id }] = (await page.call.listRuns({})).runs;
  await page.call.renameRun({ id, name: '  Two facts, “déjà vu” ' });
  zip = await exported(page, id);
  await page.call.train({ from: 'checkpoint' });
  await page.life.inState('finished');
  whole = numbersOf(page.store.kept[0]);
});

afterAll(() => site.close());

describe('the list of runs', () => {
  it('keeps the one before when another is started, and shows both with settings, steps, score and size', async () => {
    const page = await opened();
    await page.life.train({ ...SETTINGS, evaluateEvery: 3 });
    page.life.news.length = 0;
    await page.life.trainOneStep({ ...SETTINGS, seed: 2 });
    const { runs, onView, damaged, kept } = await page.call.listRuns({});
    expect({ damaged, kept }).toEqual({ damaged: [], kept: true });
    expect(runs).toMatchObject([
      { settings: { seed: 2 }, steps: 1, rollouts: 1, heldOut: null, name: null },
      { settings: { seed: 1 }, steps: 3, rollouts: 3, heldOut: { step: 3, n: 32 }, name: null },
    ]);
    expect(onView).toBe(runs[0].id);
    const bytes = [...page.store.rows]
      .filter(([name]) => name.startsWith(slotOf(runs[1].id)))
      .flatMap(([, rows]) => rows.flatMap(({ checkpoint }) => Object.values(checkpoint.blobs)))
      .reduce((sum, { length }) => sum + length, 0);
    expect(runs[1].bytes).toBe(bytes);
    // The next session opens the one saved last, and both are there.
    const next = await opened(page.store);
    expect(next.ready.checkpoint?.settings.seed).toBe(2);
    expect((await next.call.listRuns({})).runs).toEqual(runs);
  });

  it('opens another: its curves, its adapter, and training goes on from it as if it had never been left', async () => {
    const page = await opened();
    await page.life.trainOneStep();
    const before = await page.life.plays();
    page.life.news.length = 0;
    await page.life.trainOneStep({ ...SETTINGS, seed: 2 });
    const [second, first] = (await page.call.listRuns({})).runs;
    const facts = await page.call.openRun({ id: first.id });
    expect(facts).toMatchObject({ steps: 1, settings: SETTINGS });
    expect((await page.call.listRuns({})).onView).toBe(first.id);
    expect(await page.life.plays()).toEqual(before);
    page.life.news.length = 0;
    await page.call.train({ from: 'checkpoint' });
    await page.life.inState('finished');
    const unbroken = await opened();
    await unbroken.life.train();
    expect(numbersOf(page.store.kept[0])).toEqual(numbersOf(unbroken.store.kept[0]));
    expect((await page.call.listRuns({})).runs.find(({ id: other }) => other === second.id)).toEqual(second);
  });

  it('leaves a paused run for another as its checkpoint has it', async () => {
    const page = await opened();
    await page.life.trainOneStep();
    await page.call.train({ from: 'start', settings: { ...SETTINGS, seed: 2 }, once: true });
    await page.life.until(
      (item) => item.kind === 'training-state' && item.state.kind === 'paused' && item.settings?.seed === 2,
    );
    const [paused, first] = (await page.call.listRuns({})).runs;
    expect(await code(page.call.deleteRun({ id: paused.id }))).toBe('run-in-use');
    await page.call.openRun({ id: first.id });
    expect((await page.call.listRuns({})).runs).toEqual([paused, first]);
    expect((await page.call.openRun({ id: paused.id })).settings.seed).toBe(2);
  });

  it('names, deletes and takes a deletion back, all of it', async () => {
    const page = await opened();
    await page.life.trainOneStep();
    const [{ id: run }] = (await page.call.listRuns({})).runs;
    expect((await page.call.renameRun({ id: run, name: ' First  ' })).runs[0].name).toBe('First');
    const before = new Map(page.store.rows);
    expect((await page.call.deleteRun({ id: run })).runs).toEqual([]);
    expect([...page.store.rows.keys()]).toEqual([]);
    expect(await code(page.call.openRun({ id: run }))).toBe('no-such-run');
    expect(await code(page.call.train({ from: 'checkpoint' }))).toBe('no-checkpoint');
    expect((await page.call.restoreRun({})).runs[0].name).toBe('First');
    expect(page.store.rows).toEqual(before);
    expect(await code(page.call.restoreRun({}))).toBe('nothing-to-undo');
    expect((await page.call.renameRun({ id: run, name: '   ' })).runs[0].name).toBeNull();
  });

  it('takes back a deletion that was made while another came back, and one that could not come back at once', async () => {
    const page = await opened();
    await page.life.trainOneStep();
    page.life.news.length = 0;
    await page.life.trainOneStep({ ...SETTINGS, seed: 2 });
    const [second, first] = (await page.call.listRuns({})).runs;
    const giveBack = page.store.giveBack.bind(page.store);
    page.store.giveBack = async (taken) => {
      await page.call.deleteRun({ id: second.id });
      await giveBack(taken);
    };
    await page.call.deleteRun({ id: first.id });
    expect((await page.call.restoreRun({})).runs).toEqual([first]);
    page.store.giveBack = () => Promise.reject(new Error('The disk is asleep.'));
    await expect(page.call.restoreRun({})).rejects.toThrow('asleep');
    page.store.giveBack = giveBack;
    expect((await page.call.restoreRun({})).runs).toEqual([second, first]);
  });

  it('takes in the one run that earlier versions of the page kept', async () => {
    const page = await opened();
    await page.life.trainOneStep();
    const { meta, blobs } = page.store.kept[0];
    const { begun: _, rolloutBytes: __, ...older } = meta as { begun: number; rolloutBytes: number[] };
    const store = new TestStore();
    await store.put('training', { meta: older, blobs });
    const next = await opened(store);
    expect(next.ready.checkpoint?.steps).toBe(1);
    expect((await next.call.listRuns({})).runs).toMatchObject([{ begun: null, steps: 1, rollouts: 0 }]);
    await next.call.train({ from: 'checkpoint' });
    await next.life.inState('finished');
    expect([...store.rows.keys()].filter((name) => !name.startsWith('run/'))).toEqual([]);
    expect((await next.call.listRuns({})).runs).toMatchObject([{ steps: 3, rollouts: 2 }]);
  });

  it('names one that is damaged, which can still be deleted', async () => {
    const page = await opened();
    await page.life.trainOneStep();
    const { meta, blobs } = page.store.kept[0];
    await page.store.put('run/b1', { meta: { ...(meta as object), nextStep: 99 }, blobs });
    const { runs, damaged } = await page.call.listRuns({});
    expect(runs).toHaveLength(1);
    expect(damaged).toMatchObject([{ id: 'b1', error: { code: 'checkpoint-format' } }]);
    expect((await page.call.deleteRun({ id: 'b1' })).damaged).toEqual([]);
  });

  it('says what takes the room where a step could not be saved', async () => {
    const page = await opened();
    await page.life.trainOneStep();
    page.store.full = true;
    page.life.news.length = 0;
    await page.call.train({ from: 'start', settings: { ...SETTINGS, seed: 2 }, once: true });
    await page.life.inState('paused');
    expect(page.life.troubles[0].error).toMatchObject({ code: 'run-no-room' });
    expect(page.life.troubles[0].error.message).toMatch(/One run is kept here, [\d.]+ MB together/);
    // With room again the next step saves the run, and what the step before played.
    page.store.full = false;
    await page.call.resumeTraining({});
    await page.life.inState('finished');
    const { runs } = await page.call.listRuns({});
    expect(runs[0]).toMatchObject({ settings: { seed: 2 }, steps: 3, rollouts: 3 });
    const lines = text(await exported(page, runs[0].id, 'trajectories'))
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => JSON.parse(line).step)).toEqual([1, 1, 2, 2, 3, 3]);
  });

  it('leaves out of its files what a step played if that is damaged, and counts it', async () => {
    const page = await opened();
    await page.life.train();
    const [{ id: run }] = (await page.call.listRuns({})).runs;
    const { get } = page.store;
    const without = (damaged: RegExp) => {
      page.store.get = async (name) => {
        if (damaged.test(name)) throw new CheckpointError('checkpoint-damaged', 'It is damaged.');
        return get.call(page.store, name);
      };
    };
    without(/rollouts\/000002$/);
    const { data, damaged, leftOut } = await page.call.exportRun({ id: run, what: 'zip' });
    expect({ damaged, leftOut }).toEqual({ damaged: 1, leftOut: 0 });
    const lines = await page.call.exportRun({ id: run, what: 'trajectories' });
    const steps = (await lines.data.text()).trimEnd().split('\n');
    expect(steps.map((line) => JSON.parse(line).step)).toEqual([1, 1, 3, 3]);
    expect(lines.damaged).toBe(1);
    const { call } = await opened();
    const { list } = await call.importRun({ data });
    expect(list.runs).toMatchObject([{ id: run, steps: 3, rollouts: 2 }]);
    without(/rollouts/);
    expect(await code(page.call.exportRun({ id: run, what: 'trajectories' }))).toBe('no-rollouts');
    expect((await page.call.exportRun({ id: run, what: 'zip' })).damaged).toBe(3);
  });

  it('lets go of what a step played when the step is taken back', async () => {
    const page = await opened();
    await page.life.train();
    const [{ id: run }] = (await page.call.listRuns({})).runs;
    await page.call.undoStep({});
    expect((await page.call.listRuns({})).runs).toMatchObject([{ steps: 2, rollouts: 2 }]);
    expect([...page.store.rows.keys()].filter((name) => name.includes('/rollouts/'))).toEqual(
      [1, 2].map((step) => `run/${run}/rollouts/00000${step}`),
    );
  });
});

describe('a run as a zip', () => {
  it('goes out, is deleted, comes in and goes out again to the byte', async () => {
    const page = await opened();
    const { list, id: came, copied } = await page.call.importRun({ data: blob(zip) });
    expect({ came, copied }).toEqual({ came: id, copied: false });
    expect(list.runs).toMatchObject([{ id, name: 'Two facts, “déjà vu”', steps: 1, rollouts: 1 }]);
    expect(await exported(page, id)).toEqual(zip);
  });

  it('goes on with the numbers of the run it was made of', async () => {
    const page = await opened();
    await page.call.importRun({ data: blob(zip) });
    await page.call.openRun({ id });
    await page.call.train({ from: 'checkpoint' });
    await page.life.inState('finished');
    expect(page.life.steps.map(({ metrics }) => metrics.step)).toEqual([2, 3]);
    expect(numbersOf(page.store.kept[0])).toEqual(whole);
  });

  it('comes in beside the run it was made of as a copy', async () => {
    const page = await opened();
    await page.call.importRun({ data: blob(zip) });
    const second = await page.call.importRun({ data: blob(zip) });
    expect(second.copied).toBe(true);
    expect(second.list.runs).toHaveLength(2);
    const copy = readZip(await exported(page, second.id));
    for (const [name, bytes] of readZip(zip)) {
      if (name !== 'run.json') expect(copy.get(name), name).toEqual(bytes);
    }
    expect(text(copy.get('run.json')).replace(second.id, id)).toBe(text(readZip(zip).get('run.json')));
  });

  it('holds what its description says', async () => {
    const files = readZip(zip);
    expect([...files.keys()].sort()).toEqual([
      'adapter_config.json',
      'adapter_model.safetensors',
      'metrics.csv',
      'optimizer.safetensors',
      'run.json',
      'trajectories.jsonl',
    ]);
    const run = JSON.parse(text(files.get('run.json')));
    expect(run).toMatchObject({
      format: 'agemem-run',
      version: 1,
      seed: 1,
      steps: 1,
      settings: SETTINGS_EVALUATED,
    });
    expect(run.base.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(run.tokenizer.crc32).toMatch(/^[0-9a-f]{8}$/);
    const [head, ...rows] = text(files.get('metrics.csv'))
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split(','));
    // Before the first update there are held-out scores only.
    expect(rows.map(([step]) => step)).toEqual(['0', '1']);
    const cell = (name: string) => Number(rows[1][head.indexOf(name)]);
    expect(cell('reward')).toBe(run.metrics[0].reward);
    expect(cell('rewards/task/mean')).toBe(run.metrics[0].rewards.task.mean);
    expect(Number(rows[0][head.indexOf('held_out/reward')])).toBe(run.heldOut[0].evaluation.reward);
    const lines = text(files.get('trajectories.jsonl'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ step, task, k }) => [step, task, k])).toEqual([
      [1, 0, 0],
      [1, 0, 1],
    ]);
    const mean = lines.reduce((sum, { reward }) => sum + reward, 0) / lines.length;
    expect(mean).toBeCloseTo(run.metrics[0].reward, 12);
    for (const { steps, advantage } of lines) {
      expect(Number.isFinite(advantage)).toBe(true);
      for (const step of steps) {
        expect(step.logprobs).toHaveLength(step.completion_ids.length);
        expect(step.tokens.join('')).toBe(step.completion);
        expect(step.prompt.length).toBeGreaterThan(0);
      }
    }
  });

  it('gives its parts alone too', async () => {
    const page = await opened();
    await page.call.importRun({ data: blob(zip) });
    const files = readZip(zip);
    expect(await exported(page, id, 'metrics')).toEqual(files.get('metrics.csv'));
    expect(await exported(page, id, 'trajectories')).toEqual(files.get('trajectories.jsonl'));
    const adapter = readZip(await exported(page, id, 'adapter'));
    expect([...adapter]).toEqual(
      ['adapter_config.json', 'adapter_model.safetensors'].map((name) => [name, files.get(name)]),
    );
  });
});

it('a zip takes the rollouts of the newest steps where all of them would be too much to be read back', () => {
  const steps = [30, 20, 10].map((length, i) => ({ step: i + 1, packed: pack('x'.repeat(length)) }));
  const fitting = (most: number) => newestFitting(steps, most).map(({ step }) => step);
  expect(fitting(60)).toEqual([1, 2, 3]);
  expect(fitting(59)).toEqual([2, 3]);
  expect(fitting(29)).toEqual([3]);
  expect(fitting(9)).toEqual([]);
});

const SETTINGS_EVALUATED = { ...SETTINGS, evaluateEvery: 2 };

describe('a zip that is none of a run, or not whole,', () => {
  let page: Life;
  beforeAll(async () => {
    page = await opened();
  });

  const files = () => Object.fromEntries(readZip(zip));

  /** The zip with one file changed, its sum in run.json made to fit. */
  function changed(name: string, change: (bytes: Uint8Array) => Uint8Array): Uint8Array {
    const all = files();
    const bytes = change(all[name]);
    const run = text(all['run.json']).replace(
      new RegExp(`"${name}":\\{[^}]*\\}`),
      `"${name}":{"bytes":${bytes.length},"crc32":"${hexadecimal(crc32(bytes))}"}`,
    );
    return writeZip({ ...all, 'run.json': utf8(run), [name]: bytes });
  }

  const withJson = (change: (run: string) => string) =>
    writeZip({ ...files(), 'run.json': utf8(change(text(files()['run.json']))) });

  async function refused(bytes: Uint8Array) {
    const before = new Map(page.store.rows);
    const failed = await page.call.importRun({ data: blob(bytes) }).then(
      () => null,
      (error: unknown) => toLabError(error),
    );
    expect(page.store.rows).toEqual(before);
    return failed;
  }

  it.each<readonly [string, () => Uint8Array, string, RegExp]>([
    ['no zip', () => utf8('{"format":"agemem-run"}'), 'run-no-zip', /no zip/],
    ['a cut one', () => zip.slice(0, -100), 'zip-damaged', /cut short/],
    ['a memory', () => writeZip({ 'entries.jsonl': utf8('{}') }), 'run-contents', /zip of a memory/],
    [
      'without its optimiser',
      () => {
        const { 'optimizer.safetensors': _, ...others } = files();
        return writeZip(others);
      },
      'run-contents',
      /lacks optimizer\.safetensors/,
    ],
    [
      'of a newer format',
      () => withJson((run) => run.replace('"version": 1', '"version": 2')),
      'run-version',
      /format 2/,
    ],
    [
      'of another program',
      () => withJson((run) => run.replace('agemem-run', 'other')),
      'run-json',
      /agemem-run/,
    ],
    ['with two seeds', () => withJson((run) => run.replace('"seed": 1', '"seed": 3')), 'run-json', /seed/],
    [
      'with more steps than metrics',
      () => withJson((run) => run.replace('"steps": 1', '"steps": 2')),
      'run-json',
      /metrics/,
    ],
    [
      'with a setting nobody knows',
      () => withJson((run) => run.replace('"lr":', '"rate":')),
      'run-json',
      /lr/,
    ],
    [
      'with a key twice',
      () => withJson((run) => run.replace('"seed": 1', '"seed": 1, "seed": 1')),
      'run-json',
      /twice/,
    ],
    [
      'of another base',
      () => withJson((run) => run.replace(/"fingerprint":"\w+"/, '"fingerprint":"0123456789abcdef"')),
      'base-mismatch',
      /0123456789abcdef/,
    ],
    [
      'of another tokenizer',
      () =>
        withJson((run) => run.replace(/"tokenizer": \{"crc32":"\w+"/, '"tokenizer": {"crc32":"00000000"')),
      'run-tokenizer',
      /00000000/,
    ],
    [
      'with an adapter of another run',
      () => writeZip({ ...files(), 'adapter_model.safetensors': files()['optimizer.safetensors'] }),
      'run-member',
      /^adapter_model\.safetensors is not the one/,
    ],
    [
      'with changed metrics',
      () => changed('metrics.csv', (bytes) => utf8(text(bytes).replace('\r\n1,', '\r\n1,9'))),
      'run-member',
      /^metrics\.csv/,
    ],
    [
      'with rollouts of a step it never made',
      () => changed('trajectories.jsonl', (bytes) => utf8(text(bytes).replace('"step":1', '"step":2'))),
      'run-member',
      /^trajectories\.jsonl .* line 1/,
    ],
    [
      'with a moment that is no number',
      () =>
        changed('optimizer.safetensors', (bytes) => {
          const copy = bytes.slice();
          new DataView(copy.buffer).setFloat32(copy.length - 4, Number.NaN, true);
          return copy;
        }),
      'run-member',
      /optimizer\.safetensors.*NaN/,
    ],
  ])('%s is refused in words', async (_, bytes, expected, words) => {
    const failed = await refused(bytes());
    expect(failed?.code).toBe(expected);
    expect(failed?.message).toMatch(words);
    expect(failed?.whatToDo).not.toBe('');
  });

  it('with any byte changed is refused, or is the same run', async () => {
    // Places that follow from the seed of a small generator; more in the soak.
    let state = 12345;
    const next = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return state % below;
    };
    for (let i = 0; i < (process.env.SOAK ? 2000 : 60); i++) {
      const bytes = zip.slice();
      bytes[next(bytes.length)] ^= 1 << next(8);
      const life = { ...page, store: new TestStore() };
      const failed = await page.call.importRun({ data: blob(bytes) }).then(
        () => null,
        (error: unknown) => toLabError(error),
      );
      if (failed) {
        expect(failed.code, failed.message).not.toBe('unexpected');
        continue;
      }
      const [{ id: run }] = (await page.call.listRuns({})).runs;
      expect(await exported(life, run)).toEqual(zip);
      await page.call.deleteRun({ id: run });
    }
  });
});
