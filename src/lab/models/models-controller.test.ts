/** Each place of the page waits for its own answer and shows its own error; the list follows the news. */
import { beforeEach, describe, expect, test } from 'vitest';
import { BUNDLED } from '../state/acting';
import { ModelsController } from './models-controller';
import { placeOf } from './models-state';
import { QWEN, RecordedModels, SMOL } from './models-worker.fixture';
import { pickedFrom } from './picked-folder';

let line: RecordedModels;
let models: ModelsController;

const state = () => models.state();
const kind = (id: string) => state().shelf?.models.find((model) => model.id === id)?.state.kind;
const names = () => line.asked.map(({ name }) => name);
const folder = () => pickedFrom([new File(['{}'], 'config.json'), new File(['w'], 'model.safetensors')]);

beforeEach(async () => {
  line = new RecordedModels();
  models = new ModelsController(line);
  await models.open();
});

describe('downloads', () => {
  test('the page follows the news while the call is under way, and others go on beside it', async () => {
    const qwen = models.download(QWEN);
    const smol = models.download(SMOL);
    await Promise.resolve();
    await Promise.resolve();
    expect([kind(QWEN), kind(SMOL)]).toEqual(['downloading', 'downloading']);
    expect(state().waiting).toEqual(new Set([placeOf(QWEN), placeOf(SMOL)]));
    line.become(QWEN, { kind: 'kept', storedBytes: 1000 });
    await qwen;
    expect(state().waiting).toEqual(new Set([placeOf(SMOL)]));
    expect(state().tidings).toBe('Qwen3 0.6B is kept, and usable without a network.');
    await models.pause(SMOL);
    await smol;
    expect(kind(SMOL)).toBe('partial');
  });

  test('a second press while one is under way asks nothing', async () => {
    const first = models.download(QWEN);
    await models.download(QWEN);
    expect(names().filter((name) => name === 'downloadModel')).toHaveLength(1);
    await models.pause(QWEN);
    await first;
  });

  test('what is paused can be taken back', async () => {
    const under = models.download(QWEN);
    await models.pause(QWEN);
    await under;
    await models.cancel(QWEN);
    expect(kind(QWEN)).toBe('absent');
  });

  test('a pause that is refused is told at the card', async () => {
    line.failing = 'pauseDownload';
    await models.pause(QWEN);
    expect(state().troubles.get(placeOf(QWEN))?.message).toBe('pauseDownload is broken.');
  });
});

describe('errors', () => {
  test('stand where they belong, and go with the next try there', async () => {
    line.failing = 'deleteModel';
    await models.remove(QWEN);
    line.failing = 'addHubModel';
    expect(await models.addHub('a/b', 'engine')).toBe(false);
    expect([...state().troubles.keys()]).toEqual([placeOf(QWEN), 'hub']);
    line.failing = null;
    expect(await models.addHub('a/b', 'engine')).toBe(true);
    expect([...state().troubles.keys()]).toEqual([placeOf(QWEN)]);
    models.dismiss(placeOf(QWEN));
    expect(state().troubles.size).toBe(0);
    expect(state().shelf?.models).toHaveLength(5);
  });

  test('a list that cannot be read can be asked for again', async () => {
    const other = new ModelsController(line);
    line.failing = 'listModels';
    await other.open();
    expect(other.state()).toMatchObject({ shelf: null });
    expect(other.state().troubles.get('list')?.whatToDo).toBe('Mend it.');
    line.failing = null;
    await other.open();
    expect(other.state().shelf?.models).toHaveLength(4);
  });
});

describe('what is added', () => {
  test('is looked at once', async () => {
    await models.addHub('owner/name', 'engine');
    expect(state().fresh).toBe('engine:owner/name');
    models.seen();
    expect(state().fresh).toBeNull();
  });

  test('a folder is shown before it is added, and stays when that fails', async () => {
    await models.pick(folder());
    expect(names()).not.toContain('addModelFolder');
    line.failing = 'addModelFolder';
    await models.addFolder('mine', true);
    expect(state().picked?.files.size).toBe(2);
    line.failing = null;
    await models.addFolder('mine', true);
    expect(state()).toMatchObject({ picked: null, fresh: 'engine:mine' });
    expect(line.asked[line.asked.length - 1].args).toMatchObject({ name: 'mine', keep: true });
  });

  test('an empty folder and one that cannot be read are told', async () => {
    await models.pick(pickedFrom([]));
    expect(state().troubles.get('folder')?.code).toBe('folder-empty');
    await models.pick(Promise.reject(new Error('The drive was pulled out')));
    expect(state().troubles.get('folder')?.message).toContain('The drive was pulled out');
    await models.pick(folder());
    expect(state().troubles.has('folder')).toBe(false);
  });
});

describe('who acts', () => {
  test('another model, with its weights as chosen; and back', async () => {
    await models.use(QWEN, { base: 'int8' });
    expect(state().shelf?.active).toMatchObject({ id: QWEN, setup: { base: 'int8' } });
    await models.back();
    expect(state().shelf?.active.id).toBe(BUNDLED);
  });

  test('an opening that fails is told at the model', async () => {
    line.failing = 'openModel';
    await models.use(QWEN);
    expect(state().troubles.get(placeOf(QWEN))?.message).toBe('openModel is broken.');
    expect(state().shelf?.active.id).toBe(BUNDLED);
  });

  test('a setup is changed in part', async () => {
    await models.setUp({ temperature: 0.5 });
    expect(state().shelf?.active.setup).toMatchObject({ temperature: 0.5, topP: 1 });
  });
});

test('nobody listens to a page that is closed', () => {
  models.close();
  const before = state();
  line.become(QWEN, { kind: 'kept', storedBytes: 1 });
  expect(state()).toBe(before);
});
