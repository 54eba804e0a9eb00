/** Models fetched, paused, broken off, gone on with, deleted, in a real browser from a hub beside the page. */
import { afterEach, expect, test, vi } from 'vitest';
import { ModelStore } from '../../engine/model/model-store';
import type { WeightSource } from '../../engine/model/weight-source';
import { download, type Progress } from '../../hub/download';
import { siteHub } from '../../hub/hub';
import { SITE_POLICIES } from '../../policies/site-policies';
import { inFilesOf } from '../../storage/buckets.fixture';
import type { ActiveModel, ModelShelf, ModelState, ModelsNews } from '../models-protocol';
import { ModelDesk, type ModelPlaces } from './model-desk';

const PIECE = 64 * 1024;
/** What comes of a file that is held back. */
const HELD = 200_000;
const POLICY = 'engine:agemem-lab/policy';

const ACTIVE: ActiveModel = {
  id: 'bundled',
  provider: 'engine',
  title: 'The bundled policy',
  can: { act: true, logprobs: true, train: true, constrain: true },
  setup: {
    prompt: 'short',
    thinking: null,
    constrained: false,
    temperature: 1,
    topP: 1,
    maxNewTokens: 64,
    contextTokens: 1024,
    base: 'f32',
  },
  choices: { thinking: false, bases: ['f32'], maxContextTokens: 1024 },
  wellFormed: { free: { steps: 0, wellFormed: 0 }, constrained: { steps: 0, wellFormed: 0 } },
};

let visits = 0;
/** A word that no other test of this or an earlier visit has used. */
const visit = `desk-${Date.now()}-${Math.random().toString(36).slice(2)}`;

interface Opened {
  readonly desk: ModelDesk;
  readonly news: ModelsNews[];
  /** What the hub holds back comes. */
  readonly goOn: () => Promise<unknown>;
  readonly asked: () => Promise<readonly { path: string; range: string | null; status: number }[]>;
}

/** A desk of a tab of its own, whose hub has these faults. */
function open(faults = 'none', over: Partial<ModelPlaces> = {}): Opened {
  const own = `${visit}-${++visits}`;
  const places: ModelPlaces = {
    hub: siteHub(`/hub/${own}/${faults}/`, new URL(location.href)),
    active: () => ACTIVE,
    grant: () => ({ bufferBytes: 2 ** 30, totalBytes: 2 ** 31 }),
    sitePolicies: async () => SITE_POLICIES.map((policy) => ({ policy, shape: SHAPE })),
    runtime: async () => [],
    siteOnnx: async () => {
      throw new Error('not in these tests');
    },
    engineOnly: false,
    openStore: () => ModelStore.open(PIECE),
    ...over,
  };
  const news: ModelsNews[] = [];
  const desk = new ModelDesk(places, (one) => news.push(one), { waitMs: 5 });
  return {
    desk,
    news,
    goOn: () => fetch(`/hub/${own}/go`),
    asked: async () => (await fetch(`/hub/${own}/log`)).json(),
  };
}

const SHAPE = {
  architecture: 'qwen3',
  vocabSize: 1024,
  hiddenSize: 128,
  intermediateSize: 256,
  layers: 4,
  heads: 4,
  kvHeads: 4,
  headDim: 32,
  ropeTheta: 10_000,
  rmsNormEps: 1e-6,
  tieWordEmbeddings: true,
  attentionBias: false,
  qkNorm: true,
  maxPositions: 1024,
} as const;

const modelIn = (shelf: ModelShelf, id = POLICY) => shelf.models.find((model) => model.id === id);
const stateIn = (shelf: ModelShelf, id = POLICY): ModelState | undefined => modelIn(shelf, id)?.state;
const add = ({ desk }: Opened) =>
  desk.handlers.addHubModel({ name: 'agemem-lab/policy', provider: 'engine' });
const list = ({ desk }: Opened) => desk.handlers.listModels({});

