/**
 * Levels as text, for people to write and for tasks to carry: some lines of the form `name: value`, a legend, a map.
 *
 *   ; Comments begin with a semicolon.
 *   mission: pick up the green ball
 *   steps: 120              left out: cells of the map, once for each way the mission asks for (two for "put")
 *   strict: yes             left out: no
 *   carrying: red key       left out: nothing
 *   b = green ball
 *   d = red door, locked    or open; left out: closed
 *   x = grey box with a blue key
 *   map:
 *   #######
 *   #>..d.#
 *   #...#b#
 *   #######
 *
 * On the map `#` is wall, `.` is floor, and `>` `v` `<` `^` is the agent and where it looks; everything else is in the
 * legend. The map ends with the file. All that is wrong is told at once, with line and column.
 */
import { Grid } from './grid';
import type { Level } from './level';
import { clausesOf, describe, descriptionsOf, type Mission, meant, type Start } from './mission';
import { MissionSentenceError, readMission } from './mission-sentence';
import {
  COLOURS,
  type Colour,
  type Direction,
  DOOR_STATES,
  type DoorState,
  type ObjectForm,
  type ObjectType,
  STEPS,
} from './objects';

/** How large a level may be. */
export const LEVEL_LIMITS = { characters: 20_000, side: 40, steps: 100_000 } as const;

/** Problems told of one file. */
const MOST_PROBLEMS = 20;

export interface LevelProblem {
  /** From 1; the line after the last where something is missing. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** A sentence that says what to do. */
  readonly message: string;
}

/** A level that was not taken, with all that is wrong with it. */
export class LevelFileError extends Error {
  override readonly name = 'LevelFileError';
  constructor(readonly problems: readonly LevelProblem[]) {
    const [{ line, column, message }] = problems;
    super(`line ${line}, column ${column}: ${message}`);
  }
}

const AGENT = '>v<^';
const TYPES: readonly ObjectType[] = ['wall', 'floor', 'door', 'key', 'ball', 'box', 'goal', 'lava'];

/** Throws `LevelFileError`. */
export function readLevel(text: string): Level {
  if (text.length > LEVEL_LIMITS.characters) {
    throw new LevelFileError([
      {
        line: 1,
        column: 1,
        message: `The level has ${text.length} characters; at most ${LEVEL_LIMITS.characters} are read. Make it smaller.`,
      },
    ]);
  }
  const reader = new LevelReader(text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/));
  const level = reader.level();
  if (level && reader.problems.length === 0) return level;
  const inOrder = reader.problems.sort((a, b) => a.line - b.line || a.column - b.column);
  throw new LevelFileError(inOrder.slice(0, MOST_PROBLEMS));
}

interface Entry {
  readonly value: string;
  readonly line: number;
  readonly column: number;
}

class LevelReader {
  readonly problems: LevelProblem[] = [];
  private readonly entries = new Map<string, Entry>();
  private readonly legend = new Map<string, ObjectForm>();

  constructor(private readonly lines: readonly string[]) {}

  level(): Level | null {
    const mapLine = this.lines.findIndex((line) => /^\s*map\s*:/i.test(line));
    const head = mapLine < 0 ? this.lines : this.lines.slice(0, mapLine);
    for (const [i, line] of head.entries()) this.headLine(line, i + 1);
    if (mapLine < 0) {
      this.refuse(this.lines.length + 1, 1, 'There is no map. Write "map:" and the rows below it.');
      return null;
    }
    const after = this.lines[mapLine].slice(this.lines[mapLine].indexOf(':') + 1);
    if (after.trim() !== '') {
      const column = this.lines[mapLine].length - after.trimStart().length + 1;
      this.refuse(mapLine + 1, column, 'The rows of the map begin on the next line.');
    }
    const map = this.map(mapLine + 1);
    const mission = this.mission();
    const carrying = this.carrying();
    const steps = this.steps();
    if (!map || !mission || this.problems.length > 0) return null;
    const { start } = map;
    this.checkMeaning(mission, new Grid(map.width, map.height, map.cells), start);
    return { ...map, carrying, mission, maxSteps: steps ?? defaultSteps(mission, map.width, map.height) };
  }

  private headLine(line: string, number: number): void {
    if (line.trim() === '' || line.trimStart().startsWith(';')) return;
    const sign = /^(\s*)(\S+)\s*=\s*(.*)$/u.exec(line);
    if (sign) {
      this.legendLine(sign, number);
      return;
    }
    const field = /^(\s*)([\p{L}]+)\s*:\s*(.*)$/u.exec(line);
    if (!field) {
      this.refuse(
        number,
        line.length - line.trimStart().length + 1,
        'Write "mission: …", "steps: …", "strict: yes", "carrying: …", a sign of the map such as "b = red ball", or "map:".',
      );
      return;
    }
    const [, indent, name, value] = field;
    const key = name.toLowerCase();
    if (!['mission', 'steps', 'strict', 'carrying'].includes(key)) {
      this.refuse(number, indent.length + 1, 'Not known here. Known: mission, steps, strict, carrying, map.');
    } else if (this.entries.has(key)) {
      this.refuse(number, indent.length + 1, `"${key}" is given twice. Keep one.`);
    } else {
      this.entries.set(key, { value: value.trimEnd(), line: number, column: line.length - value.length + 1 });
    }
  }

