/**
 * Sampling completions for a batch of prompts.
 *
 * Prompts are prefilled as a forest (what they share is computed once), then all unfinished sequences
 * advance one token per pass; a finished one leaves the batch. The token drawn at index i of a request
 * depends on (seed, i) and the model only. A pass costs one small readback, the ids; log-probs and
 * entropies collect on the device and are read when a listener wants them or at the end.
 *
 * A small model on a GPU takes another way, many tokens a dispatch (`fused-generation.ts`), where nobody
 * asks for alternatives; this one is its oracle.
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
import type { FusedDecoder } from './fused-decoder';
import { FusedWave } from './fused-generation';
import { logitsOf } from './head';
import { cacheElementsPerToken, type KvCache, openCache, packCached, packPrompts } from './kv-cache';
import { planMicroBatches, uploadRows } from './packed-batch';
import { uniformAt } from './random';
import type { TokenPace } from './token-pace';
import { planForests, sortedOrder } from './token-tree';

/** Cache memory of one wave of requests: 256 MiB of float32; more requests wait for the next wave. */
const CACHE_ELEMENTS = 2 ** 26;
/** Prompt rows of one prefill pass. */
export const PREFILL_ROWS = 4096;
/** Log-probs and entropies kept on the device between readbacks. */
const LOG_ELEMENTS = 2 ** 16;

/** One request on its way. */
export interface Sequence {
  readonly request: number;
  readonly promptIds: readonly number[];
  readonly seed: number;
  /** Row range in the cache. */
  slot: number;
  readonly ids: number[];
  readonly tokens: GeneratedToken[];
  finish: FinishReason | undefined;
}

/** What generation did since the model was opened; shared prefixes are counted once in `prefilled`. */
export interface GenerationCounts {
  /** Tokens of all prompts. */
  promptTokens: number;
  /** Rows computed for them. */
  prefilledTokens: number;
  decodedTokens: number;
}

/** The many-tokens way, where it is open. */
export interface FusedWay {
  readonly decoder: FusedDecoder;
  /** The flat adapter on the device. */
  readonly adapter: Tensor | undefined;
  readonly pace: TokenPace;
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
  counts: GenerationCounts,
  adapter?: ActiveAdapter,
  fused?: FusedWay,
): Promise<readonly Generated[]> {
  const sequences = requests.map((request, index): Sequence => {
    const { promptIds, seed } = request;
    return { request: index, promptIds, seed, slot: 0, ids: [], tokens: [], finish: undefined };
  });
  const turns = new EventLoopTurns();
  const longest = (sequence: Sequence): number =>
    Math.min(sequence.promptIds.length + options.maxNewTokens, maxPositions);
  // Sorted, so that prompts that share a prefix are neighbours in the cache.
  const sorted = sortedOrder(sequences.map(({ promptIds }) => promptIds)).map((index) => sequences[index]);
  const waves = planMicroBatches(
    sorted.map(longest),
    Math.floor(CACHE_ELEMENTS / cacheElementsPerToken(context.config)),
  );
  for (const wave of waves) {
    const members = wave.map((index) => sorted[index]);
    members.forEach((sequence, slot) => {
      sequence.slot = slot;
      if (options.maxNewTokens <= 0) sequence.finish = 'length';
      counts.promptTokens += sequence.promptIds.length;
    });
    const capacities = members.map(longest);
    if (fused && fitsFused(options)) {
      await new FusedWave(context, options, adapter, fused, counts).run(members, capacities);
    } else {
      await new Wave(context, options, adapter, turns, members.length, counts).run(members, capacities);
    }
  }
  for (const { tokens } of sequences) counts.decodedTokens += tokens.length;
  return sequences.map(({ tokens, finish }) => ({ tokens, finish: finish ?? 'aborted' }));
}