/** Its weights as the site serves them. */
async function weights(): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch('/policy/model.safetensors')).arrayBuffer());
}

/** Not `toEqual`, which looks at each of a million bytes with care. */
function expectSame(a: Uint8Array, b: Uint8Array): void {
  expect(a.length).toBe(b.length);
  expect(a.findIndex((byte, at) => byte !== b[at])).toBe(-1);
}

/** Until the hub, asked with the fault `held`, has sent what it sends of the weights, and the page was told. */
async function until({ news }: Opened): Promise<void> {
  await vi.waitUntil(
    () =>
      news.some((one) => {
        const state = one.kind === 'models-changed' ? stateIn(one.shelf) : undefined;
        return (
          state?.kind === 'downloading' && state.file === 'model.safetensors' && state.storedBytes >= HELD
        );
      }),
    { timeout: 60_000, interval: 10 },
  );
}

afterEach(async () => {
  const store = await ModelStore.open(PIECE);
  for (const { name } of await store.list()) await store.delete(name);
});

test('what is offered is listed with what it needs, before anything is asked of anybody', async () => {
  const opened = open();
  const shelf = await list(opened);
  expect(shelf.keeps).toBe(true);
  expect(shelf.models.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['bundled', 'engine:Qwen/Qwen3-0.6B', 'transformers:site/policy']),
  );
  expect(new Set(shelf.models.map(({ id }) => id)).size).toBe(shelf.models.length);
  const qwen = modelIn(shelf, 'engine:Qwen/Qwen3-0.6B');
  expect(qwen).toMatchObject({ state: { kind: 'absent' }, licence: 'Apache-2.0', offered: true });
  expect(qwen?.need?.actBytes).toBeGreaterThan(6e8);
  expect(await opened.asked()).toEqual([]);
});

test('added, fetched, and usable with the hub gone; another visit finds it', async () => {
  const opened = open('redirect');
  expect(stateIn(await add(opened))).toEqual({ kind: 'absent' });
  const shelf = await opened.desk.handlers.downloadModel({ id: POLICY });
  expect(stateIn(shelf)).toMatchObject({ kind: 'kept' });
  expect(shelf.storedBytes).toBe(modelIn(shelf)?.downloadBytes);
  const files = (await opened.asked()).filter(({ path }) => path.includes('/cdn/'));
  expect(files.filter(({ path }) => path.endsWith('model.safetensors'))).toHaveLength(1);
  const later = open('dead', { hub: siteHub('/nobody/', new URL(location.href)) });
  expect(stateIn(await list(later))).toMatchObject({ kind: 'kept' });
  await later.desk.handlers.downloadModel({ id: POLICY });
  const model = await later.desk.find(POLICY);
  expect(model.fileNames).toContain('model.safetensors');
  const whole = await weights();
  expectSame(await model.files.read('model.safetensors', 0, whole.length), whole);
});

test('paused, it stays as it is over a visit, and goes on where it stopped', async () => {
  const opened = open('held');
  await add(opened);
  const download = opened.desk.handlers.downloadModel({ id: POLICY });
  await until(opened);
  await opened.desk.handlers.pauseDownload({ id: POLICY });
  const paused = stateIn(await download);
  expect(paused).toMatchObject({ kind: 'partial', trouble: null });
  const stored = paused?.kind === 'partial' ? paused.storedBytes : 0;
  expect(stored).toBeGreaterThan(0);
  await expect(opened.desk.find(POLICY)).rejects.toMatchObject({ code: 'model-not-here' });
  const later = open();
  const before = stateIn(await list(later));
  expect(before).toMatchObject({ kind: 'partial', trouble: null });
  expect(stateIn(await later.desk.handlers.downloadModel({ id: POLICY }))).toMatchObject({ kind: 'kept' });
  const [rest] = (await later.asked()).filter(({ path }) => path.endsWith('model.safetensors'));
  expect(rest.range).toMatch(/^bytes=[1-9]/);
});

