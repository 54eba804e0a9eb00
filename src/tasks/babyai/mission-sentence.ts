/**
 * Reads a mission from a sentence, the way BabyAI (Farama-Foundation/Minigrid, Apache-2.0) writes them: "go to the
 * red ball", "pick up a key, then open the blue door", "put the green box next to the grey key", "open a door on your
 * left after you go to the ball". Articles, letter case and a full stop at the end do not matter; what is meant is
 * told by the level.
 */
import type { Both, Clause, Description, Mission, Place } from './mission';
import { COLOURS, type Colour } from './objects';

/** A sentence that is no mission: what is wrong, and where. */
export class MissionSentenceError extends Error {
  override readonly name = 'MissionSentenceError';
  constructor(
    /** Offset in the sentence, from 0. */
    readonly at: number,
    message: string,
  ) {
    super(message);
  }
}

const TYPES = ['object', 'ball', 'box', 'key', 'door'] as const;

/** @param strict of every part: touching the wrong thing, and the wrong order, are failures */
export function readMission(sentence: string, strict: boolean): Mission {
  return new SentenceReader(sentence, strict).mission();
}

interface Word {
  readonly text: string;
  readonly at: number;
}

class SentenceReader {
  private readonly words: readonly Word[];
  private next = 0;

  constructor(
    private readonly sentence: string,
    private readonly strict: boolean,
  ) {
    this.words = [...sentence.replace(/\.\s*$/, '').matchAll(/[^\s,]+|,/g)].map((match) => ({
      text: match[0].toLowerCase(),
      at: match.index,
    }));
  }

  mission(): Mission {
    const a = this.part();
    if (this.done) return a;
    const { strict } = this;
    let op: 'before' | 'after';
    if (this.take('after')) {
      this.need('you', 'Write "after you" and what comes first.');
      op = 'after';
    } else {
      this.take(',');
      this.need('then', 'Join parts with "and", ", then" or "after you".');
      op = 'before';
    }
    const b = this.part();
    if (!this.done) this.refuse('A mission has at most two parts joined by "then" or "after you".');
    return { op, a, b, strict };
  }

  private part(): Clause | Both {
    const a = this.clause();
    if (!this.take('and')) return a;
    return { op: 'and', a, b: this.clause(), strict: this.strict };
  }

  private clause(): Clause {
    const { strict } = this;
    if (this.take('go')) {
      this.need('to', 'Write "go to" and a thing.');
      return { op: 'goto', what: this.description() };
    }
    if (this.take('pick')) {
      this.need('up', 'Write "pick up" and a thing.');
      return { op: 'pickup', what: this.portable(), strict };
    }
    if (this.take('open')) {
      const word = this.next;
      const what = this.description();
      if (what.type !== 'door') this.refuse('Only doors can be opened. Write "open the red door".', word);
      return { op: 'open', what, strict };
    }
    if (this.take('put')) {
      const what = this.portable();
      this.need('next', 'Write "put the … next to the …".');
      this.need('to', 'Write "put the … next to the …".');
      return { op: 'putnext', what, beside: this.description(), strict };
    }
    return this.refuse('A mission begins with "go to", "pick up", "open" or "put".');
  }

  private portable(): Description {
    const word = this.next;
    const what = this.description();
    if (what.type === 'door') this.refuse('A door cannot be carried. Name a ball, a box or a key.', word);
    return what;
  }

  private description(): Description {
    if (!this.take('the') && !this.take('a')) this.take('an');
    const colour = this.oneOf<Colour>(COLOURS);
    const type = this.oneOf(TYPES);
    if (type === null) {
      return this.refuse(
        `Name a thing: one of ${TYPES.join(', ')}, with a colour before it if you like (${COLOURS.join(', ')}).`,
      );
    }
    return { type: type === 'object' ? null : type, colour, place: this.place() };
  }

  private place(): Place | null {
    if (this.take('behind')) {
      this.need('you', 'Write "behind you".');
      return 'behind';
    }
    if (this.take('in')) {
      for (const word of ['front', 'of', 'you']) this.need(word, 'Write "in front of you".');
      return 'front';
    }
    if (this.take('on')) {
      this.need('your', 'Write "on your left" or "on your right".');
      return (
        this.oneOf(['left', 'right'] as const) ?? this.refuse('Write "on your left" or "on your right".')
      );
    }
    return null;
  }

  private get done(): boolean {
    return this.next >= this.words.length;
  }

  private take(word: string): boolean {
    if (this.words[this.next]?.text !== word) return false;
    this.next++;
    return true;
  }

  private need(word: string, message: string): void {
    if (!this.take(word)) this.refuse(message);
  }

  private oneOf<T extends string>(words: readonly T[]): T | null {
    return words.find((word) => this.take(word)) ?? null;
  }

  private refuse(message: string, word = this.next): never {
    throw new MissionSentenceError(this.words[word]?.at ?? this.sentence.trimEnd().length, message);
  }
}
