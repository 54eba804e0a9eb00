/**
 * A small laboratory to act in: a subset of ScienceWorld (allenai/ScienceWorld, Apache-2.0; written anew). There are
 * rooms around a lab, things and animals in them, devices that heat and cool; a thing in or on a running device gets
 * warmer or colder with every action, melts and boils by its own points. Of the original's rules these are left out:
 * containers in containers, doors that are closed, air, fire, electricity, plants that grow, and mixing.
 *
 * Answers are in the manner of the original, in our words. A thing is called by its state once that is not solid.
 */
import type { StateOfMatter } from './constants';
import { besideDevice, stateAt } from './rules';

export interface LabThing {
  readonly name: string;
  readonly kind: 'substance' | 'animal' | 'object';
  readonly room: string;
  /** Of substances, °C. */
  readonly melts?: number;
  readonly boils?: number;
}

export interface LabDevice {
  readonly name: string;
  readonly kind: 'heats' | 'cools';
  /** °C */
  readonly limit: number;
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
  /** Ticks in a row at whose end it was liquid. */
  private readonly liquid = new Map<string, number>();
  private readonly boiled = new Set<string>();
  /** What was focused on last. */
  focus: string | null = null;

  constructor(readonly lab: Lab) {
    this.room = lab.lab;
    for (const { name, room } of lab.things) {
      this.places.set(name, room);
      this.temperatures.set(name, ROOM_TEMPERATURE);
    }
  }

  thing(name: string): LabThing | undefined {
    return this.lab.things.find((one) => one.name === name);
  }

  device(name: string): LabDevice | undefined {
    return this.lab.devices.find((one) => one.name === name);
  }

  /** A room, a device, or "inventory". */
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

  /** In the room, on a device in it, or in the hand. */
  isHere(name: string): boolean {
    const place = this.placeOf(name);
    return place === this.room || place === 'inventory' || (this.device(place) !== undefined && this.inLab);
  }

  get inLab(): boolean {
    return this.room === this.lab.lab;
  }

  inRoom(): readonly LabThing[] {
    return this.lab.things.filter(({ name }) => this.placeOf(name) === this.room);
  }

  on(device: string): readonly LabThing[] {
    return this.lab.things.filter(({ name }) => this.placeOf(name) === device);
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
    for (const device of this.lab.devices) {
      if (!this.running.has(device.name)) continue;
      for (const { name } of this.on(device.name)) {
        this.temperatures.set(name, besideDevice(this.temperature(name), device));
      }
    }
    for (const thing of this.lab.things) {
      const matter = this.stateOf(thing);
      this.liquid.set(thing.name, matter === 'liquid' ? this.liquidTicks(thing.name) + 1 : 0);
      if (matter === 'gas') this.boiled.add(thing.name);
    }
  }

  liquidTicks(name: string): number {
    return this.liquid.get(name) ?? 0;
  }

  hasBoiled(name: string): boolean {
    return this.boiled.has(name);
  }
}

/** "the tolum", "the liquid tolum" */
export function named(state: LabState, thing: LabThing): string {
  const matter = state.stateOf(thing);
  const word =
    thing.kind !== 'substance' || matter === 'solid' ? '' : matter === 'gas' ? 'gaseous ' : 'liquid ';
  return `the ${word}${thing.name}`;
}

export function lookAround(state: LabState): string {
  const { lab, inLab, room } = state;
  const seen = [
    ...state.inRoom().map((thing) => named(state, thing)),
    ...(inLab ? lab.devices.map((device) => describeDevice(state, device)) : []),
  ];
  const doors = inLab ? lab.rooms : [lab.lab];
  return `This room is called the ${room}. You see ${listed(seen)}. There are doors to ${listed(doors.map((one) => `the ${one}`))}.`;
}

export function describeDevice(state: LabState, { name }: LabDevice): string {
  const things = state.on(name).map((thing) => named(state, thing));
  const holding = things.length > 0 ? `, on it ${listed(things)}` : '';
  return `a ${name} (${state.isRunning(name) ? 'on' : 'off'}${holding})`;
}

export function listed(names: readonly string[]): string {
  const last = names.at(-1);
  if (last === undefined) return 'nothing';
  return names.length === 1 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
