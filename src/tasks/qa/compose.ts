/**
 * The difficulty ladder of the question-answering family.
 *
 *   one-fact       1 fact, 1-2 pieces of small talk, 1 distractor
 *   several        2-3 facts about people that share names or relations, 0-1 small talk, 1-2 distractors
 *   revisions      1-2 facts, one of them revised, 0-1 small talk, 1-2 distractors; mostly asks for the revised one
 *   two-hops       a relation between two people and a fact about the second, now and then revised, 1-2 distractors
 *   tight-context  2 facts, one revised, small talk, 4 distractors: C overflows unless it is tended
 *
 * Messages are short and few because a rollout pays for its whole context at every step; the
 * README of a small policy's budget is at most 256 tokens a prompt and about 900 a rollout.
 */

import type { WordShares } from '../inventory';
import { interleave, type Random } from '../random';
import type { Difficulty, Fact, Split, TaskMessage } from '../task';
import { Drafter, type DraftFact, fill, patternsFor } from './draft';
import { HOP_PHRASES } from './relations';

/** A task without its bookkeeping (id, seed, family). */
export interface ComposedTask {
  readonly messages: readonly TaskMessage[];
  readonly distractors: readonly TaskMessage[];
  readonly query: string;
  readonly answers: readonly string[];
  readonly facts: readonly Fact[];
  readonly neededFactIds: readonly string[];
  readonly keyItems: readonly string[];
}

interface Plan {
  readonly facts: readonly DraftFact[];
  /** Indices into `facts`: the chain of hops that leads to the answer; one or two long. */
  readonly asked: readonly number[];
  readonly chatter: number;
  readonly distractors: number;
}

const current = (fact: DraftFact): string => fact.values.at(-1) ?? '';

function planOneFact(draft: Drafter): Plan {
  const fact = draft.fact(draft.person(), draft.relation());
  return { facts: [fact], asked: [0], chatter: draft.random.chance(0.35) ? 2 : 1, distractors: 1 };
}

/** Two or three facts; neighbours share the subject or the relation, so that both must be read. */
function relatedFacts(draft: Drafter, count: number): DraftFact[] {
  const facts = [draft.fact(draft.person(), draft.relation())];
  while (facts.length < count) {
    const base = draft.random.pick(facts);
    const kin = draft.random.weighted([
      ['subject', 0.4],
      ['relation', 0.3],
      ['none', 0.3],
    ] as const);
    const relation =
      kin === 'relation'
        ? base.relation
        : draft.relation(
            {},
            facts.map((f) => f.relation),
          );
    facts.push(draft.fact(kin === 'subject' ? base.subject : draft.person(), relation));
  }
  return facts;
}

function planSeveral(draft: Drafter): Plan {
  const count = draft.random.chance(0.5) ? 2 : 3;
  return {
    facts: relatedFacts(draft, count),
    asked: [draft.random.int(count)],
    chatter: count === 2 ? 1 : 0,
    distractors: 1 + draft.random.int(2),
  };
}

function planRevisions(draft: Drafter): Plan {
  const revised = draft.fact(draft.person(), draft.relation({ revisable: true }), 1);
  const alone = draft.random.chance(0.4);
  const other = alone
    ? []
    : [
        draft.fact(
          draft.random.chance(0.4) ? revised.subject : draft.person(),
          draft.relation({}, [revised.relation]),
        ),
      ];
  return {
    facts: [revised, ...other],
    asked: [!alone && draft.random.chance(0.25) ? 1 : 0],
    chatter: alone || draft.random.chance(0.3) ? 1 : 0,
    distractors: 1 + draft.random.int(2),
  };
}

function planTwoHops(draft: Drafter): Plan {
  const link = draft.fact(draft.person(), draft.personRelation());
  const revisions = draft.random.chance(0.2) ? 1 : 0;
  const target = draft.fact(current(link), draft.relation({ valueOnly: true }), revisions);
  const extra = revisions === 0 && draft.random.chance(0.5);
  const bystander = extra ? [draft.fact(draft.person(), target.relation)] : [];
  return {
    facts: [link, target, ...bystander],
    asked: [0, 1],
    chatter: !extra && draft.random.chance(0.5) ? 1 : 0,
    distractors: 1 + draft.random.int(2),
  };
}

function planTightContext(draft: Drafter): Plan {
  const revised = draft.fact(draft.person(), draft.relation({ revisable: true }), 1);
  const other = draft.fact(draft.person(), draft.relation({}, [revised.relation]));
  return { facts: [revised, other], asked: [draft.random.int(2)], chatter: 1, distractors: 4 };
}

const PLANS: Readonly<Record<Difficulty, (draft: Drafter) => Plan>> = {
  'one-fact': planOneFact,
  several: planSeveral,
  revisions: planRevisions,
  'two-hops': planTwoHops,
  'tight-context': planTightContext,
};

function question(draft: Drafter, chain: readonly DraftFact[]): string {
  const last = chain.at(-1) as DraftFact;
  const link = chain.length > 1 ? chain[0] : undefined;
  const subject = link
    ? fill(draft.random.pick(HOP_PHRASES), { s: link.subject, n: link.relation.noun ?? '' })
    : last.subject;
  return fill(draft.random.pick(patternsFor(last.relation.questions, draft.split)), { s: subject });
}

/** Makes the parts of one task; all randomness from `random`, all words and patterns from `split`. */
export function composeTask(
  random: Random,
  split: Split,
  difficulty: Difficulty,
  shares: WordShares,
): ComposedTask {
  const draft = new Drafter(random, split, shares);
  const plan = PLANS[difficulty](draft);
  const id = (index: number): string => `f${index + 1}`;
  const threads = plan.facts.map((fact, index) => [
    draft.statement(fact, id(index)),
    ...fact.values.slice(1).map((_, later) => draft.revision(fact, id(index), later + 1)),
  ]);
  const chatter = Array.from({ length: plan.chatter }, () => [draft.chatter()]);
  const chain = plan.asked.map((index) => plan.facts[index] as DraftFact);
  return {
    messages: interleave(random, [...threads, ...chatter]),
    distractors: Array.from({ length: plan.distractors }, () => draft.distractor(random.pick(chain))),
    query: question(draft, chain),
    answers: [current(chain.at(-1) as DraftFact)],
    facts: plan.facts.map((fact, index) => ({
      id: id(index),
      subject: fact.subject,
      relation: fact.relation.relation,
      value: current(fact),
      superseded: fact.values.slice(0, -1),
      worthKeeping: true,
    })),
    neededFactIds: plan.asked.map(id),
    keyItems: chain.map(current),
  };
}
