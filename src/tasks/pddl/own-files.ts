/**
 * A task from a user's own two PDDL files. Stage 1 tells the goal, a condition a message; in stage 3 the world is shown
 * and the goal is not. Worlds of AgentBoard's four domains are said in its words, others atom by atom.
 */

import { hashString } from '../random';
import type { Fact, Task } from '../task';
import type { Atom } from './domain';
import { readDomain } from './domain';
import { type OwnWorld, openingOf } from './environment';
import { readProblem } from './problem';
import { StripsWorld } from './strips-world';
import { sentence } from './wording';

/** Conditions of a goal that stage 1 can tell. */
export const MOST_CONDITIONS = 32;

/** Something about the pair of files, not about a place in one. */
export class PddlFilesError extends Error {
  override readonly name = 'PddlFilesError';
}

/** @throws PddlError with line and column, PddlFilesError, WorldTooLargeError */
export function taskFromPddl(domainText: string, problemText: string): Task {
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
  return {
    id: `pddl/own/${hashString(domainText + problemText).toString(16)}`,
    family: 'pddl',
    split: 'evaluation',
    difficulty: 'several',
    seed: 0,
    messages: problem.goal.map((atom, i) => ({
      content: `In the end it must be so: ${sentence(atom).trim()}`,
      kind: 'fact',
      factIds: [facts[i].id],
    })),
    distractors: [
      { content: 'Somebody else wants everything left as it is.', kind: 'distractor', factIds: [] },
    ],
    query: openingOf(world, new StripsWorld(domain, problem)),
    answers: [],
    facts,
    neededFactIds: facts.map(({ id }) => id),
    keyItems: problem.goal.map((atom) => atom.at(-1) ?? atom[0]),
    world,
  };
}

function factOf(atom: Atom, i: number): Fact {
  const [predicate, subject = predicate, ...rest] = atom;
  return {
    id: `f${i + 1}`,
    subject,
    relation: predicate,
    value: rest.at(-1) ?? predicate,
    superseded: [],
    worthKeeping: true,
  };
}
