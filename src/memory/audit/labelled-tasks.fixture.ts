/** Entries with the truth about them, from this project's generated tasks: what the audit's figures are measured on. */

import { DEFAULT_WORD_SHARES } from '../../tasks/inventory';
import { LADDER } from '../../tasks/ladder';
import { Drafter, fill, patternsFor } from '../../tasks/qa/draft';
import { qaFamily } from '../../tasks/qa/family';
import { RELATIONS } from '../../tasks/qa/relations';
import { createRandom } from '../../tasks/random';
import type { Split, TaskMessage } from '../../tasks/task';
import type { EntryText } from '../memory';

export interface LabelledEntry {
  readonly entry: EntryText;
  readonly kind: TaskMessage['kind'];
  /** Subject and relation; empty for what states no fact. */
  readonly about: string;
  readonly value: string;
}

/** `message`: the user's words. `plain`: "subject relation value", as a tidy policy stores it; facts only. */
export type Form = 'message' | 'plain';

export function entryOf(content: string, i: number, rest: Partial<EntryText> = {}): EntryText {
  const time = 1000 * (i + 1);
  return {
    id: `m${i + 1}`,
    content,
    metadata: {},
    memoryType: '',
    created: time,
    updated: time,
    sourceStep: '',
    ...rest,
  };
}

/** What the tasks of these seeds say in stage 1, in order; with `distractors` stage 2 as well. */
export function labelledEntries(
  split: Split,
  seeds: readonly number[],
  { form = 'message', distractors = false }: { readonly form?: Form; readonly distractors?: boolean } = {},
): readonly LabelledEntry[] {
  const labelled: LabelledEntry[] = [];
  for (const seed of seeds) {
    for (const difficulty of LADDER) {
      const task = qaFamily.generate(seed, split, difficulty);
      const told = new Map<string, number>();
      for (const message of [...task.messages, ...(distractors ? task.distractors : [])]) {
        const fact = task.facts.find(({ id }) => id === message.factIds[0]);
        if (form === 'plain' && !fact) continue;
        const times = fact ? (told.get(fact.id) ?? 0) : 0;
        if (fact) told.set(fact.id, times + 1);
        const value = fact ? ([...fact.superseded, fact.value][times] ?? '') : '';
        const content =
          form === 'plain' && fact ? `${fact.subject} ${fact.relation} ${value}` : message.content;
        const about = fact ? `${fact.subject} ${fact.relation}` : '';
        labelled.push({ entry: entryOf(content, labelled.length), kind: message.kind, about, value });
      }
    }
  }
  return labelled;
}

export interface LabelledPair {
  readonly left: string;
  readonly right: string;
  readonly same: boolean;
}

/** Pairs of sentences about one person: the same fact in two patterns or slightly changed, and different ones. */
export function wordingPairs(split: Split, seeds: number): readonly LabelledPair[] {
  const pairs: LabelledPair[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const draft = new Drafter(createRandom('wording', split, seed), split, DEFAULT_WORD_SHARES);
    const [relation, next] = [RELATIONS[seed % RELATIONS.length], RELATIONS[(seed + 3) % RELATIONS.length]];
    const fact = draft.fact(draft.person(), relation);
    const others = [draft.fact(fact.subject, relation), draft.fact(fact.subject, next)];
    const say = (pattern: string, { subject, values } = fact) => fill(pattern, { s: subject, v: values[0] });
    const patterns = patternsFor(relation.statements, split);
    for (const [i, pattern] of patterns.entries()) {
      const left = say(pattern);
      for (const other of patterns.slice(i + 1)) pairs.push({ left, right: say(other), same: true });
      pairs.push({ left, right: `By the way, ${left}`, same: true });
      pairs.push({ left, right: left.replace('.', ' now.'), same: true });
      const different = [
        ...patternsFor(relation.misleading, split).map((other) => say(other)),
        ...patterns.map((other) => say(other, others[0])),
        ...patternsFor(next.statements, split).map((other) => say(other, others[1])),
        `It is not true that ${left}`,
      ];
      for (const right of different) pairs.push({ left, right, same: false });
    }
  }
  return pairs;
}
