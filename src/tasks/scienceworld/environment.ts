/**
 * Stage 3 in a laboratory. Goals and score as in ScienceWorld: ordered goals in their order, optional ones beside them,
 * the original's sum; focusing on the wrong animal or stage, boiling what should melt, or freezing what should stay
 * liquid fails the task (-1 there, 0 here).
 * Over when all ordered goals are reached, the task has failed or the actions are used up: what is needed and one more.
 */
import type { RoomsPicture } from '../picture';
import type { EnvironmentOutcome, Task, TaskEnvironment } from '../task';
import type { LabInstance } from './instances';
import { LONG_WAIT, performInLab } from './lab-actions';
import { type LabDevice, LabState, type LabThing, lookAround, named, ROOM_TEMPERATURE } from './lab-world';
import { taskScore, ticksToChange } from './rules';

/** The task does not carry the laboratory its environment needs. */
export class LabTaskError extends Error {
  constructor(taskId: string) {
    super(
      `Task "${taskId}" carries no laboratory: generate it with the "scienceworld" family before playing it.`,
    );
    this.name = 'LabTaskError';
  }
}

/** @throws LabTaskError */
export function labInstance({ id, world }: Task): LabInstance {
  if (typeof world === 'object' && world !== null && 'lab' in world) return world as LabInstance;
  throw new LabTaskError(id);
}

export function openingOf(made: LabInstance): string {
  return `${made.asked} ${lookAround(new LabState(made.lab))}`;
}

/** Actions beyond those that are needed. */
const SPARE = 1;
/** Ticks in a row for which a substance must be liquid, or solid: until what else would freeze has frozen. */
const LASTING_TICKS = { liquid: 8, solid: 20 } as const;

interface Goal {
  readonly text: string;
  readonly holds: (state: LabState) => boolean;
}

export class LabEnvironment implements TaskEnvironment {
  readonly interactive = true;
  private readonly made: LabInstance;
  private readonly state: LabState;
  private readonly ordered: readonly Goal[];
  private readonly unordered: readonly Goal[];
  private readonly optional: boolean[];
  readonly actionLimit: number;
  private reached = 0;
  private failed = false;
  private actions = 0;

  constructor(task: Task) {
    this.made = labInstance(task);
    this.state = new LabState(this.made.lab);
    ({ ordered: this.ordered, unordered: this.unordered } = goalsOf(this.made));
    this.optional = this.unordered.map(() => false);
    this.actionLimit = shortest(this.made) + SPARE;
  }

  get done(): boolean {
    return this.failed || this.reached === this.ordered.length || this.actions >= this.actionLimit;
  }

  observe(): string {
    return openingOf(this.made);
  }

  act(action: string): EnvironmentOutcome {
    if (!this.done) {
      const observation = performInLab(this.state, action);
      this.actions++;
      this.judge();
      if (!this.done) return { observation, done: false };
    }
    return { done: true, score: this.scoreSoFar() };
  }

  scoreSoFar(): number {
    return Math.max(0, this.score());
  }

  metrics(): Readonly<Record<string, number>> {
    return { score: this.score(), success: this.reached === this.ordered.length && !this.failed ? 1 : 0 };
  }

  picture(): RoomsPicture {
    const { state, made } = this;
    const { lab } = made;
    const shown = (thing: LabThing) => ({
      name: named(state, thing).replace('the ', ''),
      state: stateInPicture(state, thing),
    });
    const things = (place: string) =>
      state.at(place).flatMap((thing) => [shown(thing), ...state.at(thing.name).map(shown)]);
    const place = (name: string, words: string, here: boolean) => ({
      name,
      here,
      state: words,
      things: things(name),
    });
    return {
      kind: 'rooms',
      places: [
        place(lab.lab, '', state.inLab),
        ...lab.devices.map(({ name, kind, limit }) => {
          const reach = `${kind === 'heats' ? 'up' : 'down'} to ${limit} °C`;
          return place(name, `${state.isRunning(name) ? 'on' : 'off'}, ${reach}`, state.inLab);
        }),
        ...lab.rooms.map((room) => place(room, '', state.room === room)),
      ],
      ways: lab.rooms.map((room) => ({ from: lab.lab, to: room, open: true })),
      holding: things('inventory').map(({ name }) => name),
      goals: [
        ...this.ordered.map(({ text }, i) => ({ text, holds: i < this.reached })),
        ...this.unordered.map(({ text }, i) => ({ text: `${text} (optional)`, holds: this.optional[i] })),
      ],
    };
  }

  private score(): number {
    return taskScore(this.failed, this.reached, this.ordered.length, this.optional);
  }

