/**
 * Stage 3 in a laboratory. Goals and score as in ScienceWorld: ordered goals in their order, optional ones beside them,
 * the original's sum; focusing on the wrong animal, or boiling what should melt, fails the task (-1 there, 0 here).
 * Over when all ordered goals are reached, the task has failed or the actions are used up: what is needed and one more.
 */
import type { RoomsPicture } from '../picture';
import type { EnvironmentOutcome, Task, TaskEnvironment } from '../task';
import type { LabInstance } from './instances';
import { LONG_WAIT, performInLab } from './lab-actions';
import { LabState, lookAround, named, ROOM_TEMPERATURE } from './lab-world';
import { besideDevice, taskScore } from './rules';

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
/** Ticks in a row for which a substance must be liquid. */
const LIQUID_TICKS = 8;

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
    return { done: true, score: Math.max(0, this.score()) };
  }

  metrics(): Readonly<Record<string, number>> {
    return { score: this.score(), success: this.reached === this.ordered.length && !this.failed ? 1 : 0 };
  }

  picture(): RoomsPicture {
    const { state, made } = this;
    const { lab } = made;
    const things = (place: string) =>
      lab.things
        .filter(({ name }) => state.placeOf(name) === place)
        .map((thing) => ({
          name: named(state, thing).replace('the ', ''),
          state: thing.kind === 'substance' ? `${Math.round(state.temperature(thing.name))} °C` : '',
        }));
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
        ...lab.devices.map(({ name, limit }) =>
          place(name, `${state.isRunning(name) ? 'on' : 'off'}, up to ${limit} °C`, state.inLab),
        ),
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
    if (made.goal.kind === 'focus') this.failed = state.focus !== null && state.focus !== made.goal.on;
    else this.failed = state.hasBoiled(made.goal.what);
  }
}

function goalsOf({ goal }: LabInstance): {
  readonly ordered: readonly Goal[];
  readonly unordered: readonly Goal[];
} {
  if (goal.kind === 'focus') {
    return {
      ordered: [{ text: `Focus on the ${goal.on}`, holds: (state) => state.focus === goal.on }],
      unordered: [{ text: `Be where the ${goal.on} is`, holds: (state) => state.isHere(goal.on) }],
    };
  }
  const { what } = goal;
  const onDevice = (state: LabState): boolean => state.device(state.placeOf(what)) !== undefined;
  return {
    ordered: [
      { text: `Put the ${what} on a device`, holds: onDevice },
      {
        text: 'Turn that device on',
        holds: (state) => onDevice(state) && state.isRunning(state.placeOf(what)),
      },
      {
        text: `The ${what} stays liquid for ${LIQUID_TICKS} ticks`,
        holds: (state) => state.liquidTicks(what) >= LIQUID_TICKS && !state.hasBoiled(what),
      },
    ],
    unordered: [
      { text: `Be where the ${what} is`, holds: (state) => state.isHere(what) },
      { text: `Hold the ${what}`, holds: (state) => state.placeOf(what) === 'inventory' },
    ],
  };
}

/** Actions of somebody who knows all that was told. */
function shortest({ lab, goal }: LabInstance): number {
  if (goal.kind === 'focus')
    return lab.things.some(({ name, room }) => name === goal.on && room !== lab.lab) ? 2 : 1;
  const thing = lab.things.find(({ name }) => name === goal.what);
  if (!thing) return 0;
  const fetching = thing.room === lab.lab ? 0 : 3; // there, take it, back
  const ticks = ticksToMelt(thing.melts ?? 0, lab.devices) + LIQUID_TICKS - 1;
  // Switching on is the first tick, and most of the rest is waiting.
  return fetching + 2 + Math.ceil(ticks / LONG_WAIT);
}

/** On the first device that melts it. */
function ticksToMelt(melts: number, devices: LabInstance['lab']['devices']): number {
  const device = devices.find(({ limit }) => limit > melts);
  if (!device) return 0;
  let ticks = 0;
  for (let at = ROOM_TEMPERATURE; at < melts; ticks++) at = besideDevice(at, device);
  return ticks;
}
