/**
 * Small worlds of the four domains, made from a seed: how many things there are, how they stand, and what is told about
 * them. Ours, not the benchmark's: its problems are larger and are not shipped.
 *
 *   one-fact       blockworld, 4 blocks, one belongs on another
 *   several        gripper, 2 balls and where each belongs among 4 rooms
 *   revisions      blockworld, 4 blocks, a tower of three told block by block, one corrected
 *   two-hops       barman, what a guest wants, and what that is mixed from
 *   tight-context  tyreworld, on which of 3 hubs two wheels go, one corrected
 */
import type { Inventory } from '../inventory';
import type { Random } from '../random';
import type { Difficulty } from '../task';
import type { Atom } from './domain';
import type { DomainName } from './domains';
import type { Problem } from './problem';
import { meaning, type Told } from './told';

export interface Instance {
  readonly domain: DomainName;
  /** Whole: the recipes told are in `init`, what is told to be done is the goal. */
  readonly problem: Problem;
  readonly told: readonly Told[];
  /** Values a told subject could have, the right one among them, by subject. */
  readonly possible: Readonly<Record<string, readonly string[]>>;
}

type Build = (random: Random, draw: Inventory['draw']) => Instance;

const BUILD: Readonly<Record<Difficulty, Build>> = {
  'one-fact': (random, draw) => blocks(random, draw, 4, 1, false),
  several: balls,
  revisions: (random, draw) => blocks(random, draw, 4, 2, true),
  'two-hops': drink,
  'tight-context': wheels,
};

export function buildInstance(difficulty: Difficulty, random: Random, inventory: Inventory): Instance {
  return BUILD[difficulty](random, (kind, accept) => inventory.draw(kind, accept));
}

function instance(
  domain: DomainName,
  objects: Readonly<Record<string, string>>,
  init: readonly Atom[],
  told: readonly Told[],
  possible: Readonly<Record<string, readonly string[]>>,
): Instance {
  const recipes = told.filter(({ kind }) => kind === 'recipe');
  const wanted = told.filter(({ kind }) => kind !== 'recipe');
  const problem: Problem = {
    name: 'made-here',
    domain,
    objects,
    init: [...init, ...recipes.flatMap((one) => meaning(one, one.value))],
    goal: wanted.flatMap((one) => meaning(one, one.value)),
  };
  return { domain, problem, told, possible };
}

/** Blocks in one or two heaps; `goals` of them belong on others, as a tower from the top. */
function blocks(
  random: Random,
  draw: Inventory['draw'],
  count: number,
  goals: number,
  revised: boolean,
): Instance {
  const names = Array.from({ length: count }, () => draw('colour'));
  const heaps: string[][] = [[], []];
  for (const name of random.shuffle(names)) random.pick(heaps).push(name);
  const init: Atom[] = [['arm-empty']];
  for (const heap of heaps) {
    for (const [i, name] of heap.entries())
      init.push(i === 0 ? ['on-table', name] : ['on', name, heap[i - 1]]);
    const top = heap.at(-1);
    if (top !== undefined) init.push(['clear', top]);
  }
  const stands = (tower: readonly string[]) =>
    tower
      .slice(0, -1)
      .every((name, i) => init.some((a) => a[0] === 'on' && a[1] === name && a[2] === tower[i + 1]));
  let tower = random.shuffle(names).slice(0, goals + 1);
  // A tower that stands already would ask for nothing.
  while (stands(tower)) tower = random.shuffle(names).slice(0, goals + 1);
  const told = tower.slice(0, -1).map((subject, i): Told => {
    const value = tower[i + 1];
    const others = names.filter((name) => name !== subject && name !== value);
    return { kind: 'block', subject, value, superseded: revised && i === 0 ? [random.pick(others)] : [] };
  });
  const possible = Object.fromEntries(
    told.map(({ subject }) => [subject, names.filter((n) => n !== subject)]),
  );
  return instance('blockworld', Object.fromEntries(names.map((n) => [n, 'object'])), init, told, possible);
}

