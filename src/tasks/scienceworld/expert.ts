/**
 * Somebody who knows what devices reach and how to use them, but of these things only what is remembered. Without a
 * melting point it begins with the coolest device; without a place it goes from room to room.
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

class LabExpert implements Expert {
  private room: string;
  private readonly visited = new Set<string>();
  private inView: readonly string[] = [];
  private holding = false;
  private device: LabDevice | null = null;
  private running = false;
  private waited = 0;
  private readonly tried = new Set<string>();

  constructor(private readonly made: LabInstance) {
    this.room = made.lab.lab;
  }

  act(observation: string, remembered: readonly string[]): string {
    this.read(observation);
    const { goal } = this.made;
    if (goal.kind === 'focus') {
      const wanted = this.made.asked.includes(goal.on) ? goal.on : this.oldest(remembered);
      return this.inView.includes(wanted) ? `focus on ${wanted}` : this.towards(wanted, remembered);
    }
    return this.melt(goal.what, remembered);
  }

  /** Time passes all the same. */
  refused(observation: string): boolean {
    return /^(?:There is no .* here|No known action matches that input)\.$/.test(observation);
  }

  private melt(what: string, texts: readonly string[]): string {
    const { lab } = this.made;
    if (this.device === null && !this.holding && !this.inView.includes(what))
      return this.towards(what, texts);
    if (this.device === null && this.room !== lab.lab) {
      if (!this.holding) {
        this.holding = true;
        return `pick up ${what}`;
      }
      return `go to ${lab.lab}`;
    }
    if (this.device !== null && this.waited > PATIENCE && this.pointOf(what, texts) === null) {
      this.tried.add(this.device.name);
      this.device = null;
    }
    if (this.device === null) {
      this.device = this.chosenDevice(this.pointOf(what, texts));
      this.running = false;
      this.waited = 0;
      return `put ${what} on ${this.device.name}`;
    }
    if (!this.running) {
      this.running = true;
      return `activate ${this.device.name}`;
    }
    this.waited++;
    return 'wait';
  }

  private chosenDevice(point: number | null): LabDevice {
    const { devices } = this.made.lab;
    const fitting =
      point === null
        ? devices.find(({ name }) => !this.tried.has(name))
        : devices.find(({ limit }) => limit > point);
    return fitting ?? devices[devices.length - 1];
  }

  private towards(what: string, texts: readonly string[]): string {
    const { lab } = this.made;
    if (this.room !== lab.lab) return `go to ${lab.lab}`;
    const told = said(texts, what, lab.rooms);
    const unseen = lab.rooms.filter((room) => !this.visited.has(room));
    const next = told !== null && unseen.includes(told) ? told : unseen[0];
    return next === undefined ? 'look around' : `go to ${next}`;
  }

  private oldest(texts: readonly string[]): string {
    const years = (animal: string): number => Number(numberOf(texts, animal) ?? 0);
    const animals = this.made.lab.things.map(({ name }) => name);
    return animals.reduce((best, one) => (years(one) > years(best) ? one : best));
  }

  /** Its melting point, by way of what it is like if need be. */
  private pointOf(what: string, texts: readonly string[], deep = true): number | null {
    const direct = numberOf(texts, what);
    if (direct !== null || !deep) return direct === null ? null : Number(direct);
    const like = texts.find(
      (text) => hasWords(fold(text), fold(what)) && /\b(like|that of|alike)\b/i.test(text),
    );
    if (like === undefined) return null;
    const subjects = texts.flatMap((text) => [
      .../\b([\p{L}]+) (?:melts at|becomes liquid)|point of ([\p{L}]+) is \d/giu[Symbol.matchAll](text),
    ]);
    const other = subjects
      .flatMap(([, a, b]) => [a, b])
      .find((name) => name !== undefined && fold(name) !== fold(what) && hasWords(fold(like), fold(name)));
    return other === undefined ? null : this.pointOf(other, texts, false);
  }

  private read(observation: string): void {
    const room = /This room is called the ([^.]+)\. You see (.*?)\. There are doors/.exec(observation);
    if (!room) return;
    this.room = room[1];
    this.visited.add(room[1]);
    this.inView = room[2].split(/, | and /).map((name) => name.replace(/^the (?:liquid |gaseous )?/, ''));
  }
}

/** The number that remembered texts give a subject. */
function numberOf(texts: readonly string[], subject: string): string | null {
  return lastWord(about(texts, subject), (text) => /\d+/.exec(text)?.[0] ?? null);
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
