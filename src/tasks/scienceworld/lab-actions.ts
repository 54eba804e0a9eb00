/**
 * What can be done in a laboratory, and what is said to it. An action takes a tick whether it works or not; as in the
 * original "wait" takes ten and "wait1" one.
 */
import {
  describeDevice,
  type LabState,
  type LabThing,
  listed,
  lookAround,
  named,
  withContents,
} from './lab-world';

/** Ticks of "wait". */
export const LONG_WAIT = 10;

const UNKNOWN = 'No known action matches that input.';

type Act = (state: LabState, first: string, second: string) => string;

const ACTIONS: readonly (readonly [RegExp, Act])[] = [
  [/^look around$/, lookAround],
  [/^(?:go to|walk to) (.+)$/, goTo],
  [/^(?:pick up|take|get) (.+)$/, pickUp],
  [/^put down (.+)$/, putDown],
  [/^(?:put|move|pour) (.+?) (?:in|on|into|onto|to) (.+)$/, putOn],
  [/^(?:activate|turn on) (.+)$/, (state, name) => switched(state, name, true)],
  [/^(?:deactivate|turn off) (.+)$/, (state, name) => switched(state, name, false)],
  [/^focus on (.+)$/, focusOn],
  [/^(?:look at|examine) (.+)$/, lookAt],
  [/^use thermometer on (.+)$/, measure],
  [/^inventory$/, inventory],
  [/^wait1?$/, () => 'You wait.'],
];

/** Carries an action out, then lets time go on. */
export function performInLab(state: LabState, action: string): string {
  const text = action
    .trim()
    .toLowerCase()
    .replace(/[.!]+$/, '')
    .replace(/\bthe\b /g, '')
    .replace(/\s+/g, ' ');
  const found = ACTIONS.find(([pattern]) => pattern.test(text));
  const [, first = '', second = ''] = found ? (found[0].exec(text) ?? []) : [];
  const said = found ? found[1](state, first, second) : UNKNOWN;
  const before = animalsHere(state).map((thing) => [thing, named(state, thing)] as const);
  for (let ticks = text === 'wait' ? LONG_WAIT : 1; ticks > 0; ticks--) state.tick();
  const grown = before
    .filter(([thing, was]) => named(state, thing) !== was)
    .map(([thing, was]) => ` ${sentence(was)} is now a ${state.nameOf(thing)}.`);
  return said + grown.join('');
}

const animalsHere = (state: LabState): readonly LabThing[] =>
  state.lab.things.filter(({ name, kind }) => kind === 'animal' && state.isHere(name));

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The thing of that name that is here; its state may stand before it. */
function here(state: LabState, name: string): LabThing | undefined {
  const thing = state.thing(name.replace(/^(?:liquid|gaseous) /, ''));
  return thing && state.isHere(thing.name) ? thing : undefined;
}

/** Why it cannot be taken or moved by itself. */
function heldBack(state: LabState, thing: LabThing): string | null {
  if (thing.kind === 'animal') return `${sentence(named(state, thing))} does not let itself be moved.`;
  const container = state.containerOf(thing.name);
  if (!container || state.stateOf(thing) === 'solid') return null;
  return `${sentence(named(state, thing))} can only be moved with the ${container.name}.`;
}

const notHere = (name: string): string => `There is no ${name} here.`;

function goTo(state: LabState, name: string): string {
  const { lab, inLab } = state;
  const reached = inLab ? lab.rooms.includes(name) : name === lab.lab;
  if (!reached) return `There is no door to ${name} here.`;
  state.room = name;
  return lookAround(state);
}

function pickUp(state: LabState, name: string): string {
  const thing = here(state, name);
  if (!thing) return notHere(name);
  const why = heldBack(state, thing);
  if (why !== null) return why;
  state.move(thing.name, 'inventory');
  return `You take ${withContents(state, thing)}.`;
}

function putDown(state: LabState, name: string): string {
  const thing = here(state, name);
  if (!thing || state.placeOf(thing.name) !== 'inventory') return `You have no ${name}.`;
  state.move(thing.name, state.room);
  return `You put down ${withContents(state, thing)}.`;
}

function putOn(state: LabState, name: string, where: string): string {
  const thing = here(state, name);
  if (!thing) return notHere(name);
  const why = heldBack(state, thing);
  if (why !== null) return why;
  const device = state.device(where);
  if (!device || !state.inLab) return notHere(where);
  state.move(thing.name, device.name);
  return `You put ${withContents(state, thing)} on the ${device.name}.`;
}

function switched(state: LabState, name: string, on: boolean): string {
  const device = state.device(name);
  if (!device || !state.inLab) return notHere(name);
  state.run(device.name, on);
  return `The ${device.name} is now ${on ? 'on' : 'off'}.`;
}

function focusOn(state: LabState, name: string): string {
  const thing = here(state, name);
  if (!thing) return notHere(name);
  state.focus = state.nameOf(thing);
  return `You focus on ${named(state, thing)}.`;
}

function lookAt(state: LabState, name: string): string {
  const device = state.inLab ? state.device(name) : undefined;
  if (device) return `This is ${describeDevice(state, device)}.`;
  const thing = here(state, name);
  return thing ? `This is ${withContents(state, thing)}.` : notHere(name);
}

function measure(state: LabState, name: string): string {
  const thing = here(state, name);
  if (!thing) return notHere(name);
  return `The thermometer shows ${Math.round(state.temperature(thing.name))} degrees.`;
}

function inventory(state: LabState): string {
  return `You have ${listed(state.at('inventory').map((thing) => withContents(state, thing)))}.`;
}
