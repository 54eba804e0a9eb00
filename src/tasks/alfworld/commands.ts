/**
 * ALFWorld's commands and what it says to them. The sentences are those of its text games (alfworld/alfworld, MIT) in
 * the older form that the published runs have ("put … in/on …"; the newer "move … to …" is understood too), without
 * "You arrive at loc N.", which those runs leave out. Whatever cannot be done: "Nothing happens."
 */
import type { HouseState } from './house';

export const NOTHING_HAPPENS = 'Nothing happens.';

/** Carries a command out. @returns what the game says */
export function perform(state: HouseState, command: string): string {
  const text = command.trim().toLowerCase().replace(/\s+/g, ' ');
  if (text === 'inventory') return inventory(state);
  if (text === 'look') return look(state);
  for (const [pattern, act] of COMMANDS) {
    const match = pattern.exec(text);
    if (match) return act(state, match[1], match[2] ?? '') ?? NOTHING_HAPPENS;
  }
  return NOTHING_HAPPENS;
}

/** @returns undefined: it cannot be done */
type Act = (state: HouseState, first: string, second: string) => string | undefined;

const COMMANDS: readonly (readonly [RegExp, Act])[] = [
  [/^go to (.+)$/, goTo],
  [/^open (.+)$/, openUp],
  [/^close (.+)$/, closeUp],
  [/^take (.+) from (.+)$/, take],
  [/^put (.+) (?:in\/on|in|on) (.+)$/, put],
  [/^move (.+) to (.+)$/, put],
  [/^examine (.+)$/, examine],
  [/^use (.+)$/, use],
  [/^clean (.+) with (.+)$/, treat('clean', 'c', 'isclean', ['sinkbasintype', 'sinktype'])],
  [/^heat (.+) with (.+)$/, treat('heat', 'h', 'ishot', ['microwavetype'])],
  [/^cool (.+) with (.+)$/, treat('cool', 'k', 'iscool', ['fridgetype'])],
];

/** "a x 2, a x 1, and a y 1"; "nothing". */
export function listed(names: readonly string[]): string {
  const items = names.map((name) => `a ${name}`);
  const last = items.at(-1);
  if (last === undefined) return 'nothing';
  return items.length === 1 ? last : `${items.slice(0, -1).join(', ')}, and ${last}`;
}

/** What one sees before anything was done. */
export function firstLook(state: HouseState): string {
  const { receptacles } = state.house;
  const names = Object.keys(receptacles).sort((a, b) => (receptacles[a].id < receptacles[b].id ? -1 : 1));
  return `You are in the middle of a room. Looking quickly around you, you see ${listed(names)}.`;
}

export function describeReceptacle(state: HouseState, name: string): string {
  const contents = listed(state.contents(name));
  if (!state.receptacle(name)?.openable) return `On the ${name}, you see ${contents}.`;
  return state.isOpen(name) ? `The ${name} is open. In it, you see ${contents}.` : `The ${name} is closed.`;
}

function goTo(state: HouseState, name: string): string | undefined {
  const receptacle = state.receptacle(name);
  if (!receptacle || receptacle.loc === state.location) return undefined;
  state.location = receptacle.loc;
  return describeReceptacle(state, name);
}

function openUp(state: HouseState, name: string): string | undefined {
  if (!state.isHere(name) || state.isAccessible(name)) return undefined;
  state.setOpen(name, true);
  return `You open the ${name}. ${describeReceptacle(state, name)}`;
}

function closeUp(state: HouseState, name: string): string | undefined {
  if (!state.isHere(name) || !state.receptacle(name)?.openable || !state.isOpen(name)) return undefined;
  state.setOpen(name, false);
  return `You close the ${name}.`;
}

function take(state: HouseState, object: string, from: string): string | undefined {
  const there = state.isHere(from) && state.isAccessible(from) && state.isIn(object, from);
  if (!there || state.holding !== null || !state.canDo(object, 'p')) return undefined;
  state.take(object, from);
  return `You pick up the ${object} from the ${from}.`;
}

function put(state: HouseState, object: string, into: string): string | undefined {
  if (state.holding !== object || !state.isHere(into)) return undefined;
  if (!state.isAccessible(into) || !state.fits(object, into)) return undefined;
  state.put(object, into);
  return `You put the ${object} in/on the ${into}.`;
}

function examine(state: HouseState, name: string): string | undefined {
  if (state.isHere(name)) return describeReceptacle(state, name);
  return state.isVisible(name) ? describeThing(state, name) : undefined;
}

function describeThing(state: HouseState, name: string): string {
  if (state.canDo(name, 'r')) {
    return `This is a normal ${name}. In it, you see ${listed(state.contentsOf(name))}.`;
  }
  const [clean, hot, cool] = [
    state.has('isclean', name),
    state.has('ishot', name),
    state.has('iscool', name),
  ];
  if (clean && hot) return `This is a hot and clean ${name}.`;
  if (clean && cool) return `This is a cool and clean ${name}.`;
  if (hot) return `This is a hot ${name}.`;
  if (clean) return `This is a clean ${name}.`;
  if (cool) return `This is a cold ${name}.`;
  if (state.canDo(name, 't')) return `This ${name} is ${state.has('istoggled', name) ? 'on' : 'off'}.`;
  return `There's nothing special about ${name}.`;
}

function use(state: HouseState, name: string): string | undefined {
  if (!state.canDo(name, 't') || !state.isVisible(name)) return undefined;
  state.give('istoggled', name);
  return `You turn on the ${name}.`;
}

function treat(
  verb: 'clean' | 'heat' | 'cool',
  flag: string,
  quality: 'isclean' | 'ishot' | 'iscool',
  types: readonly string[],
): Act {
  return (state, object, where) => {
    const type = state.receptacle(where)?.type ?? '';
    if (!state.isHere(where) || !types.includes(type)) return undefined;
    if (state.holding !== object || !state.canDo(object, flag)) return undefined;
    state.give(quality, object);
    return `You ${verb} the ${object} using the ${where}.`;
  };
}

function inventory({ holding }: HouseState): string {
  return holding === null ? 'You are not carrying anything.' : `You are carrying: a ${holding}.`;
}

/** What lies about beside receptacles is not known here; the recorded runs that look around see nothing there either. */
function look(state: HouseState): string {
  const { receptacles } = state.house;
  const here = Object.keys(receptacles)
    .filter((name) => state.isHere(name))
    .sort((a, b) => (receptacles[a].id < receptacles[b].id ? -1 : 1));
  const last = here.at(-1);
  if (last === undefined) return firstLook(state);
  const facing = here.length === 1 ? last : `${here.slice(0, -1).join(', ')}, and ${last}`;
  return `You are facing the ${facing}. Next to it, you see nothing.`;
}
