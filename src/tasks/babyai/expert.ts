/**
 * Plays as somebody who knows the rules of the game and of its text wrapper, but of this level only the observations
 * and what is remembered: goes to the door that memory names and searches door by door where it names none.
 *
 * Limits: rooms are thought to be reached from one hall, each through a door of its own colour, as the levels of this
 * lab are; elsewhere it may lose its way. It does not clear ways that are blocked.
 */
import type { Expert } from '../task';
import type { Clause, Description, Mission } from './mission';
import { clausesOf } from './mission';
import { MissionSentenceError, readMission } from './mission-sentence';
import type { Colour } from './objects';
import { doorOf } from './patterns';
import { type Scene, type SeenThing, sceneIn } from './scene';

/** Turns after which everything around has been seen. */
const ALL_AROUND = 4;

export function createExpert(): Expert {
  return new BabyExpert();
}

class BabyExpert implements Expert {
  private clauses: readonly Clause[] = [];
  private current = 0;
  private scene: Scene = { things: [], carrying: null, barrier: null };
  private remembered: readonly string[] = [];
  /** Colour of the door of the room it is in; null: in the hall. */
  private room: Colour | null = null;
  /** Turns to the right since the last move. */
  private turns = 0;
  private readonly searched = new Set<Colour>();
  private readonly locked = new Set<Colour>();
  /** Actions refused or without effect in this scene. */
  private readonly vain = new Set<string>();
  private last = '';
  /** As it was before the last action. */
  private left: { readonly turns: number; readonly room: Colour | null } = { turns: 0, room: null };
  /** What comes next, whatever is seen. */
  private readonly planned: string[] = [];
  /** To which side it steps from a thing. */
  private side: 'left' | 'right' = 'left';

  act(observation: string, remembered: readonly string[]): string {
    this.remembered = remembered;
    if (this.clauses.length === 0) this.clauses = clausesOf(goalIn(observation));
    const scene = sceneIn(observation);
    if (scene) {
      if (JSON.stringify(scene) === JSON.stringify(this.scene)) this.vain.add(this.last);
      else this.vain.clear();
      this.scene = scene;
    } else {
      this.vain.add(this.last);
    }
    for (const { type, colour, state } of this.scene.things) {
      if (type !== 'door') continue;
      if (state === 'locked') this.locked.add(colour);
      else this.locked.delete(colour);
    }
    for (let i = 0; i < this.clauses.length && this.isDone(this.clause); i++) {
      this.current = (this.current + 1) % this.clauses.length;
    }
    const wanted = this.planned.shift() ?? this.choose();
    this.left = { turns: this.turns, room: this.room };
    this.take(this.vain.has(wanted) ? this.lookAround() : wanted);
    return this.last;
  }

  did(action: string): void {
    this.planned.length = 0;
    this.turns = this.left.turns;
    this.room = this.left.room;
    this.take(action.trim().toLowerCase());
  }

  private take(action: string): void {
    this.last = action;
    this.turns = action === 'turn right' ? this.turns + 1 : 0;
    this.noteRoom();
  }

  refused(observation: string): boolean {
    return sceneIn(observation) === null;
  }

  private get clause(): Clause {
    return this.clauses[this.current];
  }

  private isDone(clause: Clause): boolean {
    const [nearest] = this.matching(clause.what);
    switch (clause.op) {
      case 'goto':
        return nearest !== undefined && nearest.ahead === 1 && nearest.right === 0;
      case 'pickup':
        return this.holds(clause.what);
      case 'open':
        return this.last === 'toggle' && nearest?.state === 'open';
      case 'putnext':
        return this.last === 'drop' && !this.vain.has('drop');
    }
  }

  private choose(): string {
    const { clause } = this;
    switch (clause.op) {
      case 'goto': {
        const [target] = this.matching(clause.what);
        return target ? `go to ${target.label}` : this.seek(clause.what);
      }
      case 'pickup':
        return this.fetch(clause.what);
      case 'open':
        return this.open(clause.what);
      case 'putnext':
        return this.holds(clause.what) ? this.putBeside(clause.beside) : this.fetch(clause.what);
    }
  }

  private fetch(what: Description): string {
    const [target] = this.matching(what);
    if (!target) return this.seek(what);
    return this.scene.carrying ? 'drop' : `pickup ${target.label}`;
  }

  private open(what: Description): string {
    const doors = this.matching(what);
    const door = doors.find(({ state }) => state !== 'open') ?? doors[0];
    const colour = door?.colour ?? what.colour;
    const shut = door ? door.state === 'locked' : colour !== null && this.mayBeLocked(colour);
    if (colour && shut && !this.holdsKey(colour)) return this.seekKey(colour);
    if (!door) return this.leave();
    return door.ahead === 1 && door.right === 0 ? 'toggle' : `go to ${door.label}`;
  }

