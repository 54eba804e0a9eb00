/** How texts of a task are shown: what does not fit into the policy's window, with its numbers, and long ones by their beginning. */
import type { TaskFit } from '../../worker/own-protocol';
import { say } from '../language/language';

export function tooLong({ texts, promptLimit }: TaskFit): string {
  const [{ kind, n, tokens }] = texts;
  const values = { n, tokens, limit: promptLimit };
  const needs =
    kind === 'message'
      ? say('Message {n} needs {tokens} tokens; the model that acts reads at most {limit} at a time.', values)
      : kind === 'distractor'
        ? say(
            'Distractor {n} needs {tokens} tokens; the model that acts reads at most {limit} at a time.',
            values,
          )
        : say(
            'The question needs {tokens} tokens; the model that acts reads at most {limit} at a time.',
            values,
          );
  return `${needs} ${say('Shorten it, or let a model with a longer window act.')}`;
}

/** Characters of a text that are laid out; a message may have tens of thousands. */
const SHOWN = 400;

export function beginning(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)} …` : text;
}
