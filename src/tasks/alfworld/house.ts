/**
 * A room of ALFWorld as plain data: receptacles, objects, what fits where, and the goal. And its state while somebody
 * acts in it. Rules after alfred.pddl of alfworld/alfworld (MIT), as its text games play them.
 */

/** s-expressions of the goal, e.g. ["exists", ["?o", "-", "object"], …]. */
export type Formula = string | readonly Formula[];

export interface Receptacle {
  /** Orders lists. */
  readonly id: string;
  /** e.g. `drawertype` */
  readonly type: string;
  /** e.g. `loc 5`; several receptacles may share one. */
  readonly loc: string;
  readonly openable?: 1 | boolean;
  /** Open at the start. */
  readonly opened?: 1 | boolean;
}

export interface Thing {
  readonly id: string;
  readonly type: string;
  /** Receptacles it is in or on, mostly one. */
  readonly in: readonly string[];
  /** Objects it lies in, e.g. a spoon in a bowl. */
  readonly inside?: readonly string[];
  /**
   * What can be done with it: p picked up, c cleaned, h heated, k cooled, t turned on, s sliced, r holds things;
   * and o: is on.
   */
  readonly flags: string;
}

export interface House {
  /** Location of the agent at the start. */
  readonly start: string;
  readonly receptacles: Readonly<Record<string, Receptacle>>;
  readonly objects: Readonly<Record<string, Thing>>;
  /** Further facts at the start, e.g. ["iscool", "tomato 3"]. */
  readonly facts: readonly (readonly [fact: string, object: string])[];
  readonly goal: Formula;
  /** Types of objects that fit, by type of receptacle. */
  readonly can_contain: Readonly<Record<string, readonly string[]>>;
}

export type Quality = 'isclean' | 'ishot' | 'iscool' | 'istoggled';

/** A house while somebody acts in it. */
export class HouseState {
  location: string;
  holding: string | null = null;
  private readonly open: Set<string>;
  private readonly places = new Map<string, Set<string>>();
  private readonly qualities: Readonly<Record<Quality, Set<string>>> = {
    isclean: new Set(),
    ishot: new Set(),
    iscool: new Set(),
    istoggled: new Set(),
  };

  constructor(readonly house: House) {
    this.location = house.start;
    const { receptacles, objects, facts } = house;
    this.open = new Set(Object.keys(receptacles).filter((name) => receptacles[name].opened));
    for (const [name, thing] of Object.entries(objects)) {
      this.places.set(name, new Set(thing.in));
      if (thing.flags.includes('o')) this.qualities.istoggled.add(name);
    }
    for (const [fact, object] of facts) {
      if (Object.hasOwn(this.qualities, fact)) this.qualities[fact as Quality].add(object);
    }
  }

  receptacle(name: string): Receptacle | undefined {
    return Object.hasOwn(this.house.receptacles, name) ? this.house.receptacles[name] : undefined;
  }

  thing(name: string): Thing | undefined {
    return Object.hasOwn(this.house.objects, name) ? this.house.objects[name] : undefined;
  }

  isHere(receptacle: string): boolean {
    return this.receptacle(receptacle)?.loc === this.location;
  }

  isOpen(receptacle: string): boolean {
    return this.open.has(receptacle);
  }

  /** One can see into it and reach into it. */
  isAccessible(receptacle: string): boolean {
    return !this.receptacle(receptacle)?.openable || this.isOpen(receptacle);
  }

  isIn(object: string, receptacle: string): boolean {
    return this.places.get(object)?.has(receptacle) ?? false;
  }

  has(quality: Quality, object: string): boolean {
    return this.qualities[quality].has(object);
  }

  canDo(object: string, flag: string): boolean {
    return this.thing(object)?.flags.includes(flag) ?? false;
  }

  fits(object: string, receptacle: string): boolean {
    const [thing, into] = [this.thing(object), this.receptacle(receptacle)];
    return Boolean(thing && into && this.house.can_contain[into.type]?.includes(thing.type));
  }

  /** Objects in or on a receptacle, in the order of their ids. */
  contents(receptacle: string): string[] {
    return this.sorted(Object.keys(this.house.objects).filter((name) => this.isIn(name, receptacle)));
  }

  /** Objects that lie in an object. */
  contentsOf(object: string): string[] {
    const { objects } = this.house;
    return this.sorted(Object.keys(objects).filter((name) => objects[name].inside?.includes(object)));
  }

  /** Within reach: in the hand, or in or on something here that is not closed. */
  isVisible(object: string): boolean {
    if (this.holding === object) return true;
    return [...(this.places.get(object) ?? [])].some((name) => this.isHere(name) && this.isAccessible(name));
  }

  take(object: string, receptacle: string): void {
    this.places.get(object)?.delete(receptacle);
    this.holding = object;
  }

  put(object: string, receptacle: string): void {
    this.places.get(object)?.add(receptacle);
    this.holding = null;
  }

  setOpen(receptacle: string, open: boolean): void {
    if (open) this.open.add(receptacle);
    else this.open.delete(receptacle);
  }

  give(quality: Quality, object: string): void {
    this.qualities[quality].add(object);
    if (quality === 'ishot') this.qualities.iscool.delete(object);
    if (quality === 'iscool') this.qualities.ishot.delete(object);
  }

  private sorted(names: readonly string[]): string[] {
    const { objects } = this.house;
    return [...names].sort((a, b) => (objects[a].id < objects[b].id ? -1 : 1));
  }
}
