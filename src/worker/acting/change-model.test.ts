/**
 * Models that take the place of the bundled one, through the calls of the page: from files in the hub's layout, and of
 * another provider. Everything the lab does with its own policy it does with them; what they cannot do is refused by
 * name; and the bundled one is as it was when it comes back.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureWasm } from '../../../scripts/build-wasm.mjs';
import { answering, textPolicy } from '../../agent/playing.fixture';
import { parseCompletion } from '../../agent/protocol';
import type { Backend, Tensor } from '../../engine/backend';
import { trainByteLevelBpe } from '../../engine/model/bpe-trainer';
import type { ModelConfig, NamedTensors } from '../../engine/model/model-config';
import { mapTensors, randomWeights } from '../../engine/model/tiny-model.fixture';
import { WasmBackend } from '../../engine/wasm/wasm-backend';
import { readZip } from '../../memory/exchange/zip-file';
import { ProviderError } from '../../policies/provider-errors';
import { SHORT_TASK, TINY_CONFIG, tinyWeights } from '../../rl/tiny-policy.fixture';
import { setFile, tasksText } from '../../tasks/own/set-file';
import { LabRefusal } from '../lab-errors';
import { code, LabLife, SETTINGS, TASK, TestStore } from '../lab-life.fixture';
import { losing } from '../losing-device.fixture';
import { BUNDLED_MODEL } from '../models-protocol';
import type { AdapterChoice, EventLog } from '../protocol';
import { type ServedSite, serveTinyPolicy } from '../served-policy.fixture';
import { CHATML, type HubFiles, hubFiles, openable } from './hub-model.fixture';
import type { ForeignProviders } from './open-foreign';
import type { OpenableModel } from './openable';

const COPY = 'engine:lab/copy';
const OTHER = 'engine:lab/other';
const FOREIGN = 'transformers:lab/said';

let site: ServedSite;
let weights: NamedTensors;
let store: TestStore;
/** What the browser keeps, by id. */
let kept: Map<string, OpenableModel>;

beforeAll(async () => {
  await ensureWasm();
  weights = await tinyWeights();
  site = await serveTinyPolicy();
});
afterAll(() => site?.close());
beforeEach(() => {
  store = new TestStore();
  kept = new Map([
    [COPY, openable(COPY, hubFiles(weights))],
    [OTHER, openable(OTHER, hubFiles(otherWeights()))],
    [FOREIGN, { ...openable(FOREIGN, new Map()), provider: 'transformers' }],
  ]);
});

/** The same habits, other numbers. */
function otherWeights(): NamedTensors {
  return mapTensors(weights, (value, at) => value + 0.01 * Math.sin(at));
}

function page(providers?: ForeignProviders, backend?: Backend, again = true): LabLife {
  const models = {
    find: async (id: string) => {
      const model = kept.get(id);
      if (!model) throw new LabRefusal('no-such-model', `There is no ${id}.`, 'Choose another.');
      return model;
    },
    shelf: async (active: unknown) =>
      ({ models: [], active, storedBytes: 0, quota: null, keeps: false }) as never,
  };
  return new LabLife(site.address, store, backend, again, undefined, { models, providers });
}

async function plays(life: LabLife, adapter: AdapterChoice = 'none'): Promise<EventLog> {
  const options = { task: TASK, dice: 3, reward: 'paper-appendix', adapters: [adapter] } as const;
  const [{ log }] = await life.call.compareAdapters(options);
  return log;
}

const written = (log: EventLog) =>
  log.flatMap((event) => (event.type === 'completion' ? [[event.promptIds, event.tokens]] : []));

