/**
 * Looking into the model at one token of an episode, and measuring what a pass costs.
 *
 * A token is chosen in the row of the token before it: that row's attention, what the adapter added there, and
 * its logits. The row is computed again here, through the engine's capture, from the ids the policy read and
 * wrote; nothing was kept from playing. Probabilities are at the temperature at which episodes are played, so
 * they are those the dice saw. An adapter that has learned since shows what it would do now.
 */
import type { FloatArray } from '../engine/backend';
import type { Capturable } from '../engine/capture/capturable';
import { LORA_MODULES } from '../engine/model/model-config';
import { LabRefusal } from './lab-errors';
import type { InsidePolicy, LabModels } from './models';
import type {
  AdapterChoice,
  Args,
  InsideCandidate,
  InsideToken,
  Intermediate,
  MeasuredPass,
  SeenIntermediate,
} from './protocol';
import { summarise } from './tensor-summary';

/** How many of the likeliest tokens are shown. */
const CANDIDATES = 10;

/** A step by its token ids. */
export interface WrittenStep {
  readonly adapter: AdapterChoice;
  readonly promptIds: readonly number[];
  readonly completionIds: readonly number[];
}

/** @throws LabRefusal `no-token` or `no-layer` for a place that is not there */
export async function lookInside(
  models: LabModels,
  { adapter, promptIds, completionIds }: WrittenStep,
  { token, layer }: Pick<Args<'lookInside'>, 'token' | 'layer'>,
): Promise<InsideToken> {
  const inside = models.inside(adapter);
  checkPlace('token', token, completionIds.length);
  checkPlace('layer', layer, models.layers);
  const { model, useAdapter, tokenText } = inside;
  const context = [...promptIds, ...completionIds.slice(0, token)];
  const row = context.length - 1;
  const prefix = `layers.${layer}`;
  const attended = `${prefix}.attention.probabilities`;
  const adapted = useAdapter ? (model.adapterConfig?.targetModules ?? []) : [];
  const deltas = adapted.flatMap((m) => [`${prefix}.${m}.lora_delta`, `${prefix}.${m}.output`]);
  const sample = { promptIds: context, completionIds: [] };
  const captured = await model.capture([sample], [attended, ...deltas, 'logits'], {
    useAdapter,
    rows: [row],
  });
  /** A tensor's entries for that row. */
  const at = (name: string): readonly number[] => {
    const { shape, data } = captured.get(name)!; // it was asked for
    const width = shape[1];
    return [...data.slice(row * width, (row + 1) * width)];
  };
  const { shape, data } = captured.get(attended)!; // likewise; it has the one row only
  const [, heads, keys] = shape;
  const { temperature } = models.play;
  const candidates = likeliest(at('logits'), temperature, inside);
  return {
    context: context.map(tokenText),
    promptTokens: promptIds.length,
    written: candidates.find(({ id }) => id === completionIds[token])!, // every token is a candidate
    candidates: candidates.slice(0, CANDIDATES),
    temperature,
    layer,
    attention: Array.from({ length: heads }, (_, h) => [...data.slice(h * keys, (h + 1) * keys)]),
    deltas: LORA_MODULES.filter((module) => adapted.includes(module)).map((module) => ({
      module,
      delta: norm(at(`${prefix}.${module}.lora_delta`)),
      output: norm(at(`${prefix}.${module}.output`)),
    })),
    intermediates: intermediatesOf(inside, layer).map(described),
  };
}

