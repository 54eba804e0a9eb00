/**
 * The protocol followed while it is written: whether what has come can still become a step, whether it is one already,
 * and what must come next. A state is immutable and cheap to keep; see `grammar/byte-automaton.ts`.
 *
 *     const state = protocolStart().afterText('<think></think><answer>Os');
 *     state.canEnd                      // false: not yet a step
 *     state.afterText('lo</answer>')    // a step
 *     state.afterText('</answer><')     // undefined: nothing that follows makes it one
 */
import { type AutomatonState, ByteAutomaton } from './grammar/byte-automaton';
import { PROTOCOL_LANGUAGE } from './protocol-language';

let automaton: ByteAutomaton | undefined;

/** The prompt ends with something that is no beginning of a step. */
export class ProtocolOpeningError extends Error {
  override readonly name = 'ProtocolOpeningError';
  constructor(opening: string) {
    super(
      `The chat template begins the reply with ${JSON.stringify(opening)}, which no step of the protocol begins with. ` +
        'Use the model without constrained decoding.',
    );
  }
}

/**
 * Before the first token.
 * @param opening what the chat template has written of the reply already: `<think>\n`, or empty thoughts
 * @throws ProtocolOpeningError
 */
export function protocolStart(opening = ''): AutomatonState {
  // One for all: it grows with the texts it has seen, up to the size of the protocol.
  automaton ??= new ByteAutomaton(PROTOCOL_LANGUAGE.whole);
  const state = automaton.start.afterText(opening);
  if (!state) throw new ProtocolOpeningError(opening);
  return state;
}

/** Whether a step can begin with this text. */
export function mayBegin(text: string): boolean {
  return protocolStart().afterText(text) !== undefined;
}

/** Whether this text is a step that keeps to the protocol, as narrowly as constrained drawing does. */
export function isStep(text: string): boolean {
  return protocolStart().afterText(text)?.canEnd ?? false;
}
