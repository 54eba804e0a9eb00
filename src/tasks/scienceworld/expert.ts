/**
 * Somebody who knows what devices reach and how to use them, but of these things only what is remembered. Without a
 * melting or freezing point it begins with the mildest device; without a place it goes from room to room; without a word
 * on how a life begins it takes the first animal there is.
 */
import { fold, hasWords } from '../phrase';
import { lastWord } from '../stages';
import type { Expert, Task } from '../task';
import { labInstance } from './environment';
import type { LabInstance } from './instances';
import type { LabDevice } from './lab-world';

/** Waits on one device without effect after which the next is tried. */
const PATIENCE = 1;

export function createLabExpert(task: Task): Expert {
  return new LabExpert(labInstance(task));
}

/** How far it has come, as far as it knows. */
interface Doing {
  /** What is to change is in the hand. */
  readonly holding: boolean;
  /** On which that stands. */
  readonly device: LabDevice | null;
  /** Names of the devices that are on. */
  readonly running: ReadonlySet<string>;
  /** Long waits on that device. */
  readonly waited: number;
  /** Stages focused on, earliest first. */
  readonly focused: readonly string[];
}

class LabExpert implements Expert {
  private room: string;
  private readonly visited = new Set<string>();
  private inView: readonly string[] = [];
  /** By what is in it, the container that is to be moved in its stead. */
  private readonly containers = new Map<string, string>();
  /** The room that things were seen or put down in last. */
  private readonly places = new Map<string, string>();
  private doing: Doing;
  private before: Doing;
  private readonly tried = new Set<string>();
  /** What was seen to become of animals. */
  private readonly became = new Map<string, string>();

  constructor(private readonly made: LabInstance) {
    this.room = made.lab.lab;
    const running = new Set(made.lab.devices.filter(({ onAtStart }) => onAtStart).map(({ name }) => name));
    this.doing = { holding: false, device: null, running, waited: 0, focused: [] };
    this.before = this.doing;
  }

  act(observation: string, remembered: readonly string[]): string {
    this.read(observation);
    const action = this.next(remembered);
    this.before = this.doing;
    this.doing = this.after(action);
    return action;
  }

  did(action: string): void {
    this.doing = this.before;
    this.doing = this.after(
      action
        .trim()
        .toLowerCase()
        .replace(/\bthe /g, ''),
    );
  }

  private get changing(): string | undefined {
    return /(?:Melt|Freeze) the (.+?) and keep/.exec(this.made.asked)?.[1];
  }

  private next(remembered: readonly string[]): string {
    const { asked } = this.made;
    const species = /life stages of the (.+?), from/.exec(asked)?.[1];
    if (species !== undefined) return this.nextStage(species, remembered);
    if (this.changing !== undefined) return this.change(this.changing, remembered);
    const wanted = /the animal (.+?) and focus/.exec(asked)?.[1] ?? this.oldest(remembered);
    return this.inView.includes(wanted) ? `focus on ${wanted}` : this.towards(wanted, remembered);
  }

  /** Time passes all the same, and what grows meanwhile is seen. */
  refused(observation: string): boolean {
    const vain =
      /^(?:There is no .*? here|No known action matches that input|You have no .*?|The .*? does not let itself be moved|The .*? can only be moved with the .*?)\./;
    if (!vain.test(observation)) return false;
    this.readGrowth(observation);
    return true;
  }

  /** Focuses on the stages that are told, or seen to come, and waits for one that is not there yet. */
  private nextStage(species: string, texts: readonly string[]): string {
    const last = this.doing.focused.at(-1);
    const told = endOf(texts, last ?? species);
    const next = last === undefined ? told : (this.became.get(last) ?? told);
    if (next !== null && this.inView.includes(next)) return `focus on ${next}`;
    if (last !== undefined) return 'wait';
    if (next !== null && !this.visited.has(said(texts, next, this.made.lab.rooms) ?? this.room))
      return this.towards(next, texts);
    const [first] = this.inView;
    return first === undefined ? this.towards(next ?? species, texts) : `focus on ${first}`;
  }

  private change(what: string, texts: readonly string[]): string {
    const { lab } = this.made;
    const { holding, device, running, waited } = this.doing;
    const point = this.pointOf(what, texts);
    const moved = this.containers.get(what) ?? what;
    if (device === null) {
      if (!holding && !this.inView.includes(what)) return this.towards(what, texts);
      if (this.room !== lab.lab) return holding ? `go to ${lab.lab}` : `pick up ${moved}`;
    } else if (this.room !== lab.lab) {
      return `go to ${lab.lab}`;
    } else if (point === null && waited > PATIENCE) {
      this.tried.add(device.name);
    } else if (point === null || device.name === this.chosenDevice(point).name) {
      return running.has(device.name) ? 'wait' : `activate ${device.name}`;
    }
    return `put ${moved} on ${this.chosenDevice(point).name}`;
  }

