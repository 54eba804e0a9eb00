/**
 * The pieces a question-answering task is put together from: people and their facts (with the
 * revision each may get), and the sentences about them. Everything is drawn from one inventory and
 * from the patterns of one split, so that the splits stay apart whatever the composer asks for.
 */
import { createInventory, type Inventory, isEvaluationStatement, type WordShares } from '../inventory';
import type { Random } from '../random';
import type { Split, TaskMessage } from '../task';
import { type PatternSet, PERSON_RELATIONS, RELATIONS, type Relation, VALUE_RELATIONS } from './relations';
import { CHATTER, FRAMES, OPENERS } from './small-talk';

/** Share of statements that open with "By the way, " or the like. */
const OPENER_SHARE = 0.2;
/** Share of small talk about a person of the task, where the pattern has a person. */
const CHATTER_ABOUT_KNOWN = 0.5;
/** Share of distractors that state the asked relation of somebody else; the rest only mislead. */
const SAME_RELATION_SHARE = 0.65;

/** A fact under construction. `values`: oldest first, the last is the current one. */
export interface DraftFact {
  readonly subject: string;
  readonly relation: Relation;
  readonly values: readonly string[];
}

/** Patterns fit for this split: only `unseen-patterns` uses those kept out of training. */
export function patternsFor(set: PatternSet, split: Split): readonly string[] {
  return split === 'unseen-patterns' ? set.unseen : set.train;
}

/** Fills {s}, {v}, {o}, {n}; a slot without value stays as it is. */
export function fill(pattern: string, slots: Readonly<Record<string, string>>): string {
  return pattern.replace(/\{(\w)\}/g, (whole, name: string) => slots[name] ?? whole);
}

/** "In a novel, " + "The home of …" reads "In a novel, the home of …". */
function withOpening(opening: string, pattern: string): string {
  const continues = opening.endsWith(', ') && !pattern.startsWith('{') && !pattern.startsWith('I ');
  return opening + (continues ? pattern.charAt(0).toLowerCase() + pattern.slice(1) : pattern);
}

export class Drafter {
  readonly #inventory: Inventory;
  readonly #people: string[] = [];
  readonly #usedChatter = new Set<string>();

  constructor(
    readonly random: Random,
    readonly split: Split,
    shares: WordShares,
  ) {
    this.#inventory = createInventory(random, split, shares);
  }

  /** A new person of the task. */
  person(): string {
    const name = this.#inventory.draw('person');
    this.#people.push(name);
    return name;
  }

  /** A value of the relation's kind that makes a statement admissible in this split. */
  #value(subject: string, relation: Relation): string {
    const wantEvaluation = this.split === 'evaluation';
    return this.#inventory.draw(
      relation.valueKind,
      (value) =>
        this.split === 'unseen-names' ||
        isEvaluationStatement(subject, relation.relation, value) === wantEvaluation,
    );
  }

  /** A fact with `revisions` later values (0 or 1 in the shipped ladder). */
  fact(subject: string, relation: Relation, revisions = 0): DraftFact {
    const values = Array.from({ length: revisions + 1 }, () => this.#value(subject, relation));
    if (relation.noun) this.#people.push(...values);
    return { subject, relation, values };
  }

  relation(
    options: { readonly revisable?: boolean; readonly valueOnly?: boolean } = {},
    except: readonly Relation[] = [],
  ): Relation {
    // Relations between people are six near-copies of one; keep them to about a quarter.
    const pool = options.valueOnly || this.random.chance(0.75) ? VALUE_RELATIONS : RELATIONS;
    const fitting = pool.filter((r) => !except.includes(r) && (!options.revisable || r.revisions));
    return this.random.pick(fitting);
  }

  personRelation(): Relation {
    return this.random.pick(PERSON_RELATIONS);
  }

  statement(fact: DraftFact, id: string): TaskMessage {
    const pattern = this.random.pick(patternsFor(fact.relation.statements, this.split));
    const opener = this.random.chance(OPENER_SHARE) ? this.random.pick(patternsFor(OPENERS, this.split)) : '';
    const content = fill(withOpening(opener, pattern), { s: fact.subject, v: fact.values[0] ?? '' });
    return { content, kind: 'fact', factIds: [id] };
  }

  /** The message that replaces value number `index` - 1 by value number `index`. */
  revision(fact: DraftFact, id: string, index = 1): TaskMessage {
    const set = fact.relation.revisions;
    if (!set) throw new RangeError(`"${fact.relation.relation}" has no revision patterns`);
    const content = fill(this.random.pick(patternsFor(set, this.split)), {
      s: fact.subject,
      v: fact.values[index] ?? '',
      o: fact.values[index - 1] ?? '',
    });
    return { content, kind: 'revision', factIds: [id] };
  }

  chatter(): TaskMessage {
    const fresh = patternsFor(CHATTER, this.split).filter((pattern) => !this.#usedChatter.has(pattern));
    const pattern = this.random.pick(fresh);
    this.#usedChatter.add(pattern);
    const content = pattern.replace(/\{([ptf])\}/g, (_, slot: string) => {
      if (slot === 't') return this.#inventory.draw('place');
      if (slot === 'f') return this.#inventory.draw('food');
      const known = this.#people.length > 0 && this.random.chance(CHATTER_ABOUT_KNOWN);
      return known ? this.random.pick(this.#people) : this.#inventory.draw('person');
    });
    return { content, kind: 'chatter', factIds: [] };
  }

  /**
   * A stage-2 message close to what will be asked: the same relation of a stranger, or a remark
   * about the very subject with a value of the same kind. Never a revision: it is framed as hearsay
   * or fiction, and strangers share no name with the task.
   */
  distractor(asked: DraftFact): TaskMessage {
    const frame = this.random.pick(patternsFor(FRAMES, this.split));
    const stranger = this.random.chance(SAME_RELATION_SHARE);
    const set = stranger ? asked.relation.statements : asked.relation.misleading;
    const subject = stranger ? this.#inventory.draw('person') : asked.subject;
    const value = this.#value(subject, asked.relation);
    const pattern = this.random.pick(patternsFor(set, this.split));
    return {
      content: fill(withOpening(frame, pattern), { s: subject, v: value }),
      kind: 'distractor',
      factIds: [],
    };
  }
}
