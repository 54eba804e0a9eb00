/**
 * ALFWorld in three stages. The mapping is ours: in stage 1 a resident tells where things are, which are moved later;
 * stage 2 is about other houses; in stage 3 the agent stands in the room, where looking into every receptacle takes more
 * commands than there are. The rungs are listed in `instances.ts`.
 */
import { createInventory, DEFAULT_WORD_SHARES, isEvaluationStatement } from '../inventory';
import { Drafter, patternsFor } from '../qa/draft';
import { createRandom, interleave } from '../random';
import type { Difficulty, Fact, Split, Task, TaskFamily, TaskMessage } from '../task';
import { firstLook } from './commands';
import { HouseEnvironment } from './environment';
import { createHouseExpert } from './expert';
import { HouseState } from './house';
import { buildHouse, type HouseInstance } from './instances';
import { BESIDE, HOUSE_PATTERNS, IN } from './told';

const DISTRACTORS: Readonly<Record<Difficulty, number>> = {
  'one-fact': 1,
  several: 1,
  revisions: 1,
  'two-hops': 1,
  'tight-context': 3,
};
/** Houses drawn until one has only statements that the split admits. */
const MOST_DRAWS = 200;

function generate(seed: number, split: Split, difficulty: Difficulty): Task {
  const id = `alfworld/${split}/${difficulty}/${seed}`;
  const random = createRandom(id);
  const admits = (subject: string, value: string, beside: boolean): boolean =>
    split === 'unseen-names' ||
    isEvaluationStatement(subject, beside ? BESIDE : IN, value) === (split === 'evaluation');
  const draw = (): HouseInstance => {
    const inventory = createInventory(random, split);
    return buildHouse(difficulty, random, (kind, accept) => inventory.draw(kind, accept), admits);
  };
  let made = draw();
  const fits = () => made.told.every(({ subject, value, beside }) => admits(subject, value, beside));
  for (let draws = 0; !fits() && draws < MOST_DRAWS; draws++) made = draw();

  const say = (key: keyof typeof HOUSE_PATTERNS, s: string, v: string): string =>
    random.pick(patternsFor(HOUSE_PATTERNS[key], split)).replace('{s}', s).replace('{v}', v);
  const facts = made.told.map(({ subject, value, superseded, beside }, i): Fact => {
    const relation = beside ? BESIDE : IN;
    return { id: `f${i + 1}`, subject, relation, value, superseded, worthKeeping: true };
  });
  const threads = made.told.map(({ subject, value, superseded, beside }, i): TaskMessage[] => {
    const factIds = [`f${i + 1}`];
    const first = superseded[0] ?? value;
    const told: TaskMessage = {
      content: say(beside ? 'beside' : 'place', subject, first),
      kind: 'fact',
      factIds,
    };
    if (superseded.length === 0) return [told];
    return [told, { content: say('move', subject, value), kind: 'revision', factIds }];
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
