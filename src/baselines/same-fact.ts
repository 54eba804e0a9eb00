/**
 * How a new fact stands to one that is held: it says the same, says more, puts another value in its place, takes it back,
 * or is about something else. This is the conflict rule that stands in for a model's judgement.
 *
 * The same matter is: the same frame, the same subject (one's words of content are among the other's: "the guest with the
 * red glass", "the red glass") and the same topic. What is said to be over ("no longer", "not … but") names the old value
 * and needs no topic. Beside that, the signs of the audit count (`memory/audit/contradictions.ts`): two sentences alike
 * but for one place. As there, what may hold twice ("likes") is taken for a change: one thing at a time is remembered.
 */
import { contradiction } from '../memory/audit/contradictions';
import { readEntry } from '../memory/audit/reading';
import { isContent, wordsOf } from '../memory/audit/words';
import type { ReadFact } from './read-sentence';
import { sameTopic, topicOf } from './relation-topics';

export type Standing = 'same' | 'richer' | 'replaces' | 'takes-back' | 'other';

export interface Judged {
  readonly standing: Standing;
  readonly why: string;
}

const OTHER: Judged = { standing: 'other', why: 'about something else' };

/** @param held was there first */
export function standing(held: ReadFact, fresh: ReadFact): Judged {
  if (folded(held.text) === folded(fresh.text)) return { standing: 'same', why: 'said in the same words' };
  if (held.frame !== fresh.frame) return OTHER;
  const [a, b] = [held.parts, fresh.parts];
  if (a && b && sameSubject(a.subject, b.subject)) {
    const value = fresh.denies ? b.value : fresh.over.find((one) => sameWords(one, a.value));
    if (fresh.denies) {
      const about = sameWords(a.value, value ?? '') || sameTopic(topicOf(a.relation), topicOf(b.relation));
      return about ? { standing: 'takes-back', why: `denies that ${held.text}` } : OTHER;
    }
    if (value !== undefined) return { standing: 'replaces', why: `says that "${a.value}" is over` };
    if (fresh.over.length > 0) return OTHER;
    if (sameTopic(topicOf(a.relation), topicOf(b.relation))) {
      if (sameWords(a.value, b.value)) return { standing: 'same', why: 'same subject, topic and value' };
      if (holds(b.value, a.value)) return { standing: 'richer', why: `says more than "${a.value}"` };
      if (holds(a.value, b.value)) return { standing: 'same', why: `"${a.value}" says as much` };
      return { standing: 'replaces', why: `same subject and topic, "${b.value}" for "${a.value}"` };
    }
  }
  // Two subjects that could be read and differ are two matters, however alike the sentences.
  if (a && b && !sameSubject(a.subject, b.subject)) return OTHER;
  const audit = contradiction(readEntry(entry(held.text)), readEntry(entry(fresh.text)));
  return audit
    ? { standing: 'replaces', why: `${audit.sign}: "${audit.newer}" for "${audit.older}"` }
    : OTHER;
}

/** A correction that repeats relation and value corrects of whom it was said: "No, Ann runs the shop". */
export function correctsSubject(held: ReadFact, fresh: ReadFact): boolean {
  const [a, b] = [held.parts, fresh.parts];
  return (
    a !== null &&
    b !== null &&
    fresh.corrects &&
    held.frame === fresh.frame &&
    sameWords(a.relation, b.relation) &&
    sameWords(a.value, b.value)
  );
}

export function sameSubject(a: string, b: string): boolean {
  return holds(a, b) || holds(b, a);
}

/** Every word of content of `part` is among those of `whole`, and there is one. */
function holds(whole: string, part: string): boolean {
  const words = contentOf(whole);
  const wanted = [...contentOf(part)];
  return wanted.length > 0 && wanted.every((word) => words.has(word));
}

function sameWords(a: string, b: string): boolean {
  return holds(a, b) && holds(b, a);
}

function contentOf(text: string): ReadonlySet<string> {
  const words = wordsOf(text);
  const content = words.filter(isContent);
  return new Set((content.length > 0 ? content : words).map((word) => word.text));
}

export function folded(text: string): string {
  return wordsOf(text)
    .map((word) => word.text)
    .join(' ');
}

const entry = (content: string) => ({
  id: '',
  content,
  metadata: {},
  memoryType: '',
  created: 0,
  updated: 0,
  sourceStep: '',
});