test('cancelled, nothing of it is left but its place in the list', async () => {
  const opened = open('held');
  await add(opened);
  const download = opened.desk.handlers.downloadModel({ id: POLICY });
  await until(opened);
  const shelf = await opened.desk.handlers.cancelDownload({ id: POLICY });
  await download;
  expect(stateIn(shelf)).toEqual({ kind: 'absent' });
  expect(shelf.storedBytes).toBe(0);
  expect(stateIn(await list(open()))).toEqual({ kind: 'absent' });
  const gone = await opened.desk.handlers.deleteModel({ id: POLICY });
  expect(modelIn(gone)).toBeUndefined();
  expect(modelIn(await list(open()))).toBeUndefined();
});

test.each([
  ['cut', 'each connection drops'],
  ['cut,no-ranges,redirect', 'each drops, and ranges are ignored'],
  ['busy', 'it is busy at first'],
  ['wrong-once', 'a byte is wrong once'],
  ['no-ranges', 'ranges are ignored'],
])('whole in spite of it: %s (%s)', async (faults) => {
  // A file that drops always after the same bytes, and always comes from the start, never comes whole.
  const hopeless = faults.includes('no-ranges') && faults.includes('cut');
  const opened = open(faults);
  await add(opened);
  const download = opened.desk.handlers.downloadModel({ id: POLICY });
  if (hopeless) {
    await expect(download).rejects.toMatchObject({ code: 'connection-dropped' });
    expect(stateIn(await list(opened))).toMatchObject({
      kind: 'partial',
      trouble: { code: 'connection-dropped', whatToDo: expect.stringContaining('go on') },
    });
    return;
  }
  expect(stateIn(await download)).toMatchObject({ kind: 'kept' });
  const whole = await weights();
  const { files } = await opened.desk.find(POLICY);
  expectSame(await files.read('model.safetensors', 0, whole.length), whole);
});

test.each([
  ['wrong', 'file-damaged'],
  ['dead', 'connection-dropped'],
  ['gated', 'model-gated'],
  ['other', 'file-length'],
])('%s: named, and what came is kept', async (faults, code) => {
  await add(open());
  const opened = open(faults);
  await list(opened);
  // Of a list that was read before, unless the list itself is at fault.
  if (faults === 'other') {
    await opened.desk.handlers.deleteModel({ id: POLICY });
    await add(opened);
  }
  await expect(opened.desk.handlers.downloadModel({ id: POLICY })).rejects.toMatchObject({ code });
  const state = stateIn(await list(opened));
  expect(state).toMatchObject({ kind: 'partial', trouble: { code } });
  const good = open();
  await list(good);
  if (faults === 'other') return;
  expect(stateIn(await good.desk.handlers.downloadModel({ id: POLICY }))).toMatchObject({ kind: 'kept' });
});

test('two tabs: one fetches, the other says so and follows', async () => {
  const one = open('held');
  const other = open();
  await add(one);
  await list(other);
  const download = one.desk.handlers.downloadModel({ id: POLICY });
  await until(one);
  await expect(other.desk.handlers.downloadModel({ id: POLICY })).rejects.toMatchObject({
    code: 'model-elsewhere',
  });
  await expect(other.desk.handlers.deleteModel({ id: POLICY })).rejects.toMatchObject({
    code: 'model-elsewhere',
  });
  await expect(one.desk.handlers.downloadModel({ id: POLICY })).rejects.toMatchObject({ code: 'model-busy' });
  await one.goOn();
  await download;
  await vi.waitUntil(
    () => other.news.some((one) => one.kind === 'models-changed' && stateIn(one.shelf)?.kind === 'kept'),
    { timeout: 60_000, interval: 10 },
  );
});

