/**
 * Small houses of ALFWorld's six kinds of task, made from a seed; none of its games is shipped. Five receptacles that
 * must be opened hide what is wanted; a counter and a table stand open, and there are the appliances. Other things lie
 * about in all of them. What fits where differs from house to house: a kind of thing fits in about half of the places.
 *
 *   one-fact       put a thing somewhere, told where it is
 *   several        look at a thing under the lamp, told where both are
 *   revisions      clean a thing and put it somewhere; it was moved since it was told
 *   two-hops       heat a thing and put it somewhere; told beside what it lies, and where that is
 *   tight-context  put two things of a kind somewhere, one moved since; small talk, three distractors. Every other
 *                  seed: cool a thing
 */
import type { Inventory } from '../inventory';
import type { Random } from '../random';
import type { Difficulty } from '../task';
import type { Formula, House, Receptacle, Thing } from './house';

export type Treatment = 'clean' | 'heat' | 'cool';

export interface Told {
  readonly subject: string;
  readonly value: string;
  readonly superseded: readonly string[];
  readonly beside: boolean;
}

export interface HouseInstance {
  readonly house: House;
  /** The sentence after "Your task is to: ". */
  readonly task: string;
  /** Base names: what is to be brought, and where to; null: looked at under the lamp. */
  readonly target: string;
  readonly place: string | null;
  readonly count: 1 | 2;
  readonly treatment: Treatment | null;
  readonly told: readonly Told[];
  /** Names of everything that can be gone to, in the order it is listed. */
  readonly receptacles: readonly string[];
}

/** Where each treatment is had, with the flag of what it is good for. */
export const APPLIANCES: Readonly<Record<Treatment, { readonly name: string; readonly flag: string }>> = {
  clean: { name: 'sinkbasin 1', flag: 'c' },
  heat: { name: 'microwave 1', flag: 'h' },
  cool: { name: 'fridge 1', flag: 'k' },
};
const LAMP = 'desklamp';
const HIDING_PLACES = 5;
/** Things that nobody asks for. */
const DECOYS = { least: 3, most: 5 } as const;
/** Of the kinds of receptacles, those that a kind of thing fits in, beside the ones it has to. */
const FITS = 0.4;

export function buildHouse(
  difficulty: Difficulty,
  random: Random,
  draw: Inventory['draw'],
  admits: (subject: string, value: string, beside: boolean) => boolean,
): HouseInstance {
  const hiding = Array.from({ length: HIDING_PLACES }, () => `${draw('receptacle')} 1`);
  const where = (subject: string, except: readonly string[] = []): string => {
    const fitting = hiding.filter((name) => !except.includes(name) && admits(subject, name, false));
    // Statements are in a split by their hash; with five places one may fit none, and then the last resort is any.
    const any = hiding.filter((name) => !except.includes(name));
    return random.pick(fitting.length > 0 ? fitting : any);
  };
  const told: Told[] = [];
  const at: Record<string, string> = {};
  const tell = (subject: string, moved: boolean): void => {
    const value = where(subject);
    at[subject] = value;
    told.push({ subject, value, superseded: moved ? [where(subject, [value])] : [], beside: false });
  };
  const target = draw('object');
  const surface = random.pick(['countertop', 'diningtable']);
  const place = difficulty === 'several' ? null : surface;
  let treatment: Treatment | null = null;
  let count: 1 | 2 = 1;
  switch (difficulty) {
    case 'one-fact':
      tell(`${target} 1`, false);
      break;
    case 'several':
      tell(`${target} 1`, false);
      tell(`${LAMP} 1`, false);
      break;
    case 'revisions':
      treatment = 'clean';
      tell(`${target} 1`, true);
      break;
    case 'two-hops': {
      treatment = 'heat';
      const anchor = `${draw('object')} 1`;
      tell(anchor, false);
      at[`${target} 1`] = at[anchor];
      told.unshift({ subject: `${target} 1`, value: anchor, superseded: [], beside: true });
      break;
    }
    case 'tight-context':
      if (random.chance(0.5)) {
        treatment = 'cool';
        tell(`${target} 1`, true);
      } else {
        count = 2;
        tell(`${target} 1`, true);
        tell(`${target} 2`, false);
      }
  }
  const receptacles = random.shuffle([
    ...hiding,
    'countertop 1',
    'diningtable 1',
    ...Object.values(APPLIANCES).map(({ name }) => name),
  ]);
  const decoys = DECOYS.least + random.int(DECOYS.most - DECOYS.least + 1);
  for (let i = 0; i < decoys; i++) at[`${draw('object')} 1`] = random.pick(receptacles);
  const goal = goalOf(target, place, count, treatment);
  const house = houseOf(
    receptacles,
    hiding,
    at,
    goal,
    canContain(receptacles, at, { target, place }, random),
  );
  return {
    house,
    task: taskText(target, place, count, treatment),
    target,
    place,
    count,
    treatment,
    told,
    receptacles,
  };
}

