/** What an adapter learned, as numbers of its weights and as decisions that changed. */

import type { ChatMessage } from '../agent/policy';
import { adapterSpectra } from '../engine/model/adapter-spectrum';
import { adapterNorms } from '../engine/model/lora';
import { loraScaling } from '../engine/model/model-config';
import { demonstrateTask } from '../policies/demonstrations';
import { PERFECT } from '../policies/scripted-noise';
import { ALL_THOUGHTS } from '../policies/scripted-thoughts';
import { hashSeed } from '../rl/seeds';
import { sampleTask } from '../tasks/ladder';
import type {
  AdapterFacts,
  Decision,
  LearnedAdapter,
  LearnedDecisions,
  MovedToken,
} from './adapter-protocol';
import { LabRefusal } from './lab-errors';
import type { LabMemories } from './memories';
import type { LabModels } from './models';

/** Of the tasks the decisions come from. */
const SEED = 0x1ea2;
const TASKS = 6;
/** How many of the moved tokens are told of a decision. */
const MOVED = 6;
/** Smaller changes would be shown as none. */
const LEAST_MOVE = 0.001;
const OPENED_THOUGHT = '<think>';

export async function describeAdapter(models: LabModels, adapter: LearnedAdapter): Promise<AdapterFacts> {
  const { model } = models.inside(adapter);
  const { config, adapterConfig: lora } = model;
  if (!lora) throw new LabRefusal('no-adapter', 'This policy has no adapter.', 'Train one here.');
  const tensors = await model.adapterTensors();
  const norms = adapterNorms(config, lora, tensors);
  return {
    adapter,
    r: lora.r,
    alpha: lora.alpha,
    scaling: loraScaling(lora),
    // Both list layer by layer, module by module.
    layers: adapterSpectra(config, lora, tensors).map((layer, i) => ({
      ...layer,
      frobenius: norms[i].frobenius,
    })),
  };
}

/** @throws LabRefusal `cancelled` when the signal fires */
export async function learnedDecisions(
  models: LabModels,
  memories: LabMemories,
  adapter: LearnedAdapter,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<LearnedDecisions> {
  const { model, tokenText, encode, encodeChat } = models.inside(adapter);
  const opened = encode(OPENED_THOUGHT);
  const firsts = ALL_THOUGHTS.map((thought) => encode(OPENED_THOUGHT + thought)[opened.length]);
  const policy = models.policy(adapter);
  const read = await decisionPrompts(memories, (message) => policy.countTokens(message));
  // A window smaller than the bundled policy's cannot read them all.
  const prompts = read.filter(({ messages }) => encodeChat(messages).length + opened.length <= models.window);
  const decisions: Decision[] = [];
  for (const { messages, ...place } of prompts) {
    if (signal.aborted) throw new LabRefusal('cancelled', 'Stopped.', 'Ask again.');
    const ids = encodeChat(messages);
    const next = async (useAdapter: boolean) =>
      probabilities(
        (await model.cachedLogits(ids, opened, { useAdapter }))[opened.length - 1],
        models.play.temperature,
      );
    const base = await next(false);
    const adapted = await next(true);
    decisions.push({
      ...place,
      message: newest(messages),
      distance: base.reduce((sum, p, id) => sum + Math.abs(adapted[id] - p), 0) / 2,
      moved: mostMoved(base, adapted).map((id): MovedToken => {
        const thoughts = ALL_THOUGHTS.filter((_, i) => firsts[i] === id);
        return { text: tokenText(id), thoughts, base: base[id], adapted: adapted[id] };
      }),
    });
    onProgress(decisions.length, prompts.length);
  }
  decisions.sort((a, b) => b.distance - a.distance);
  return { adapter, seed: SEED, tasks: TASKS, decisions };
}

/** What the perfect demonstrator reads, step by step, on tasks that no run trains on: no policy's choices shape them. */
async function decisionPrompts(memories: LabMemories, countTokens: (message: ChatMessage) => number) {
  const prompts = [];
  for (let i = 0; i < TASKS; i++) {
    const seed = hashSeed(SEED, i);
    const names: string[] = [];
    const { task, steps } = await demonstrateTask(sampleTask(seed, 'evaluation'), seed, {
      openMemory: (name) => {
        names.push(name);
        return memories.open(name);
      },
      errors: PERFECT,
      countTokens,
    });
    for (const name of names) await memories.drop(name);
    for (const { messages, stage } of steps) prompts.push({ taskId: task.id, stage, messages });
  }
  return prompts;
}

/** The newest message that is not the note of related entries, which stands last in every prompt that has one. */
function newest(messages: readonly ChatMessage[]): string {
  const isNote = ({ role, content }: ChatMessage) => role === 'tool' && content.startsWith('related: ');
  return messages.findLast((message) => !isNote(message))?.content ?? '';
}

function mostMoved(base: Float64Array, adapted: Float64Array): readonly number[] {
  const by = (id: number) => Math.abs(adapted[id] - base[id]);
  return Array.from(base.keys())
    .sort((a, b) => by(b) - by(a))
    .slice(0, MOVED)
    .filter((id) => by(id) >= LEAST_MOVE);
}

/** p = softmax(logits / temperature), as episodes are played. */
function probabilities(logits: ArrayLike<number>, temperature: number): Float64Array {
  let top = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) top = Math.max(top, logits[i]);
  const weights = Float64Array.from(logits, (logit) => Math.exp((logit - top) / temperature));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