test('a model that acts is not deleted, in this tab or from another', async () => {
  let acting = POLICY;
  const opened = open('none', { active: () => ({ ...ACTIVE, id: acting }) });
  await add(opened);
  await opened.desk.handlers.downloadModel({ id: POLICY });
  await expect(opened.desk.handlers.deleteModel({ id: POLICY })).rejects.toMatchObject({
    code: 'model-in-use',
  });
  const other = open();
  await list(other);
  for (const remove of ['deleteModel', 'cancelDownload'] as const) {
    await expect(other.desk.handlers[remove]({ id: POLICY })).rejects.toMatchObject({ code: 'model-in-use' });
  }
  expect(stateIn(await list(opened))).toMatchObject({ kind: 'kept' });
  acting = 'bundled';
  await list(opened);
  expect(modelIn(await other.desk.handlers.deleteModel({ id: POLICY }))).toBeUndefined();
});

test('a browser without room says so before the first byte', async () => {
  const opened = open();
  await add(opened);
  const estimate = vi.spyOn(navigator.storage, 'estimate').mockResolvedValue({ usage: 10, quota: 1000 });
  await expect(opened.desk.handlers.downloadModel({ id: POLICY })).rejects.toMatchObject({
    code: 'storage-full',
  });
  estimate.mockRestore();
  expect(stateIn(await opened.desk.handlers.downloadModel({ id: POLICY }))).toMatchObject({ kind: 'kept' });
});

test('a disk that fills up on the way: what came is kept, and with room it goes on', async () => {
  await inFilesOf('full-disk-of-models', 900_000, async (small) => {
    const opened = open('none', { openStore: () => ModelStore.open(PIECE, small) });
    await add(opened);
    const full = opened.desk.handlers.downloadModel({ id: POLICY });
    await expect(full).rejects.toMatchObject({
      code: 'storage-full',
      whatToDo: expect.stringContaining('go on'),
    });
    const state = stateIn(await list(opened));
    expect(state).toMatchObject({ kind: 'partial', trouble: { code: 'storage-full' } });
    const stored = state?.kind === 'partial' ? state.storedBytes : 0;
    expect(stored).toBeGreaterThan(2 * PIECE);
    expect(stored).toBeLessThan(900_000);
    // No more room, no more bytes; nothing is damaged by trying.
    await expect(opened.desk.handlers.downloadModel({ id: POLICY })).rejects.toMatchObject({
      code: 'storage-full',
    });
    const cleared = await opened.desk.handlers.cancelDownload({ id: POLICY });
    expect(cleared.storedBytes).toBe(0);
  });
});

test('however often it is stopped, what is whole in the end is the model', async () => {
  await add(open());
  const whole = await weights();
  let stops = 0;
  for (let state: ModelState | undefined; state?.kind !== 'kept'; stops++) {
    const opened = open('slow,cut');
    await list(opened);
    const download = opened.desk.handlers.downloadModel({ id: POLICY });
    // At another moment each time, until it is left in peace.
    const wait = stops < 6 ? 30 * stops : 60_000;
    await Promise.race([download, new Promise((resolve) => setTimeout(resolve, wait))]);
    await opened.desk.handlers.pauseDownload({ id: POLICY });
    state = stateIn(await download);
  }
  const { files } = await open().desk.find(POLICY);
  expectSame(await files.read('model.safetensors', 0, whole.length), whole);
});

test('the rate is of the last seconds', async () => {
  const store = await ModelStore.open(PIECE);
  const rates: (number | null)[] = [];
  let clock = 0;
  const source: WeightSource = {
    where: 'a clock',
    size: async () => 8 * PIECE,
    revision: async () => 'one',
    // A second each, later two.
    async read(_, start, end) {
      clock += start < 4 * PIECE ? 1000 : 2000;
      return new Uint8Array(end - start);
    },
  };
  const files = [{ path: 'a', bytes: 8 * PIECE, sha256: null, tag: 'one' }];
  const onProgress = ({ bytesPerSecond }: Progress) => rates.push(bytesPerSecond);
  await download(store, 'engine:rate/of', source, files, { now: () => clock, onProgress });
  expect(rates.slice(0, 4)).toEqual([null, PIECE, PIECE, PIECE]);
  expect(rates.at(-1)).toBe(PIECE / 2);
});

