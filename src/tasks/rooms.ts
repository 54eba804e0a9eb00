/**
 * A small interactive family: somebody tells where boxes stand, later about another house, and then
 * the agent is put into the hall and has to open one of them. It shows that the `Task` seam carries
 * worlds as well as questions, and it is the text-game counterpart (ALFWorld, BabyAI) of the paper's
 * benchmarks at the smallest useful size.
 *
 *   one-fact       1 box in 4 rooms, small talk
 *   several        3 boxes in 4 rooms
 *   revisions      2 boxes, one moved later, 4 rooms
 *   two-hops       the box stands next to a thing whose room is told apart, 4 rooms
 *   tight-context  2 boxes, one moved, 5 rooms, small talk, 3 distractors
 */
import { createInventory, DEFAULT_WORD_SHARES, isEvaluationStatement } from './inventory';
import { Drafter, fill, patternsFor } from './qa/draft';
import type { PatternSet } from './qa/relations';
import { createRandom, interleave } from './random';
import { createRoomsEnvironment, type RoomsWorld } from './rooms-world';
import type { Difficulty, Fact, Split, Task, TaskFamily, TaskMessage } from './task';

/** Slots: {s} box or thing, {v} room or thing. */
export const ROOM_PATTERNS: Readonly<Record<'place' | 'move' | 'beside' | 'frame' | 'goal', PatternSet>> = {
  place: {
    train: ['The {s} is in the {v}.', 'The {s} stands in the {v}.', 'You will find the {s} in the {v}.'],
    unseen: ['Somebody put the {s} in the {v}.', 'In the {v} there is the {s}.'],
  },
  move: {
    train: [
      'The {s} was moved to the {v}.',
      'Correction: the {s} is in the {v}.',
      'The {s} is now in the {v}.',
    ],
    unseen: ['I carried the {s} over to the {v}.', 'Since today the {s} stands in the {v}.'],
  },
  beside: {
    train: ['The {s} is next to the {v}.', 'The {s} stands next to the {v}.'],
    unseen: ['Right by the {v} is the {s}.'],
  },
  frame: {
    train: ['In the other house, ', 'Next door, '],
    unseen: ["At my aunt's, ", 'In my old flat, '],
  },
  goal: {
    train: ['Open the {s}.', 'Goal: open the {s}.'],
    unseen: ['Your task is to open the {s}.'],
  },
};

/** `Fact.relation` of where something stands, and of what it stands beside. */
export const IN_ROOM = 'is in the';
export const BESIDE = 'is next to the';

interface Size {
  readonly boxes: number;
  readonly moved: number;
  readonly rooms: number;
  readonly chatter: number;
  readonly distractors: number;
  readonly beside: boolean;
}

const SIZES: Readonly<Record<Difficulty, Size>> = {
  'one-fact': { boxes: 1, moved: 0, rooms: 4, chatter: 1, distractors: 1, beside: false },
  several: { boxes: 3, moved: 0, rooms: 4, chatter: 0, distractors: 1, beside: false },
  revisions: { boxes: 2, moved: 1, rooms: 4, chatter: 0, distractors: 1, beside: false },
  'two-hops': { boxes: 1, moved: 0, rooms: 4, chatter: 1, distractors: 1, beside: true },
  'tight-context': { boxes: 2, moved: 1, rooms: 5, chatter: 1, distractors: 3, beside: false },
};

function compose(id: string, seed: number, split: Split, difficulty: Difficulty): Task {
  const random = createRandom(id);
  const size = SIZES[difficulty];
  const inventory = createInventory(random, split);
  const talk = new Drafter(random, split, DEFAULT_WORD_SHARES);
  const pattern = (key: keyof typeof ROOM_PATTERNS): string =>
    random.pick(patternsFor(ROOM_PATTERNS[key], split));
  const say = (key: keyof typeof ROOM_PATTERNS, s: string, v: string): string => fill(pattern(key), { s, v });
  const newBox = (): string => `${inventory.draw('colour')} box`;
  const newRoom = (subject: string): string =>
    inventory.draw(
      'room',
      (room) =>
        split === 'unseen-names' ||
        isEvaluationStatement(subject, IN_ROOM, room) === (split === 'evaluation'),
    );

  const facts: Fact[] = [];
  const threads: TaskMessage[][] = [];
  const state = (fact: Omit<Fact, 'id' | 'worthKeeping'>, key: 'place' | 'beside'): void => {
    const factIds = [`f${facts.length + 1}`];
    const [first = fact.value, ...later] = [...fact.superseded, fact.value];
    facts.push({ id: `f${facts.length + 1}`, ...fact, worthKeeping: true });
    threads.push([
      { content: say(key, fact.subject, first), kind: 'fact', factIds },
      ...later.map(
        (room): TaskMessage => ({ content: say('move', fact.subject, room), kind: 'revision', factIds }),
      ),
    ]);
  };

  const boxes: Record<string, string> = {};
  for (let i = 0; i < size.boxes; i++) {
    const box = newBox();
    const anchor = size.beside && i === 0 ? inventory.draw('object') : box;
    const history = Array.from({ length: i < size.moved ? 2 : 1 }, () => newRoom(anchor));
    const room = history.at(-1) ?? '';
    boxes[box] = room;
    if (anchor !== box) state({ subject: box, relation: BESIDE, value: anchor, superseded: [] }, 'beside');
    state({ subject: anchor, relation: IN_ROOM, value: room, superseded: history.slice(0, -1) }, 'place');
  }
  for (let i = 0; i < size.chatter; i++) threads.push([talk.chatter()]);

  // The moved box is asked for whenever there is one: that is the rung's point.
  const target = size.moved > 0 ? (facts[0]?.subject ?? '') : random.pick(Object.keys(boxes));
  const asked = facts.filter((fact) => fact.subject === target || (size.beside && fact.relation === IN_ROOM));
  const rooms = [...new Set([...Object.values(boxes), ...facts.flatMap((fact) => fact.superseded)])];
  const distractors = Array.from({ length: size.distractors }, (): TaskMessage => {
    const thing = random.chance(0.5) ? target : newBox();
    const statement = say('place', thing, newRoom(thing));
    return {
      content: pattern('frame') + statement.charAt(0).toLowerCase() + statement.slice(1),
      kind: 'distractor',
      factIds: [],
    };
  });
  while (rooms.length < size.rooms) rooms.push(inventory.draw('room'));
  const world: RoomsWorld = { rooms: random.shuffle(rooms), boxes, target };
  return {
    id,
    family: 'rooms',
    split,
    difficulty,
    seed,
    messages: interleave(random, threads),
    distractors,
    query: say('goal', target, ''),
    answers: [],
    facts,
    neededFactIds: asked.map((fact) => fact.id),
    keyItems: asked.map((fact) => fact.value),
    world,
  };
}

export const roomsFamily: TaskFamily = {
  id: 'rooms',
  generate(seed, split, difficulty) {
    return compose(`rooms/${split}/${difficulty}/${seed}`, seed, split, difficulty);
  },
  createEnvironment: createRoomsEnvironment,
};
