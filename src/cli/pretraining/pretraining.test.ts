import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainByteLevelBpe } from '../../engine/model/bpe-trainer';
import { EngineModel } from '../../engine/model/engine-model';
import type { ModelConfig, NamedTensors } from '../../engine/model/model-config';
import { openModelFolder } from '../../engine/model/model-folder';
import { baseParameters } from '../../engine/model/parameters';
import { WasmBackend } from '../../engine/wasm/wasm-backend';
import { BUNDLED_ADDED_TOKENS } from '../../policies/bundled-chat';
import { ScriptedPolicy } from '../../policies/scripted';
import { PERFECT } from '../../policies/scripted-noise';
import { PretrainCheckpointError, readCheckpoint, runKey, writeCheckpoint } from './checkpoint';
import { encodedSteps, LearnerMissingError, tokenizerTexts } from './corpus';
import { grownWeights } from './grown-weights';
import { initialWeights } from './initial-weights';
import { behaviourCloning, learningRate, type PretrainProgress, weightedTokens } from './loop';
import { chatTokenizer, writeModelFolder } from './model-folder';
import { type Phase, RECIPES, type Recipe } from './recipe';

const VOCABULARY = 300;
const RECIPE: Recipe = {
  ...RECIPES.quick,
  model: {
    ...RECIPES.quick.model,
    hiddenSize: 32,
    intermediateSize: 48,
    layers: 2,
    heads: 2,
    kvHeads: 1,
    headDim: 16,
    maxPositions: 640,
  },
  vocabSize: VOCABULARY,
  tokenizerEpisodes: 6,
  phases: RECIPES.quick.phases.map((phase) => ({ ...phase, tokens: 2000, warmupUpdates: 2 })),
  batchTokens: 1000,
};
const CONFIG: ModelConfig = { ...RECIPE.model, vocabSize: VOCABULARY };
const SEED = 3;

const trained = trainByteLevelBpe(await tokenizerTexts(SEED, RECIPE.tokenizerEpisodes), {
  vocabSize: VOCABULARY,
  addedTokens: BUNDLED_ADDED_TOKENS,
});
const chat = chatTokenizer(trained);

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pretraining-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function freshModel(): Promise<EngineModel> {
  return EngineModel.open({
    backend: await WasmBackend.create({ threads: 1 }),
    config: CONFIG,
    weights: initialWeights(CONFIG, RECIPE.initStd, SEED),
    trainable: 'base',
  });
}

const openSteps = (phase: number) => encodedSteps(SEED, phase, RECIPE.phases[phase], chat);

/** What an update did, without the clock's figures. */
type Numbers = Omit<PretrainProgress, 'tokensPerSecond' | 'secondsLeft'>;

/** Clones from an update on, until `last`. */
async function clone(
  model: EngineModel,
  firstUpdate: number,
  { last = Number.POSITIVE_INFINITY, firstTokens }: { last?: number; firstTokens?: number } = {},
) {
  const seen: Numbers[] = [];
  const stop = new Error('killed');
  const run = behaviourCloning(model, {
    recipe: RECIPE,
    openSteps,
    firstUpdate,
    firstTokens,
    onUpdate: async ({ tokensPerSecond, secondsLeft, ...numbers }) => {
      expect(numbers.tokens).toBeGreaterThanOrEqual(numbers.update * RECIPE.batchTokens);
      expect(tokensPerSecond).toBeGreaterThan(0);
      expect(secondsLeft).toBeGreaterThanOrEqual(0);
      seen.push(numbers);
      if (numbers.update === last) throw stop;
    },
  });
  if (last === Number.POSITIVE_INFINITY) await run;
  else await expect(run).rejects.toBe(stop);
  return seen;
}