const typeOf = (name: string): string => `${name.replace(/ \d+$/, '')}type`;

function houseOf(
  names: readonly string[],
  hiding: readonly string[],
  at: Readonly<Record<string, string>>,
  goal: Formula,
  can_contain: House['can_contain'],
): House {
  const receptacles: Record<string, Receptacle> = {};
  names.forEach((name, i) => {
    // Ids order the lists; two digits, so that texts order as numbers do.
    const id = `r${String(i).padStart(2, '0')}`;
    const openable = hiding.includes(name) || name.startsWith('fridge') || name.startsWith('microwave');
    receptacles[name] = { id, type: typeOf(name), loc: `loc ${i + 1}`, ...(openable && { openable: 1 }) };
  });
  const objects: Record<string, Thing> = {};
  Object.entries(at).forEach(([name, place], i) => {
    const lamp = name.startsWith(LAMP);
    objects[name] = { id: `o${i}`, type: typeOf(name), in: [place], flags: lamp ? 't' : 'pchk' };
  });
  return { start: 'loc 0', receptacles, objects, facts: [], goal, can_contain };
}

/** A thing fits where it lies and where it has to be brought; apart from that it is the luck of the house. */
function canContain(
  receptacles: readonly string[],
  at: Readonly<Record<string, string>>,
  { target, place }: Pick<HouseInstance, 'target' | 'place'>,
  random: Random,
): House['can_contain'] {
  const things = [...new Set(Object.keys(at).map(typeOf))];
  return Object.fromEntries(
    receptacles.map((name) => {
      const must = (type: string): boolean =>
        (type === `${target}type` && name === `${place} 1`) ||
        Object.entries(at).some(([thing, where]) => where === name && typeOf(thing) === type);
      return [typeOf(name), things.filter((type) => random.chance(FITS) || must(type))];
    }),
  );
}

function goalOf(target: string, place: string | null, count: 1 | 2, treatment: Treatment | null): Formula {
  const type = `${target}type`;
  if (place === null) {
    return [
      'and',
      [
        'exists',
        ['?ot', '-', 'object', '?r', '-', 'receptacle', '?l', '-', 'location'],
        [
          'and',
          ['objecttype', '?ot', `${LAMP}type`],
          ['istoggled', '?ot'],
          ['inreceptacle', '?ot', '?r'],
          ['receptacleatlocation', '?r', '?l'],
          ['atlocation', 'agent', '?l'],
        ],
      ],
      ['exists', ['?o', '-', 'object'], ['and', ['objecttype', '?o', type], ['holds', 'agent', '?o']]],
    ];
  }
  const placed = (variable: string): readonly Formula[] => [
    ['objecttype', variable, type],
    ['inreceptacle', variable, '?r'],
  ];
  const quality = { clean: 'isclean', heat: 'ishot', cool: 'iscool' };
  const treated: readonly Formula[] = treatment ? [[quality[treatment], '?o']] : [];
  const second: readonly Formula[] =
    count === 2
      ? [['exists', ['?o2', '-', 'object'], ['and', ['not', ['=', '?o', '?o2']], ...placed('?o2')]]]
      : [];
  return [
    'and',
    [
      'exists',
      ['?r', '-', 'receptacle', '?o', '-', 'object'],
      ['and', ['receptacletype', '?r', `${place}type`], ...placed('?o'), ...treated, ...second],
    ],
  ];
}

/** In the wording of ALFWorld's own tasks. */
function taskText(target: string, place: string | null, count: 1 | 2, treatment: Treatment | null): string {
  if (place === null) return `look at ${target} under the ${LAMP}.`;
  if (count === 2) return `find two ${target} and put them in ${place}.`;
  return treatment
    ? `${treatment} some ${target} and put it in ${place}.`
    : `put some ${target} on ${place}.`;
}
