/** How worlds of somebody's own are named, and what is said of those that the model cannot read. */
import type { ListedTask, TaskFit } from '../../worker/own-protocol';
import { type Phrase, phrase, say } from '../language/language';

export const WORLD_KINDS: Readonly<Record<Exclude<ListedTask['kind'], 'words'>, Phrase>> = {
  pddl: phrase('PDDL:'),
  babyai: phrase('BabyAI:'),
};

export function worldTooLong({ texts, promptLimit }: TaskFit): string {
  return say(
    'A text of this world needs {tokens} tokens; the model that acts reads at most {limit} at a time. The demonstrator, a script, can play it.',
    { tokens: texts[0].tokens, limit: promptLimit },
  );
}
