/**
 * A model opened with the engine from its files: checked against what the device grants before a weight is read, put
 * on the device piece by piece, and told from every other by its weights.
 */
import type { Backend } from '../../engine/backend';
import {
  inWords,
  type MemoryUse,
  memoryRefusal,
  planMemory,
  smallerUse,
} from '../../engine/model/memory-plan';
import type { ModelConfig } from '../../engine/model/model-config';
import type { BaseFormat } from '../../engine/model/packed-rows';
import { LabRefusal } from '../lab-errors';
import type { ActingSetup } from '../models-protocol';
import { EngineActor, type EngineActorOptions } from './engine-actor';
import { type FiledSource, filedSource } from './engine-source';
import type { OpenableModel } from './openable';
import { changedSetup, MOST_CONTEXT, type SetupChoices, standardSetup } from './setup';

export interface OpeningControl {
  readonly signal: AbortSignal;
  /** A sentence, and how far it is; 0 in all: not known. */
  readonly onProgress: (text: string, done: number, total: number) => void;
}

/** From exact to coarse. */
const FORMATS = ['f32', 'f16', 'int8'] as const satisfies readonly BaseFormat[];
/** Float weights above this are kept in half, unless asked for: room for an adapter and its training. */
const USUAL_WEIGHT_BYTES = 1e9;
/** Keys and values of rollouts that act together, where the device does not say how much it has. */
const USUAL_CACHE_BYTES = 512e6;
const MOST_ROLLOUTS = 32;

/**
 * Looks at everything but the weights; what is returned opens the model, once there is room for it.
 * @throws LabRefusal `model-memory`, `setup`; what opening a folder throws
 */
export async function prepareEngine(
  model: OpenableModel,
  asked: Partial<ActingSetup>,
  backend: Backend,
  control: OpeningControl,
): Promise<(backend: Backend) => Promise<EngineActor>> {
  const { onProgress } = control;
  const { id, title, name } = model;
  onProgress('Reading tokenizer and configuration', 0, 0);
  const source = await filedSource(model.files, name);
  const { config } = source;
  const choices: SetupChoices = {
    thinking: source.chat.template.knowsThinking,
    bases: FORMATS,
    maxContextTokens: Math.min(MOST_CONTEXT, config.maxPositions),
  };
  const usual = standardSetup(choices);
  const base = asked.base ?? usualFormat(backend, config, usual);
  const setup = changedSetup({ ...usual, base }, { ...asked, base }, choices, { constrain: true });
  refuseTooLarge(backend, usedFor(config, setup), title);
  source.format = base;
  const batchRollouts = rolloutsAtOnce(backend, config, setup);
  const options = { id, title, policyName: name, source, shipped: null, setup, choices, batchRollouts };
  return (device) => opened(source, options, device, control);
}

/** Nothing stays open on an error. */
async function opened(
  source: FiledSource,
  options: EngineActorOptions,
  backend: Backend,
  { signal, onProgress }: OpeningControl,
): Promise<EngineActor> {
  const actor = await EngineActor.open(options, {
    backend,
    signal,
    onProgress: (done, total) => onProgress('Reading the weights', done, total),
  });
  try {
    await source.identify(signal, (done, total) =>
      onProgress('Taking the fingerprint by which its runs and adapters are known', done, total),
    );
    return actor;
  } catch (error) {
    await actor.close();
    throw error;
  }
}

function usedFor(config: ModelConfig, { contextTokens, base }: ActingSetup): MemoryUse {
  return {
    config,
    lora: null,
    base: base ?? 'f32',
    microBatchTokens: 0,
    rollouts: 1,
    sequenceTokens: contextTokens,
  };
}

function grantOf({ info }: Backend) {
  const { bufferBytes = Number.POSITIVE_INFINITY, memoryBytes = null } = info;
  return { bufferBytes, totalBytes: memoryBytes };
}

/** The most exact that fits, and leaves room. */
function usualFormat(backend: Backend, config: ModelConfig, setup: ActingSetup): BaseFormat {
  const grant = grantOf(backend);
  const fits = (base: BaseFormat) => {
    const plan = planMemory(usedFor(config, { ...setup, base }), grant.bufferBytes);
    return memoryRefusal(plan, grant) === null && plan.weights <= USUAL_WEIGHT_BYTES;
  };
  return FORMATS.find(fits) ?? 'int8';
}

function refuseTooLarge(backend: Backend, use: MemoryUse, title: string): void {
  const grant = grantOf(backend);
  const plan = planMemory(use, grant.bufferBytes);
  const refused = memoryRefusal(plan, grant);
  if (refused === null) return;
  const smaller = smallerUse(use, grant);
  throw new LabRefusal(
    'model-memory',
    `${title} does not fit: ${refused}. In all it needs ${inWords(plan.total)} to act.`,
    smaller ? `What fits: ${smaller.words}.` : 'Choose a smaller model.',
  );
}

/** How many caches fit beside the weights, with as much again left for everything else. */
function rolloutsAtOnce(backend: Backend, config: ModelConfig, setup: ActingSetup): number {
  const grant = grantOf(backend);
  const { cache, total } = planMemory(usedFor(config, setup), grant.bufferBytes);
  const room = grant.totalBytes === null ? USUAL_CACHE_BYTES : (grant.totalBytes - total) / 2;
  const fits = Math.floor(Math.min(room, grant.bufferBytes) / cache);
  return Math.min(MOST_ROLLOUTS, Math.max(1, fits));
}
