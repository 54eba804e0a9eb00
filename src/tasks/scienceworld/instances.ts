/**
 * Small tasks in a laboratory, made from a seed. Substances and animals are invented, so that nobody can know of them
 * what was not told; what devices reach is as in ScienceWorld (stove 260 °C, oven 540 °C, blast furnace 3000 °C; fridge
 * 2 °C, freezer -18 °C, ultra low temperature freezer -86 °C), and so is how long stages of life last (its frog's).
 *
 *   find    an animal is in one of four rooms; go there and focus on it (as tasks 4-1 to 4-4)
 *   span    of three animals focus on the one that lives longest (as tasks 7-1 and 7-2)
 *   stages  focus on each stage of an animal's life, from earliest to latest; it ages with every action (as group 8)
 *   melt    melt a substance and keep it liquid (as task 1-2)
 *   freeze  freeze one of two liquids in a cup and keep the other liquid (as task 1-3)
 *
 * A seed draws one of the kinds of a rung:
 *
 *   one-fact       find: its room; or stages: how its life begins, the rest is seen
 *   several        span: how long three live; or stages: how its life begins and goes on, for two of them are there
 *   revisions      melt, freeze: the point was told, then corrected; or stages: how life begins was
 *   two-hops       melt, freeze: it is like another, whose point was told
 *   tight-context  melt, freeze, stages: fetched or found where it was moved; small talk, three distractors
 */
import type { Inventory } from '../inventory';
import { isUnseenWord } from '../inventory';
import type { Random } from '../random';
import type { Difficulty, Split } from '../task';
import { DEVICES, LIFE_CYCLES, type LifeStage, MATERIALS } from './constants';
import type { Lab, LabDevice, LabThing } from './lab-world';

export type ToldKind = 'place' | 'years' | 'melts' | 'like' | 'freezes' | 'freezes-like' | 'begins' | 'grows';

export interface Told {
  readonly kind: ToldKind;
  readonly subject: string;
  readonly value: string;
  readonly superseded: readonly string[];
}

export type LabGoal =
  /** On one after the other. */
  | { readonly kind: 'focus'; readonly on: readonly string[] }
  | { readonly kind: 'melt'; readonly what: string }
  | { readonly kind: 'freeze'; readonly what: string; readonly notThe: string };

export type LabKind = 'find' | 'span' | 'stages' | 'melt' | 'freeze';

const KINDS: Readonly<Record<Difficulty, readonly LabKind[]>> = {
  'one-fact': ['find', 'stages'],
  several: ['span', 'stages'],
  revisions: ['melt', 'freeze', 'stages'],
  'two-hops': ['melt', 'freeze'],
  'tight-context': ['melt', 'freeze', 'stages'],
};

export interface LabInstance {
  readonly lab: Lab;
  readonly goal: LabGoal;
  /** What is asked, without what was told. */
  readonly asked: string;
  readonly told: readonly Told[];
}

/** What the split admits as a statement. */
export type Admits = (told: Pick<Told, 'kind' | 'subject'>, value: string) => boolean;

/** From the mildest to the strongest. */
const devicesOf = (names: readonly string[]): readonly LabDevice[] => names.map((name) => DEVICES[name]);
const HEATERS = devicesOf(['Stove', 'Oven', 'BlastFurnace']);
const COOLERS = devicesOf(['Fridge', 'Freezer', 'UltraColdFreezer']);

/**
 * °C between which things melt and boil for each heater: it melts them for good; what is cooler does not, and in what is
 * hotter they boil away before they have been liquid for `LIQUID_TICKS`.
 */
const RANGES: readonly {
  readonly melts: readonly [number, number];
  readonly boils: readonly [number, number];
}[] = [
  { melts: [60, 180], boils: [270, 300] },
  { melts: [300, 400], boils: [600, 900] },
  { melts: [700, 1600], boils: [3300, 4500] },
];

/**
 * °C between which the two liquids of a cup freeze for each cooler: it freezes the one and not the other; what is milder
 * freezes neither, and what is colder both before the one has been solid for long.
 */
