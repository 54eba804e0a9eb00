/** The grid of cells: at most one object each. Beyond its edge everything is wall. */
import { type ObjectForm, type Position, WorldObject } from './objects';

const BEYOND = new WorldObject({ type: 'wall', colour: 'grey' });

export class Grid {
  readonly #cells: (WorldObject | null)[];

  /** @param cells row by row, `[height * width]` */
  constructor(
    readonly width: number,
    readonly height: number,
    cells: readonly (ObjectForm | null)[],
  ) {
    this.#cells = cells.map((form) => (form ? new WorldObject(form) : null));
    this.#cells.forEach((object, at) => {
      if (object) object.position = { x: at % width, y: Math.floor(at / width) };
    });
  }

  at(x: number, y: number): WorldObject | null {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return BEYOND;
    return this.#cells[y * this.width + x] ?? null;
  }

  set({ x, y }: Position, object: WorldObject | null): void {
    this.#cells[y * this.width + x] = object;
  }

  /** Column by column, as Minigrid goes through a grid: missions list their objects in this order. */
  *objects(): Generator<readonly [WorldObject, Position]> {
    for (let x = 0; x < this.width; x++) {
      for (let y = 0; y < this.height; y++) {
        const object = this.at(x, y);
        if (object) yield [object, { x, y }];
      }
    }
  }

  /**
   * The rectangle of the room around a cell, its walls and doors included: what can be reached without leaving
   * through a door, and one cell more on each side.
   */
  roomAround(start: Position): { readonly from: Position; readonly to: Position } {
    const seen = new Set<number>();
    const open: Position[] = [start];
    let [left, top, right, bottom] = [start.x, start.y, start.x, start.y];
    for (let cell = open.pop(); cell; cell = open.pop()) {
      const { x, y } = cell;
      const object = this.at(x, y);
      const key = y * this.width + x;
      if (object?.type === 'wall' || object?.type === 'door' || seen.has(key)) continue;
      seen.add(key);
      [left, top] = [Math.min(left, x), Math.min(top, y)];
      [right, bottom] = [Math.max(right, x), Math.max(bottom, y)];
      open.push({ x: x + 1, y }, { x: x - 1, y }, { x, y: y + 1 }, { x, y: y - 1 });
    }
    return { from: { x: left - 1, y: top - 1 }, to: { x: right + 1, y: bottom + 1 } };
  }
}
