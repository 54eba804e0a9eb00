/**
 * Small tasks in a laboratory, made from a seed. Substances and animals are invented, so that nobody can know of them
 * what was not told; what devices reach is as in ScienceWorld (stove 260 °C, oven 540 °C, blast furnace 3000 °C).
 *
 *   one-fact       find: an animal is in one of four rooms; go there and focus on it (as tasks 4-1 to 4-4)
 *   several        life span: of three animals focus on the one that lives longest (as tasks 7-1 and 7-2)
 *   revisions      melt a substance and keep it liquid; its melting point was told, then corrected (as task 1-2)
 *   two-hops       the same, of a substance that is like another, whose melting point was told
 *   tight-context  the same, of a substance that must be fetched from where it was moved; small talk, three distractors
 */
import type { Inventory } from '../inventory';
import { isUnseenWord } from '../inventory';
import type { Random } from '../random';
import type { Difficulty, Split } from '../task';
import { DEVICES } from './constants';
import type { Lab, LabDevice, LabThing } from './lab-world';

export type ToldKind = 'place' | 'years' | 'melts' | 'like';

export interface Told {
  readonly kind: ToldKind;
  readonly subject: string;
  readonly value: string;
  readonly superseded: readonly string[];
}

export type LabGoal =
  | { readonly kind: 'focus'; readonly on: string }
  | { readonly kind: 'melt'; readonly what: string };

export interface LabInstance {
  readonly lab: Lab;
  readonly goal: LabGoal;
  /** What is asked, without what was told. */
  readonly asked: string;
  readonly told: readonly Told[];
}

/** What the split admits as a statement. */
export type Admits = (told: Pick<Told, 'kind' | 'subject'>, value: string) => boolean;

const HEATERS: readonly LabDevice[] = ['Stove', 'Oven', 'BlastFurnace'].map((name) => {
  const { name: called, kind, limit } = DEVICES[name];
  return { name: called, kind, limit };
});

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

export function buildLab(
  difficulty: Difficulty,
  random: Random,
  split: Split,
  draw: Inventory['draw'],
  admits: Admits,
): LabInstance {
  const [lab, ...rooms] = Array.from({ length: 5 }, () => draw('room'));
  const base = { lab, rooms, devices: HEATERS };
  const number = (
    told: Pick<Told, 'kind' | 'subject'>,
    [from, to]: readonly [number, number],
    except: readonly string[] = [],
  ) => {
    for (let tries = 0; ; tries++) {
      const value = String(from + random.int(to - from + 1));
      const ofSplit = isUnseenWord(value) === (split === 'unseen-names') && admits(told, value);
      if ((ofSplit || tries > 500) && !except.includes(value)) return value;
    }
  };
  const place = (subject: string, except: readonly string[] = []): string => {
    const left = rooms.filter((room) => !except.includes(room));
    const fitting = left.filter((room) => admits({ kind: 'place', subject }, room));
    return random.pick(fitting.length > 0 ? fitting : left);
  };

  if (difficulty === 'one-fact') {
    const animal = draw('object');
    const room = place(animal);
    const others = rooms.filter((one) => one !== room);
    const things: LabThing[] = [
      { name: animal, kind: 'animal', room },
      ...others.map((one): LabThing => ({ name: draw('object'), kind: 'object', room: one })),
    ];
    return {
      lab: { ...base, things },
      goal: { kind: 'focus', on: animal },
      asked: `Find the animal ${animal} and focus on it.`,
      told: [{ kind: 'place', subject: animal, value: room, superseded: [] }],
    };
  }
  if (difficulty === 'several') {
    const animals = Array.from({ length: 3 }, () => draw('object'));
    const years: string[] = [];
    for (const subject of animals) years.push(number({ kind: 'years', subject }, [2, 160], years));
    const oldest = animals[years.indexOf(String(Math.max(...years.map(Number))))];
    return {
      lab: { ...base, things: animals.map((name) => ({ name, kind: 'animal', room: lab })) },
      goal: { kind: 'focus', on: oldest },
      asked: 'Focus on the animal with the longest life span.',
      told: animals.map((subject, i) => ({ kind: 'years', subject, value: years[i], superseded: [] })),
    };
  }
  const substance = draw('food');
  const heater = random.int(HEATERS.length);
  const named = difficulty === 'two-hops' ? draw('food') : substance;
  const point = number({ kind: 'melts', subject: named }, RANGES[heater].melts);
  const [low, high] = RANGES[heater].boils;
  const told: Told[] = [];
  let room = lab;
  const old: string[] = [];
  if (difficulty === 'revisions') {
    const other = (heater + 1 + random.int(2)) % HEATERS.length;
    old.push(number({ kind: 'melts', subject: named }, RANGES[other].melts));
  }
  if (difficulty === 'two-hops')
    told.push({ kind: 'like', subject: substance, value: named, superseded: [] });
  if (difficulty === 'tight-context') {
    room = place(substance);
    told.push({ kind: 'place', subject: substance, value: room, superseded: [place(substance, [room])] });
  }
  told.push({ kind: 'melts', subject: named, value: point, superseded: old });
  const thing: LabThing = {
    name: substance,
    kind: 'substance',
    room,
    melts: Number(point),
    boils: low + random.int(high - low + 1),
  };
  const asked = `Melt the ${substance} and keep it liquid.`;
  return { lab: { ...base, things: [thing] }, goal: { kind: 'melt', what: substance }, asked, told };
}
