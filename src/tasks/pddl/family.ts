/**
 * PDDL tasks in three stages. The mapping is ours, the paper gives none: in stage 1 somebody tells where things belong
 * and what drinks are mixed from, some of it corrected later; stage 2 is about another workshop; in stage 3 the agent
 * stands in the world of words (`text-world.ts`) and is shown all of it but that. The rungs are listed in
 * `instances.ts`.
 */
import { createInventory, DEFAULT_WORD_SHARES } from '../inventory';
import { Drafter, patternsFor } from '../qa/draft';
import { createRandom, interleave, type Random } from '../random';
import { admits, DISTRACTORS, drawFitting, factsOf, tell } from '../stages';
import type { Difficulty, Split, Task, TaskFamily, TaskMessage } from '../task';
import { DOMAINS } from './domains';
import { openingOf, PddlEnvironment } from './environment';
import { createPddlExpert } from './expert';
import { buildInstance, type Instance } from './instances';
import { StripsWorld } from './strips-world';
import { FRAMES, RELATIONS, sayTold, type Told } from './told';

const CHATTER: Readonly<Record<Difficulty, number>> = {
  'one-fact': 1,
  several: 0,
  revisions: 0,
  'two-hops': 0,
  'tight-context': 1,
};
function generate(seed: number, split: Split, difficulty: Difficulty): Task {
  const id = `pddl/${split}/${difficulty}/${seed}`;
  const random = createRandom(id);
  const made = drawFitting(
    split,
    () => buildInstance(difficulty, random, createInventory(random, split)),
    ({ told }) => told.every(({ kind, subject, value }) => admits(split, subject, RELATIONS[kind], value)),
  );
  const statements = made.told.map((one) => ({ ...one, relation: RELATIONS[one.kind] }));
  const facts = factsOf(statements);
  const threads = tell(statements, (i, value, corrects) =>
    sayTold((patterns) => random.pick(patterns), split, made.told[i], value, corrects),
  );
  const talk = new Drafter(random, split, DEFAULT_WORD_SHARES);
  for (let i = 0; i < CHATTER[difficulty]; i++) threads.push([talk.chatter()]);
  const needed = made.told.flatMap((one, i) => (isNeeded(one, made) ? [facts[i]] : []));
  return {
    id,
    family: 'pddl',
    split,
    difficulty,
    seed,
    messages: interleave(random, threads),
    distractors: Array.from({ length: DISTRACTORS[difficulty] }, () => distractor(random, split, difficulty)),
    query: openingOf(made, new StripsWorld(DOMAINS[made.domain], made.problem)),
    answers: [],
    facts,
    neededFactIds: needed.map((fact) => fact.id),
    keyItems: needed.map((fact) => fact.value),
    world: made,
  };
}

/** The recipe of the drink that nobody ordered is told as well, and needed by nobody. */
function isNeeded(one: Told, { told }: Instance): boolean {
  return one.kind !== 'recipe' || told.some(({ kind, value }) => kind === 'glass' && value === one.subject);
}

/** About things of another workshop, said as the same kind of thing is said here. */
function distractor(random: Random, split: Split, difficulty: Difficulty): TaskMessage {
  const other = buildInstance(difficulty, random, createInventory(random, split));
  const [told] = other.told;
  const frame = random.pick(patternsFor(FRAMES, split));
  const content = frame + sayTold((patterns) => random.pick(patterns), split, told, told.value, false);
  return { content, kind: 'distractor', factIds: [] };
}

export const pddlFamily: TaskFamily = {
  id: 'pddl',
  generate,
  createEnvironment: (task) => new PddlEnvironment(task),
  createExpert: createPddlExpert,
};