describe('weights of the targets', () => {
  it('a prompt token weighs little, a completion token 1; the first has nothing to be predicted from', () => {
    const { ids, weights } = weightedTokens({ ids: [7, 8, 9, 4, 1], completions: [[3, 5]], slips: [] }, 0.1);
    expect(ids).toEqual([7, 8, 9, 4, 1]);
    // Targets 8, 9 | 4, 1.
    expect(Array.from(weights)).toEqual([0.1, 0.1, 1, 1]);
  });

  it('at weight 0 the prompt teaches nothing', () => {
    const { weights } = weightedTokens({ ids: [7, 8, 4, 5, 1], completions: [[2, 5]], slips: [] }, 0);
    expect(Array.from(weights)).toEqual([0, 1, 1, 1]);
  });

  it('what was read between two completions is prompt', () => {
    const chain = {
      ids: [7, 4, 1, 8, 9, 5, 1],
      completions: [
        [1, 3],
        [5, 7],
      ],
      slips: [],
    } as const;
    expect(Array.from(weightedTokens(chain, 0.1).weights)).toEqual([1, 1, 0.1, 0.1, 1, 1]);
  });

  it('a slip teaches nothing, not even as prompt', () => {
    const chain = { ids: [7, 4, 1, 8, 9, 5, 1], completions: [[5, 7]], slips: [[1, 3]] } as const;
    expect(Array.from(weightedTokens(chain, 0.1).weights)).toEqual([0, 0, 0.1, 0.1, 1, 1]);
  });
});

describe('a phase with actions of the learner', () => {
  it('needs a learner', async () => {
    const phase = { ...RECIPE.phases[0], own: 0.5 };
    await expect(encodedSteps(SEED, 0, phase, chat).next()).rejects.toThrow(LearnerMissingError);
  });

  it('what it does is read with the rest of the episode and weighs nothing', async () => {
    const phase: Pick<Phase, 'words' | 'families' | 'own'> = {
      words: RECIPE.phases[0].words,
      families: [['pddl', 1]],
      own: 0.5,
    };
    const policy = new ScriptedPolicy({ errors: { ...PERFECT, slip: 1 } });
    const learner = { policy, maxNewTokens: 64, mostTokens: 960 };
    const steps = encodedSteps(SEED, 0, phase, chat, RECIPES.worlds.corpus, undefined, learner);
    let slips = 0;
    for (let i = 0; i < 20; i++) {
      const { value } = await steps.next();
      if (!value) throw new Error('the demonstrations ended');
      const { weights } = weightedTokens(value, 0.1);
      for (const [from, to] of value.slips) {
        expect(new Set(Array.from(weights).slice(from - 1, to - 1))).toEqual(new Set([0]));
      }
      slips += value.slips.length;
    }
    expect(slips).toBeGreaterThan(0);
  });
});

describe('initial weights', () => {
  it.each([
    ['the recipe', CONFIG],
    [
      'qwen2: biases, no head norms',
      { ...CONFIG, architecture: 'qwen2', attentionBias: true, qkNorm: false },
    ],
    [
      'llama with a head of its own',
      { ...CONFIG, architecture: 'llama', qkNorm: false, tieWordEmbeddings: false },
    ],
  ] as const)('have the names and shapes that the model asks for: %s', (_, config) => {
    const weights = initialWeights(config, 0.05, 1);
    const shapes = [...weights].map(([name, { shape }]) => [name, shape] as const);
    const wanted = baseParameters(config).map(({ name, shape }) => [name, shape] as const);
    expect(new Map(shapes)).toEqual(new Map(wanted));
    for (const { shape, data } of weights.values()) {
      expect(data.length).toBe(shape.reduce((product, n) => product * n, 1));
    }
  });

  it('are a function of the seed', () => {
    expect(initialWeights(CONFIG, 0.05, 1)).toEqual(initialWeights(CONFIG, 0.05, 1));
    expect(initialWeights(CONFIG, 0.05, 2)).not.toEqual(initialWeights(CONFIG, 0.05, 1));
  });

  it('are normal with the deviation asked for, smaller where residuals add up, one in norms', () => {
    const weights = initialWeights({ ...CONFIG, hiddenSize: 64 }, 0.05, 1);
    const deviation = (name: string) => {
      const data = weights.get(name)?.data ?? new Float32Array();
      const mean = data.reduce((sum, x) => sum + x, 0) / data.length;
      expect(Math.abs(mean)).toBeLessThan(0.005);
      return Math.sqrt(data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / data.length);
    };
    expect(deviation('model.embed_tokens.weight')).toBeCloseTo(0.05, 2.5);
    expect(deviation('model.layers.1.mlp.down_proj.weight')).toBeCloseTo(0.025, 2.5);
    expect(weights.get('model.norm.weight')?.data.every((x) => x === 1)).toBe(true);
  });
});