  private judge(): void {
    const { made, state } = this;
    this.unordered.forEach(({ holds }, i) => {
      this.optional[i] ||= holds(state);
    });
    while (this.reached < this.ordered.length && this.ordered[this.reached].holds(state)) this.reached++;
    const { goal } = made;
    // The stage last focused on may still be in focus while the next is waited for; nothing else may.
    if (goal.kind === 'focus')
      this.failed = state.focus !== null && state.focus !== goal.on[this.reached - 1];
    else if (goal.kind === 'melt') this.failed = state.wasEver(goal.what, 'gas');
    else this.failed = state.wasEver(goal.notThe, 'solid');
  }
}

/** Substances and containers by their temperature, in a container or not; animals by their stage. */
function stateInPicture(state: LabState, thing: LabThing): string {
  const { name, kind } = thing;
  if (kind !== 'substance' && kind !== 'container') return state.stageOf(thing);
  const container = state.containerOf(name);
  const degrees = `${Math.round(state.temperature(name))} °C`;
  return container ? `${degrees}, in the ${container.name}` : degrees;
}

/** What has to be carried to move it: a liquid's container, or the thing itself. */
const carried = (state: LabState, what: string): string => state.containerOf(what)?.name ?? what;

function goalsOf({ goal }: LabInstance): {
  readonly ordered: readonly Goal[];
  readonly unordered: readonly Goal[];
} {
  if (goal.kind === 'focus') {
    const [first] = goal.on;
    return {
      ordered: goal.on.map((one) => ({ text: `Focus on the ${one}`, holds: (state) => state.focus === one })),
      unordered: [
        {
          text: `Be where the ${first} is`,
          holds: (state) => state.lab.things.some(({ name }) => name === first && state.isHere(name)),
        },
      ],
    };
  }
  const { kind, what } = goal;
  const wanted = kind === 'melt' ? 'liquid' : 'solid';
  const lasts = (state: LabState): boolean => state.ticksAs(what, wanted) >= LASTING_TICKS[wanted];
  const onDevice = (state: LabState): boolean => state.device(state.standsIn(what)) !== undefined;
  return {
    ordered: [
      { text: `Put the ${what} on a device`, holds: onDevice },
      {
        text: 'Turn that device on',
        holds: (state) => onDevice(state) && state.isRunning(state.standsIn(what)),
      },
      {
        text: `The ${what} stays ${wanted} for ${LASTING_TICKS[wanted]} ticks`,
        holds: (state) => lasts(state) && !(kind === 'melt' && state.wasEver(what, 'gas')),
      },
    ],
    unordered: [
      { text: `Be where the ${what} is`, holds: (state) => state.isHere(what) },
      { text: `Hold the ${what}`, holds: (state) => state.standsIn(what) === 'inventory' },
    ],
  };
}

/** Actions of somebody who knows all that was told. */
function shortest({ lab, goal }: LabInstance): number {
  const state = new LabState(lab);
  const what = goal.kind === 'focus' ? goal.on[0] : goal.what;
  const thing = lab.things.find(({ name }) => name === what);
  if (!thing) return 0;
  const away = state.standsIn(what) !== lab.lab;
  if (goal.kind === 'focus') return (away ? 1 : 0) + focusing(lab, goal.on, away);
  const fetching = away ? 3 : 0; // there, take it, back
  const { melts = 0, boils = 0 } = thing;
  if (goal.kind === 'melt') {
    const device = lab.devices.find(({ limit }) => limit > melts);
    const material = { name: what, names: {}, melts, boils, conducts: 1 };
    const ticks =
      (device ? (ticksToChange(material, ROOM_TEMPERATURE, device) ?? 0) : 0) + LASTING_TICKS.liquid - 1;
    // Switching on is the first tick, and most of the rest is waiting.
    return fetching + 2 + Math.ceil(ticks / LONG_WAIT);
  }
  const device = lab.devices.find(({ limit }) => limit < melts);
  return fetching + (device ? 1 + Math.ceil((ticksToFreeze(lab, what, device) - 1) / LONG_WAIT) : 0);
}

/** Focusing on each stage as it is there, and long waits between. */
function focusing(lab: LabInstance['lab'], on: readonly string[], away: boolean): number {
  const state = new LabState(lab);
  if (away) state.tick();
  let actions = 0;
  for (const stage of on) {
    for (; !state.thing(stage) && actions < MOST_ACTIONS; actions++)
      for (let ticks = 0; ticks < LONG_WAIT; ticks++) state.tick();
    state.tick();
    actions++;
  }
  return actions;
}

/** Of any task, and more. */
const MOST_ACTIONS = 40;

/** Until it has been solid for long enough, in its container, with all else in it. */
function ticksToFreeze(lab: LabInstance['lab'], what: string, { name }: LabDevice): number {
  const state = new LabState(lab);
  state.move(carried(state, what), name);
  state.run(name, true);
  let ticks = 0;
  for (; state.ticksAs(what, 'solid') < LASTING_TICKS.solid && ticks < MOST_ACTIONS * LONG_WAIT; ticks++)
    state.tick();
  return ticks;
}
