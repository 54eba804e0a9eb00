/**
 * What the engine can show of a pass, in words of the page. The engine describes each intermediate in English
 * (`engine/capture/capturable.ts`); the test beside this file sees that all of them are known here.
 */
import { type Phrase, phrase, say } from '../language/language';

const KNOWN: readonly Phrase[] = [
  phrase('the token as a vector'),
  phrase('what the adapter adds to this layer'),
  phrase('a linear layer, adapter included'),
  phrase('what attention reads'),
  phrase('what a token looks for'),
  phrase('what a token offers'),
  phrase('the normaliser of the scores'),
  phrase('how much each head looks at each earlier token'),
  phrase('what the heads gathered'),
  phrase('the stream after attention'),
  phrase('what the MLP reads'),
  phrase('gated activations'),
  phrase('the stream after the block'),
  phrase('the last state'),
  phrase('a score for every next token'),
];

/** Gradients name the weight they are of. */
const OF_WEIGHT: readonly Phrase[] = [
  phrase('how the loss changes with {weight}'),
  phrase('how strongly the loss pulls at {weight}'),
];

/** As the engine has it, if it is not known. */
export function intermediateWords(what: string): string {
  const known = KNOWN.find((text) => text === what);
  if (known) return say(known);
  for (const text of OF_WEIGHT) {
    const before = text.slice(0, text.indexOf('{'));
    if (what.startsWith(before)) return say(text, { weight: what.slice(before.length) });
  }
  return what;
}