/** @throws LabRefusal `no-token` or `no-intermediate` */
export async function captureIntermediate(
  models: LabModels,
  { adapter, promptIds, completionIds }: WrittenStep,
  { token, name }: Pick<Args<'captureIntermediate'>, 'token' | 'name'>,
): Promise<SeenIntermediate> {
  const inside = models.inside(adapter);
  checkPlace('token', token, completionIds.length);
  const found = intermediatesOf(inside).find((known) => known.name === name);
  if (!found) {
    throw new LabRefusal(
      'no-intermediate',
      `This policy has nothing called "${name}".`,
      'Choose one of those listed.',
    );
  }
  const { model, useAdapter } = inside;
  if (found.kind === 'gradient') {
    const captured = await model.capture([{ promptIds, completionIds }], [name], {
      temperature: models.play.temperature,
      loss: (scores) =>
        scores.map(({ logprobs }) => ({ dLogprobs: logprobs.map(() => -1 / completionIds.length) })),
    });
    const { shape, data } = captured.get(name)!; // it was asked for
    return seen(found, false, data, shape);
  }
  const context = [...promptIds, ...completionIds.slice(0, token)];
  const row = context.length - 1;
  const sample = { promptIds: context, completionIds: [] };
  const captured = await model.capture([sample], [name], { useAdapter, rows: [row] });
  const { shape, data } = captured.get(name)!; // likewise
  const own = shape.slice(1);
  const width = own.reduce((product, dim) => product * dim, 1);
  // Attention probabilities come for the asked row alone.
  const first = shape[0] === 1 ? 0 : row * width;
  return seen(found, true, data.subarray(first, first + width), own);
}

/** Of one block and of the ends of the model, or of all; norms of gradients are in every summary. */
function intermediatesOf({ model, useAdapter }: InsidePolicy, layer?: number): readonly Capturable[] {
  return model.capturable.filter(({ name, kind }) => {
    if (!useAdapter && (kind === 'gradient' || name.endsWith('lora_delta'))) return false;
    if (name.endsWith('gradient_norm')) return false;
    return layer === undefined || !name.startsWith('layers.') || name.startsWith(`layers.${layer}.`);
  });
}

/** @throws LabRefusal `not-finite`: such values have no spread */
function seen(
  found: Capturable,
  ofToken: boolean,
  data: FloatArray,
  shape: readonly number[],
): SeenIntermediate {
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return { ...described(found), ofToken, ...summarise(data, shape) };
  throw new LabRefusal(
    'not-finite',
    `"${found.name}" holds ${data[at]} at element ${at}.`,
    'Play with another adapter, or train with a smaller learning rate.',
  );
}

function described({ name, what, equation, unit, kind }: Capturable): Intermediate {
  return { name, what, equation, unit, gradient: kind === 'gradient' };
}

/**
 * Scores the step's completion with a clock on every kernel. A first pass without one compiles and packs what
 * later passes reuse.
 */
export async function measureKernels(
  models: LabModels,
  { adapter, promptIds, completionIds }: WrittenStep,
): Promise<MeasuredPass> {
  const { model, useAdapter } = models.inside(adapter);
  const { backend } = models;
  const score = () =>
    model.score([{ promptIds, completionIds }], { temperature: models.play.temperature, useAdapter });
  await score();
  const { submits } = backend.counts;
  const start = performance.now();
  backend.startProfile();
  try {
    await score();
  } catch (error) {
    // The clock must not run on; what is told is what went wrong, not that it could not be stopped either.
    await backend.stopProfile().catch(() => undefined);
    throw error;
  }
  const wallMs = performance.now() - start;
  const measured = backend.counts.submits - submits;
  const kernels = await backend.stopProfile();
  return { tokens: promptIds.length + completionIds.length, submits: measured, wallMs, kernels };
}

/** All tokens, likeliest first: p = softmax(logits / temperature). */
function likeliest(
  logits: readonly number[],
  temperature: number,
  { tokenText }: InsidePolicy,
): readonly InsideCandidate[] {
  const top = logits.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY);
  const weights = logits.map((logit) => Math.exp((logit - top) / temperature));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights
    .map((weight, id) => ({ id, text: tokenText(id), logit: logits[id], probability: weight / sum }))
    .sort((a, b) => b.logit - a.logit);
}

function norm(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

function checkPlace(what: 'token' | 'layer', index: number, length: number): void {
  if (Number.isInteger(index) && index >= 0 && index < length) return;
  throw new LabRefusal(
    `no-${what}`,
    `There is no ${what} ${index} here: there are ${length}, counted from 0.`,
    'Choose one of those shown.',
  );
}
