/**
 * One GRPO update without waiting: for each micro-batch the reference policy's log-probs, forward,
 * loss, backward; then clipping and AdamW; several times over for several updates on a batch.
 *
 * Everything is enqueued and nothing is read but one tensor at the end: the sums of every row for
 * every update, and the gradient norms. A micro-batch is one recording for the device (on WebGPU one
 * command encoder and one submit), and at most two are under way, so memory is bounded, progress is
 * real and an abort is heard soon.
 *
 * The whole update happens or none of it: a gradient that is not finite changes nothing on the device
 * (`clipFactor`, `adamW`), and whatever fails or is aborted is undone from a copy made there.
 */
import { type Backend, type FloatArray, type Tensor, VIEW_ALIGNMENT } from '../backend';
import { NonFiniteError, PassAbortedError } from '../errors';
import type { PolicyBatch, PolicyUpdate, PolicyUpdateOptions, PolicyUpdateResult } from '../language-model';
import { addRowSums, countTokens, emptyMetrics, rowWeights } from '../training/grpo-loss';
import { packCredits, type ReadSums, type RowCredit, readSums, SUMS_WIDTH } from '../training/policy-loss';
import { type DecoderContext, forward } from './decoder';
import { trainingForward } from './decoder-training';
import { EventLoopTurns } from './event-loop-turns';
import { TokenHead } from './head';
import { namingTensor } from './non-finite-trace';
import { uploadRows } from './packed-batch';
import { type PackedTargets, packSamples, planSamples } from './samples';
import type { Learning, PassShape } from './token-passes';
import type { Trainable } from './trainable';

/** A micro-batch ready to run: packed, weighed, and with its place in the tensors that span the update. */
interface Prepared {
  readonly batch: PackedTargets;
  readonly members: readonly number[];
  readonly rows: number;
  readonly credits: Float64Array;
  /** `[targets, 2]`: log-prob at sampling, mask. */
  readonly sampled: Float64Array;
  /** First element among the reference log-probs of the update. */
  readonly referenceAt: number;
  /** First element among the sums of one pass over the batch. */
  readonly sumsAt: number;
  /** No term of the loss has a gradient here, so there is nothing to carry back. */
  readonly silent: boolean;
}

/** Norm and clip factor of one update take one aligned slot. */
const NORM_SLOT = VIEW_ALIGNMENT;
/** Recordings under way at once: one computes while the next is made. */
const MOST_UNDER_WAY = 2;

function aligned(length: number): number {
  return Math.ceil(length / VIEW_ALIGNMENT) * VIEW_ALIGNMENT;
}

/** See `LanguageModel.updatePolicy`. @throws PassAbortedError, NonFiniteError; nothing has changed then */
export async function updatePolicy(
  context: DecoderContext,
  batch: PolicyBatch,
  options: PolicyUpdateOptions,
  shape: PassShape,
  learning: Learning,
  learned: Trainable,
): Promise<PolicyUpdateResult> {
  const run = new PolicyUpdateRun(context, batch, options, shape, learning, learned);
  // Before anything is enqueued: what follows may be undone.
  const undo = learned.keep();
  learned.zeroGradients();
  try {
    return await run.run();
  } catch (error) {
    undo();
    if (!(error instanceof NonFiniteError)) throw error;
    throw await namingTensor(context, error, async (traced) => {
      try {
        await new PolicyUpdateRun(
          traced,
          batch,
          { ...options, onProgress: undefined },
          shape,
          learning,
          learned,
        ).run();
      } finally {
        undo();
      }
    });
  }
}

class PolicyUpdateRun {
  readonly #backend: Backend;
  readonly #prepared: readonly Prepared[];
  /** `[updates][sums of every row]`, then `[updates][norm, clip factor]`. */
  readonly #record: Tensor;
  readonly #reference: Tensor;
  readonly #sumsLength: number;
  readonly #turns = new EventLoopTurns();
  #underWay: Promise<void>[] = [];
  #done = 0;

