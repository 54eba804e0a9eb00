/**
 * What a generated task is about, before there is a map: three doors of a hall, the things behind them, what is told
 * of those, and the mission. All names come from the colours of the split, all statements from its class.
 */
import { isEvaluationStatement, isUnseenWord } from '../inventory';
import type { Random } from '../random';
import type { Difficulty, Split } from '../task';
import type { Clause, Description, Mission } from './mission';
import { COLOURS, type Colour } from './objects';
import { BEHIND } from './patterns';

export interface PlanThing {
  readonly type: 'ball' | 'box' | 'key';
  readonly colour: Colour;
  /** Colours of the doors it was behind, oldest first; the last is where it is. */
  readonly doors: readonly Colour[];
  /** The mission cannot be done without knowing it, but by search. */
  readonly needed: boolean;
}

export interface Plan {
  readonly doors: readonly Colour[];
  readonly locked: Colour | null;
  readonly things: readonly PlanThing[];
  readonly mission: Mission;
}

export const nameOf = ({ type, colour }: Pick<PlanThing, 'type' | 'colour'>): string => `${colour} ${type}`;
export const doorName = (colour: Colour): string => `${colour} door`;

/** Doors of a hall. */
const DOORS = 3;

/** Share of the hardest tasks that ask to put one thing next to another. */
const SHARE_OF_PUTTING = 0.3;

/**
 * Colours of a split. `unseen-names` has green and blue to itself: the rule for words of the lab, so that these tasks
 * keep apart from those of other families too.
 */
export const palette = (split: Split): readonly Colour[] =>
  COLOURS.filter((colour) => isUnseenWord(colour) === (split === 'unseen-names'));

export function drawPlan(random: Random, split: Split, difficulty: Difficulty): Plan {
  // Few draws make only statements of their split's class; the bound is never met in practice.
  for (let attempt = 0; attempt < 20_000; attempt++) {
    const plan = propose(random, split, difficulty);
    if (plan && isAdmissible(plan, split)) return plan;
  }
  throw new RangeError(`No BabyAI plan for split "${split}", difficulty "${difficulty}" after 20,000 draws.`);
}

function isAdmissible({ things, locked }: Plan, split: Split): boolean {
  const names = things.map(nameOf);
  if (new Set(names).size < names.length) return false;
  return things.every((thing) =>
    thing.doors.every((door, i) => {
      if (door === thing.doors[i - 1]) return false;
      // A key was never behind the door that it opens: nobody would have got there.
      if (thing.type === 'key' && door === locked && thing.colour === locked) return false;
      const evaluates = isEvaluationStatement(nameOf(thing), BEHIND, doorName(door));
      return split === 'unseen-names' || evaluates === (split === 'evaluation');
    }),
  );
}

/** Null where the draw contradicts itself. */
function propose(random: Random, split: Split, difficulty: Difficulty): Plan | null {
  const own = palette(split);
  const strange = COLOURS.filter((colour) => !own.includes(colour));
  const told = random.shuffle(own).slice(0, DOORS);
  const doors = random.shuffle([...told, ...random.shuffle(strange).slice(0, DOORS - told.length)]);
  const draw = (count: number, needed: boolean): PlanThing => ({
    type: random.pick(['ball', 'box', 'key'] as const),
    colour: random.pick(own),
    doors: Array.from({ length: count }, () => random.pick(told)),
    needed,
  });
  const plan = (things: readonly PlanThing[], mission: Mission, locked: Colour | null = null): Plan => ({
    doors,
    locked,
    things,
    mission,
  });
  const keyOf = (colour: Colour, count: number): PlanThing => ({
    ...draw(count, true),
    type: 'key',
    colour,
  });
  switch (difficulty) {
    case 'one-fact': {
      const target = draw(1, true);
      return plan([target], errand(random, target));
    }
    case 'several': {
      const others = [draw(1, false), draw(1, false)];
      if (random.chance(0.25)) {
        const locked = random.pick(told);
        return plan([keyOf(locked, 1), ...others], opening(locked), locked);
      }
      const target = draw(1, true);
      return plan([target, ...others], errand(random, target));
    }
    case 'revisions': {
      const other = draw(1, false);
      if (random.chance(0.25)) {
        const locked = random.pick(told);
        return plan([keyOf(locked, 2), other], opening(locked), locked);
      }
      const target = draw(2, true);
      return plan([target, other], errand(random, target));
    }
    case 'two-hops': {
      const locked = random.pick(told);
      const target: PlanThing = { ...draw(1, true), doors: [locked] };
      return plan([target, keyOf(locked, 1)], { op: 'goto', what: descriptionOf(target) }, locked);
    }
    case 'tight-context': {
      const first = draw(2, true);
      const second = draw(1, true);
      if (first.doors.at(-1) === second.doors[0]) return null;
      if (random.chance(SHARE_OF_PUTTING)) {
        const [what, beside] = [first, second].map(descriptionOf);
        return plan([first, second], { op: 'putnext', what, beside, strict: false });
      }
      const a: Clause = { op: 'goto', what: descriptionOf(first) };
      const op = random.pick(['and', 'before'] as const);
      return plan([first, second], { op, a, b: errand(random, second), strict: false });
    }
  }
}

const descriptionOf = ({ type, colour }: PlanThing): Description => ({ type, colour, place: null });

function errand(random: Random, thing: PlanThing): Clause {
  const what = descriptionOf(thing);
  return random.chance(0.5) ? { op: 'goto', what } : { op: 'pickup', what, strict: false };
}

const opening = (colour: Colour): Clause => ({
  op: 'open',
  what: { type: 'door', colour, place: null },
  strict: false,
});