test('a piece that went missing is noticed when it is opened, and fetched again alone', async () => {
  const opened = open();
  await add(opened);
  await opened.desk.handlers.downloadModel({ id: POLICY });
  const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('models');
  const folder = await root.getDirectoryHandle(encodeURIComponent(POLICY).replaceAll('.', '%2E'));
  await folder.removeEntry('model.safetensors.2');
  await expect(opened.desk.find(POLICY)).rejects.toMatchObject({ code: 'model-damaged' });
  expect(stateIn(await list(opened))).toMatchObject({ kind: 'partial' });
  await opened.desk.handlers.downloadModel({ id: POLICY });
  expect((await opened.asked()).at(-1)?.range).toBe(`bytes=${2 * PIECE}-${3 * PIECE - 1}`);
  await expect(opened.desk.find(POLICY)).resolves.toMatchObject({ id: POLICY });
});

test('a folder takes the place of the hub: kept, or used as it lies there', async () => {
  const names = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors'];
  const entries = names.map(async (name) => {
    const blob = await (await fetch(`/policy/${name}`)).blob();
    return [`my model/${name}`, new File([blob], name)] as const;
  });
  const files = new Map(await Promise.all(entries));
  const opened = open();
  const id = 'engine:folder/my model';
  const used = await opened.desk.handlers.addModelFolder({ name: 'my model', files, keep: false });
  expect(modelIn(used, id)).toMatchObject({ state: { kind: 'here' }, origin: 'folder', parameters: 820_608 });
  const whole = await weights();
  const model = await opened.desk.find(id);
  expect(await model.files.read('model.safetensors', 8, 20)).toEqual(whole.slice(8, 20));
  const kept = await opened.desk.handlers.addModelFolder({ name: 'my model', files, keep: true });
  expect(stateIn(kept, id)).toMatchObject({ kind: 'kept' });
  expect(stateIn(await list(open()), id)).toMatchObject({ kind: 'kept' });
  expect(await opened.asked()).toEqual([]);
  const left = await opened.desk.handlers.cancelDownload({ id });
  expect(modelIn(left, id)).toBeUndefined();
  await opened.desk.handlers.addModelFolder({ name: 'my model', files, keep: true });
  // Another folder that is called so replaces nothing.
  const card = 'my model/tokenizer_config.json';
  const earlier = new File([files.get(card) as File], card, { lastModified: 1 });
  const others = new Map([...files, [card, earlier] as const]);
  const beside = await opened.desk.handlers.addModelFolder({ name: 'my model', files: others, keep: false });
  expect(stateIn(beside, id)).toMatchObject({ kind: 'kept' });
  expect(modelIn(beside, `${id} 2`)).toMatchObject({ title: 'my model 2', state: { kind: 'here' } });
  files.delete('my model/tokenizer.json');
  const lacking = opened.desk.handlers.addModelFolder({ name: 'other', files, keep: true });
  await expect(lacking).rejects.toMatchObject({ code: 'model-files-missing' });
  const gone = await opened.desk.handlers.deleteModel({ id });
  expect(modelIn(gone, id)).toBeUndefined();
});

test('the compiled kernels of WebLLM come with the weights, once', async () => {
  const opened = open('cut');
  const id = 'web-llm:mlc-ai/SmolLM2-135M-Instruct-q0f16-MLC';
  const shelf = await opened.desk.handlers.downloadModel({ id });
  expect(stateIn(shelf, id)).toMatchObject({ kind: 'kept' });
  const { fileNames, files } = await opened.desk.find(id);
  const kernels = fileNames.filter((name) => name.endsWith('.wasm'));
  expect(kernels).toHaveLength(1);
  expect((await files.read(kernels[0], 0, 4))[1]).toBe(0x61);
  expect((await opened.asked()).filter(({ path }) => path.startsWith('mlc-libs/'))).toHaveLength(1);
});
