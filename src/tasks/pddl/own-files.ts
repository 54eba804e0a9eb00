/**
 * A task from a user's own two PDDL files. Stage 1 tells the goal, a condition a message; stage 2 tells of other
 * people's goals in a like world; in stage 3 the world is shown and the goal is not. Worlds of AgentBoard's four domains
 * are said in its words, others as far as those words fit them (`wording.ts`), and else atom by atom.
 */
import { createRandom, type Random } from '../random';
import type { Fact, Split, Task, TaskMessage } from '../task';
import { type Atom, type Domain, isOfType, readDomain } from './domain';
import { type OwnWorld, openingOf } from './environment';
import { conditionParts, conditionText, elsewhereText } from './own-told';
import { type Problem, readProblem } from './problem';
import { StripsWorld } from './strips-world';

/** Conditions of a goal that stage 1 can tell. */
export const MOST_CONDITIONS = 32;
/** Distractors, at most. */
const DISTRACTORS = 3;

/** Something about the pair of files, not about a place in one. */
export class PddlFilesError extends Error {
  override readonly name = 'PddlFilesError';
}

export interface OwnPddlPlace {
  /** Of the task. */
  readonly id: string;
  readonly seed: number;
  readonly split: Extract<Split, 'train' | 'evaluation'>;
}

/** @throws PddlError with line and column, PddlFilesError, WorldTooLargeError */
export function taskFromPddl(
  domainText: string,
  problemText: string,
  { id, seed, split }: OwnPddlPlace,
): Task {
  const domain = readDomain(domainText);
  const problem = readProblem(problemText, domain);
  if (problem.domain !== domain.name) {
    throw new PddlFilesError(
      `The problem is for the domain "${problem.domain}", and the other file is "${domain.name}". Choose the two that belong together.`,
    );
  }
  if (problem.goal.length > MOST_CONDITIONS) {
    throw new PddlFilesError(
      `The goal has ${problem.goal.length} conditions; stage 1 can tell ${MOST_CONDITIONS}. Use a smaller problem.`,
    );
  }
  const world: OwnWorld = { domainText, problem };
  const facts = problem.goal.map(factOf);
  const random = createRandom('own-pddl', domainText, problemText);
  return {
    id,
    family: 'pddl',
    split,
    difficulty: facts.length > 1 ? 'several' : 'one-fact',
    seed,
    messages: problem.goal.map((atom, i) => ({
      content: conditionText(atom),
      kind: 'fact',
      factIds: [facts[i].id],
    })),
    distractors: distractors(random, domain, problem),
    query: openingOf(world, new StripsWorld(domain, problem)),
    answers: [],
    facts,
    neededFactIds: facts.map((fact) => fact.id),
    keyItems: facts.map(({ value }) => value),
    world,
  };
}

function factOf(atom: Atom, i: number): Fact {
  return { id: `f${i + 1}`, ...conditionParts(atom), superseded: [], worthKeeping: true };
}

/** Conditions of the same kind about other things; none where there are no other things. */
function distractors(random: Random, domain: Domain, { goal, objects }: Problem): readonly TaskMessage[] {
  const typeOf = { ...domain.constants, ...objects };
  const wanted = new Set(goal.map((atom) => atom.join(' ')));
  return goal.slice(0, DISTRACTORS).flatMap((atom): readonly TaskMessage[] => {
    const last = atom.at(-1) ?? '';
    if (!Object.hasOwn(typeOf, last)) return [];
    const others = Object.keys(typeOf)
      .filter((name) => !atom.includes(name) && isOfType(domain, typeOf[name], typeOf[last]))
      .map((name): Atom => [atom[0], ...atom.slice(1, -1), name])
      .filter((other) => !wanted.has(other.join(' ')));
    if (others.length === 0) return [];
    return [{ content: elsewhereText(random.pick(others)), kind: 'distractor', factIds: [] }];
  });
}
