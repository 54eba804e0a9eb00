/**
 * The extractor of facts that needs no model: cuts a message into sentences, drops small talk, and reads of each what it
 * is about. It stands in for the language model of LangMem, A-Mem and Mem0 where the policy cannot write their replies.
 *
 * It is general English by rule: it sees the message alone, no gold data, no list of the tasks' patterns and no name. A
 * sentence it can read is a fact with subject, relation and value; one that it cannot read but that names or numbers
 * something is kept as it stands. How much it finds in each family is measured by `read-sentence.test.ts`.
 *
 * Small talk is what the audit's classifier takes for it (`memory/audit/junk.ts`), and what speaks of nothing.
 * Source: the rules are ours [D].
 */
import { JUNK, judge } from '../memory/audit/junk';
import { namesOf, numbersOf, wordsOf } from '../memory/audit/words';
import { sentencesOf, withoutLead } from './sentence-lead';
import { type Parts, partsOf, withoutChange } from './sentence-parts';

export interface ReadFact {
  /** What is kept: the sentence without titles and announcements, without what it says to be over, with its frame. */
  readonly text: string;
  /** Null: it names something, but which of whom could not be read. */
  readonly parts: Parts | null;
  /** It is announced as a correction. */
  readonly corrects: boolean;
  /** It speaks of a change, or says what is over. */
  readonly changes: boolean;
  /** Values said to be over. */
  readonly over: readonly string[];
  /** It denies, and puts nothing in place of it. */
  readonly denies: boolean;
  /** Where it holds, e.g. "In a novel,"; null: here. */
  readonly frame: string | null;
}

export interface ReadMessage {
  readonly facts: readonly ReadFact[];
  /** Sentences that were dropped. */
  readonly smallTalk: readonly string[];
}

/**
 * The bound of the audit's classifier for a sentence of a particular shape: such speak of where something is or what it
 * takes, which a classifier learnt on chat about people takes for passing.
 */
const JUNK_OF_A_SHAPE = 8;
/** Longest message that is read; of longer ones the beginning. Characters. */
const MOST_CHARACTERS = 20_000;

export function readMessage(message: string): ReadMessage {
  const facts: ReadFact[] = [];
  const smallTalk: string[] = [];
  for (const sentence of sentencesOf(message.slice(0, MOST_CHARACTERS))) {
    const fact = readSentence(sentence);
    if (fact) facts.push(fact);
    else smallTalk.push(sentence);
  }
  return { facts, smallTalk };
}

/** Null: small talk. */
export function readSentence(sentence: string): ReadFact | null {
  if (/\?\s*$/.test(sentence)) return null;
  const { body, corrects, frame } = withoutLead(sentence);
  const change = withoutChange(body);
  const parts = partsOf(change.text);
  if (judge(body).score >= (parts?.sure ? JUNK_OF_A_SHAPE : JUNK)) return null;
  const words = wordsOf(body);
  const named = namesOf(words).length > 0 || numbersOf(words).length > 0;
  if (!parts && !named) return null;
  const text = change.kept;
  return {
    text: frame === null ? capitalised(text) : `${frame} ${text}`,
    parts,
    corrects,
    changes: change.changes,
    over: change.over,
    denies: change.denies,
    frame,
  };
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
