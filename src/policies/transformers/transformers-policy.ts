/** A model that transformers.js computes, as a `Policy`: prompts by our own tokenizer, tokens drawn as everywhere here. */
import type {
  ChatMessage,
  Policy,
  PolicyCapabilities,
  PolicyCompletion,
  PolicyGenerateOptions,
  PolicyRequest,
  SampledToken,
} from '../../agent/policy';
import { ModelFileError } from '../../engine/errors';
import type { GeneratedToken } from '../../engine/language-model';
import type { ChatTokenizer } from '../../engine/model/chat-template';
import { PromptTooLongError } from '../engine-policy';
import { PolicyChat } from '../policy-chat';
import type { DrawSettings } from '../provider';
import type { ReplyLanguage } from '../token-constraint';
import { complete } from './completions';
import { TransformersClosedError, TransformersNonFiniteError } from './transformers-errors';
import type { TransformersRuntime } from './transformers-runtime';

/** What is known of the model beside its weights. */
export interface TransformersFacts {
  readonly name: string;
  readonly dtype: string;
  readonly vocabulary: number;
  /** Positions that the model has; null where its configuration does not say. */
  readonly positions: number | null;
}

/** Messages whose length is remembered. */
const REMEMBERED = 50_000;

export class TransformersPolicy implements Policy {
  readonly id: string;
  readonly capabilities: PolicyCapabilities = {
    train: false,
    logprobs: true,
    streaming: true,
    kvReuse: true,
  };
  readonly #closing = new AbortController();
  readonly #messageTokens = new Map<string, number>();
  #chat: PolicyChat;
  /** The runtime holds one sequence: who comes later waits. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly facts: TransformersFacts,
    private readonly runtime: TransformersRuntime,
    private readonly tokenizer: ChatTokenizer,
    private draw: DrawSettings,
  ) {
    this.#chat = new PolicyChat(tokenizer, draw);
    this.id = `transformers:${facts.name}:${facts.dtype}`;
  }

  /** Longest prompt with completion, tokens. */
  get window(): number {
    const { contextTokens } = this.draw;
    return Math.min(contextTokens, this.facts.positions ?? contextTokens);
  }

  /** From the next completion on. */
  redraw(draw: DrawSettings): void {
    if (draw.thinking !== this.draw.thinking) {
      this.#chat = new PolicyChat(this.tokenizer, draw);
      this.#messageTokens.clear();
    }
    this.draw = draw;
  }

  countTokens(message: ChatMessage): number {
    const key = `${message.role}\u0000${message.content}`;
    const known = this.#messageTokens.get(key);
    if (known !== undefined) return known;
    const count = this.#chat.countTokens(message);
    if (this.#messageTokens.size > REMEMBERED) this.#messageTokens.clear();
    this.#messageTokens.set(key, count);
    return count;
  }

  /** @throws PromptTooLongError before anything is computed; TransformersError, after which it has to be opened anew */
  generate(
    requests: readonly PolicyRequest[],
    options: PolicyGenerateOptions,
  ): Promise<readonly PolicyCompletion[]> {
    const turn = this.#turn.then(() => this.inTurn(requests, options));
    // Who waits is not concerned by what went wrong before.
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** What is being generated ends as aborted. */
  close(): void {
    this.#closing.abort();
    this.runtime.close();
  }

  private async inTurn(
    requests: readonly PolicyRequest[],
    options: PolicyGenerateOptions,
  ): Promise<readonly PolicyCompletion[]> {
    const { name, dtype, vocabulary } = this.facts;
    if (this.#closing.signal.aborted) throw new TransformersClosedError(name);
    const { window, draw } = this;
    const chat = this.#chat;
    const prompts = requests.map(({ messages }) => chat.encodeChat(messages, { addGenerationPrompt: true }));
    const longest = prompts.reduce((most, { length }) => Math.max(most, length), 0);
    if (longest >= window) throw new PromptTooLongError(longest, window);
    const { onToken, signal } = options;
    const language = languageOf(options, draw);
    const generated = await complete(
      this.runtime,
      prompts.map((promptIds, i) => ({
        promptIds,
        seed: requests[i].seed,
        sharedTokens: this.sharedTokens(requests[i].messages, promptIds),
      })),
      {
        temperature: options.temperature,
        topP: options.topP ?? draw.topP,
        constraint: language && (() => chat.constraint(language)),
        maxNewTokens: options.maxNewTokens,
        stopIds: chat.stopIds,
        alternatives: options.alternatives,
        signal: signal ? AbortSignal.any([signal, this.#closing.signal]) : this.#closing.signal,
        onToken: onToken && ((request, token) => onToken(request, this.describe(token))),
      },
      { window, tokensOfAPass: this.runtime.tokensOfAPass(vocabulary) },
      () => new TransformersNonFiniteError(name, dtype),
    );
    this.runtime.forget();
    return generated.map(({ tokens, finish }, i) => {
      const ids = tokens.map(({ id }) => id);
      return {
        text: chat.opening + chat.decode(finish === 'stop' ? ids.slice(0, -1) : ids),
        promptIds: prompts[i],
        tokens: tokens.map((token) => this.describe(token)),
        finish,
      };
    });
  }

  /** Tokens of the system's message, where a prompt begins with one and the template writes it the same alone. */
  private sharedTokens([first, ...others]: readonly ChatMessage[], promptIds: readonly number[]): number {
    if (first?.role !== 'system' || others.length === 0) return 0;
    let ids: readonly number[];
    try {
      ids = this.#chat.encodeChat([first], { addGenerationPrompt: false });
    } catch (error) {
      // Some templates want a user's message in any chat.
      if (error instanceof ModelFileError) return 0;
      throw error;
    }
    return ids.length < promptIds.length && ids.every((id, i) => id === promptIds[i]) ? ids.length : 0;
  }

  private describe({ id, logprob, entropy, alternatives }: GeneratedToken): SampledToken {
    const text = (of: number) => this.#chat.tokenText(of);
    return {
      id,
      text: text(id),
      logprob,
      entropy,
      alternatives: alternatives.map((other) => ({ ...other, text: text(other.id) })),
    };
  }
}

/** What completions are held to; questions are free of the protocol, and a judge may be held to scores. */
function languageOf(
  { form, constrained }: PolicyGenerateOptions,
  draw: DrawSettings,
): ReplyLanguage | undefined {
  if (form !== undefined) return form === 'score' ? 'score' : undefined;
  return (constrained ?? draw.constrained) ? 'step' : undefined;
}
