/**
 * A small laboratory to act in: a subset of ScienceWorld (allenai/ScienceWorld, Apache-2.0; written anew). There are
 * rooms around a lab, things and animals in them, devices that heat and cool; a thing in or on a running device gets
 * warmer or colder with every action, freezes, melts and boils by its own points. What is in a container is warmed or
 * cooled by the container it touches. Animals grow older with every action, and some are called otherwise then. Of the
 * original's rules these are left out: containers in containers, doors that are closed, air, fire, electricity, plants
 * that grow, and mixing.
 *
 * Answers are in the manner of the original, in our words. A thing is called by its state once that is not solid.
 */
import type { LifeStage, StateOfMatter } from './constants';
import { besideDevice, lifeStageAt, stateAt, touching } from './rules';

export interface LabThing {
  readonly name: string;
  readonly kind: 'substance' | 'animal' | 'object' | 'container';
  /** Where it is at the start: a room or a container. */
  readonly room: string;
  /** Of substances, °C. */
  readonly melts?: number;
  readonly boils?: number;
  /** Share of a difference that passes to what it touches; left out: all that may. */
  readonly conducts?: number;
  /** Of animals that change: their stages, each with its name, and the ticks they have lived at the start. */
  readonly life?: { readonly cycle: readonly LifeStage[]; readonly age: number };
}

export interface LabDevice {
  readonly name: string;
  readonly kind: 'heats' | 'cools';
  /** °C */
  readonly limit: number;
  readonly onAtStart: boolean;
}

export interface Lab {
  /** Where one begins, and where the devices are; every other room has its door here. */
  readonly lab: string;
  readonly rooms: readonly string[];
  readonly things: readonly LabThing[];
  readonly devices: readonly LabDevice[];
}

/** °C at the start. */
export const ROOM_TEMPERATURE = 20;

export class LabState {
  room: string;
  private readonly places = new Map<string, string>();
  private readonly temperatures = new Map<string, number>();
  private readonly running = new Set<string>();
  /** The state at the end of the last tick, and at how many ticks' ends in a row. */
  private readonly lasted = new Map<string, { readonly matter: StateOfMatter; readonly ticks: number }>();
  private readonly were = new Set<string>();
  private ticks = 0;
  /** What was focused on last, as it was called then. */
  focus: string | null = null;

  constructor(readonly lab: Lab) {
    this.room = lab.lab;
    for (const { name, room } of lab.things) {
      this.places.set(name, room);
      this.temperatures.set(name, ROOM_TEMPERATURE);
    }
    for (const { name, onAtStart } of lab.devices) this.run(name, onAtStart);
  }

  /** By what it is called now. */
  thing(called: string): LabThing | undefined {
    return this.lab.things.find((one) => this.nameOf(one) === called);
  }

  /** What it is called now, its state of matter aside. */
  nameOf({ name, life }: LabThing): string {
    return (life && lifeStageAt(life.cycle, life.age + this.ticks).name) ?? name;
  }

  /** In the original's words ("egg"); empty where it stays what it is. */
  stageOf({ life }: LabThing): string {
    return life ? lifeStageAt(life.cycle, life.age + this.ticks).stage : '';
  }

  device(name: string): LabDevice | undefined {
    return this.lab.devices.find((one) => one.name === name);
  }

  /** A room, a device, a container, or "inventory". */
  placeOf(name: string): string {
    return this.places.get(name) ?? '';
  }

  isRunning(device: string): boolean {
    return this.running.has(device);
  }

  temperature(name: string): number {
    return this.temperatures.get(name) ?? ROOM_TEMPERATURE;
  }

  stateOf({ name, melts, boils }: LabThing): StateOfMatter {
    if (melts === undefined || boils === undefined) return 'solid';
    return stateAt({ melts, boils }, this.temperature(name));
  }

