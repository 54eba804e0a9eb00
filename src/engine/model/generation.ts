/**
 * Sampling completions for a batch of prompts.
 *
 * Prompts are prefilled packed, then all unfinished sequences advance one token per pass; a finished
 * one leaves the batch. The token drawn at index i of a request depends on (seed, i) and the model
 * only. A pass costs one small readback, the ids; log-probs and entropies collect on the device and
 * are read when a listener wants them or at the end.
 */
import type { Tensor } from '../backend';
import { VIEW_ALIGNMENT } from '../backend';
import { NonFiniteError } from '../errors';
import type {
  FinishReason,
  Generated,
  GeneratedToken,
  GenerateOptions,
  GenerateRequest,
  TokenAlternative,
} from '../language-model';
import { type ActiveAdapter, type DecoderContext, forward } from './decoder';
import { EventLoopTurns } from './event-loop-turns';
import { logitsOf } from './head';
import { type CachedTokens, cacheElementsPerToken, type KvCache, openCache, packCached } from './kv-cache';
import { planMicroBatches, uploadRows } from './packed-batch';
import { uniformAt } from './random';

/** Cache memory of one wave of requests: 256 MiB of float32; more requests wait for the next wave. */
const CACHE_ELEMENTS = 2 ** 26;
/** Prompt tokens of one prefill pass. */
const PREFILL_TOKENS = 4096;
/** Log-probs and entropies kept on the device between readbacks. */
const LOG_ELEMENTS = 2 ** 16;

/** One request on its way. */
interface Sequence {
  readonly request: number;
  readonly promptIds: readonly number[];
  readonly seed: number;
  /** Row range in the cache. */
  slot: number;
  readonly ids: number[];
  readonly tokens: GeneratedToken[];
  finish: FinishReason | undefined;
}

/**
 * Runs all requests to their ends.
 * @param maxPositions no sequence grows longer than this; prompts are shorter (checked by the caller)
 */
export async function generate(
  context: DecoderContext,
  requests: readonly GenerateRequest[],
  options: GenerateOptions,
  maxPositions: number,
  adapter?: ActiveAdapter,
): Promise<readonly Generated[]> {
  const sequences = requests.map((request, index): Sequence => {
    const { promptIds, seed } = request;
    return { request: index, promptIds, seed, slot: 0, ids: [], tokens: [], finish: undefined };
  });
  const turns = new EventLoopTurns();
  const longest = (sequence: Sequence): number =>
    Math.min(sequence.promptIds.length + options.maxNewTokens, maxPositions);
  const waves = planMicroBatches(
    sequences.map(longest),
    Math.floor(CACHE_ELEMENTS / cacheElementsPerToken(context.config)),
  );
  for (const wave of waves) {
    const members = wave.map((index) => sequences[index]);
    await new Wave(context, options, adapter, turns, members.length).run(members, members.map(longest));
  }
  return sequences.map(({ tokens, finish }) => ({ tokens, finish: finish ?? 'aborted' }));
}

/** Requests that share a cache. */
class Wave {
  readonly #log: SampleLog;

  constructor(
    private readonly context: DecoderContext,
    private readonly options: GenerateOptions,
    private readonly adapter: ActiveAdapter | undefined,
    private readonly turns: EventLoopTurns,
    size: number,
  ) {
    this.#log = new SampleLog(context, options, size);
  }

  async run(sequences: readonly Sequence[], capacities: readonly number[]): Promise<void> {
    const { signal, maxNewTokens } = this.options;
    sequences.forEach((sequence, slot) => {
      sequence.slot = slot;
      if (maxNewTokens <= 0) sequence.finish = 'length';
    });
    const cache = openCache(this.context.scratch, this.context.config, capacities);
    const waiting = sequences.filter((sequence) => !sequence.finish);
    const prompts = waiting.map(({ promptIds }) => promptIds.length);
    for (const batch of planMicroBatches(prompts, PREFILL_TOKENS)) {
      if (signal?.aborted) break;
      const members = batch.map((index) => waiting[index]);
      await this.pass(cache, members, (sequence) => {
        return { slot: sequence.slot, past: 0, ids: sequence.promptIds };
      });
      this.finishLongest(members, capacities);
    }
    for (;;) {
      const active = sequences.filter((sequence) => !sequence.finish);
      if (active.length === 0 || signal?.aborted) break;
      await this.pass(cache, active, (sequence) => ({
        slot: sequence.slot,
        past: sequence.promptIds.length + sequence.ids.length - 1,
        ids: [sequence.ids[sequence.ids.length - 1]],
      }));
      this.finishLongest(active, capacities);
      await this.turns.maybe();
    }
    await this.#log.drain();
    for (const sequence of sequences) sequence.finish ??= 'aborted';
  }

  /** Reads new tokens of some sequences into the cache and samples one more token for each. */
  private async pass(
    cache: KvCache,
    sequences: readonly Sequence[],
    newTokens: (sequence: Sequence) => CachedTokens,
  ): Promise<void> {
    const { context, options } = this;
    const rows = uploadRows(context.scratch, packCached(cache, sequences.map(newTokens)));
    const states = forward(context, rows, this.adapter, cache);
    const logits = logitsOf(context, states.hidden, states.rows);
    const ids = await this.#log.sample(logits, sequences);
    sequences.forEach((sequence, row) => {
      sequence.ids.push(ids[row]);
      if (options.stopIds.includes(ids[row])) sequence.finish = 'stop';
    });
  }

