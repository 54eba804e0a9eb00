/** Who acts, as the page follows it: after an opening, after one that failed, and what of the page stays. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { ModelShelf, OpenedModel } from '../../worker/models-protocol';
import type { FromWorker, LabError, Ready, ToWorker } from '../../worker/protocol';
import { QWEN, RecordedModels } from '../models/models-worker.fixture';
import { BUNDLED } from './acting';
import { DEFAULT_ADDRESS } from './address';
import { LabController } from './controller';
import { CallFailedError } from './worker-client';

const refusal = (code: string): LabError => ({ code, message: `It is ${code}.`, whatToDo: 'Mend it.' });

function readyWith(id: string): Ready {
  const adapters = id === BUNDLED;
  const model = { id, hasTrainedAdapter: adapters, hasShippedAdapter: adapters };
  return { presets: [], checkpoint: null, model } as unknown as Ready;
}

/** Its worker opens models as the fixture does, or fails as it is told. */
class Worker {
  readonly line = new RecordedModels();
  readonly asked: string[] = [];
  fails: LabError | null = null;
  /** When an opening fails, the bundled policy acts again, the one before being gone. */
  touched = true;
  private opened = 0;
  say: (reply: FromWorker) => void = () => undefined;

  async answer({ call, args }: ToWorker): Promise<unknown> {
    this.asked.push(call);
    switch (call) {
      case 'init':
        return readyWith(BUNDLED);
      case 'listModels':
        return this.line.shelf;
      case 'openModel':
      case 'setUpModel': {
        const error = this.fails;
        this.fails = null;
        if (error && this.touched) await this.line.open(BUNDLED);
        if (error) throw new CallFailedError(error);
        const { shelf } =
          call === 'openModel'
            ? await this.line.open(args.id, args.setup)
            : await this.line.setUp(args.setup);
        return { ready: readyWith(shelf.active.id), shelf } satisfies OpenedModel;
      }
      case 'openEpisode':
        return { episodeId: `e${++this.opened}`, task: null, options: null };
      default:
        return [];
    }
  }
}

let worker: Worker;
let lab: LabController;

beforeEach(async () => {
  worker = new Worker();
  lab = new LabController({
    port: {
      postMessage: (message: ToWorker) => {
        const { id, call } = message;
        worker.answer(message).then(
          (result) => worker.say({ kind: 'result', id, call, result } as FromWorker),
          (error: CallFailedError) => worker.say({ kind: 'error', id, error: error.error }),
        );
      },
      addEventListener: (type: string, listener: (event: never) => void) => {
        if (type === 'message') worker.say = (data) => listener({ data } as never);
      },
    },
    address: { ...DEFAULT_ADDRESS, adapter: 'shipped' },
    site: 'http://localhost/',
    showAddress: () => undefined,
  });
  await lab.start();
  worker.asked.length = 0;
});

const acting = () => lab.state().ready?.model.id;
const episode = () => lab.state().episode?.episodeId;
const tellShelf = (shelf: ModelShelf) =>
  worker.say({ kind: 'news', news: { kind: 'models-changed', shelf } });

describe('another model', () => {
  test('acts with an episode of its own, and without an adapter that it has not', async () => {
    const before = episode();
    await lab.models.open(QWEN);
    expect(acting()).toBe(QWEN);
    expect(episode()).not.toBe(before);
    expect(lab.state()).toMatchObject({ busy: null, opening: null, group: null });
    expect(lab.state().address.adapter).toBe('none');
    expect(worker.asked).toEqual(['openModel', 'openEpisode']);
  });

  test('makes room for the bundled one in one press, of which the page of models hears', async () => {
    await lab.models.open(QWEN);
    const heard: string[] = [];
    lab.models.listen((news) => news.kind === 'models-changed' && heard.push(news.shelf.active.id));
    await lab.letAct();
    expect(acting()).toBe(BUNDLED);
    expect(heard).toEqual([BUNDLED]);
  });

  test('is not opened twice at once', async () => {
    const first = lab.models.open(QWEN);
    expect(lab.state().opening).not.toBeNull();
    await expect(lab.models.open(QWEN)).rejects.toThrow('The model that acts is at work.');
    await first;
    expect(worker.asked.filter((call) => call === 'openModel')).toHaveLength(1);
  });

  test('tells how far it is, and keeps what was asked of others', async () => {
    const opening = lab.models.open(QWEN);
    worker.say({
      kind: 'news',
      news: { kind: 'model-loading', id: QWEN, text: 'Reading the weights', done: 1, total: 4 },
    });
    const asked = { kind: 'foreign-request', host: 'h', address: 'https://h/x', why: 'Weights.' } as const;
    worker.say({ kind: 'news', news: asked });
    expect(lab.state().opening).toEqual({ text: 'Reading the weights', done: 1, total: 4 });
    await opening;
    expect(lab.state().foreign).toMatchObject([{ host: 'h', times: 1 }]);
  });
});

describe('an opening that fails', () => {
  test('leaves the page with the bundled one, which acts again', async () => {
    await lab.models.open(QWEN);
    worker.fails = refusal('device-memory');
    await expect(lab.models.open('engine:other/model')).rejects.toThrow('It is device-memory.');
    expect(acting()).toBe(BUNDLED);
    expect(lab.state()).toMatchObject({ busy: null, opening: null });
    expect(episode()).toBeDefined();
  });

  test('before anything was let go of leaves the guest and its episode alone', async () => {
    await lab.models.open(QWEN);
    const before = episode();
    worker.fails = refusal('no-such-model');
    worker.touched = false;
    await expect(lab.models.open('engine:none')).rejects.toThrow('It is no-such-model.');
    expect([acting(), episode()]).toEqual([QWEN, before]);
  });

  test('while a run trains asks for nothing more', async () => {
    worker.fails = refusal('training-active');
    worker.touched = false;
    const before = episode();
    await expect(lab.models.open(QWEN)).rejects.toThrow('It is training-active.');
    expect(worker.asked).toEqual(['openModel']);
    expect(episode()).toBe(before);
  });

  test('because it was given up is no error', async () => {
    worker.fails = refusal('cancelled');
    expect(await lab.models.open(QWEN)).toBeNull();
    expect(acting()).toBe(BUNDLED);
  });
});

describe('a setup', () => {
  test('begins another episode and leaves the rest', async () => {
    await lab.models.open(QWEN);
    const before = episode();
    await lab.models.setUp({ temperature: 0.5 });
    expect(worker.line.shelf.active.setup.temperature).toBe(0.5);
    expect(episode()).not.toBe(before);
  });

  test('that is refused changes nothing', async () => {
    worker.fails = refusal('setup');
    worker.touched = false;
    const before = episode();
    await expect(lab.models.setUp({ topP: 7 })).rejects.toThrow('It is setup.');
    expect(episode()).toBe(before);
    expect(worker.asked).toEqual(['setUpModel']);
  });
});

test('news of the list goes to whoever listens, until they stop', () => {
  const heard: string[] = [];
  const stop = lab.models.listen(({ kind }) => heard.push(kind));
  tellShelf(worker.line.shelf);
  stop();
  tellShelf(worker.line.shelf);
  expect(heard).toEqual(['models-changed']);
});
