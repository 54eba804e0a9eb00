/**
 * A subset of ScienceWorld in three stages. The mapping is ours: in stage 1 somebody tells properties and places, some
 * corrected later; stage 2 is about another lab; stage 3 is the task in the laboratory (`lab-world.ts`). The rungs are
 * listed in `instances.ts`.
 */
import { createInventory, DEFAULT_WORD_SHARES, isEvaluationStatement } from '../inventory';
import { Drafter, patternsFor } from '../qa/draft';
import { createRandom, interleave } from '../random';
import type { Difficulty, Fact, Split, Task, TaskFamily, TaskMessage } from '../task';
import { LabEnvironment, openingOf } from './environment';
import { createLabExpert } from './expert';
import { type Admits, buildLab, type LabInstance } from './instances';
import { LAB_PATTERNS, LAB_RELATIONS } from './told';

const DISTRACTORS: Readonly<Record<Difficulty, number>> = {
  'one-fact': 1,
  several: 1,
  revisions: 1,
  'two-hops': 1,
  'tight-context': 3,
};
/** Laboratories drawn until one has only statements that the split admits. */
const MOST_DRAWS = 200;

function generate(seed: number, split: Split, difficulty: Difficulty): Task {
  const id = `scienceworld/${split}/${difficulty}/${seed}`;
  const random = createRandom(id);
  const admits: Admits = ({ kind, subject }, value) =>
    split === 'unseen-names' ||
    isEvaluationStatement(subject, LAB_RELATIONS[kind], value) === (split === 'evaluation');
  const draw = (): LabInstance => {
    const inventory = createInventory(random, split);
    return buildLab(difficulty, random, split, (kind, accept) => inventory.draw(kind, accept), admits);
  };
  let made = draw();
  for (let draws = 0; !made.told.every((one) => admits(one, one.value)) && draws < MOST_DRAWS; draws++)
    made = draw();

  const say = (key: keyof typeof LAB_PATTERNS, s: string, v: string): string => {
    const text = random.pick(patternsFor(LAB_PATTERNS[key], split)).replace('{s}', s).replace('{v}', v);
    return text.charAt(0).toUpperCase() + text.slice(1);
  };
  const facts = made.told.map(({ kind, subject, value, superseded }, i): Fact => {
    return { id: `f${i + 1}`, subject, relation: LAB_RELATIONS[kind], value, superseded, worthKeeping: true };
  });
  const threads = made.told.map(({ kind, subject, value, superseded }, i): TaskMessage[] => {
    const factIds = [`f${i + 1}`];
    const told: TaskMessage = { content: say(kind, subject, superseded[0] ?? value), kind: 'fact', factIds };
    if (superseded.length === 0) return [told];
    const later = kind === 'place' ? 'place-later' : 'melts-later';
    return [told, { content: say(later, subject, value), kind: 'revision', factIds }];
  });
  if (difficulty === 'one-fact' || difficulty === 'tight-context') {
    threads.push([new Drafter(random, split, DEFAULT_WORD_SHARES).chatter()]);
  }
  return {
    id,
    family: 'scienceworld',
    split,
    difficulty,
    seed,
    messages: interleave(random, threads),
    distractors: Array.from({ length: DISTRACTORS[difficulty] }, (): TaskMessage => {
      const [{ kind, subject, value }] = draw().told;
      const frame = random.pick(patternsFor(LAB_PATTERNS.frame, split));
      return { content: frame + say(kind, subject, value), kind: 'distractor', factIds: [] };
    }),
    query: openingOf(made),
    answers: [],
    facts,
    neededFactIds: facts.map((fact) => fact.id),
    keyItems: facts.map((fact) => fact.value),
    world: made,
  };
}

export const scienceFamily: TaskFamily = {
  id: 'scienceworld',
  generate,
  createEnvironment: (task) => new LabEnvironment(task),
  createExpert: createLabExpert,
};
