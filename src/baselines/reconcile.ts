/** The rule by which new facts are brought together with those that are held, where no model judges. */
import { type ReadFact, readSentence } from './read-sentence';
import { correctsSubject, type Judged, type Standing, standing } from './same-fact';

export interface Held {
  readonly id: string;
  readonly text: string;
}

export type Verdict =
  | { readonly event: 'ADD'; readonly why: string }
  | { readonly event: 'NONE'; readonly id: string | null; readonly why: string }
  /** The text of this id becomes that of the fact; those of `also` are over as well. */
  | { readonly event: 'UPDATE'; readonly id: string; readonly also: readonly string[]; readonly why: string }
  | { readonly event: 'DELETE'; readonly ids: readonly string[]; readonly why: string };

/** @param held nearest first */
export function reconcile(held: readonly Held[], fact: ReadFact): Verdict {
  const judged = held.map(({ id, text }) => ({ id, ...standing(factOf(text), fact) }));
  const those = (kind: Standing): readonly (Judged & { readonly id: string })[] =>
    judged.filter((one) => one.standing === kind);
  const [same] = those('same');
  const replaced = those('replaces');
  if (same && replaced.length === 0) return { event: 'NONE', id: same.id, why: same.why };
  // It is held already, and so is what it replaces: that one goes.
  if (same) return { event: 'DELETE', ids: replaced.map(({ id }) => id), why: replaced[0].why };
  const back = those('takes-back');
  if (back.length > 0) return { event: 'DELETE', ids: back.map(({ id }) => id), why: back[0].why };
  const [first, ...rest] = [...replaced, ...those('richer')];
  if (first) return { event: 'UPDATE', id: first.id, also: rest.map(({ id }) => id), why: first.why };
  const turned = held.find(({ text }) => correctsSubject(factOf(text), fact));
  if (turned) return { event: 'UPDATE', id: turned.id, also: [], why: 'a correction that repeats the value' };
  return { event: 'ADD', why: 'nothing held is about this' };
}

/** A text as a fact; one that cannot be read is compared by its words alone. */
export function factOf(text: string): ReadFact {
  return (
    readSentence(text) ?? {
      text,
      parts: null,
      corrects: false,
      changes: false,
      over: [],
      denies: false,
      frame: null,
    }
  );
}