/** Alternatives need the logits, and the kernel knows four stop ids. */
function fitsFused({ alternatives = 0, stopIds }: GenerateOptions): boolean {
  return alternatives === 0 && stopIds.length <= 4;
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
    private readonly counts: GenerationCounts,
  ) {
    this.#log = new SampleLog(context, options, size);
  }

  async run(sequences: readonly Sequence[], capacities: readonly number[]): Promise<void> {
    const { signal } = this.options;
    const { backend, scratch, config } = this.context;
    const cache = openCache(backend, scratch, config, capacities);
    const waiting = sequences.filter((sequence) => !sequence.finish);
    const prompts = waiting.map(({ promptIds }) => promptIds);
    for (const { members, rows } of planForests(prompts, PREFILL_ROWS)) {
      if (signal?.aborted) break;
      const batch = members.map((index) => waiting[index]);
      this.counts.prefilledTokens += rows;
      await this.prefill(cache, batch);
      this.finishLongest(batch, capacities);
    }
    for (;;) {
      const active = sequences.filter((sequence) => !sequence.finish);
      if (active.length === 0 || signal?.aborted) break;
      await this.step(cache, active);
      this.finishLongest(active, capacities);
      await this.turns.maybe();
    }
    await this.#log.drain();
    for (const sequence of sequences) sequence.finish ??= 'aborted';
  }

  /** Reads prompts into the cache and samples the first token of each. */
  private async prefill(cache: KvCache, sequences: readonly Sequence[]): Promise<void> {
    const { context } = this;
    const { packed, last } = packPrompts(
      cache,
      sequences.map(({ promptIds }) => promptIds),
      sequences.map(({ slot }) => slot),
    );
    const states = forward(context, uploadRows(context.scratch, packed), this.adapter, cache);
    await this.sample(this.pick(states.hidden, last, states.rows), sequences);
  }

  /** The state after each prompt; equal prompts share one. */
  private pick(hidden: Tensor, last: Int32Array, rows: number): Tensor {
    if (last.length === rows && last.every((row, place) => row === place)) return hidden;
    const { backend, scratch, config } = this.context;
    const dim = config.hiddenSize;
    const index = scratch.ints('sample.picks', last.length);
    backend.write(index, last);
    const out = scratch.floats('sample.states', last.length * dim);
    backend.gatherRows({ out, x: hidden, index, rows: last.length, dim });
    return out;
  }

  /** Reads the newest token of each sequence into the cache and samples one more. */
  private async step(cache: KvCache, sequences: readonly Sequence[]): Promise<void> {
    const { context } = this;
    const newest = sequences.map(({ slot, promptIds, ids }) => ({
      slot,
      past: promptIds.length + ids.length - 1,
      ids: [ids[ids.length - 1]],
    }));
    const rows = uploadRows(context.scratch, packCached(cache, newest));
    await this.sample(forward(context, rows, this.adapter, cache).hidden, sequences);
  }

  private async sample(hidden: Tensor, sequences: readonly Sequence[]): Promise<void> {
    const logits = logitsOf(this.context, hidden, sequences.length);
    const ids = await this.#log.sample(logits, sequences);
    sequences.forEach((sequence, row) => {
      sequence.ids.push(ids[row]);
      if (this.options.stopIds.includes(ids[row])) sequence.finish = 'stop';
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
        accept(sequence, token, this.options);
      });
    }
    this.#pending = [];
    this.#used = 0;
  }
}

/** Adds a token and tells the listener. @throws NonFiniteError for one of a model that has diverged */
export function accept(sequence: Sequence, token: GeneratedToken, options: GenerateOptions): void {
  if (!Number.isFinite(token.logprob)) {
    throw new NonFiniteError(
      'non-finite-logprob',
      `The model gave log-probability ${token.logprob} to a sampled token (request ${sequence.request}, ` +
        `token ${sequence.tokens.length}): weights or adapter have diverged. Go back to an earlier checkpoint.`,
    );
  }
  sequence.tokens.push(token);
  options.onToken?.(sequence.request, token);
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
