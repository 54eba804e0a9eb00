/**
 * Scoring and training on tokens, in micro-batches: forward, log-probs, and where something learns,
 * a loss gradient carried back. Gradients of micro-batches add up on the device, so the size of a
 * micro-batch bounds memory and changes nothing else.
 */
import { VIEW_ALIGNMENT } from '../backend';
import { NonFiniteError, PassAbortedError } from '../errors';
import type { PassControl, TokenGradients, TokenLoss, TokenSample, TokenScores } from '../language-model';
import { type ActiveAdapter, type DecoderContext, forward } from './decoder';
import { type GradientTargets, trainingForward } from './decoder-training';
import { EventLoopTurns } from './event-loop-turns';
import { TokenHead, type TokenMeasures } from './head';
import { planMicroBatches, uploadRows } from './packed-batch';
import { type PackedTargets, packSamples, packTargets, planSamples, splitScores } from './samples';

/** A sequence and the weight of predicting each next token: `weights[t]` belongs to token t + 1. */
export interface WeightedTokens {
  readonly ids: readonly number[];
  /** ids.length - 1 numbers, not negative. */
  readonly weights: ArrayLike<number>;
}

/** What learns in a training pass. */
export interface Learning {
  readonly targets: GradientTargets;
  readonly adapter: ActiveAdapter | undefined;
}

/** How a pass over samples is cut and packed. */
export interface PassShape {
  readonly temperature: number;
  /** Most rows of one micro-batch. */
  readonly microBatchTokens: number;
  /** Computes prefixes that samples share once (`token-tree.ts`). */
  readonly sharePrefixes: boolean;
}

/** Log-prob and entropy of every completion token. @throws PassAbortedError, NonFiniteError */
export async function scoreSamples(
  context: DecoderContext,
  samples: readonly TokenSample[],
  shape: PassShape,
  adapter: ActiveAdapter | undefined,
  control: PassControl = {},
): Promise<TokenScores[]> {
  const scores: TokenScores[] = [];
  for await (const members of microBatches(samples, shape, control)) {
    const batch = packMembers(samples, members, shape);
    const own = await scoreBatch(context, batch, members, shape.temperature, adapter);
    own.forEach((score, i) => {
      scores[members[i]] = score;
    });
  }
  return scores;
}

async function scoreBatch(
  context: DecoderContext,
  batch: PackedTargets,
  members: readonly number[],
  temperature: number,
  adapter: ActiveAdapter | undefined,
): Promise<TokenScores[]> {
  if (batch.targets.length === 0) return splitScores([], [], batch.spans, members);
  const states = forward(context, uploadRows(context.scratch, batch.packed), adapter);
  const measures = new TokenHead(context, states, batch, temperature).measure();
  return readScores(context, measures, batch, members);
}

/** Forward, host loss and backward for each micro-batch. @throws PassAbortedError, NonFiniteError */
export async function accumulateSamples(
  context: DecoderContext,
  samples: readonly TokenSample[],
  shape: PassShape,
  learning: Learning,
  loss: TokenLoss,
  control: PassControl = {},
): Promise<void> {
  for await (const members of microBatches(samples, shape, control)) {
    const batch = packMembers(samples, members, shape);
    if (batch.targets.length === 0) {
      loss(splitScores([], [], batch.spans, members), members);
      continue;
    }
    const rows = uploadRows(context.scratch, batch.packed);
    const pass = trainingForward(context, rows, learning.targets, learning.adapter);
    const head = new TokenHead(context, pass, batch, shape.temperature);
    const measures = head.measure();
    const gradients = packGradients(
      loss(await readScores(context, measures, batch, members), members),
      batch,
      members,
    );
    if (gradients.dLogprobs.every((value) => value === 0) && !gradients.dEntropies) continue;
    backward(context, pass, head, measures, gradients, learning);
  }
}

function packMembers(
  samples: readonly TokenSample[],
  members: readonly number[],
  { sharePrefixes }: PassShape,
): PackedTargets {
  return packSamples(
    members.map((index) => samples[index]),
    sharePrefixes,
  );
}

