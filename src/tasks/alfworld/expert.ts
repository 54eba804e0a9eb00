/**
 * Somebody who knows how a household works and reads what is said, but knows where things are only from what is
 * remembered. What is not remembered is looked for, one receptacle after the other. It goes by what it reads, not by what
 * it meant: what somebody else took, closed, treated or put elsewhere is seen, and a wrong thing in the hand is put back.
 */
import { fold, hasWords } from '../phrase';
import { lastWord } from '../stages';
import type { Expert, Task } from '../task';
import { NOTHING_HAPPENS } from './commands';
import { houseInstance } from './environment';
import { APPLIANCES, type HouseInstance } from './instances';

const BESIDE = /\b(beside|together with|wherever)\b/i;

export function createHouseExpert(task: Task): Expert {
  return new HouseExpert(houseInstance(task));
}

class HouseExpert implements Expert {
  private at: string | null = null;
  private readonly closed = new Set<string>();
  private readonly contents = new Map<string, readonly string[]>();
  private holding: string | null = null;
  /** Where that was taken, and so fits. */
  private from: string | null = null;
  /** By the treatment that is asked for. */
  private readonly treated = new Set<string>();
  /** At the place, and treated if it has to be: done with. */
  private readonly brought = new Set<string>();
  private texts: readonly string[] = [];

  constructor(private readonly made: HouseInstance) {}

  act(observation: string, remembered: readonly string[]): string {
    this.texts = remembered;
    this.read(observation);
    return this.next();
  }

  refused(observation: string): boolean {
    return observation === NOTHING_HAPPENS;
  }

  private next(): string {
    const { made, holding } = this;
    if (holding === null) return this.fetch(made.target, (name) => `take ${name} from ${this.at}`);
    if (!this.isWanted(holding, made.target)) return this.putInto(holding, this.from ?? made.receptacles[0]);
    if (made.place === null) {
      return this.fetch('desklamp', (name) => `use ${name}`);
    }
    if (made.treatment && !this.treated.has(holding)) {
      const { name } = APPLIANCES[made.treatment];
      return this.at === name ? `${made.treatment} ${holding} with ${name}` : `go to ${name}`;
    }
    return this.putInto(holding, `${made.place} 1`);
  }

  private putInto(thing: string, place: string): string {
    if (this.at !== place) return `go to ${place}`;
    return this.closed.has(place) ? `open ${place}` : `put ${thing} in/on ${place}`;
  }

  /** Goes on until something of this name is in view, then does what is to be done with it. */
  private fetch(base: string, then: (name: string) => string): string {
    const { at } = this;
    const known = this.contents.get(at ?? '');
    const here = known?.find((name) => this.isWanted(name, base));
    if (at !== null && this.closed.has(at) && (known === undefined || here !== undefined))
      return `open ${at}`;
    if (here !== undefined) return then(here);
    const seen = [...this.contents].find(([, names]) => names.some((name) => this.isWanted(name, base)));
    if (seen) return `go to ${seen[0]}`;
    const told = [1, 2]
      .map((n) => `${base} ${n}`)
      .flatMap((name) => {
        if (this.brought.has(name)) return [];
        const where = this.toldPlace(name);
        return where !== null && !this.contents.has(where) ? [where] : [];
      });
    const others = this.made.receptacles.filter((name) => name !== at);
    const unknown = others.filter((name) => !this.contents.has(name));
    return `go to ${told[0] ?? unknown[0] ?? others[0]}`;
  }

  private isWanted(name: string, base: string): boolean {
    return name.startsWith(`${base} `) && !this.brought.has(name);
  }

  /** A receptacle that a remembered text puts the thing in, by way of what it lies beside if need be. */
  private toldPlace(subject: string, deep = true): string | null {
    const about = this.texts.filter((text) => hasWords(fold(text), fold(subject)));
    const { receptacles } = this.made;
    const direct = lastWord(
      about,
      (text) => receptacles.find((name) => hasWords(fold(text), fold(name))) ?? null,
    );
    if (direct !== null || !deep) return direct;
    const beside = about.find((text) => BESIDE.test(text));
    if (beside === undefined) return null;
    const others = [...beside.matchAll(/[\p{L}]+ \d+/gu)].map(([name]) => name);
    const anchor = others.find((name) => fold(name) !== fold(subject));
    return anchor === undefined ? null : this.toldPlace(anchor, false);
  }

  /** What the game says, as far as it matters. */
  private read(text: string): void {
    const name = '([\\p{L}]+ \\d+)';
    const said = (pattern: string) => new RegExp(pattern.replaceAll('NAME', name), 'u').exec(text);
    const list = said('NAME(?: is open\\. In it)?, you see (?!.*Looking)(.*)\\.$');
    const closed = said('The NAME is closed\\.$');
    const taken = said('^You pick up the NAME from the NAME\\.$');
    const put = said('^You put the NAME in/on the NAME\\.$');
    const shut = said('^You close the NAME\\.$');
    const treated = said('^You (clean|heat|cool) the NAME using');
    if (closed) {
      this.at = closed[1];
      this.closed.add(closed[1]);
    } else if (list && !text.startsWith('You are in')) {
      this.at = list[1];
      this.closed.delete(list[1]);
      this.contents.set(
        list[1],
        [...list[2].matchAll(/[\p{L}]+ \d+/gu)].map(([one]) => one),
      );
    } else if (taken) {
      this.holding = taken[1];
      this.from = taken[2];
      this.brought.delete(taken[1]);
      this.without(taken[1]);
    } else if (put) {
      this.holding = null;
      this.contents.set(put[2], [...(this.contents.get(put[2]) ?? []), put[1]]);
      if (this.isDelivered(put[1], put[2])) this.brought.add(put[1]);
    } else if (shut) this.closed.add(shut[1]);
    else if (treated && treated[1] === this.made.treatment) this.treated.add(treated[2]);
  }

  private isDelivered(thing: string, where: string): boolean {
    const { target, place, treatment } = this.made;
    return (
      thing.startsWith(`${target} `) &&
      where === `${place} 1` &&
      (treatment === null || this.treated.has(thing))
    );
  }

  private without(taken: string): void {
    for (const [place, names] of this.contents) {
      this.contents.set(
        place,
        names.filter((name) => name !== taken),
      );
    }
  }
}
