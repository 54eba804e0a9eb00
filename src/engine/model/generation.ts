/**
 * Sampling completions for a batch of prompts.
 *
 * The token drawn at index i of a request depends on (seed, i) and the model only. Requests go in waves
 * that share a cache. A wave is decoded one token per pass (`plain-generation.ts`), or, for a small model
 * on a GPU and where nobody asks for alternatives, a nucleus or a constraint, many tokens a dispatch
 * (`fused-generation.ts`); the first is the oracle of the second.
 */
import type { Tensor } from '../backend';
import { NonFiniteError } from '../errors';
import type {
  FinishReason,
  Generated,
  GeneratedToken,
  GenerateOptions,
  GenerateRequest,
  TokenAlternative,
} from '../language-model';
import type { ActiveAdapter, DecoderContext } from './decoder';
import { EventLoopTurns } from './event-loop-turns';
import type { FusedDecoder } from './fused-decoder';
import { FusedWave } from './fused-generation';
import { checkTopP } from './host-sampling';
import { cacheElementsPerToken } from './kv-cache';
import { planMicroBatches } from './packed-batch';
import { drawsOnHost, PlainWave } from './plain-generation';
import type { TokenPace } from './token-pace';
import { sortedOrder } from './token-tree';

/** Cache memory of one wave of requests: 256 MiB of float32; more requests wait for the next wave. */
const CACHE_ELEMENTS = 2 ** 26;
/** Prompt rows of one prefill pass. */
export const PREFILL_ROWS = 4096;

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
  /** Rows computed after their sequence had met a stop id, because nobody had looked yet. */
  wastedRows: number;
  /** Times that somebody waited for what was drawn. */
  readbacks: number;
}

export function noGenerationYet(): GenerationCounts {
  return { promptTokens: 0, prefilledTokens: 0, decodedTokens: 0, wastedRows: 0, readbacks: 0 };
}

/** The many-tokens way, where it is open. */
export interface FusedWay {
  readonly decoder: FusedDecoder;
  /** The flat adapter on the device. */
  readonly adapter: Tensor | undefined;
  readonly pace: TokenPace;
  /** Tokens of every dispatch, whatever the pace; default: as the pace says. */
  readonly fixedTokens?: number;
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
  checkTopP(options.topP ?? 1);
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
      await new PlainWave(context, options, adapter, turns, counts).run(members, capacities);
    }
  }
  for (const { tokens } of sequences) counts.decodedTokens += tokens.length;
  return sequences.map(({ tokens, finish }) => ({ tokens, finish: finish ?? 'aborted' }));
}

/** Alternatives and draws on the host need the logits, and the kernel knows four stop ids. */
function fitsFused(options: GenerateOptions): boolean {
  const { alternatives = 0, stopIds } = options;
  return alternatives === 0 && stopIds.length <= 4 && !drawsOnHost(options);
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