  /** What it is about once that is done, by itself or by somebody else. */
  private after(action: string): Doing {
    const { doing } = this;
    const { devices } = this.made.lab;
    if (action === 'wait') return { ...doing, waited: doing.waited + 1 };
    const [, focused] = /^focus on (.+)$/.exec(action) ?? [];
    if (focused !== undefined) return { ...doing, focused: [...doing.focused, focused] };
    const [, off, device] = /^(?:activate|turn on|(deactivate|turn off)) (.+)$/.exec(action) ?? [];
    if (device !== undefined) {
      const running = new Set(doing.running);
      if (off === undefined) running.add(device);
      else running.delete(device);
      return { ...doing, running };
    }
    const [, taken] = /^(?:pick up|take|get) (.+)$/.exec(action) ?? [];
    if (taken !== undefined)
      return this.isChanging(taken) ? { ...doing, holding: true, device: null } : doing;
    const [, down] = /^put down (.+)$/.exec(action) ?? [];
    if (down !== undefined) {
      if (!this.isChanging(down)) return doing;
      this.standsHere();
      return { ...doing, holding: false, device: null };
    }
    const [, put, onto] = /^(?:put|move|pour) (.+?) (?:in|on|into|onto|to) (.+)$/.exec(action) ?? [];
    const stand = devices.find(({ name }) => name === onto);
    return stand && this.isChanging(put) ? { ...doing, holding: false, device: stand, waited: 0 } : doing;
  }

  /** The thing that is to change, or what it is in. */
  private isChanging(called: string): boolean {
    const { changing } = this;
    const name = called.replace(/^(?:liquid|gaseous) /, '');
    return changing !== undefined && (name === changing || name === this.containers.get(changing));
  }

  private standsHere(): void {
    const { changing } = this;
    if (changing === undefined) return;
    this.places.set(changing, this.room);
    if (!this.inView.includes(changing)) this.inView = [...this.inView, changing];
  }

  private chosenDevice(point: number | null): LabDevice {
    const { devices } = this.made.lab;
    const fitting =
      point === null
        ? devices.find(({ name }) => !this.tried.has(name))
        : devices.find(({ kind, limit }) => (kind === 'heats' ? limit > point : limit < point));
    return fitting ?? devices[devices.length - 1];
  }

  private towards(what: string, texts: readonly string[]): string {
    const { lab } = this.made;
    if (this.room !== lab.lab) return `go to ${lab.lab}`;
    const told = this.places.get(what) ?? said(texts, what, lab.rooms);
    if (told !== null && this.places.has(what) && told !== this.room) return `go to ${told}`;
    const unseen = lab.rooms.filter((room) => !this.visited.has(room));
    const next = told !== null && unseen.includes(told) ? told : unseen[0];
    return next === undefined ? 'look around' : `go to ${next}`;
  }

  private oldest(texts: readonly string[]): string {
    const years = (animal: string): number => Number(numberOf(texts, animal) ?? 0);
    return this.inView.reduce((best, one) => (years(one) > years(best) ? one : best), this.inView[0] ?? '');
  }

  /** Its melting or freezing point, by way of what it is like if need be. */
  private pointOf(what: string, texts: readonly string[], deep = true): number | null {
    const direct = numberOf(texts, what);
    if (direct !== null || !deep) return direct === null ? null : Number(direct);
    const like = texts.find(
      (text) => hasWords(fold(text), fold(what)) && /\b(like|that of|alike)\b/i.test(text),
    );
    if (like === undefined) return null;
    const subjects = texts.flatMap((text) => [
      .../\b([\p{L}]+) (?:(?:melts|freezes) at|becomes (?:liquid|solid))|point of ([\p{L}]+) is -?\d/giu[
        Symbol.matchAll
      ](text),
    ]);
    const other = subjects
      .flatMap(([, a, b]) => [a, b])
      .find((name) => name !== undefined && fold(name) !== fold(what) && hasWords(fold(like), fold(name)));
    return other === undefined ? null : this.pointOf(other, texts, false);
  }

  private read(observation: string): void {
    this.readGrowth(observation);
    const room = /This room is called the ([^.]+)\. You see (.*?)\. There are doors/.exec(observation);
    if (!room) return;
    this.room = room[1];
    this.visited.add(room[1]);
    const plain = room[2]
      .replace(/ \((?:on|off)(, on it )?/g, (_, onIt) => (onIt ? ', ' : ''))
      .replaceAll(')', '');
    const shown = plain === 'nothing' ? [] : plain.split(/, | and /);
    this.inView = shown.flatMap((seen) => {
      const [name, ...contents] = seen.split(/ with | plus /).map((one) => one.replace(THE, ''));
      for (const inside of contents) this.containers.set(inside, name);
      return [name, ...contents];
    });
    for (const name of this.inView) this.places.set(name, this.room);
  }

  private readGrowth(observation: string): void {
    for (const [, was, is] of observation.matchAll(/The ([^.]+) is now a ([^.]+)\./g)) {
      this.became.set(was, is);
      this.inView = this.inView.map((name) => (name === was ? is : name));
    }
  }
}

const THE = /^the (?:liquid |gaseous )?/;

/** What the texts say last of a subject, as in "a tolum grows and becomes a fatorum". */
function endOf(texts: readonly string[], subject: string): string | null {
  return lastWord(about(texts, subject), (text) => {
    const value =
      /\b(?:an?|the|as|into) ((?:(?!\b(?:an?|the|as|into)\b)[^.,])+)\.?$/i.exec(text.trim())?.[1] ?? null;
    return value === null || fold(value) === fold(subject) ? null : value;
  });
}

/** The number that remembered texts give a subject. */
function numberOf(texts: readonly string[], subject: string): string | null {
  return lastWord(about(texts, subject), (text) => /-?\d+/.exec(text)?.[0] ?? null);
}

/** The first of these values that remembered texts give a subject. */
function said(texts: readonly string[], subject: string, values: readonly string[]): string | null {
  return lastWord(
    about(texts, subject),
    (text) => values.find((one) => hasWords(fold(text), fold(one))) ?? null,
  );
}

const about = (texts: readonly string[], subject: string): readonly string[] =>
  texts.filter((text) => hasWords(fold(text), fold(subject)));
