/**
 * Completions from logits: a prompt is read in pieces, then tokens are drawn one by one, each fed back. One request
 * after the other. Tokens are drawn as the engine draws them on the host: the same weights and seed give the same text,
 * as far as rounding allows.
 *
 * The beginning that prompts share (the system's message, with protocol and tools most of a prompt) is read once and
 * gone on from. It is always read on its own, whether or not it was kept: so a completion depends to the bit on its
 * prompt and seed alone, not on what was asked before.
 */
import type {
  Generated,
  GeneratedToken,
  GenerateOptions,
  GenerateRequest,
} from '../../engine/language-model';
import { mostLikely } from '../../engine/model/generation';
import { drawOnHost } from '../../engine/model/host-sampling';
import type { After } from './transformers-protocol';

/** Whoever computes logits; one sequence at a time. */
export interface LogitsReader {
  /** @returns `[vocab]`, of the token after the last one of `ids` */
  read(ids: readonly number[], after: After): Promise<Float32Array>;
  /** What was read last, which `ids` are, can be gone on from again. */
  keep(ids: readonly number[]): Promise<void>;
  /** Tokens that can be gone on from; none at first. */
  readonly kept: readonly number[];
}

/** A request whose prompt may begin as those of others do. */
export interface SharedRequest extends GenerateRequest {
  /** First tokens of `promptIds`, fewer than all, that further prompts are likely to begin with; 0: none. */
  readonly sharedTokens: number;
}

export interface CompletionLimits {
  /** Most tokens read at once: between two pieces of a prompt an abort is heard. */
  readonly tokensOfAPass: number;
  /** Prompt with completion. */
  readonly window: number;
}

/**
 * In the order of the requests; those that an abort leaves unfinished end as `aborted`.
 * @throws what the reader throws, DrawError, and what `nonFinite` gives for numbers that are none
 */
export async function complete(
  reader: LogitsReader,
  requests: readonly SharedRequest[],
  options: Omit<GenerateOptions, 'useAdapter' | 'readEvery'>,
  limits: CompletionLimits,
  nonFinite: () => Error,
): Promise<readonly Generated[]> {
  const { temperature, topP = 1, stopIds, alternatives = 0, signal, onToken } = options;
  /** Undefined when aborted. */
  const unlessAborted = async <T>(act: () => Promise<T>): Promise<T | undefined> => {
    if (signal?.aborted) return undefined;
    try {
      return await act();
    } catch (error) {
      // Closing aborts and then ends the reader, in the middle of a pass.
      if (signal?.aborted) return undefined;
      throw error;
    }
  };
  const read = (ids: readonly number[], after: After) => unlessAborted(() => reader.read(ids, after));
  /** In pieces; undefined when aborted. */
  const readAll = async (ids: readonly number[], after: After) => {
    let logits: Float32Array | undefined;
    for (let at = 0; at < ids.length; at += limits.tokensOfAPass) {
      logits = await read(ids.slice(at, at + limits.tokensOfAPass), at === 0 ? after : 'last');
      if (!logits) return undefined;
    }
    return logits;
  };
  const readPrompt = async ({ promptIds, sharedTokens }: SharedRequest) => {
    if (sharedTokens === 0) return readAll(promptIds, 'nothing');
    const shared = promptIds.slice(0, sharedTokens);
    if (!equal(reader.kept, shared)) {
      if (!(await readAll(shared, 'nothing'))) return undefined;
      await unlessAborted(() => reader.keep(shared));
    }
    return readAll(promptIds.slice(sharedTokens), 'kept');
  };
  const completions: Generated[] = [];
  for (const [request, asked] of requests.entries()) {
    const { promptIds, seed } = asked;
    const tokens: GeneratedToken[] = [];
    const most = Math.min(options.maxNewTokens, limits.window - promptIds.length);
    const constraint = options.constraint?.(request);
    let finish: Generated['finish'] | undefined = most <= 0 ? 'length' : undefined;
    let logits = finish ? undefined : await readPrompt(asked);
    while (logits && !finish) {
      const drawn = drawOnHost(logits, { temperature, topP, seed, index: tokens.length, constraint });
      if (!Number.isFinite(drawn.logprob) || !Number.isFinite(drawn.entropy)) throw nonFinite();
      const likely = alternatives > 0 ? mostLikely(logits, temperature, alternatives) : [];
      const token = { ...drawn, alternatives: likely };
      tokens.push(token);
      onToken?.(request, token);
      if (stopIds.includes(token.id)) finish = 'stop';
      else if (tokens.length >= most) finish = 'length';
      else logits = await read([token.id], 'last');
    }
    completions.push({ tokens, finish: finish ?? 'aborted' });
  }
  return completions;
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}
