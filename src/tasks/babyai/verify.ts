/**
 * Says after each action whether a mission is done, failed or still open. After Minigrid's `verifier.py` (Apache-2.0;
 * written anew), its peculiarities kept:
 *
 * - "go to" is done in front of the place where the thing stood; places are looked up anew only after something was
 *   put down, so picking the thing up in passing does not move the place;
 * - strict "open" fails at every door that is toggled without being, then and there, a right one that is open;
 * - strict "put next" fails at every picking up, of the right thing too;
 * - a failure inside "and" is no failure of the whole.
 */
import type { Action, Game } from './game';
import {
  type Both,
  type Clause,
  type Description,
  descriptionsOf,
  type Mission,
  meant,
  type Ordered,
  type Start,
} from './mission';
import type { Position, WorldObject } from './objects';

export type Verdict = 'continue' | 'success' | 'failure';

export interface Verifier {
  verify(action: Action): Verdict;
  /** Something was put down. */
  somethingMoved(): void;
}

export function createVerifier(mission: Mission, game: Game, start: Start): Verifier {
  switch (mission.op) {
    case 'and':
      return new BothVerifier(mission, game, start);
    case 'before':
      return new OrderedVerifier(mission.a, mission.b, mission, game, start);
    case 'after':
      return new OrderedVerifier(mission.b, mission.a, mission, game, start);
    default:
      return new ClauseVerifier(mission, game, start);
  }
}

/** The objects that are followed, and where they stood when last looked up. */
class Followed {
  readonly objects: readonly WorldObject[];
  places: readonly Position[] = [];

  constructor(
    description: Description,
    private readonly game: Game,
    start: Start,
  ) {
    this.objects = meant(description, game.grid, start);
    this.lookUp();
  }

  lookUp(): void {
    const places: Position[] = [];
    for (const [object, position] of this.game.grid.objects()) {
      if (this.objects.includes(object)) places.push(position);
    }
    this.places = places;
  }
}

const sameCell = (a: Position, b: Position) => a.x === b.x && a.y === b.y;
const beside = (a: Position, b: Position) => Math.abs(a.x - b.x) + Math.abs(a.y - b.y) === 1;

class ClauseVerifier implements Verifier {
  private readonly followed: readonly Followed[];
  /** What was carried when this clause was last asked; not necessarily one action ago. */
  private carriedBefore: WorldObject | null = null;

  constructor(
    private readonly clause: Clause,
    private readonly game: Game,
    start: Start,
  ) {
    this.followed = descriptionsOf(clause).map((description) => new Followed(description, game, start));
  }

  somethingMoved(): void {
    for (const one of this.followed) one.lookUp();
  }

  verify(action: Action): Verdict {
    const [what, other] = this.followed;
    const { clause, game } = this;
    switch (clause.op) {
      case 'goto':
        return what.places.some((place) => sameCell(place, game.front)) ? 'success' : 'continue';
      case 'open': {
        if (action !== 'toggle') return 'continue';
        const door = game.grid.at(game.front.x, game.front.y);
        if (door && what.objects.includes(door) && door.state === 'open') return 'success';
        return clause.strict && door?.type === 'door' ? 'failure' : 'continue';
      }
      case 'pickup': {
        const before = this.noteCarried();
        if (action !== 'pickup') return 'continue';
        const { carrying } = game;
        if (before === null && carrying && what.objects.includes(carrying)) return 'success';
        return clause.strict && carrying ? 'failure' : 'continue';
      }
      case 'putnext': {
        const before = this.noteCarried();
        if (clause.strict && action === 'pickup' && game.carrying) return 'failure';
        if (action !== 'drop' || before === null || !what.objects.includes(before)) return 'continue';
        const { position } = before;
        return position && other.places.some((place) => beside(position, place)) ? 'success' : 'continue';
      }
    }
  }

  private noteCarried(): WorldObject | null {
    const before = this.carriedBefore;
    this.carriedBefore = this.game.carrying;
    return before;
  }
}

class BothVerifier implements Verifier {
  private readonly parts: readonly { readonly verifier: Verifier; done: boolean }[];

  constructor({ a, b }: Both, game: Game, start: Start) {
    this.parts = [a, b].map((clause) => ({ verifier: createVerifier(clause, game, start), done: false }));
  }

  somethingMoved(): void {
    for (const { verifier } of this.parts) verifier.somethingMoved();
  }

  verify(action: Action): Verdict {
    for (const part of this.parts) {
      if (!part.done) part.done = part.verifier.verify(action) === 'success';
    }
    return this.parts.every(({ done }) => done) ? 'success' : 'continue';
  }
}

class OrderedVerifier implements Verifier {
  private readonly first: Verifier;
  private readonly second: Verifier;
  private firstDone = false;

  constructor(
    first: Clause | Both,
    second: Clause | Both,
    private readonly mission: Ordered,
    game: Game,
    start: Start,
  ) {
    this.first = createVerifier(first, game, start);
    this.second = createVerifier(second, game, start);
  }

  somethingMoved(): void {
    this.first.somethingMoved();
    this.second.somethingMoved();
  }

  verify(action: Action): Verdict {
    if (!this.firstDone) {
      const verdict = this.first.verify(action);
      if (verdict === 'failure') return 'failure';
      if (verdict === 'continue') {
        const tooEarly = this.mission.strict && this.second.verify(action) === 'success';
        return tooEarly ? 'failure' : 'continue';
      }
      this.firstDone = true;
    }
    return this.second.verify(action);
  }
}
