/**
 * A judge's score as a language, for policies that can be held to one: `<score>0.0</score>` to `<score>1.0</score>`, and
 * nothing else. Then every reply can be read, also of a model that was never taught to judge; whether it means anything
 * only its agreement with the rules can tell.
 *
 * A model whose template begins the reply with thoughts thinks to their end first.
 */
import { type AutomatonState, ByteAutomaton } from './grammar/byte-automaton';
import { grammarText } from './grammar/ebnf';
import { choice, oneOf, type Pattern, repeated, sequence, until } from './grammar/pattern';

const SCORE = sequence('<score>', choice(sequence('0.', oneOf([0x30, 0x39])), '1.0'), '</score>');
const AFTER_THOUGHTS = sequence(repeated(oneOf(' \n'), 2), SCORE);
const IN_THOUGHTS = sequence(until('</think>'), AFTER_THOUGHTS);

/** The chat template begins the reply with something a score cannot follow. */
export class ScoreOpeningError extends Error {
  override readonly name = 'ScoreOpeningError';
  constructor(opening: string) {
    super(
      `The chat template begins the reply with ${JSON.stringify(opening)}, after which no score can come. ` +
        'Let the judge write freely.',
    );
  }
}

/**
 * Before the first token.
 * @param opening what the chat template has written of the reply already: nothing, `<think>\n`, or empty thoughts
 * @throws ScoreOpeningError
 */
export function scoreStart(opening = ''): AutomatonState {
  const rest = restAfter(opening);
  const automaton = automata.get(rest) ?? new ByteAutomaton(rest);
  automata.set(rest, automaton);
  return automaton.start;
}

/** One for all replies: it remembers what it has seen. */
const automata = new Map<Pattern, ByteAutomaton>();

/** The same as EBNF, for engines that constrain decoding themselves. @throws ScoreOpeningError */
export function scoreGrammar(opening = ''): string {
  return grammarText(restAfter(opening));
}

function restAfter(opening: string): Pattern {
  if (opening.trim() === '') return SCORE;
  if (/^<think>[^<]*$/.test(opening)) return IN_THOUGHTS;
  if (/^<think>[^<]*<\/think>\s*$/.test(opening)) return AFTER_THOUGHTS;
  throw new ScoreOpeningError(opening);
}
