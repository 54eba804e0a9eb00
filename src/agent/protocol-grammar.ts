/**
 * The protocol as a grammar text, for engines that constrain decoding themselves: WebLLM takes it as
 * `response_format: {type: 'grammar', grammar: protocolGrammar()}`. It accepts what the automaton accepts, and required
 * texts that begin with white space beyond ASCII (see `grammar/ebnf.ts`).
 */
import { grammarText } from './grammar/ebnf';
import { ProtocolOpeningError, protocolStart } from './protocol-automaton';
import { PROTOCOL_LANGUAGE, type ProtocolPart } from './protocol-language';

/**
 * EBNF of what may follow `opening`, which the chat template has written of the reply already.
 * @throws ProtocolOpeningError for one that no step begins with
 */
export function protocolGrammar(opening = ''): string {
  return grammarText(PROTOCOL_LANGUAGE[partAfter(opening)]);
}

function partAfter(opening: string): ProtocolPart {
  if (opening === '') return 'whole';
  const state = protocolStart(opening);
  // An opening ends in the thoughts or behind them; further on there would be nothing left to think about.
  if (/^<think>[^<]*$/.test(opening)) return 'in-thoughts';
  if (/^<think>[^<]*<\/think>\s*$/.test(opening) && state.afterText('<answer>')) return 'after-thoughts';
  throw new ProtocolOpeningError(opening);
}
