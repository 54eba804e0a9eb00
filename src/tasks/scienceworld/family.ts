/**
 * A subset of ScienceWorld in three stages. The mapping is ours: in stage 1 somebody tells properties and places, some
 * corrected later; stage 2 is about another lab; stage 3 is the task in the laboratory (`lab-world.ts`). The rungs are
 * listed in `instances.ts`.
 */
import { createInventory, DEFAULT_WORD_SHARES } from '../inventory';
import { Drafter, patternsFor } from '../qa/draft';
import { createRandom, interleave } from '../random';
import { admits, DISTRACTORS, drawFitting, factsOf, tell } from '../stages';
import type { Difficulty, Split, Task, TaskFamily, TaskMessage } from '../task';
import { LabEnvironment, openingOf } from './environment';
import { createLabExpert } from './expert';
import { type Admits, buildLab, drawKind, type LabInstance, type LabKind } from './instances';
import { LAB_PATTERNS, LAB_RELATIONS } from './told';

function generate(seed: number, split: Split, difficulty: Difficulty): Task {
  const id = `scienceworld/${split}/${difficulty}/${seed}`;
  const random = createRandom(id);
  const fits: Admits = ({ kind, subject }, value) => admits(split, subject, LAB_RELATIONS[kind], value);
  const draw = (kind: LabKind): LabInstance => {
    const inventory = createInventory(random, split);
    return buildLab(kind, difficulty, random, split, (word, accept) => inventory.draw(word, accept), fits);
  };
  const kind = drawKind(difficulty, random);
  const made = drawFitting(
    split,
    () => draw(kind),
    ({ told }) => told.every((one) => fits(one, one.value)),
  );
  const statements = made.told.map((one) => ({ ...one, relation: LAB_RELATIONS[one.kind] }));

  const say = (key: keyof typeof LAB_PATTERNS, s: string, v: string): string => {
    const text = random.pick(patternsFor(LAB_PATTERNS[key], split)).replace('{s}', s).replace('{v}', v);
    return text.charAt(0).toUpperCase() + text.slice(1);
  };
  const facts = factsOf(statements);
  const threads = tell(statements, (i, value, corrects) => {
    const { kind, subject } = made.told[i];
    if (!corrects) return say(kind, subject, value);
    return say(
      kind === 'freezes' || kind === 'begins' || kind === 'place' ? `${kind}-later` : 'melts-later',
      subject,
      value,
    );
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
      const [{ kind, subject, value }] = draw(drawKind(difficulty, random)).told;
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
