/**
 * Completions from logits: a prompt is read in pieces, then tokens are drawn one by one, each fed back. One request
 * after the other, so a completion depends on its prompt and seed alone. Tokens are drawn as the engine draws them on
 * the host: the same weights and seed give the same text, as far as rounding allows.
 */
import type {
  Generated,
  GeneratedToken,
  GenerateOptions,
  GenerateRequest,
} from '../../engine/language-model';
import { mostLikely } from '../../engine/model/generation';
import { drawOnHost } from '../../engine/model/host-sampling';

/** Whoever computes logits; one sequence at a time. */
export interface LogitsReader {
  /**
   * Tokens that follow those that were read; `anew`: the first ones of a sequence.
   * @returns `[vocab]`, of the token after the last one
   */
  read(ids: readonly number[], anew: boolean): Promise<Float32Array>;
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
  requests: readonly GenerateRequest[],
  options: Omit<GenerateOptions, 'useAdapter' | 'readEvery'>,
  limits: CompletionLimits,
  nonFinite: () => Error,
): Promise<readonly Generated[]> {
  const { temperature, topP = 1, stopIds, alternatives = 0, signal, onToken } = options;
  const read = async (ids: readonly number[], anew: boolean): Promise<Float32Array | undefined> => {
    if (signal?.aborted) return undefined;
    try {
      return await reader.read(ids, anew);
    } catch (error) {
      // Closing aborts and then ends the reader, in the middle of a pass.
      if (signal?.aborted) return undefined;
      throw error;
    }
  };
  const readPrompt = async (ids: readonly number[]) => {
    let logits: Float32Array | undefined;
    for (let at = 0; at < ids.length; at += limits.tokensOfAPass) {
      logits = await read(ids.slice(at, at + limits.tokensOfAPass), at === 0);
      if (!logits) return undefined;
    }
    return logits;
  };
  const completions: Generated[] = [];
  for (const [request, { promptIds, seed }] of requests.entries()) {
    const tokens: GeneratedToken[] = [];
    const most = Math.min(options.maxNewTokens, limits.window - promptIds.length);
    const constraint = options.constraint?.(request);
    let finish: Generated['finish'] | undefined = most <= 0 ? 'length' : undefined;
    let logits = finish ? undefined : await readPrompt(promptIds);
    while (logits && !finish) {
      const drawn = drawOnHost(logits, { temperature, topP, seed, index: tokens.length, constraint });
      if (!Number.isFinite(drawn.logprob) || !Number.isFinite(drawn.entropy)) throw nonFinite();
      const likely = alternatives > 0 ? mostLikely(logits, temperature, alternatives) : [];
      const token = { ...drawn, alternatives: likely };
      tokens.push(token);
      onToken?.(request, token);
      if (stopIds.includes(token.id)) finish = 'stop';
      else if (tokens.length >= most) finish = 'length';
      else logits = await read([token.id], false);
    }
    completions.push({ tokens, finish: finish ?? 'aborted' });
  }
  return completions;
}