  /** Seen locked, or not seen yet while memory knows of its key. */
  private mayBeLocked(colour: Colour): boolean {
    return this.locked.has(colour) || doorOf(`${colour} key`, this.remembered) !== null;
  }

  /**
   * Drops where the front cell is beside the thing. Standing right before the thing, it steps aside: left, or right
   * where that is blocked.
   */
  private putBeside(what: Description): string {
    const [other] = this.matching(what);
    if (!other) return this.seek(what);
    const { ahead, right } = other;
    const taken = this.scene.things.some((thing) => thing.ahead === 1 && thing.right === 0);
    const frontIsFree = !taken && this.scene.barrier !== 1;
    if (Math.abs(ahead - 1) + Math.abs(right) === 1 && ahead > 0 && frontIsFree) return 'drop';
    if (right === 0) return ahead === 1 ? `turn ${this.side}` : 'move forward';
    if (ahead !== 0 || Math.abs(right) !== 1) return `go to ${other.label}`;
    const back = right > 0 ? 'turn right' : 'turn left';
    if (frontIsFree) {
      this.planned.push(back);
      return 'move forward';
    }
    this.side = right > 0 ? 'right' : 'left';
    return back;
  }

  private seek(what: Description): string {
    const door = what.colour && what.type ? doorOf(`${what.colour} ${what.type}`, this.remembered) : null;
    return door && !this.searched.has(door) ? this.enter(door) : this.explore();
  }

  private seekKey(colour: Colour): string {
    return this.fetch({ type: 'key', colour, place: null });
  }

  /** Goes into the room behind a door; when in it, looks around once. */
  private enter(door: Colour): string {
    if (this.room === door) {
      if (this.turns < ALL_AROUND - 1) return 'turn right';
      this.searched.add(door);
      return this.explore();
    }
    if (this.locked.has(door) && !this.holdsKey(door)) return this.seekKeyOf(door);
    const seen = this.scene.things.find(({ type, colour }) => type === 'door' && colour === door);
    return seen ? through(seen) : this.leave();
  }

  private seekKeyOf(door: Colour): string {
    const behind = doorOf(`${door} key`, this.remembered);
    return behind === door ? this.explore() : this.seekKey(door);
  }

  /** Into a room not yet searched, or to a key for a door that is locked. */
  private explore(): string {
    if (this.room) this.searched.add(this.room);
    const key = this.scene.things.find(({ type, colour }) => type === 'key' && this.locked.has(colour));
    if (key && !this.scene.carrying) return `pickup ${key.label}`;
    const door = this.scene.things.find(
      ({ type, colour, state }) =>
        type === 'door' && !this.searched.has(colour) && (state !== 'locked' || this.holdsKey(colour)),
    );
    return door ? through(door) : this.leave();
  }

  /** Back to the hall, where its door is in sight; else looks for it. */
  private leave(): string {
    const exit = this.scene.things.find(
      ({ type, colour, state }) => type === 'door' && colour === this.room && state === 'open',
    );
    return exit ? through(exit) : this.lookAround();
  }

  private lookAround(): string {
    // In a doorway to the hall: from a step further one sees more.
    const fromRoom = this.room === null && this.last.startsWith('go through');
    if (fromRoom && !this.vain.has('move forward')) return 'move forward';
    const stuck = this.turns >= ALL_AROUND && !this.vain.has('move forward');
    return stuck ? 'move forward' : 'turn right';
  }

  /** Where the last action leads. */
  private noteRoom(): void {
    const door = /go through (\w+) (?:open|closed|locked) door/.exec(this.last)?.[1] as Colour | undefined;
    if (door) this.room = this.room === door ? null : door;
  }

  private matching({ type, colour }: Description): readonly SeenThing[] {
    return this.scene.things.filter(
      (thing) => (type === null || thing.type === type) && (colour === null || thing.colour === colour),
    );
  }

  private holds({ type, colour }: Description): boolean {
    const { carrying } = this.scene;
    return (
      carrying !== null &&
      (type === null || carrying.type === type) &&
      (colour === null || carrying.colour === colour)
    );
  }

  private holdsKey(colour: Colour): boolean {
    return this.holds({ type: 'key', colour, place: null });
  }
}

function through({ label, state }: SeenThing): string {
  return state === 'open' ? `go through ${label}` : `toggle and go through ${label}`;
}

/** The wrapper says "and" for "then": the comma before it is left. */
function goalIn(observation: string): Mission {
  const goal = /\b((?:go to|pick up|open|put) [^.]*)\./.exec(observation)?.[1] ?? '';
  try {
    return readMission(goal.replace(/, and /g, ', then '), false);
  } catch (error) {
    if (!(error instanceof MissionSentenceError)) throw error;
    // Told no goal that it understands, it walks about.
    return { op: 'goto', what: { type: null, colour: null, place: null } };
  }
}
