/**
 * WebLLM as a `Policy`. It draws one sequence at a time, so a batch is drawn in turn; each request has its own seed, and
 * a rollout is the same whatever it stands beside. WebLLM keeps its cache of a conversation that goes on, so the numbers
 * of a step may differ in the last bits with what was drawn before it, and with them, rarely, a token.
 *
 * Ids, log-probs, entropy and alternatives come from the logits (`token-recorder.ts`). The ids of the prompt do not:
 * WebLLM tokenises it by itself and does not say how. What a message costs is counted with the same tokenizer.json.
 *
 * What a completion is held to is a grammar that WebLLM imposes by itself, before anybody sees the logits: log-probs of
 * such completions are among what the grammar allows, where those of the other providers stay the model's.
 */
import type {
  ChatMessage,
  Policy,
  PolicyCapabilities,
  PolicyCompletion,
  PolicyGenerateOptions,
  PolicyRequest,
  SampledToken,
} from '../../agent/policy';
import { protocolGrammar } from '../../agent/protocol-grammar';
import { scoreGrammar } from '../../agent/score-language';
import type { TextTokenizer } from '../../engine/model/tokenizer';
import { PromptTooLongError } from '../engine-policy';
import type { DrawSettings } from '../provider';
import { answerHead, type ChatFrame, chatFor, NO_THINKING, promptTexts } from './chat-frame';
import type { FinishReason, GenerationOrder, RecordedToken } from './web-llm-protocol';
import type { Drawn } from './web-llm-runtime';

/** What a policy needs of a runtime. */
export interface Drawer {
  generate(
    order: GenerationOrder,
    onDrawn: (drawn: Drawn) => void,
    signal?: AbortSignal,
  ): Promise<FinishReason>;
}

export interface WebLlmPolicyParts {
  readonly id: string;
  readonly drawer: Drawer;
  readonly frame: ChatFrame;
  readonly tokenizer: TextTokenizer;
  /** Longest prompt with completion that was opened, tokens. */
  readonly window: number;
  /** The template has the switch. */
  readonly canThink: boolean;
  readonly draw: DrawSettings;
}

export class WebLlmPolicy implements Policy {
  readonly id: string;
  readonly capabilities: PolicyCapabilities = {
    train: false,
    logprobs: true,
    streaming: true,
    kvReuse: true,
  };
  #draw: DrawSettings;
  /** One sequence at a time, whoever asks. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: WebLlmPolicyParts) {
    this.id = parts.id;
    this.#draw = parts.draw;
  }

  redraw(draw: DrawSettings): void {
    this.#draw = draw;
  }

  countTokens(message: ChatMessage): number {
    return this.#tokensOf([message]);
  }

  async generate(
    requests: readonly PolicyRequest[],
    options: PolicyGenerateOptions,
  ): Promise<readonly PolicyCompletion[]> {
    const turn = this.#last.then(() => this.#inTurn(requests, options));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #inTurn(
    requests: readonly PolicyRequest[],
    options: PolicyGenerateOptions,
  ): Promise<readonly PolicyCompletion[]> {
    // Too long for any of them is told before the first is drawn.
    const rooms = requests.map((request) => this.#roomAfter(request));
    const completions: PolicyCompletion[] = [];
    for (const [index, request] of requests.entries()) {
      const maxNewTokens = Math.min(options.maxNewTokens, rooms[index]);
      completions.push(await this.#complete(index, request, { ...options, maxNewTokens }));
    }
    return completions;
  }

  async #complete(
    index: number,
    { messages, seed }: PolicyRequest,
    options: PolicyGenerateOptions,
  ): Promise<PolicyCompletion> {
    const { temperature, maxNewTokens, alternatives = 0, signal, onToken } = options;
    const tokens: SampledToken[] = [];
    if (signal?.aborted) return { text: '', promptIds: [], tokens, finish: 'aborted' };
    const { drawer, frame, tokenizer } = this.parts;
    const thinking = this.#thinking;
    // With thinking off WebLLM begins the answer with an empty thought, counts it as drawn and hands it back as text.
    const opening = thinking === false ? NO_THINKING : '';
    let text = '';
    const finish = await drawer.generate(
      {
        messages: chatFor(frame, messages),
        seed: Math.abs(Math.trunc(seed)),
        temperature,
        topP: options.topP ?? this.#draw.topP,
        maxTokens: maxNewTokens + tokenizer.encode(opening).length,
        alternatives,
        thinking,
        grammar: this.#grammar(options, opening),
      },
      (drawn) => {
        text += drawn.text;
        for (const recorded of drawn.tokens) {
          const token = describe(recorded, tokenizer);
          tokens.push(token);
          onToken?.(index, token);
        }
      },
      signal,
    );
    return { text, promptIds: [], tokens, finish };
  }

  /** Questions are free of the protocol; a judge may be held to scores. */
  #grammar({ form, constrained }: PolicyGenerateOptions, opening: string): string | null {
    if (form !== undefined) return form === 'score' ? scoreGrammar(opening) : null;
    return (constrained ?? this.#draw.constrained) ? protocolGrammar(opening) : null;
  }

  #tokensOf(messages: readonly ChatMessage[]): number {
    const { frame, tokenizer } = this.parts;
    return promptTexts(frame, messages).reduce((sum, text) => sum + tokenizer.encode(text).length, 0);
  }

  get #thinking(): boolean | null {
    return this.parts.canThink ? this.#draw.thinking : null;
  }

  /** Tokens that the window leaves for a completion. @throws PromptTooLongError where it leaves none */
  #roomAfter({ messages }: PolicyRequest): number {
    const { frame, tokenizer, window } = this.parts;
    const limit = Math.min(window, this.#draw.contextTokens);
    const head = tokenizer.encode(answerHead(frame, this.#thinking)).length;
    const tokens = head + this.#tokensOf(messages);
    if (tokens >= limit) throw new PromptTooLongError(tokens, limit);
    return limit - tokens;
  }
}

function describe(token: RecordedToken, tokenizer: TextTokenizer): SampledToken {
  return {
    ...token,
    text: tokenizer.tokenText(token.id),
    alternatives: token.alternatives.map((other) => ({ ...other, text: tokenizer.tokenText(other.id) })),
  };
}
