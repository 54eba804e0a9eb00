/** What the worker says of memories, in words of the page: findings, reasons of the lab, embedders, what takes room. */
import type { JournalRecord } from '../../worker/memory-protocol';
import { type Phrase, phrase } from '../language/language';
import { retell } from '../language/retell';

const SPANS: readonly Phrase[] = [
  phrase('{n} day'),
  phrase('{n} days'),
  phrase('{n} hour'),
  phrase('{n} hours'),
  phrase('{n} minute'),
  phrase('{n} minutes'),
];

const SIGNS: readonly Phrase[] = [
  phrase('has the same subject and relation in its metadata, with {newer} in the place of {older}'),
  phrase('takes {older} back and says {newer}'),
  phrase('says {newer} in the same sentence in which this says {older}'),
];

const FINDINGS: readonly Phrase[] = [
  phrase('{n} entries say the same, letter by letter.'),
  phrase('{n} entries say the same, but for capitals and punctuation.'),
  phrase(
    '{n} entries have the same names, numbers and words of content; their wording is alike by {least} or more (from {from} on).',
  ),
  phrase('Sounds like small talk or hearsay, by {signs} (score {score}, from {from} on).'),
  phrase('Sounds like small talk or hearsay (score {score}, from {from} on).'),
  phrase('{id} is newer by {time} and {sign}.'),
  phrase('{id} is newer and {sign}.'),
  phrase('None of the {n} retrievals since it was written has found it.'),
  phrase('Neither written nor retrieved for {time}.'),
];

const REASONS: readonly Phrase[] = [
  phrase('changed by hand'),
  phrase('proposed by the audit'),
  phrase('merged'),
  phrase('emptied by hand'),
  phrase('copied from {title}'),
  phrase('kept from the episode on view'),
  phrase('Import of {file}'),
  phrase('from the log of {n} change'),
  phrase('from the log of {n} changes'),
  phrase('from the backup of {time} and {n} change logged since'),
  phrase('from the backup of {time} and {n} changes logged since'),
  phrase('from the backup of {time}'),
  phrase('found so after the browser had lost or damaged what was stored'),
  phrase('neither written nor retrieved for {time}, the rule of this memory'),
];

const EMBEDDERS: readonly Phrase[] = [
  phrase('Spelling'),
  phrase('Words and pieces of words, in any language; no meanings. Works offline from the first second.'),
  phrase('The policy’s hidden states'),
  phrase('How the policy itself reads a text, in English. To look at; it finds less than spelling does.'),
  phrase('No policy is loaded yet.'),
  phrase('Meaning, English'),
  phrase('What sentences mean, in English: finds what was said in other words.'),
  phrase('Meaning, fifty languages'),
  phrase('What sentences mean, across some fifty languages; five times as large.'),
  phrase('A sentence encoder of your own.'),
  phrase('About {n} MB are loaded once, from this site if it has them, else from huggingface.co.'),
];

const LOSSES: readonly Phrase[] = [
  phrase('Everything that is remembered. Memories are deleted one by one, or a whole memory at a time.'),
  phrase(
    'The history of each memory: who wrote what when and why, earlier states, undo. It goes with its memory.',
  ),
  phrase('Nothing that could not be made again from the texts. They go with their memory.'),
  phrase(
    'All saved training runs with their adapters and rollouts. Single ones are deleted where they are listed, under Training.',
  ),
  phrase('Tasks of your own. They are deleted a set at a time, under “Your own data”.'),
  phrase(
    'What memories are restored from when the browser loses them: backups, and the log of what came after them. New ones are made with the next change.',
  ),
  phrase('Nothing: the next start of a large memory takes longer, and makes them anew.'),
];

/** Why an audit found something; null if it is not known. */
export const findingWords = (text: string): string | null =>
  retell(text, FINDINGS, { time: SPANS, sign: SIGNS });

/** What is said of an embedder; null if it is not known, as of one that the user brought. */
export const embedderWords = (text: string): string | null => retell(text, EMBEDDERS);

/** What is lost with something stored; null if it is not known. */
export const lossWords = (text: string): string | null => retell(text, LOSSES);

/** Why something was done: what a policy thought, as it is; what the lab wrote down, in the language on view. */
export function reasonWords({ by, why }: Pick<JournalRecord, 'by' | 'why'>): string {
  return (by.kind === 'policy' ? null : retell(why, REASONS, { time: SPANS })) ?? why;
}