  private finishLongest(sequences: readonly Sequence[], capacities: readonly number[]): void {
    for (const sequence of sequences) {
      const full = sequence.promptIds.length + sequence.ids.length >= capacities[sequence.slot];
      if (full) sequence.finish ??= 'length';
    }
  }
}

/** What was sampled in one pass, still on the device. */
interface Sampled {
  readonly sequences: readonly Sequence[];
  readonly ids: Int32Array;
  readonly logprobOffset: number;
  readonly entropyOffset: number;
  readonly alternatives: readonly (readonly TokenAlternative[])[] | undefined;
}

/** Samples, and collects log-probs and entropies until somebody needs them. */
class SampleLog {
  readonly #buffer: Tensor;
  #pending: Sampled[] = [];
  #used = 0;

  /** @param maxRows the most sequences of one pass */
  constructor(
    private readonly context: DecoderContext,
    private readonly options: GenerateOptions,
    maxRows: number,
  ) {
    this.#buffer = context.scratch.floats('sample.log', Math.max(LOG_ELEMENTS, 2 * aligned(maxRows)));
  }

  async sample(logits: Tensor, sequences: readonly Sequence[]): Promise<Int32Array> {
    const { backend, scratch, config } = this.context;
    const { temperature, alternatives = 0, onToken } = this.options;
    const rows = sequences.length;
    const uniforms = scratch.floats('sample.uniforms', rows);
    backend.write(
      uniforms,
      Float32Array.from(sequences, ({ seed, ids }) => uniformAt(seed, ids.length)),
    );
    const stride = aligned(rows);
    if (this.#used + 2 * stride > this.#buffer.length) await this.drain();
    const logprobOffset = this.#used;
    const entropyOffset = this.#used + stride;
    this.#used += 2 * stride;
    const ids = scratch.ints('sample.ids', rows);
    backend.sample({
      ids,
      logprob: backend.view(this.#buffer, logprobOffset, rows, 'sample.logprob'),
      entropy: backend.view(this.#buffer, entropyOffset, rows, 'sample.entropy'),
      logits,
      uniforms,
      rows,
      vocab: config.vocabSize,
      temperature,
    });
    const [drawn, allLogits] = await Promise.all([
      backend.readInts(ids),
      alternatives > 0 ? backend.readFloats(logits) : undefined,
    ]);
    const best =
      allLogits &&
      sequences.map((_, row) =>
        mostLikely(
          allLogits.subarray(row * config.vocabSize, (row + 1) * config.vocabSize),
          temperature,
          alternatives,
        ),
      );
    this.#pending.push({ sequences, ids: drawn, logprobOffset, entropyOffset, alternatives: best });
    if (onToken) await this.drain();
    return drawn;
  }

  /** Reads what is pending, completes the tokens and tells the listener. */
  async drain(): Promise<void> {
    if (this.#pending.length === 0) return;
    const { backend } = this.context;
    const values = await backend.readFloats(backend.view(this.#buffer, 0, this.#used, 'sample.log'));
    for (const { sequences, ids, logprobOffset, entropyOffset, alternatives } of this.#pending) {
      sequences.forEach((sequence, row) => {
        const token: GeneratedToken = {
          id: ids[row],
          logprob: values[logprobOffset + row],
          entropy: values[entropyOffset + row],
          alternatives: alternatives?.[row] ?? [],
        };
        if (!Number.isFinite(token.logprob)) {
          throw new NonFiniteError(
            'non-finite-logprob',
            `The model gave log-probability ${token.logprob} to a sampled token (request ${sequence.request}, ` +
              `token ${sequence.tokens.length}): weights or adapter have diverged. Go back to an earlier checkpoint.`,
          );
        }
        sequence.tokens.push(token);
        this.options.onToken?.(sequence.request, token);
      });
    }
    this.#pending = [];
    this.#used = 0;
  }
}

function aligned(rows: number): number {
  return Math.ceil(rows / VIEW_ALIGNMENT) * VIEW_ALIGNMENT;
}

/** The `count` (at least 1) largest of log softmax(logits / temperature), best first; temperature 0 reads as 1. */
export function mostLikely(
  logits: ArrayLike<number>,
  temperature: number,
  count: number,
): readonly TokenAlternative[] {
  const scale = temperature > 0 ? 1 / temperature : 1;
  let max = -Infinity;
  for (let id = 0; id < logits.length; id++) max = Math.max(max, logits[id] * scale);
  let total = 0;
  for (let id = 0; id < logits.length; id++) total += Math.exp(logits[id] * scale - max);
  const lse = max + Math.log(total);
  const best: number[] = [];
  for (let id = 0; id < logits.length; id++) {
    if (best.length === count && logits[id] <= logits[best[count - 1]]) continue;
    let place = best.length;
    while (place > 0 && logits[id] > logits[best[place - 1]]) place--;
    best.splice(place, 0, id);
    if (best.length > count) best.pop();
  }
  return best.map((id) => ({ id, logprob: logits[id] * scale - lse }));
}