  private legendLine([line, indent, sign, value]: readonly string[], number: number): void {
    const column = indent.length + 1;
    const taken = `#.;${AGENT}`.includes(sign);
    if ([...sign].length !== 1) this.refuse(number, column, 'A sign of the map is one character.');
    else if (taken) this.refuse(number, column, `"${sign}" has its meaning already. Choose another sign.`);
    else if (this.legend.has(sign)) this.refuse(number, column, `"${sign}" is given twice. Keep one.`);
    const form = this.object(value, number, line.length - value.length + 1);
    if (form) this.legend.set(sign, form);
  }

  /** "red door, locked", "grey box with a blue key". */
  private object(text: string, line: number, column: number): ObjectForm | null {
    const inside = /\s+with\s+(?:an?\s+)?/i.exec(text);
    const own = inside ? text.slice(0, inside.index) : text;
    const words = [...own.matchAll(/[^\s,]+/g)].map((match) => ({
      text: match[0].toLowerCase(),
      column: column + match.index,
    }));
    const [colour, type, state, extra] = words;
    if (!colour || !COLOURS.includes(colour.text as Colour)) {
      this.refuse(line, colour?.column ?? column, `Begin with a colour: ${COLOURS.join(', ')}.`);
      return null;
    }
    if (!type || !TYPES.includes(type.text as ObjectType)) {
      this.refuse(line, type?.column ?? column + own.length, `Name a thing: ${TYPES.join(', ')}.`);
      return null;
    }
    const isDoor = type.text === 'door';
    if (state && !(isDoor && DOOR_STATES.includes(state.text as DoorState))) {
      const what = isDoor ? `A door is ${DOOR_STATES.join(', ')}.` : 'Only doors have a state. Leave it out.';
      this.refuse(line, state.column, what);
      return null;
    }
    if (extra) {
      this.refuse(line, extra.column, 'One thing a sign. Leave this out.');
      return null;
    }
    const form: ObjectForm = {
      type: type.text as ObjectType,
      colour: colour.text as Colour,
      ...(isDoor && { state: (state?.text ?? 'closed') as DoorState }),
    };
    if (!inside) return form;
    if (form.type !== 'box') {
      this.refuse(line, column + inside.index + 1, 'Only boxes hold something.');
      return null;
    }
    const at = inside.index + inside[0].length;
    const contains = this.object(text.slice(at), line, column + at);
    if (contains && !['key', 'ball', 'box'].includes(contains.type)) {
      this.refuse(line, column + at, 'A box holds a key, a ball or a box.');
      return null;
    }
    return contains && { ...form, contains };
  }

  private map(first: number): Pick<Level, 'width' | 'height' | 'cells' | 'start'> | null {
    const rows = this.lines.slice(first).map((line) => [...line.trimEnd()]);
    while (rows.at(-1)?.length === 0) rows.pop();
    const width = rows[0]?.length ?? 0;
    const height = rows.length;
    const { side } = LEVEL_LIMITS;
    if (height < 3 || width < 3 || height > side || width > side) {
      const message = `The map has ${height} rows of ${width} cells; it needs 3 to ${side} of each.`;
      this.refuse(first + 1, 1, message);
      return null;
    }
    const starts: Start[] = [];
    const before = this.problems.length;
    const cells = rows.flatMap((row, y) => {
      const line = first + y + 1;
      if (row.length !== width) {
        const message = `This row has ${row.length} cells, the first has ${width}. Make them equal.`;
        this.refuse(line, Math.min(row.length, width) + 1, message);
      }
      return row.map((sign, x): ObjectForm | null => {
        const edge = x === 0 || y === 0 || x === width - 1 || y === height - 1;
        const form = sign === '#' ? WALL : (this.legend.get(sign) ?? null);
        if (edge && form?.type !== 'wall') {
          this.refuse(line, x + 1, 'The edge of the map is wall all around. Write "#".');
        } else if (AGENT.includes(sign)) {
          if (starts.length > 0) this.refuse(line, x + 1, 'There is a second agent. Keep one.');
          starts.push({ at: { x, y }, facing: AGENT.indexOf(sign) as Direction });
        } else if (!form && sign !== '.') {
          this.refuse(
            line,
            x + 1,
            `The legend does not say what "${sign}" is. Add "${sign} = red ball" or the like.`,
          );
        }
        return form;
      });
    });
    const [start] = starts;
    if (!start && this.problems.length === before) {
      this.refuse(
        first + height + 1,
        1,
        'There is no agent on the map. Put one: > v < or ^, where it looks.',
      );
    }
    return start ? { width, height, cells, start } : null;
  }