const COLD_RANGES: readonly {
  readonly freezes: readonly [number, number];
  readonly other: readonly [number, number];
}[] = [
  { freezes: [6, 18], other: [1, 1] },
  { freezes: [-9, 0], other: [-20, -19] },
  { freezes: [-60, -22], other: [-200, -95] },
];

/** Far above what a cooler's task reaches. */
const NEVER_BOILS = 400;

const CUP = 'tin cup';

/** Ticks of its stage that an animal has lived at the start: it is still there for five, and gone after a long wait. */
const AGES: readonly [number, number] = [10, 14];

/** The original's frog, its stages by other names: 20 ticks, 20, then 50. */
function cycleOf(names: readonly string[]): readonly LifeStage[] {
  return LIFE_CYCLES.frog.map((stage, i) => ({
    ...stage,
    name: names[i] ?? `dead ${names[names.length - 1]}`,
  }));
}

interface Drawing {
  readonly random: Random;
  readonly draw: Inventory['draw'];
  readonly base: Omit<Lab, 'things' | 'devices'>;
  /** A number told of something, in this range. */
  readonly number: (
    told: Pick<Told, 'kind' | 'subject'>,
    range: readonly [number, number],
    except?: readonly string[],
  ) => string;
  /** A room told of something. */
  readonly place: (subject: string, except?: readonly string[]) => string;
}

/** Drawn before all else, so that a split keeps its share of each kind. */
export const drawKind = (difficulty: Difficulty, random: Random): LabKind => random.pick(KINDS[difficulty]);

export function buildLab(
  kind: LabKind,
  difficulty: Difficulty,
  random: Random,
  split: Split,
  draw: Inventory['draw'],
  admits: Admits,
): LabInstance {
  const [lab, ...rooms] = Array.from({ length: 5 }, () => draw('room'));
  const number: Drawing['number'] = (told, [from, to], except = []) => {
    for (let tries = 0; ; tries++) {
      const value = String(from + random.int(to - from + 1));
      const ofSplit = isUnseenWord(value) === (split === 'unseen-names') && admits(told, value);
      if ((ofSplit || tries > 500) && !except.includes(value)) return value;
    }
  };
  const place: Drawing['place'] = (subject, except = []) => {
    const left = rooms.filter((room) => !except.includes(room));
    const fitting = left.filter((room) => admits({ kind: 'place', subject }, room));
    return random.pick(fitting.length > 0 ? fitting : left);
  };
  const drawing: Drawing = { random, draw, base: { lab, rooms }, number, place };
  if (kind === 'find') return find(drawing);
  if (kind === 'span') return span(drawing);
  return kind === 'stages' ? stages(drawing, difficulty) : matter(drawing, difficulty, kind);
}

function find({ draw, base, place }: Drawing): LabInstance {
  const animal = draw('object');
  const room = place(animal);
  const others = base.rooms.filter((one) => one !== room);
  const things: LabThing[] = [
    { name: animal, kind: 'animal', room },
    ...others.map((one): LabThing => ({ name: draw('object'), kind: 'object', room: one })),
  ];
  return {
    lab: { ...base, things, devices: HEATERS },
    goal: { kind: 'focus', on: [animal] },
    asked: `Find the animal ${animal} and focus on it.`,
    told: [{ kind: 'place', subject: animal, value: room, superseded: [] }],
  };
}

function span({ draw, base, number }: Drawing): LabInstance {
  const animals = Array.from({ length: 3 }, () => draw('object'));
  const years: string[] = [];
  for (const subject of animals) years.push(number({ kind: 'years', subject }, [2, 160], years));
  const oldest = animals[years.indexOf(String(Math.max(...years.map(Number))))];
  const things = animals.map((name): LabThing => ({ name, kind: 'animal', room: base.lab }));
  return {
    lab: { ...base, things, devices: HEATERS },
    goal: { kind: 'focus', on: [oldest] },
    asked: 'Focus on the animal with the longest life span.',
    told: animals.map((subject, i) => ({ kind: 'years', subject, value: years[i], superseded: [] })),
  };
}