describe('a model in the hub’s layout', () => {
  it('that is a copy of the bundled one plays as it does, to the bit, from its files', async () => {
    const life = page();
    await life.open();
    const before = written(await plays(life));
    const { ready } = await life.call.openModel({ id: COPY });
    expect(ready.model).toMatchObject({
      id: COPY,
      provider: 'engine',
      name: 'lab/copy',
      parameters: expect.any(Number),
      can: { train: true, logprobs: true },
      hasShippedAdapter: false,
      hasTrainedAdapter: false,
      base: null,
    });
    expect(life.news.some((news) => news.kind === 'model-loading' && news.total > 0)).toBe(true);
    expect(before.length).toBeGreaterThan(2);
    expect(written(await plays(life))).toEqual(before);
    await life.call.openModel({ id: BUNDLED_MODEL });
    expect(written(await plays(life))).toEqual(before);
  });

  it('does all the lab does: episode, group, what is inside, training, strength, its run as files', async () => {
    const life = page();
    await life.open();
    const bundled = written(await plays(life));
    await life.call.openModel({ id: OTHER });
    expect(written(await plays(life))).not.toEqual(bundled);

    const options = { adapter: 'none', dice: 1, reward: 'paper-appendix' } as const;
    const { episodeId } = await life.call.openEpisode({ task: TASK, options });
    expect((await life.call.runEpisode({ episodeId })).done).toBe(true);
    const look = await life.call.lookInside({ episodeId, step: 1, token: 0, layer: 1 });
    expect(look.attention).toHaveLength(TINY_CONFIG.heads);
    const group = await life.call.runGroup({
      task: TASK,
      options,
      groupSize: 2,
      preset: 'lab',
      advantageMode: 'broadcast',
    });
    expect(group.rollouts).toHaveLength(2);

    await life.train({ ...SETTINGS, steps: 1, groupSize: 4 });
    const trained = written(await plays(life, 'trained'));
    expect(trained).not.toEqual(written(await plays(life)));
    const facts = await life.call.describeAdapter({ adapter: 'trained' });
    expect(Math.max(...facts.layers.map(({ frobenius }) => frobenius))).toBeGreaterThan(0);
    const replay = { task: TASK, dice: 3, reward: 'paper-appendix', adapter: 'trained' } as const;
    expect(written((await life.call.replayStrength({ ...replay, strength: 1 })).log)).toEqual(trained);

    const { runs } = await life.call.listRuns({});
    expect(runs).toMatchObject([{ baseName: 'lab/other', here: true, steps: 1 }]);
    const { data } = await life.call.exportRun({ id: runs[0].id, what: 'adapter' });
    const files = readZip(new Uint8Array(await data.arrayBuffer()));
    expect(JSON.parse(new TextDecoder().decode(files.get('adapter_config.json')))).toMatchObject({
      base_model_name_or_path: 'lab/other',
      peft_type: 'LORA',
    });

    // The bundled one comes back as it was; the run is of another model and says so.
    const { ready } = await life.call.openModel({ id: BUNDLED_MODEL });
    expect(ready).toMatchObject({ model: { hasTrainedAdapter: false }, checkpoint: null });
    expect(written(await plays(life))).toEqual(bundled);
    expect((await life.call.listRuns({})).runs).toMatchObject([{ baseName: 'lab/other', here: false }]);
    for (const what of ['adapter', 'zip'] as const) {
      expect(await code(life.call.exportRun({ id: runs[0].id, what }))).toBe('base-mismatch');
    }
    expect(await code(life.call.openRun({ id: runs[0].id }))).toBe('base-mismatch');

    // And its own model has it again.
    const again = await life.call.openModel({ id: OTHER });
    expect(again.ready).toMatchObject({ model: { hasTrainedAdapter: true }, checkpoint: { steps: 1 } });
    expect(written(await plays(life, 'trained'))).toEqual(trained);
  });

  it('has its weights on the device once, whatever adapters play, and leaves nothing behind', async () => {
    const backend = await WasmBackend.create({ threads: 1 });
    const alive = watched(backend);
    const life = page(undefined, backend);
    await life.open();
    const atFirst = new Set(alive);
    await life.call.openModel({ id: OTHER });
    const embeddings = () => [...alive].filter(({ label }) => label === 'model.embed_tokens.weight').length;
    expect(embeddings()).toBe(1);
    await life.train({ ...SETTINGS, steps: 1 });
    const replay = { task: TASK, dice: 3, reward: 'paper-appendix', adapter: 'trained' } as const;
    await life.call.replayStrength({ ...replay, strength: 0.5 });
    expect(embeddings()).toBe(1);
    await life.call.openModel({ id: BUNDLED_MODEL });
    expect(embeddings()).toBe(1);
    expect(alive.size).toBeLessThanOrEqual(atFirst.size);
  });

  it.each([
    ['qwen2', true, false],
    ['llama', false, false],
    ['qwen3', false, true],
  ] as const)(
    'of layout %s, with a template of its own, acts and learns',
    async (architecture, attentionBias, qkNorm) => {
      const config: ModelConfig = { ...TINY_CONFIG, architecture, attentionBias, qkNorm, maxPositions: 1536 };
      const id = `engine:lab/${architecture}`;
      kept.set(id, openable(id, chatmlFiles(config)));
      const life = page();
      await life.open();
      const { shelf } = await life.call.openModel({ id, setup: { prompt: 'short', maxNewTokens: 12 } });
      expect(shelf.active).toMatchObject({
        id,
        setup: { prompt: 'short', maxNewTokens: 12, temperature: 0.7 },
      });
      const log = await plays(life);
      const prompt = log.find((event) => event.type === 'completion')?.promptIds ?? [];
      expect(prompt.length).toBeGreaterThan(20);
      await life.trainOneStep({ ...SETTINGS, steps: 2 });
      expect(life.steps.at(-1)?.metrics.kl).toBeGreaterThanOrEqual(0);
      const after = await life.call.openModel({ id: BUNDLED_MODEL });
      expect(after.shelf.active.wellFormed).toMatchObject({ constrained: { steps: 0 } });
    },
  );
});