  /** The container it is in. */
  containerOf(name: string): LabThing | undefined {
    return this.lab.things.find((one) => one.kind === 'container' && one.name === this.placeOf(name));
  }

  /** As `placeOf`, of the container if it is in one. */
  standsIn(name: string): string {
    return this.placeOf(this.containerOf(name)?.name ?? name);
  }

  /** In the room, on a device in it, or in the hand; or in a container that is. */
  isHere(name: string): boolean {
    const place = this.standsIn(name);
    return place === this.room || place === 'inventory' || (this.device(place) !== undefined && this.inLab);
  }

  get inLab(): boolean {
    return this.room === this.lab.lab;
  }

  /** What is in a room, on a device, in a container or in the hand. */
  at(place: string): readonly LabThing[] {
    return this.lab.things.filter(({ name }) => this.placeOf(name) === place);
  }

  move(name: string, place: string): void {
    this.places.set(name, place);
  }

  run(device: string, on: boolean): void {
    if (on) this.running.add(device);
    else this.running.delete(device);
  }

  /** Time goes on by one action. */
  tick(): void {
    this.ticks++;
    for (const device of this.lab.devices) {
      if (!this.running.has(device.name)) continue;
      for (const { name } of this.at(device.name)) {
        this.temperatures.set(name, besideDevice(this.temperature(name), device));
      }
    }
    for (const { name, conducts = 1 } of this.lab.things) {
      const container = this.containerOf(name);
      if (!container) continue;
      const pair = [this.temperature(container.name), this.temperature(name)] as const;
      const [outside, inside] = touching(pair, [container.conducts ?? 1, conducts]);
      this.temperatures.set(container.name, outside);
      this.temperatures.set(name, inside);
    }
    for (const thing of this.lab.things) {
      const matter = this.stateOf(thing);
      this.lasted.set(thing.name, { matter, ticks: this.ticksAs(thing.name, matter) + 1 });
      this.were.add(`${matter} ${thing.name}`);
    }
  }

  /** Ticks in a row at whose end it was in that state. */
  ticksAs(name: string, matter: StateOfMatter): number {
    const last = this.lasted.get(name);
    return last?.matter === matter ? last.ticks : 0;
  }

  /** Whether it was ever in that state at the end of a tick. */
  wasEver(name: string, matter: StateOfMatter): boolean {
    return this.were.has(`${matter} ${name}`);
  }
}

/** "the tolum", "the liquid tolum" */
export function named(state: LabState, thing: LabThing): string {
  const matter = state.stateOf(thing);
  const word =
    thing.kind !== 'substance' || matter === 'solid' ? '' : matter === 'gas' ? 'gaseous ' : 'liquid ';
  return `the ${word}${state.nameOf(thing)}`;
}

/** With what it holds: "the tin cup with the liquid tolum" */
export function withContents(state: LabState, thing: LabThing): string {
  const contents = state.at(thing.name);
  if (contents.length === 0) return named(state, thing);
  return `${named(state, thing)} with ${contents.map((one) => named(state, one)).join(' plus ')}`;
}

export function lookAround(state: LabState): string {
  const { lab, inLab, room } = state;
  const seen = [
    ...state.at(room).map((thing) => withContents(state, thing)),
    ...(inLab ? lab.devices.map((device) => describeDevice(state, device)) : []),
  ];
  const doors = inLab ? lab.rooms : [lab.lab];
  return `This room is called the ${room}. You see ${listed(seen)}. There are doors to ${listed(doors.map((one) => `the ${one}`))}.`;
}

export function describeDevice(state: LabState, { name }: LabDevice): string {
  const things = state.at(name).map((thing) => withContents(state, thing));
  const holding = things.length > 0 ? `, on it ${listed(things)}` : '';
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name} (${state.isRunning(name) ? 'on' : 'off'}${holding})`;
}

export function listed(names: readonly string[]): string {
  const last = names.at(-1);
  if (last === undefined) return 'nothing';
  return names.length === 1 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