function stages({ random, draw, base, place }: Drawing, difficulty: Difficulty): LabInstance {
  const species = draw('object');
  const names = Array.from({ length: 3 }, () => draw('object'));
  const [first, second, third] = names;
  const room = difficulty === 'tight-context' ? place(first) : base.lab;
  const age = (): number => AGES[0] + random.int(AGES[1] - AGES[0] + 1);
  const [egg] = LIFE_CYCLES.frog;
  const cycle = cycleOf(names);
  const things: LabThing[] = [{ name: first, kind: 'animal', room, life: { cycle, age: age() } }];
  if (difficulty === 'several')
    things.push({ name: second, kind: 'animal', room, life: { cycle, age: (egg.ticks ?? 0) + age() } });
  const others = Array.from({ length: 3 - things.length }, () =>
    Array.from({ length: 3 }, () => draw('object')),
  );
  for (const other of others) {
    const life = { cycle: cycleOf(other), age: age() };
    things.push({ name: other[0], kind: 'animal', room, life });
  }
  const told: Told[] = [
    {
      kind: 'begins',
      subject: species,
      value: first,
      superseded: difficulty === 'revisions' ? [others[0][0]] : [],
    },
  ];
  if (difficulty === 'several')
    told.push(
      { kind: 'grows', subject: first, value: second, superseded: [] },
      { kind: 'grows', subject: second, value: third, superseded: [] },
    );
  if (difficulty === 'tight-context')
    told.push({ kind: 'place', subject: first, value: room, superseded: [place(first, [room])] });
  return {
    lab: { ...base, things: random.shuffle(things), devices: [] },
    goal: { kind: 'focus', on: names },
    asked: `Focus on the life stages of the ${species}, from earliest to latest.`,
    told,
  };
}

function matter(drawing: Drawing, difficulty: Difficulty, kind: 'melt' | 'freeze'): LabInstance {
  const { random, draw, base, number, place } = drawing;
  const melting = kind === 'melt';
  const [says, devices] = melting ? (['melts', HEATERS] as const) : (['freezes', COOLERS] as const);
  const range = (at: number) => (melting ? RANGES[at].melts : COLD_RANGES[at].freezes);
  const substance = draw('food');
  const strength = random.int(devices.length);
  const named = difficulty === 'two-hops' ? draw('food') : substance;
  const point = number({ kind: says, subject: named }, range(strength));
  const told: Told[] = [];
  let room = base.lab;
  const old: string[] = [];
  if (difficulty === 'revisions') {
    const other = (strength + 1 + random.int(2)) % devices.length;
    old.push(number({ kind: says, subject: named }, range(other)));
  }
  if (difficulty === 'two-hops')
    told.push({ kind: melting ? 'like' : 'freezes-like', subject: substance, value: named, superseded: [] });
  if (difficulty === 'tight-context') {
    room = place(substance);
    told.push({ kind: 'place', subject: substance, value: room, superseded: [place(substance, [room])] });
  }
  told.push({ kind: says, subject: named, value: point, superseded: old });
  const within = ([from, to]: readonly [number, number]): number => from + random.int(to - from + 1);
  const melts = Number(point);
  if (melting) {
    const boils = within(RANGES[strength].boils);
    return {
      lab: { ...base, things: [{ name: substance, kind: 'substance', room, melts, boils }], devices },
      goal: { kind, what: substance },
      asked: `Melt the ${substance} and keep it liquid.`,
      told,
    };
  }
  const other = draw('food');
  const liquid = { kind: 'substance', room: CUP, boils: NEVER_BOILS } as const;
  const things: LabThing[] = [
    { name: CUP, kind: 'container', room, conducts: MATERIALS.TinProp.conducts },
    { ...liquid, name: substance, melts },
    { ...liquid, name: other, melts: within(COLD_RANGES[strength].other) },
  ];
  return {
    lab: { ...base, things, devices },
    goal: { kind: 'freeze', what: substance, notThe: other },
    asked: `Freeze the ${substance} and keep the ${other} liquid.`,
    told,
  };
}