describe('the corpus', () => {
  it('is a function of seed and phase; each completion ends with the one stop token', async () => {
    const first = async (
      seed: number,
      number: number,
      phase: Pick<Phase, 'words' | 'slips'> = RECIPE.phases[0],
    ) => {
      const steps = encodedSteps(seed, number, phase, chat);
      const taken = [];
      for await (const step of steps) if (taken.push(step) === 20) break;
      return taken;
    };
    const steps = await first(SEED, 0);
    expect(await first(SEED, 0)).toEqual(steps);
    expect(await first(SEED + 1, 0)).not.toEqual(steps);
    expect(await first(SEED, 1)).not.toEqual(steps);
    expect(await first(SEED, 0, RECIPE.phases[1])).not.toEqual(steps);
    for (const { ids, completions } of steps) {
      expect(completions).toHaveLength(1);
      const [[from, to]] = completions;
      expect(to).toBe(ids.length);
      expect(ids.indexOf(chat.stopIds[0], from)).toBe(to - 1);
    }
  });

  it('steps that go on from each other may be read as one: the same completions after the same prompts', async () => {
    const corpus = { ...RECIPES.worlds.corpus, families: [['alfworld', 1]] as const };
    const taken = async (chained: boolean, count: number) => {
      const found: (readonly [prompt: readonly number[], completion: readonly number[]])[] = [];
      let read = 0;
      for await (const { ids, completions } of encodedSteps(SEED, 0, RECIPE.phases[0], chat, {
        ...corpus,
        chained,
      })) {
        read += ids.length;
        for (const [from, to] of completions) found.push([ids.slice(0, from), ids.slice(from, to)]);
        if (found.length >= count) return { found, read };
      }
      throw new Error('the corpus ended');
    };
    const apart = await taken(false, 60);
    const together = await taken(true, 60);
    const both = Math.min(apart.found.length, together.found.length);
    expect(together.found.slice(0, both)).toEqual(apart.found.slice(0, both));
    expect(together.read).toBeLessThan(0.6 * apart.read);
  });

  it('what slipped is read where it stood, and is no completion', async () => {
    const corpus = { ...RECIPES.worlds.corpus, families: [['alfworld', 1]] as const };
    const text = (ids: readonly number[]) => chat.tokenizer.decode(ids);
    const all = new Set<string>();
    let read = 0;
    const steps = encodedSteps(SEED, 0, { ...RECIPE.phases[0], slips: 0.3 }, chat, corpus);
    for await (const { ids, completions, slips } of steps) {
      const written = completions.map(([from, to]) => text(ids.slice(from, to)));
      for (const [from, to] of slips) {
        const slip = text(ids.slice(from, to));
        // One that lost its action says no more than any other that did.
        if (slip.includes('<answer>')) {
          all.add(slip);
          // What is a slip here may be right in another house.
          expect(written).not.toContain(slip);
        }
        expect(completions.every(([a, b]) => b <= from || a >= to)).toBe(true);
        // Refused, unless it was the last thing that was done; an unreadable one is refused as that.
        const next = text(ids.slice(to));
        expect(next === '' || /^<\|user\|>Nothing happens\.|^<\|tool\|>error/.test(next), next).toBe(true);
      }
      if (++read === 400) break;
    }
    expect(all.size).toBeGreaterThan(10);
  });

  it('what outgrew the window is left out, and nothing else', async () => {
    const first = async (most: number) => {
      const taken = [];
      for await (const step of encodedSteps(SEED, 0, RECIPE.phases[0], chat, undefined, most)) {
        if (taken.push(step) === 40) break;
      }
      return taken;
    };
    const all = await first(Number.POSITIVE_INFINITY);
    const lengths = all.map(({ ids }) => ids.length).sort((a, b) => a - b);
    const most = lengths[20];
    const short = all.filter(({ ids }) => ids.length <= most);
    expect(short.length).toBeLessThan(all.length);
    expect((await first(most)).slice(0, short.length)).toEqual(short);
  });
});

