/**
 * ALFWorld in three stages. The mapping is ours: in stage 1 a resident tells where things are, which are moved later;
 * stage 2 is about other houses; in stage 3 the agent stands in the room, where looking into every receptacle takes more
 * commands than there are. The rungs are listed in `instances.ts`.
 */
import { createInventory, DEFAULT_WORD_SHARES } from '../inventory';
import { Drafter, patternsFor } from '../qa/draft';
import { createRandom, interleave } from '../random';
import { admits, DISTRACTORS, drawFitting, factsOf, tell } from '../stages';
import type { Difficulty, Split, Task, TaskFamily, TaskMessage } from '../task';
import { firstLook } from './commands';
import { HouseEnvironment } from './environment';
import { createHouseExpert } from './expert';
import { HouseState } from './house';
import { buildHouse, type HouseInstance } from './instances';
import { BESIDE, HOUSE_PATTERNS, IN } from './told';

function generate(seed: number, split: Split, difficulty: Difficulty): Task {
  const id = `alfworld/${split}/${difficulty}/${seed}`;
  const random = createRandom(id);
  const fits = (subject: string, value: string, beside: boolean): boolean =>
    admits(split, subject, beside ? BESIDE : IN, value);
  const draw = (): HouseInstance => {
    const inventory = createInventory(random, split);
    return buildHouse(difficulty, random, (kind, accept) => inventory.draw(kind, accept), fits);
  };
  const made = drawFitting(split, draw, ({ told }) =>
    told.every(({ subject, value, beside }) => fits(subject, value, beside)),
  );
  const statements = made.told.map((one) => ({ ...one, relation: one.beside ? BESIDE : IN }));

  const say = (key: keyof typeof HOUSE_PATTERNS, s: string, v: string): string =>
    random.pick(patternsFor(HOUSE_PATTERNS[key], split)).replace('{s}', s).replace('{v}', v);
  const facts = factsOf(statements);
  const threads = tell(statements, (i, value, corrects) => {
    const { subject, beside } = made.told[i];
    return say(corrects ? 'move' : beside ? 'beside' : 'place', subject, value);
  });
  if (difficulty === 'one-fact' || difficulty === 'tight-context') {
    threads.push([new Drafter(random, split, DEFAULT_WORD_SHARES).chatter()]);
  }
  return {
    id,
    family: 'alfworld',
    split,
    difficulty,
    seed,
    messages: interleave(random, threads),
    distractors: Array.from({ length: DISTRACTORS[difficulty] }, (): TaskMessage => {
      const [{ subject, value }] = draw().told;
      const statement = say('place', subject, value);
      const frame = random.pick(patternsFor(HOUSE_PATTERNS.frame, split));
      const continued = statement.startsWith('I ')
        ? statement
        : statement.charAt(0).toLowerCase() + statement.slice(1);
      return { content: frame + continued, kind: 'distractor', factIds: [] };
    }),
    query: `${firstLook(new HouseState(made.house))} Your task is to: ${made.task}`,
    answers: [],
    facts,
    neededFactIds: facts.map((fact) => fact.id),
    keyItems: facts.map((fact) => fact.value),
    world: made,
  };
}

export const houseFamily: TaskFamily = {
  id: 'alfworld',
  generate,
  createEnvironment: (task) => new HouseEnvironment(task),
  createExpert: createHouseExpert,
};