describe('opening a model', () => {
  it('that is not there, or does not fit, leaves everything as it is', async () => {
    const life = page(undefined, await WasmBackend.create({ threads: 1, maximumBytes: 8 * 2 ** 20 }));
    await life.open();
    const options = { adapter: 'none', dice: 1, reward: 'paper-appendix' } as const;
    const { episodeId } = await life.call.openEpisode({ task: TASK, options });
    expect(await code(life.call.openModel({ id: 'engine:none' }))).toBe('no-such-model');
    const large = { ...TINY_CONFIG, layers: 400 };
    kept.set(OTHER, openable(OTHER, hubFiles(randomWeights(large, 1), { config: large })));
    expect(await code(life.call.openModel({ id: OTHER }))).toBe('model-memory');
    expect(await code(life.call.openModel({ id: COPY, setup: { temperature: 3 } }))).toBe('setup');
    expect((await life.call.runEpisode({ episodeId })).done).toBe(true);
  });

  it('whose file is damaged names it, and the bundled one acts again, with the run it had', async () => {
    const life = page();
    await life.open();
    await life.train({ ...SETTINGS, steps: 1 });
    const [before, trained] = [written(await plays(life)), written(await plays(life, 'trained'))];
    const files = hubFiles(weights);
    const whole = files.get('model.safetensors') as Uint8Array;
    // The last number becomes no number.
    files.set('model.safetensors', whole.fill(0xff, whole.length - 2));
    kept.set(OTHER, openable(OTHER, files));
    await expect(life.call.openModel({ id: OTHER })).rejects.toMatchObject({
      code: 'non-finite-weight',
      message: expect.stringContaining('model.safetensors'),
      whatToDo: expect.stringContaining('fetch it again'),
    });
    expect(written(await plays(life))).toEqual(before);
    expect(written(await plays(life, 'trained'))).toEqual(trained);
  });

  it('is cancelled in the middle: the bundled one acts again', async () => {
    const life = page();
    await life.open();
    const before = written(await plays(life));
    const { files, ...model } = kept.get(OTHER) as OpenableModel;
    let reads = 0;
    const slow = {
      ...files,
      read: async (...args: Parameters<typeof files.read>) => {
        if (args[0] === 'model.safetensors' && ++reads === 4) await life.call.cancel({});
        return files.read(...args);
      },
    };
    kept.set(OTHER, { ...model, files: slow });
    expect(await code(life.call.openModel({ id: OTHER }))).toBe('cancelled');
    expect(reads).toBeGreaterThanOrEqual(4);
    expect(written(await plays(life))).toEqual(before);
  });

  it('is refused while a run is paused, which belongs to the model that acts', async () => {
    const life = page();
    await life.open();
    await life.call.train({ from: 'start', settings: SETTINGS, once: true });
    await life.inState('paused');
    expect(await code(life.call.openModel({ id: COPY }))).toBe('training-active');
    expect(await code(life.call.setUpModel({ setup: { temperature: 0.5 } }))).toBe('training-active');
    await life.call.stopTraining({});
    await life.call.openModel({ id: COPY });
    expect(await code(life.call.train({ from: 'checkpoint' }))).toBe('answered');
    await life.inState('finished');
  });
});

it('a lost device: the model is read from its files again, with what was trained on it', async () => {
  let lost = false;
  const device = losing(await WasmBackend.create({ threads: 1 }), () => lost);
  const life = page(undefined, device, false);
  await life.open();
  await life.call.openModel({ id: OTHER });
  await life.train({ ...SETTINGS, steps: 1, groupSize: 4 });
  const [base, trained] = [written(await plays(life)), written(await plays(life, 'trained'))];
  lost = true;
  expect(await code(plays(life))).toBe('device-lost');
  expect(written(await plays(life))).toEqual(base);
  expect(written(await plays(life, 'trained'))).toEqual(trained);
  expect((await life.call.listRuns({})).runs).toMatchObject([{ baseName: 'lab/other', here: true }]);
});