  constructor(
    private readonly context: DecoderContext,
    private readonly batch: PolicyBatch,
    private readonly options: PolicyUpdateOptions,
    private readonly shape: PassShape,
    private readonly learning: Learning,
    private readonly learned: Trainable,
  ) {
    const { scratch } = context;
    this.#backend = context.backend;
    this.#prepared = this.prepare();
    const last = this.#prepared.at(-1);
    this.#sumsLength = last ? last.sumsAt + aligned(last.members.length * SUMS_WIDTH) : 0;
    const references = last ? last.referenceAt + aligned(last.batch.targets.length) : 0;
    this.#reference = scratch.floats('policy.reference', Math.max(1, references));
    const { iterations } = options;
    this.#record = scratch.floats('policy.record', iterations * (this.#sumsLength + NORM_SLOT));
  }

  async run(): Promise<PolicyUpdateResult> {
    const { iterations, optimiser, onProgress, signal } = this.options;
    const total = iterations * this.#prepared.reduce((sum, { rows }) => sum + rows, 0);
    // Samples without completion tokens have no rows; their sums are nothing.
    this.#backend.fill(this.#record, 0);
    for (let iteration = 0; iteration < iterations; iteration++) {
      for (const prepared of this.#prepared) {
        if (signal?.aborted) throw new PassAbortedError();
        if (prepared.batch.targets.length > 0) this.enqueue(prepared, iteration);
        await this.recorded();
        this.#done += prepared.rows;
        onProgress?.(this.#done, total);
        await this.#turns.maybe();
      }
      if (signal?.aborted) throw new PassAbortedError();
      const at = iterations * this.#sumsLength + iteration * NORM_SLOT;
      this.learned.enqueueUpdate(optimiser, this.#backend.view(this.#record, at, 2, 'policy.norm'));
    }
    const record = await this.#backend.readFloats(this.#record);
    this.#underWay = [];
    return {
      rows: total / iterations,
      updates: Array.from({ length: iterations }, (_, i) => this.summarise(record, i)),
    };
  }

  /** Hands over what was recorded and waits until few enough recordings are under way. */
  private async recorded(): Promise<void> {
    const done = this.#backend.flush();
    // Whoever waits hears of a failure; after an abort nobody may.
    done.catch(() => undefined);
    this.#underWay.push(done);
    if (this.#underWay.length >= MOST_UNDER_WAY) await this.#underWay.shift();
  }

  private enqueue({ batch, credits, sampled, members, ...at }: Prepared, iteration: number): void {
    const { context, learning, options } = this;
    const backend = this.#backend;
    const { scratch } = context;
    const count = batch.targets.length;
    const rows = uploadRows(scratch, batch.packed);
    const reference = this.referenceOf(batch, rows, at.referenceAt, iteration);
    const pass = trainingForward(context, rows, learning.targets, learning.adapter);
    const head = new TokenHead(context, pass, batch, this.shape.temperature);
    const { both, entropyOffset, ...measures } = head.measure();
    const gradients = scratch.floats('d.measures', entropyOffset + count);
    const deviceSampled = scratch.floats('policy.sampled', sampled.length);
    backend.write(deviceSampled, sampled);
    const deviceCredits = scratch.floats('policy.credits', credits.length);
    backend.write(deviceCredits, credits);
    backend.policyLoss({
      gradients,
      sums: backend.view(
        this.#record,
        iteration * this.#sumsLength + at.sumsAt,
        members.length * SUMS_WIDTH,
        'policy.sums',
      ),
      measures: both,
      entropyOffset,
      sampled: deviceSampled,
      reference,
      credits: deviceCredits,
      sequences: members.length,
      rows: count,
      offPolicy: options.offPolicy,
      options: options.loss,
    });
    if (at.silent) return;
    const dLogprob = backend.view(gradients, 0, count, 'd.logprob');
    const dEntropy =
      options.loss.entropyCoef === 0 ? undefined : backend.view(gradients, entropyOffset, count, 'd.entropy');
    pass.backward(
      head.backward({ both, entropyOffset, ...measures }, dLogprob, dEntropy, learning.targets.base),
    );
  }

  /** Log-probs with the adapter off: computed in the first pass over the batch, kept for the others. */
  private referenceOf(
    batch: PackedTargets,
    rows: ReturnType<typeof uploadRows>,
    start: number,
    iteration: number,
  ): Tensor | undefined {
    if (!this.options.useReference) return undefined;
    const backend = this.#backend;
    const kept = backend.view(this.#reference, start, batch.targets.length, 'policy.reference');
    if (iteration === 0) {
      const states = forward(this.context, rows, undefined);
      const { logprob } = new TokenHead(this.context, states, batch, this.shape.temperature).measure();
      backend.copy(kept, logprob);
    }
    return kept;
  }

  private prepare(): readonly Prepared[] {
    const { samples } = this.batch;
    let referenceAt = 0;
    let sumsAt = 0;
    return planSamples(samples, this.shape.microBatchTokens, this.shape.sharePrefixes).map(
      ({ members, rows }): Prepared => {
        const batch = packSamples(
          members.map((index) => samples[index]),
          this.shape.sharePrefixes,
        );
        const prepared = { batch, members, rows, referenceAt, sumsAt, ...this.weigh(members, batch) };
        referenceAt += aligned(batch.targets.length);
        sumsAt += aligned(members.length * SUMS_WIDTH);
        return prepared;
      },
    );
  }

  private weigh(members: readonly number[], { spans, targets }: PackedTargets) {
    const { sampledLogprobs, masks, advantages } = this.batch;
    const { loss, totals } = this.options;
    const sampled = new Float64Array(2 * targets.length);
    const credits = members.map((sample, i): RowCredit => {
      const { start, end } = spans[i];
      const logprobs = sampledLogprobs[sample];
      const mask = masks[sample];
      for (let t = 0; t < end - start; t++) {
        sampled[2 * (start + t)] = logprobs[t];
        sampled[2 * (start + t) + 1] = mask && mask[t] === 0 ? 0 : 1;
      }
      const weights = rowWeights(loss, totals, countTokens({ logprobs, mask }));
      return { start, end, advantage: advantages[sample], ...weights };
    });
    const silent = credits.every(({ advantage, policy, kl, entropy, tokens }) => {
      return tokens === 0 || (advantage * policy === 0 && kl === 0 && entropy === 0);
    });
    return { sampled, credits: packCredits(credits), silent };
  }

  /** Metrics of one update, from what was read. @throws NonFiniteError naming what is not finite */
  private summarise(record: FloatArray, iteration: number): PolicyUpdate {
    const { loss, iterations } = this.options;
    const metrics = emptyMetrics();
    let total = 0;
    let gap = 0;
    let tokens = 0;
    for (const { members, sumsAt } of this.#prepared) {
      members.forEach((sample, i) => {
        const at = iteration * this.#sumsLength + sumsAt;
        const sums = readSums(record.subarray(at, at + members.length * SUMS_WIDTH), i);
        this.checkSums(sums, sample, iteration);
        const logprobs = this.batch.sampledLogprobs[sample];
        addRowSums(metrics, loss, countTokens({ logprobs, mask: this.batch.masks[sample] }), sums);
        total += sums.loss;
        gap += sums.gap;
        tokens += logprobs.length;
      });
    }
    const gradNorm = record[iterations * this.#sumsLength + iteration * NORM_SLOT];
    const factor = record[iterations * this.#sumsLength + iteration * NORM_SLOT + 1];
    if (!Number.isFinite(gradNorm) || factor < 0) {
      throw new NonFiniteError(
        'non-finite-gradient',
        `The gradient norm of update ${this.learned.updates - iterations + iteration + 1} is ${gradNorm}; nothing was ` +
          'changed. Go on with a lower learning rate, or from an earlier checkpoint.',
      );
    }
    return { loss: total, metrics, gap: gap / Math.max(1, tokens), gradNorm };
  }

  private checkSums(sums: ReadSums, sample: number, iteration: number): void {
    if (sums.broken === 0 && Number.isFinite(sums.loss)) return;
    throw new NonFiniteError(
      'non-finite-logprob',
      sums.broken > 0
        ? `In update ${iteration + 1} on the batch the model gives ${sums.broken} tokens of sample ${sample} a ` +
            'log-probability that is not finite: weights or adapter have diverged. Nothing was changed; go back to an ' +
            'earlier checkpoint.'
        : `In update ${iteration + 1} on the batch the loss of sample ${sample} is ${sums.loss}. Nothing was changed; ` +
            'lower the learning rate or bound the ratios (epsilon, delta).',
    );
  }
}
