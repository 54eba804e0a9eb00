/**
 * A language model small enough to train in a test and yet of the real kind: a tokenizer by the project's
 * BPE trainer, a two-layer qwen3 on the WebAssembly back end, cloned for a second on a fixed choice of
 * completions, so that its rollouts are well-formed, differ from one another and earn different rewards.
 */
import { BUNDLED_EPISODE_CONFIG, type EpisodeConfig } from '../agent/config';
import { answering, calling, startEpisode, textPolicy } from '../agent/playing.fixture';
import type { PolicyRequest } from '../agent/policy';
import { runEpisodes } from '../agent/run-episodes';
import { type TrainedTokenizer, trainByteLevelBpe } from '../engine/model/bpe-trainer';
import { ChatTemplate, ChatTokenizer } from '../engine/model/chat-template';
import { EngineModel } from '../engine/model/engine-model';
import {
  LORA_MODULES,
  type LoraConfig,
  type ModelConfig,
  type NamedTensors,
} from '../engine/model/model-config';
import { randomWeights } from '../engine/model/tiny-model.fixture';
import { readTokenizer } from '../engine/model/tokenizer';
import { WasmBackend } from '../engine/wasm/wasm-backend';
import { BUNDLED_ADDED_TOKENS, BUNDLED_CHAT_TEMPLATE, BUNDLED_STOP_TOKEN } from '../policies/bundled-chat';
import { EnginePolicy } from '../policies/engine-policy';
import { createRandom } from '../tasks/random';
import type { Task } from '../tasks/task';

/** One fact, one distractor, one question: three to five steps. */
export const SHORT_TASK: Task = {
  id: 'literal/short',
  family: 'qa',
  split: 'train',
  difficulty: 'one-fact',
  seed: 1,
  messages: [{ content: 'Mira lives in Oslo.', kind: 'fact', factIds: ['f1'] }],
  distractors: [{ content: 'In a novel, Tom lives in Rome.', kind: 'distractor', factIds: [] }],
  query: 'Where does Mira live?',
  answers: ['Oslo'],
  facts: [
    { id: 'f1', subject: 'Mira', relation: 'lives in', value: 'Oslo', superseded: [], worthKeeping: true },
  ],
  neededFactIds: ['f1'],
  keyItems: ['Oslo'],
};

export const SHORT_EPISODE: EpisodeConfig = {
  ...BUNDLED_EPISODE_CONFIG,
  systemPrompt: 'm',
  maxRounds: 2,
  hardRounds: { 1: 3, 2: 3, 3: 3 },
};

/** Long enough for every completion that is cloned. */
export const SHORT_COMPLETION = 28;

/** What the model is cloned to say, all equally often and whatever the prompt. */
const SAID = [
  answering('Oslo'),
  answering('Rome'),
  answering('ok'),
  calling('Add_memory', { content: 'Mira lives in Oslo' }),
  calling('Filter_context', { criteria: 'Rome' }),
];

const VOCABULARY = 300;

export const TINY_TOKENIZER: TrainedTokenizer = trainByteLevelBpe(
  Array(20)
    .fill([...SAID, ...SHORT_TASK.messages.map((m) => m.content), SHORT_TASK.query])
    .flat(),
  { vocabSize: VOCABULARY, addedTokens: BUNDLED_ADDED_TOKENS },
);

export const TINY_CHAT: ChatTokenizer = new ChatTokenizer(
  readTokenizer(new TextEncoder().encode(JSON.stringify(TINY_TOKENIZER))),
  new ChatTemplate(BUNDLED_CHAT_TEMPLATE),
  [BUNDLED_STOP_TOKEN],
);

export const TINY_CONFIG: ModelConfig = {
  architecture: 'qwen3',
  vocabSize: VOCABULARY,
  hiddenSize: 32,
  intermediateSize: 48,
  layers: 2,
  heads: 2,
  kvHeads: 1,
  headDim: 16,
  ropeTheta: 10_000,
  rmsNormEps: 1e-6,
  tieWordEmbeddings: true,
  attentionBias: false,
  qkNorm: true,
  maxPositions: 288,
};

export const TINY_LORA: LoraConfig = { r: 4, alpha: 8, rslora: false, targetModules: LORA_MODULES };

/** Prompts of real episodes with the completions chosen at random. */
async function choices(count: number): Promise<{ prompt: number[]; completion: number[] }[]> {
  const steps: { prompt: number[]; completion: number[] }[] = [];
  const policy = textPolicy((request: PolicyRequest) => {
    const said = createRandom('tiny', request.seed).pick(SAID);
    steps.push({
      prompt: TINY_CHAT.encodeChat(request.messages, { addGenerationPrompt: true }),
      completion: [...TINY_CHAT.tokenizer.encode(said, 'content'), ...TINY_CHAT.stopIds],
    });
    return said;
  });
  for (let seed = 0; steps.length < count; seed++) {
    const episode = await startEpisode({ task: SHORT_TASK, config: SHORT_EPISODE, seed });
    await runEpisodes([episode], policy, { temperature: 1, maxNewTokens: SHORT_COMPLETION });
  }
  return steps.slice(0, count);
}

const UPDATES = 60;
const STEPS_PER_UPDATE = 12;

async function clonedWeights(): Promise<NamedTensors> {
  const backend = await WasmBackend.create({ threads: 1 });
  const model = await EngineModel.open({
    backend,
    config: TINY_CONFIG,
    weights: randomWeights(TINY_CONFIG, 3, 0.1),
    trainable: 'base',
  });
  const steps = await choices(UPDATES * STEPS_PER_UPDATE);
  for (let update = 0; update < UPDATES; update++) {
    const batch = steps.slice(update * STEPS_PER_UPDATE, (update + 1) * STEPS_PER_UPDATE);
    await model.accumulateTokens(
      batch.map(({ prompt, completion }) => ({
        ids: [...prompt, ...completion],
        weights: Float64Array.from([...prompt.slice(1).fill(0), ...completion.map(() => 1)]),
      })),
    );
    await model.update({ lr: 2e-2, beta1: 0.9, beta2: 0.95, eps: 1e-8, weightDecay: 0, maxGradNorm: 1 });
  }
  const weights = await model.exportWeights();
  model.dispose();
  backend.dispose();
  return weights;
}

let weights: Promise<NamedTensors> | undefined;

/** Cloned on first use; the same in every process. */
export function tinyWeights(): Promise<NamedTensors> {
  weights ??= clonedWeights();
  return weights;
}

/** A new model of the cloned weights with a fresh adapter, and the policy around it. */
export async function tinyPolicy(adapterSeed = 1): Promise<{ policy: EnginePolicy; model: EngineModel }> {
  const model = await EngineModel.open({
    backend: await WasmBackend.create({ threads: 1 }),
    config: TINY_CONFIG,
    weights: await tinyWeights(),
    adapter: TINY_LORA,
    adapterSeed,
    trainable: 'adapter',
  });
  return { policy: new EnginePolicy('tiny', model, TINY_CHAT, true), model };
}