describe('the setup', () => {
  it('holds from the next episode on, in every way of playing; what cannot be is refused', async () => {
    const life = page();
    await life.open();
    await life.call.openModel({ id: COPY });
    const before = written(await plays(life));
    const { shelf } = await life.call.setUpModel({ setup: { temperature: 0.5, maxNewTokens: 8 } });
    expect(shelf.active.setup).toMatchObject({ temperature: 0.5, maxNewTokens: 8 });
    const after = written(await plays(life));
    expect(after).not.toEqual(before);
    expect(after.every(([, tokens]) => tokens.length <= 8)).toBe(true);
    const refused = [{ topP: 0 }, { maxNewTokens: 5000 }, { thinking: true }, { temperature: 0 }];
    for (const setup of refused) expect(await code(life.call.setUpModel({ setup }))).toBe('setup');
    await expect(life.call.setUpModel({ setup: { prompt: 'full' } })).rejects.toThrow(
      /prompt takes \d+ tokens/,
    );
    expect(written(await plays(life))).toEqual(after);
  });

  it('another form of the base opens it anew, with numbers rounded', async () => {
    const life = page();
    await life.open();
    await life.call.openModel({ id: COPY });
    const exact = written(await plays(life));
    const { ready, shelf } = await life.call.setUpModel({ setup: { base: 'int8' } });
    expect(shelf.active.setup.base).toBe('int8');
    expect(ready.model.decoding).toContain('int8');
    expect(written(await plays(life))).not.toEqual(exact);
  });

  it('tasks of one’s own are measured by the window of the model that acts', async () => {
    const config: ModelConfig = { ...TINY_CONFIG, maxPositions: 4096 };
    const id = 'engine:lab/wide';
    kept.set(id, openable(id, chatmlFiles(config)));
    const life = page();
    await life.open();
    const rain = `In a novel, ${'the rain went on and on, '.repeat(12)}`;
    const data = new Blob([
      setFile(
        'Rain',
        tasksText([
          {
            question: 'Where does Mira live?',
            answers: ['Oslo'],
            messages: [
              {
                says: 'Mira lives in Oslo.',
                states: [{ id: 'f1', about: 'Mira', value: 'Oslo', needed: true }],
              },
            ],
            distractors: [rain],
          },
        ]),
      ),
    ]);
    const { set } = await life.call.takeTaskFiles({ files: [{ name: 'rain.jsonl', data }] });
    const task = { ...TASK, seed: 1, set: set?.hash ?? null };
    const options = { adapter: 'none', dice: 1, reward: 'paper-appendix' } as const;
    expect(await code(life.call.openEpisode({ task, options }))).toBe('too-long');
    await life.call.openModel({ id, setup: { prompt: 'short' } });
    expect(await code(life.call.openEpisode({ task, options }))).toBe('answered');
    await life.call.openModel({ id: BUNDLED_MODEL });
    expect(await code(life.call.openEpisode({ task, options }))).toBe('too-long');
  });

  it('steps are counted as they are written', async () => {
    const life = page();
    await life.open();
    const { shelf } = await life.call.openModel({ id: COPY });
    expect(shelf.active.wellFormed.free.steps).toBe(0);
    const log = await plays(life);
    const { shelf: now } = await life.call.setUpModel({ setup: {} });
    const { steps, wellFormed } = now.active.wellFormed.free;
    expect(steps).toBe(written(log).length);
    expect(wellFormed).toBeGreaterThan(0);
    expect(now.active.wellFormed.constrained.steps).toBe(0);
  });

  it('with the protocol imposed, noise becomes steps; without, it does not; training draws free all the same', async () => {
    const config: ModelConfig = { ...TINY_CONFIG, maxPositions: 1536 };
    const id = 'engine:lab/noise';
    kept.set(id, openable(id, chatmlFiles(config)));
    const life = page();
    await life.open();
    const setup = { prompt: 'short', maxNewTokens: 200, temperature: 1, constrained: true } as const;
    await life.call.openModel({ id, setup });
    const said = (await plays(life)).filter((event) => event.type === 'completion');
    expect(said.length).toBeGreaterThan(0);
    const ended = said.filter(({ finish }) => finish === 'stop');
    for (const { text } of ended) expect(parseCompletion(text).kind).not.toBe('protocol-error');
    await life.call.setUpModel({ setup: { constrained: false, maxNewTokens: 16 } });
    await plays(life);
    await life.call.setUpModel({ setup: { constrained: true, topP: 0.5 } });
    await life.trainOneStep({ ...SETTINGS, steps: 2 });
    expect(life.troubles).toMatchObject([{ fatal: false, error: { code: 'draws-freely' } }]);
    // Drawn from the model itself: the log-probs of the sampler are those that the update computes.
    expect(life.steps.at(-1)?.metrics['sampling/logprob_gap']).toBeLessThan(1e-3);
    const before = (await life.call.setUpModel({ setup: {} })).shelf.active.wellFormed;
    expect(before.constrained).toEqual({ steps: said.length, wellFormed: ended.length });
    // An adapter that counts for less is drawn as what it is compared with.
    const weaker = {
      task: TASK,
      dice: 3,
      reward: 'paper-appendix',
      adapter: 'trained',
      strength: 0.5,
    } as const;
    const { log } = await life.call.replayStrength(weaker);
    const replayed = log.filter((event) => event.type === 'completion').length;
    expect(replayed).toBeGreaterThan(0);
    const { shelf } = await life.call.setUpModel({ setup: {} });
    const { free, constrained } = shelf.active.wellFormed;
    expect(constrained.steps).toBe(said.length + replayed);
    expect(free.steps).toBeGreaterThan(0);
    expect(free.wellFormed).toBe(0);
  });
});