function balls(random: Random, draw: Inventory['draw']): Instance {
  const rooms = Array.from({ length: 4 }, () => draw('room'));
  const names = [draw('colour'), draw('colour')];
  const [here] = rooms;
  const init: Atom[] = [
    ...rooms.map((room): Atom => ['room', room]),
    ...names.flatMap((ball): Atom[] => [
      ['ball', ball],
      ['at', ball, here],
    ]),
    ['gripper', 'left'],
    ['gripper', 'right'],
    ['free', 'left'],
    ['free', 'right'],
    ['at-robby', random.pick(rooms)],
  ];
  const elsewhere = rooms.slice(1);
  const told = names.map((subject): Told => {
    return { kind: 'ball', subject, value: random.pick(elsewhere), superseded: [] };
  });
  const objects = Object.fromEntries([...rooms, ...names, 'left', 'right'].map((name) => [name, 'object']));
  return instance('gripper', objects, init, told, Object.fromEntries(names.map((name) => [name, elsewhere])));
}

function drink(random: Random, draw: Inventory['draw']): Instance {
  const ingredients = Array.from({ length: 3 }, () => draw('food'));
  const cocktails = [draw('object'), draw('object')];
  const glasses = [draw('colour'), draw('colour')];
  const pairs = [
    [0, 1],
    [0, 2],
    [1, 2],
  ].map(([a, b]) => `${ingredients[a]} and ${ingredients[b]}`);
  const [first, second] = random.shuffle(pairs);
  const recipes: Told[] = [
    { kind: 'recipe', subject: cocktails[0], value: first, superseded: [] },
    { kind: 'recipe', subject: cocktails[1], value: second, superseded: [] },
  ];
  const wanted: Told = { kind: 'glass', subject: glasses[0], value: random.pick(cocktails), superseded: [] };
  const init: Atom[] = [
    ['handempty', 'left'],
    ['handempty', 'right'],
    ...ingredients.map((one): Atom => ['dispenses', `tap-${one}`, one]),
    ...[...glasses, 'shaker1'].flatMap((one): Atom[] => [
      ['ontable', one],
      ['clean', one],
      ['empty', one],
    ]),
    ['shaker-empty-level', 'shaker1', 'l0'],
    ['shaker-level', 'shaker1', 'l0'],
    ['next', 'l0', 'l1'],
    ['next', 'l1', 'l2'],
  ];
  // Not "shaker": the wording has that word too, and it would be taken for the thing.
  const objects: Record<string, string> = { left: 'hand', right: 'hand', shaker1: 'shaker' };
  for (const level of ['l0', 'l1', 'l2']) objects[level] = 'level';
  for (const one of ingredients) Object.assign(objects, { [one]: 'ingredient', [`tap-${one}`]: 'dispenser' });
  for (const one of cocktails) objects[one] = 'cocktail';
  for (const one of glasses) objects[one] = 'shot';
  return instance('barman', objects, init, [wanted, ...recipes], {
    [glasses[0]]: cocktails,
    [cocktails[0]]: pairs,
    [cocktails[1]]: pairs,
  });
}

function wheels(random: Random, draw: Inventory['draw']): Instance {
  const hubs = Array.from({ length: 3 }, () => draw('room'));
  const spare = [draw('colour'), draw('colour')];
  const objects: Record<string, string> = { boot: 'container' };
  const init: Atom[] = [
    ['unlocked', 'boot'],
    ['closed', 'boot'],
    ['in', 'wrench', 'boot'],
    ['in', 'jack', 'boot'],
  ];
  hubs.forEach((hub, i) => {
    const [old, nut] = [`flat${i + 1}`, `nut${i + 1}`];
    Object.assign(objects, { [hub]: 'hub', [old]: 'wheel', [nut]: 'nut' });
    init.push(['on', old, hub], ['on-ground', hub], ['fastened', hub], ['tight', nut, hub]);
  });
  for (const wheel of spare) {
    objects[wheel] = 'wheel';
    init.push(['in', wheel, 'boot'], ['intact', wheel], ['inflated', wheel]);
  }
  const places = random.shuffle(hubs);
  const told = spare.map((subject, i): Told => {
    const superseded = i === 0 ? [places[2]] : [];
    return { kind: 'wheel', subject, value: places[i], superseded };
  });
  return instance('tyreworld', objects, init, told, Object.fromEntries(spare.map((wheel) => [wheel, hubs])));
}