describe('a model grown from a smaller one', () => {
  const grownVocabulary = trainByteLevelBpe(['a window that nobody had read before, a window'], {
    vocabSize: VOCABULARY + 12,
    addedTokens: BUNDLED_ADDED_TOKENS,
    from: trained,
  });
  const GROWN: ModelConfig = { ...CONFIG, layers: 4, vocabSize: VOCABULARY + 12, maxPositions: 900 };
  const smaller = { config: CONFIG, weights: initialWeights(CONFIG, RECIPE.initStd, SEED) };
  const grow = (config: ModelConfig) =>
    grownWeights(smaller, config, initialWeights(config, RECIPE.initStd, SEED + 1), grownVocabulary);

  it('computes the same for tokens that both have', async () => {
    const open = async (config: ModelConfig, weights: NamedTensors) =>
      EngineModel.open({ backend: await WasmBackend.create({ threads: 1 }), config, weights });
    const before = await open(CONFIG, smaller.weights);
    const after = await open(GROWN, grow(GROWN));
    const ids = chat.tokenizer.encode('a window that nobody had read', 'content');
    const [{ logits: wanted }, { logits: got }] = [await before.inspect([ids]), await after.inspect([ids])];
    for (let row = 0; row < ids.length; row++) {
      for (let id = 0; id < VOCABULARY; id++) {
        expect(got[row * GROWN.vocabSize + id]).toBeCloseTo(wanted[row * VOCABULARY + id], 5);
      }
    }
  });

  it('a new token begins as the mean of the two it is merged from', () => {
    const { data } = grow(GROWN).get('model.embed_tokens.weight') ?? { data: new Float32Array() };
    const merge = grownVocabulary.model.merges.at(-1)?.split(' ') ?? [];
    const [left, right, whole] = [...merge, merge.join('')].map((token) => {
      const start = grownVocabulary.model.vocab[token] * GROWN.hiddenSize;
      return data.subarray(start, start + GROWN.hiddenSize);
    });
    whole.forEach((x, i) => {
      expect(x).toBeCloseTo((left[i] + right[i]) / 2, 6);
    });
  });

  it('does not become narrower or smaller', () => {
    expect(() => grow({ ...GROWN, hiddenSize: 64 })).toThrow(/hiddenSize is 32 .* 64/);
    expect(() => grow({ ...GROWN, layers: 1 })).toThrow(/more layers/);
  });
});

describe('the learning rate', () => {
  it('warms up and falls to its share at the end, in each phase anew', () => {
    for (const phase of RECIPES.full.phases) {
      const updates = phase.tokens / RECIPES.full.batchTokens;
      const rate = (index: number) => learningRate(phase, RECIPES.full, index);
      expect(rate(0)).toBeCloseTo(phase.lr / phase.warmupUpdates, 9);
      const peak = Math.max(...Array.from({ length: updates }, (_, i) => rate(i)));
      expect(peak).toBeLessThanOrEqual(phase.lr);
      expect(peak).toBeGreaterThan(0.97 * phase.lr);
      expect(rate(updates)).toBeCloseTo(phase.lr * phase.finalLrShare, 9);
    }
  });
});