describe('a model of another provider', () => {
  let closed = 0;
  /** Speaks without tokens, as libraries do that give none. */
  const providers: ForeignProviders = {
    transformers: async () => async (request) => {
      request.onProgress('Opening', 0, 1);
      return {
        policy: textPolicy(() => answering('ok')),
        facts: { parameters: null, vocabulary: null, layers: null, window: 4096, device: 'a test' },
        redraw: () => {},
        close: async () => {
          closed++;
        },
      };
    },
    'web-llm': async () => async () => {
      throw new ProviderError('web-llm-memory', 'It does not fit.', 'Choose a smaller one.');
    },
  };

  it('acts without tokens or log-probs; the engine’s part is refused by name; it is closed for the next', async () => {
    const life = page(providers);
    await life.open();
    const before = written(await plays(life));
    const { ready } = await life.call.openModel({ id: FOREIGN });
    expect(ready.model).toMatchObject({
      provider: 'transformers',
      layers: null,
      can: { train: false, logprobs: false },
      device: 'a test',
    });
    const options = { adapter: 'none', dice: 1, reward: 'paper-appendix' } as const;
    const { episodeId } = await life.call.openEpisode({ task: TASK, options });
    expect((await life.call.runEpisode({ episodeId })).done).toBe(true);
    const [first] = written(await plays(life));
    expect(first).toEqual([[], []]);
    const settings = SETTINGS;
    const reward = 'paper-appendix';
    const place = { episodeId, step: 1 };
    for (const refused of [
      () => life.call.train({ from: 'start', settings }),
      () => life.call.lookInside({ ...place, token: 0, layer: 0 }),
      () => life.call.measureKernels(place),
      () => life.call.describeAdapter({ adapter: 'trained' }),
      () => life.call.replayStrength({ task: TASK, dice: 1, reward, adapter: 'trained', strength: 1 }),
    ]) {
      expect(await code(refused())).toBe('needs-engine');
    }
    expect(await code(plays(life, 'shipped'))).toBe('no-adapter');
    expect((await life.call.listRuns({})).runs).toEqual([]);
    await life.call.openModel({ id: BUNDLED_MODEL });
    expect(closed).toBe(1);
    expect(written(await plays(life))).toEqual(before);
  });

  it('that cannot be opened says why in its own words, and the bundled one acts', async () => {
    const life = page(providers);
    await life.open();
    const before = written(await plays(life));
    kept.set(FOREIGN, { ...(kept.get(FOREIGN) as OpenableModel), provider: 'web-llm' });
    expect(await code(life.call.openModel({ id: FOREIGN }))).toBe('web-llm-memory');
    expect(written(await plays(life))).toEqual(before);
  });
});

/** Random weights under a vocabulary of its own, with ChatML's tokens. */
function chatmlFiles(config: ModelConfig): HubFiles {
  const tokenizer = trainByteLevelBpe(Array(20).fill(SHORT_TASK.messages[0].content) as string[], {
    vocabSize: config.vocabSize,
    addedTokens: ['<|im_start|>', '<|im_end|>'].map((content) => ({ content, special: true })),
  });
  return hubFiles(randomWeights(config, 5, 0.1), { config, tokenizer, chat: CHATML });
}

/** Tensors that are on the device. */
function watched(backend: Backend): Set<Tensor> {
  const alive = new Set<Tensor>();
  const { alloc, free } = backend;
  backend.alloc = (...args) => {
    const tensor = alloc.apply(backend, args);
    alive.add(tensor);
    return tensor;
  };
  backend.free = (tensor) => {
    alive.delete(tensor);
    free.call(backend, tensor);
  };
  return alive;
}
