/**
 * The engine's language model as a `Policy`: chat messages become token ids through the model's own
 * template, sampled ids become text. The ids that were fed and sampled are handed back untouched;
 * training uses those and never tokenises text again.
 */
import type {
  ChatMessage,
  Policy,
  PolicyCapabilities,
  PolicyCompletion,
  PolicyGenerateOptions,
  PolicyRequest,
  SampledToken,
} from '../agent/policy';
import type { GeneratedToken, LanguageModel, TokenConstraint } from '../engine/language-model';
import type { ReplyLanguage } from './token-constraint';

/** What this policy needs of a tokenizer with a chat template (`engine/model/chat-template.ts`). */
export interface ChatCodec {
  encodeChat(messages: readonly ChatMessage[], options: { readonly addGenerationPrompt: boolean }): number[];
  decode(ids: readonly number[]): string;
  tokenText(id: number): string;
  /** Ids that end a completion. */
  readonly stopIds: readonly number[];
  /** What the template writes of the reply itself; a completion's text begins with it. Default ''. */
  readonly opening?: string;
  /** Tokens a message costs in a prompt. Default: what it is encoded to alone. */
  countTokens?(message: ChatMessage): number;
  /** Only completions that follow the protocol, or only scores; for one completion. Left out where that cannot be had. */
  constraint?(language: ReplyLanguage): TokenConstraint;
}

/** Constrained drawing was asked of a chat format that has none. */
export class ConstraintUnavailableError extends Error {
  override readonly name = 'ConstraintUnavailableError';
  constructor(policy: string) {
    super(`${policy} cannot draw under the protocol. Switch constrained decoding off.`);
  }
}

export class PromptTooLongError extends Error {
  constructor(
    readonly tokens: number,
    readonly limit: number,
  ) {
    super(
      `The prompt has ${tokens} tokens and the model reads at most ${limit} including its answer. ` +
        'Filter or summarise the context, or choose a smaller hard context limit.',
    );
    this.name = 'PromptTooLongError';
  }
}

export class EnginePolicy implements Policy {
  readonly capabilities: PolicyCapabilities = {
    train: true,
    logprobs: true,
    streaming: true,
    kvReuse: false,
  };
  private readonly messageTokens = new Map<string, number>();

  /** `useAdapter: false` is the base (and reference) policy; both views may share one model. */
  constructor(
    readonly id: string,
    readonly model: LanguageModel,
    private readonly codec: ChatCodec,
    private readonly useAdapter: boolean,
  ) {}

  /** The same policy acting through another model, e.g. one that records. */
  on(model: LanguageModel): EnginePolicy {
    return new EnginePolicy(this.id, model, this.codec, this.useAdapter);
  }

  countTokens(message: ChatMessage): number {
    const key = `${message.role}\u0000${message.content}`;
    const known = this.messageTokens.get(key);
    if (known !== undefined) return known;
    const count =
      this.codec.countTokens?.(message) ??
      this.codec.encodeChat([message], { addGenerationPrompt: false }).length;
    // Bounded: chat text repeats a lot, but an open-ended session must not grow for ever.
    if (this.messageTokens.size > 50_000) this.messageTokens.clear();
    this.messageTokens.set(key, count);
    return count;
  }

  async generate(
    requests: readonly PolicyRequest[],
    options: PolicyGenerateOptions,
  ): Promise<readonly PolicyCompletion[]> {
    const prompts = requests.map((request) =>
      this.codec.encodeChat(request.messages, { addGenerationPrompt: true }),
    );
    const longest = prompts.reduce((most, prompt) => Math.max(most, prompt.length), 0);
    // A completion gets what the window leaves; a prompt that leaves nothing is refused.
    if (longest >= this.model.maxPositions) {
      throw new PromptTooLongError(longest, this.model.maxPositions);
    }
    const { onToken } = options;
    const { codec } = this;
    const generated = await this.model.generate(
      prompts.map((promptIds, i) => ({ promptIds, seed: requests[i].seed })),
      {
        temperature: options.temperature,
        topP: options.topP,
        constraint: this.constraints(options),
        maxNewTokens: options.maxNewTokens,
        stopIds: this.codec.stopIds,
        useAdapter: this.useAdapter,
        alternatives: options.alternatives ?? 0,
        signal: options.signal,
        onToken: onToken ? (request, token) => onToken(request, this.describe(token)) : undefined,
      },
    );
    return generated.map((completion, i) => {
      const ids = completion.tokens.map((token) => token.id);
      const stopped = completion.finish === 'stop';
      return {
        text: (codec.opening ?? '') + codec.decode(stopped ? ids.slice(0, -1) : ids),
        promptIds: prompts[i],
        tokens: completion.tokens.map((token) => this.describe(token)),
        finish: completion.finish,
      };
    });
  }

  private constraints({ form, constrained }: PolicyGenerateOptions): (() => TokenConstraint) | undefined {
    const { constraint } = this.codec;
    if (form === 'score') return constraint && (() => constraint.call(this.codec, 'score'));
    if (form !== undefined || !constrained) return undefined;
    if (!constraint) throw new ConstraintUnavailableError(this.id);
    return () => constraint.call(this.codec, 'step');
  }

  private describe(token: GeneratedToken): SampledToken {
    return {
      id: token.id,
      text: this.codec.tokenText(token.id),
      logprob: token.logprob,
      entropy: token.entropy,
      alternatives: token.alternatives.map((other) => ({
        id: other.id,
        text: this.codec.tokenText(other.id),
        logprob: other.logprob,
      })),
    };
  }
}