describe('behaviour cloning', () => {
  it('in one go and resumed from a checkpoint of either phase: the same losses, the same weights', async () => {
    const whole = await freshModel();
    const unbroken = await clone(whole, 0);
    expect(unbroken.map(({ update }) => update)).toEqual([1, 2, 3, 4]);
    expect(unbroken[3].loss).toBeLessThan(unbroken[0].loss);
    for (const last of [1, 2, 3]) {
      const killed = await freshModel();
      const before = await clone(killed, 0, { last });
      const { tokens } = before[last - 1];
      await writeCheckpoint(folder, { key: 'tiny', update: last, tokens, state: await killed.exportState() });
      const saved = await readCheckpoint(folder);
      expect(saved).toMatchObject({ key: 'tiny', update: last, tokens });
      const resumed = await freshModel();
      resumed.importState(saved.state);
      const after = await clone(resumed, saved.update, { firstTokens: saved.tokens });
      expect([...before, ...after], `killed after ${last}`).toEqual(unbroken);
      expect(await resumed.exportState()).toEqual(await whole.exportState());
    }
  });

  it('goes on from a checkpoint without a token count, the skipped phase counted as the recipe says', async () => {
    const killed = await freshModel();
    await clone(killed, 0, { last: 2 });
    const resumed = await freshModel();
    resumed.importState(await killed.exportState());
    const [first] = await clone(resumed, 2);
    const { tokens } = RECIPE.phases[0];
    expect(first.tokens).toBeGreaterThanOrEqual(tokens + RECIPE.batchTokens);
    expect(first.tokens).toBeLessThan(tokens + 2 * RECIPE.batchTokens);
  });

  it('says so when the demonstrations are too few', async () => {
    const model = await freshModel();
    async function* three() {
      let taken = 0;
      for await (const step of openSteps(0))
        if (taken++ < 3) yield step;
        else return;
    }
    const run = behaviourCloning(model, {
      recipe: { ...RECIPE, batchTokens: 4000 },
      openSteps: three,
      firstUpdate: 0,
      onUpdate: async () => {},
    });
    await expect(run).rejects.toThrow(/more episodes/);
  });
});

describe('files', () => {
  it('a checkpoint comes back bit for bit, and a newer one replaces it', async () => {
    const state = {
      params: Float32Array.of(1.5, -0, 3e-42),
      m: Float32Array.of(0, 1, 2),
      v: Float32Array.of(4, 5, 6),
      updates: 9,
    };
    for (const update of [1, 2]) {
      await writeCheckpoint(folder, { key: 'k "q"', update, state });
      expect(await readCheckpoint(folder)).toEqual({ key: 'k "q"', update, state });
    }
  });

  it('is of a run by recipe, seed and the weights it began from', () => {
    const { worlds, acting } = RECIPES;
    const key = runKey(worlds, 1, '0123456789abcdef');
    expect(runKey({ ...worlds }, 1, '0123456789abcdef')).toBe(key);
    const others = [
      runKey(worlds, 1, 'fedcba9876543210'),
      runKey(worlds, 1),
      runKey(worlds, 2, '0123456789abcdef'),
      runKey(acting, 1, '0123456789abcdef'),
    ];
    expect(others).not.toContain(key);
  });

  it('without one, or with a file of another kind, one is told to start anew', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'pretraining-none-'));
    await expect(readCheckpoint(empty)).rejects.toThrow(PretrainCheckpointError);
    await expect(readCheckpoint(empty)).rejects.toThrow(/without --resume/);
    await writeFile(join(empty, 'checkpoint.safetensors'), 'rubbish');
    await expect(readCheckpoint(empty)).rejects.toThrow();
    await rm(empty, { recursive: true });
  });

  it('the model folder opens again with the same tokenizer and the weights in half precision', async () => {
    const out = join(folder, 'policy');
    const weights = initialWeights(CONFIG, 0.05, 1);
    await writeModelFolder(out, { config: CONFIG, tokenizer: trained, weights });
    const opened = await openModelFolder(async (name) => new Uint8Array(await readFile(join(out, name))));
    expect(opened.config).toEqual(CONFIG);
    const messages = [{ role: 'user', content: 'Mira lives in Oslo.' }];
    const asked = { addGenerationPrompt: true };
    expect(opened.chat.encodeChat(messages, asked)).toEqual(chat.encodeChat(messages, asked));
    expect(opened.chat.stopIds).toEqual(chat.stopIds);
    for (const [name, { data }] of weights) {
      const read = opened.weights.get(name)?.data ?? new Float32Array();
      expect(read.length, name).toBe(data.length);
      // Relative error of float16: 2^-11, or half its least step near zero.
      expect(data.every((x, i) => Math.abs(read[i] - x) <= Math.abs(x) * 2 ** -11 + 2 ** -25)).toBe(true);
    }
  });
});
