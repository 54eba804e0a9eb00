/**
 * The protocol as a constraint on tokens. A token may come if its bytes go on with something that can still become a
 * step; so it does not matter how a tokenizer cuts the protocol up, whether a tag is one token or five, nor that a token
 * may end in the middle of a character.
 *
 * Tokens that end a turn may come where a step is whole, and nothing else may then; other control tokens never. A
 * completion that runs out of tokens before its step is whole is cut short (`finish: 'length'`) and read as it is: to
 * close it in the model's place would put words into its mouth, and a step count that is always perfect tells nothing.
 */
import { PROTOCOL_TAGS } from '../agent/protocol';
import { protocolStart } from '../agent/protocol-automaton';
import { scoreStart } from '../agent/score-language';
import type { TokenConstraint } from '../engine/language-model';

/** What is asked of a tokenizer (`TextTokenizer` is one). */
export interface TokenVocabulary {
  /** Bytes that a token stands for; none for an id without a token. */
  tokenBytes(id: number): Uint8Array;
  readonly addedTokens: readonly {
    readonly id: number;
    readonly content: string;
    readonly special: boolean;
  }[];
}

/** What a completion is held to. */
export type ReplyLanguage = 'step' | 'score';

/** Makes constraints for the completions of one model. */
export class ProtocolConstraints {
  private readonly stops: ReadonlySet<number>;
  private readonly control: ReadonlySet<number>;

  /** @param stopIds ids that end a turn */
  constructor(
    private readonly vocabulary: TokenVocabulary,
    stopIds: readonly number[],
  ) {
    this.stops = new Set(stopIds);
    this.control = new Set(
      vocabulary.addedTokens
        .filter(({ special, content }) => special && !PROTOCOL_TAGS.includes(content))
        .map(({ id }) => id),
    );
  }

  /**
   * For one completion: a step, or the score of a judge.
   * @param opening what the chat template has written of it already
   * @throws ProtocolOpeningError, ScoreOpeningError
   */
  open(opening: string, language: ReplyLanguage = 'step'): TokenConstraint {
    let state = language === 'step' ? protocolStart(opening) : scoreStart(opening);
    const after = (id: number) => {
      if (this.control.has(id)) return undefined;
      const bytes = this.vocabulary.tokenBytes(id);
      // A token of no bytes would never come to an end.
      return bytes.length === 0 ? undefined : state.after(bytes);
    };
    return {
      allows: (id) => (this.stops.has(id) ? state.canEnd : after(id) !== undefined),
      accept: (id) => {
        if (!this.stops.has(id)) state = after(id) ?? state;
      },
    };
  }
}