/** Weighted cross-entropy: the gradient is known before the pass, so nothing is read but the loss. */
export async function accumulateWeighted(
  context: DecoderContext,
  batch: readonly WeightedTokens[],
  microBatchTokens: number,
  learning: Learning,
): Promise<{ loss: number; weight: number }> {
  const { backend, scratch } = context;
  const wanted = batch.map(({ ids, weights }) => {
    return Array.from({ length: ids.length - 1 }, (_, t) => t).filter((t) => weights[t] > 0);
  });
  let weight = 0;
  batch.forEach((sequence, s) => {
    for (const t of wanted[s]) weight += sequence.weights[t];
  });
  if (weight === 0) return { loss: 0, weight };
  const loss = scratch.floats('loss', 1);
  backend.fill(loss, 0);
  const lengths = wanted.map((rows) => (rows.at(-1) ?? -1) + 1);
  for (const members of planMicroBatches(lengths, microBatchTokens)) {
    const packed = packTargets(
      members.map((index) => batch[index].ids),
      members.map((index) => wanted[index]),
    );
    const count = packed.targets.length;
    if (count === 0) continue;
    const dLogprobs = Float64Array.from(
      members.flatMap((index) => wanted[index].map((t) => -batch[index].weights[t] / weight)),
    );
    const rows = uploadRows(scratch, packed.packed);
    const pass = trainingForward(context, rows, learning.targets, learning.adapter);
    const head = new TokenHead(context, pass, packed, 1);
    const measures = head.measure();
    const uploaded = backward(context, pass, head, measures, { dLogprobs }, learning);
    backend.matmul({ out: loss, a: uploaded, b: measures.logprob, m: 1, n: 1, k: count, accumulate: true });
  }
  const value = (await backend.readFloats(loss))[0];
  if (!Number.isFinite(value)) {
    throw new NonFiniteError(
      'non-finite-loss',
      `The loss is ${value}: training has diverged. Go back to an earlier checkpoint with a lower learning rate.`,
    );
  }
  return { loss: value, weight };
}

/** The samples of each micro-batch in turn; after it progress is told in rows, and an abort may arrive. */
async function* microBatches(
  samples: readonly TokenSample[],
  { microBatchTokens, sharePrefixes }: PassShape,
  { signal, onProgress }: PassControl,
): AsyncGenerator<readonly number[]> {
  const plan = planSamples(samples, microBatchTokens, sharePrefixes);
  const total = plan.reduce((sum, { rows }) => sum + rows, 0);
  const turns = new EventLoopTurns();
  let done = 0;
  for (const { members, rows } of plan) {
    if (signal?.aborted) throw new PassAbortedError();
    yield members;
    done += rows;
    onProgress?.(done, total);
    await turns.maybe();
  }
}

async function readScores(
  context: DecoderContext,
  measures: TokenMeasures,
  batch: PackedTargets,
  members: readonly number[],
): Promise<TokenScores[]> {
  const values = await context.backend.readFloats(measures.both);
  const rows = batch.targets.length;
  return splitScores(values.subarray(0, rows), values.subarray(measures.entropyOffset), batch.spans, members);
}

interface PackedGradients {
  /** `[rows]` */
  readonly dLogprobs: Float64Array;
  readonly dEntropies?: Float64Array;
}

/** The host loss's gradients in row order, checked. */
function packGradients(
  gradients: readonly TokenGradients[],
  batch: PackedTargets,
  members: readonly number[],
): PackedGradients {
  const dLogprobs = new Float64Array(batch.targets.length);
  const withEntropy = gradients.some(({ dEntropies }) => dEntropies?.some((value) => value !== 0));
  const dEntropies = withEntropy ? new Float64Array(batch.targets.length) : undefined;
  batch.spans.forEach(({ start, end }, i) => {
    for (const part of [gradients[i].dLogprobs, gradients[i].dEntropies]) {
      if (part && (part.length !== end - start || !part.every(Number.isFinite))) {
        throw new NonFiniteError(
          'non-finite-gradient',
          `The loss of sample ${members[i]} gave gradients [${part}] for ${end - start} tokens; nothing was added for its micro-batch.`,
        );
      }
    }
    dLogprobs.set(gradients[i].dLogprobs, start);
    if (dEntropies && gradients[i].dEntropies) dEntropies.set(gradients[i].dEntropies ?? [], start);
  });
  return { dLogprobs, dEntropies };
}

/** Uploads the gradients and carries them back. @returns dL/dlogprob on the device */
function backward(
  context: DecoderContext,
  pass: ReturnType<typeof trainingForward>,
  head: TokenHead,
  measures: TokenMeasures,
  { dLogprobs, dEntropies }: PackedGradients,
  learning: Learning,
) {
  const { backend, scratch } = context;
  const rows = dLogprobs.length;
  const entropyOffset = Math.ceil(rows / VIEW_ALIGNMENT) * VIEW_ALIGNMENT;
  const host = new Float64Array(entropyOffset + rows);
  host.set(dLogprobs);
  if (dEntropies) host.set(dEntropies, entropyOffset);
  const both = scratch.floats('d.measures', host.length);
  backend.write(both, host);
  const dLogprob = backend.view(both, 0, rows, 'd.logprob');
  const dEntropy = dEntropies && backend.view(both, entropyOffset, rows, 'd.entropy');
  pass.backward(head.backward(measures, dLogprob, dEntropy, learning.targets.base));
  return dLogprob;
}