  private mission(): Mission | null {
    const entry = this.entries.get('mission');
    if (!entry) {
      this.refuse(1, 1, 'There is no mission. Write "mission: go to the red ball" or the like.');
      return null;
    }
    const strict = this.entries.get('strict');
    if (strict && !/^(yes|no)$/i.test(strict.value)) {
      this.refuse(strict.line, strict.column, 'Write "strict: yes" or "strict: no".');
    }
    try {
      return readMission(entry.value, strict?.value.toLowerCase() === 'yes');
    } catch (error) {
      if (!(error instanceof MissionSentenceError)) throw error;
      this.refuse(entry.line, entry.column + error.at, error.message);
      return null;
    }
  }

  private carrying(): ObjectForm | null {
    const entry = this.entries.get('carrying');
    if (!entry || /^nothing$/i.test(entry.value)) return null;
    const form = this.object(entry.value, entry.line, entry.column);
    if (form && !['key', 'ball', 'box'].includes(form.type)) {
      this.refuse(entry.line, entry.column, 'One can carry a key, a ball or a box.');
    }
    return form;
  }

  private steps(): number | null {
    const entry = this.entries.get('steps');
    if (!entry) return null;
    const steps = /^\d{1,6}$/.test(entry.value) ? Number(entry.value) : 0;
    if (steps < 1 || steps > LEVEL_LIMITS.steps) {
      this.refuse(entry.line, entry.column, `Write a number of steps from 1 to ${LEVEL_LIMITS.steps}.`);
    }
    return steps;
  }

  /** What the mission names is there and not walled in. */
  private checkMeaning(mission: Mission, grid: Grid, start: Start): void {
    const entry = this.entries.get('mission');
    if (!entry) return;
    const reached = reachable(grid, start);
    for (const description of clausesOf(mission).flatMap(descriptionsOf)) {
      const found = meant(description, grid, start);
      const name = describe(description, false);
      if (found.length === 0) {
        this.refuse(entry.line, entry.column, `There is nothing that is "${name}". Put it on the map.`);
      } else if (!found.some(({ position }) => position && reached(position.x, position.y))) {
        this.refuse(
          entry.line,
          entry.column,
          `No way leads to ${name}. Put a door into the walls around it.`,
        );
      }
    }
  }

  private refuse(line: number, column: number, message: string): void {
    this.problems.push({ line, column, message });
  }
}

const WALL: ObjectForm = { type: 'wall', colour: 'grey' };

/** BabyAI's rule for rooms: the cells there are, once for each way the mission asks for. */
export function defaultSteps(mission: Mission, width: number, height: number): number {
  const ways = clausesOf(mission).reduce((sum, { op }) => sum + (op === 'putnext' ? 2 : 1), 0);
  return ways * width * height;
}

/** Through doors, whether locked or not, and through things that can be carried away; not through walls. */
function reachable(grid: Grid, { at }: Start): (x: number, y: number) => boolean {
  const seen = new Set<number>();
  const open = [at];
  for (let cell = open.pop(); cell; cell = open.pop()) {
    const key = cell.y * grid.width + cell.x;
    if (seen.has(key)) continue;
    seen.add(key);
    if (grid.at(cell.x, cell.y)?.type === 'wall') continue;
    for (const step of STEPS) open.push({ x: cell.x + step.x, y: cell.y + step.y });
  }
  return (x, y) => seen.has(y * grid.width + x);
}

const SIGNS = 'abcdefghijklmnopqrstuwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/**
 * A level as a text that reads back as the same level, where its mission is strict in all parts or in none.
 * @param mission the sentence, which the level holds as data
 */
export function levelText(level: Level, mission: string): string {
  const signs = new Map<string, string>();
  const signOf = (form: ObjectForm): string => {
    if (form.type === 'wall' && form.colour === 'grey') return '#';
    const words = objectText(form);
    const sign = signs.get(words) ?? SIGNS[signs.size] ?? '?';
    signs.set(words, sign);
    return sign;
  };
  const { start, width, height, cells, carrying, maxSteps } = level;
  const rows = Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => {
      if (start.at.x === x && start.at.y === y) return AGENT[start.facing];
      const form = cells[y * width + x];
      return form ? signOf(form) : '.';
    }).join(''),
  );
  return [
    `mission: ${mission}`,
    `steps: ${maxSteps}`,
    ...('strict' in level.mission && level.mission.strict ? ['strict: yes'] : []),
    ...(carrying ? [`carrying: ${objectText(carrying)}`] : []),
    ...[...signs].map(([words, sign]) => `${sign} = ${words}`),
    'map:',
    ...rows,
    '',
  ].join('\n');
}

function objectText({ type, colour, state, contains }: ObjectForm): string {
  const own = `${colour} ${type}${type === 'door' ? `, ${state ?? 'closed'}` : ''}`;
  return contains ? `${own} with a ${objectText(contains)}` : own;
}
