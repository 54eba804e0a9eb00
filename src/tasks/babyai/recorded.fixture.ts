/** Reads the recorded episodes of the original (`shared/benchdata/README.md`, section babyai) into levels. */

import type { Level } from './level';
import type { Description, Mission } from './mission';
import { type Code, type ObjectForm, objectOf } from './objects';

export interface RecordedDescription {
  readonly type: Description['type'];
  readonly color: Description['colour'];
  readonly loc: Description['place'];
  readonly at: readonly (readonly [number, number])[];
}

export type RecordedMission =
  | { readonly op: 'goto' | 'pickup' | 'open'; readonly desc: RecordedDescription; readonly strict?: boolean }
  | {
      readonly op: 'putnext';
      readonly move: RecordedDescription;
      readonly fixed: RecordedDescription;
      readonly strict: boolean;
    }
  | {
      readonly op: 'and' | 'before' | 'after';
      readonly a: RecordedMission;
      readonly b: RecordedMission;
      readonly strict: boolean;
    };

type RecordedObject = string | readonly [string, unknown];

export interface RecordedEpisode {
  readonly id: string;
  readonly level: string;
  readonly seed: number;
  readonly policy: 'bot' | 'random';
  readonly mission: string;
  readonly width: number;
  readonly height: number;
  readonly max_steps: number;
  readonly see_through: boolean;
  readonly instr: RecordedMission;
  readonly pos: readonly [number, number];
  readonly dir: 0 | 1 | 2 | 3;
  readonly carry: RecordedObject | null;
  /** Column by column. */
  readonly grid: string;
  readonly boxes: readonly (readonly [number, number, RecordedObject])[];
  readonly obs: string;
  readonly end: string;
  readonly steps: readonly (readonly [
    action: number,
    delta: readonly (readonly [number, number, string])[],
    x: number,
    y: number,
    direction: number,
    carry: RecordedObject | null,
    obs: string,
    reward: number,
    terminated: 0 | 1,
    truncated: 0 | 1,
  ])[];
}

export interface RecordedText {
  readonly id: string;
  readonly level: string;
  readonly seed: number;
  readonly goal: string;
  readonly initial: string;
  readonly actions: Readonly<Record<string, readonly number[]>>;
  readonly steps: readonly (readonly [
    action: string,
    observation: string,
    reward: number,
    done: boolean,
    valid: boolean,
    actions: Readonly<Record<string, readonly number[]>>,
  ])[];
}

const digits = (text: string): Code => {
  const [type, colour, state] = [...text].map((digit) => Number.parseInt(digit, 16));
  return [type, colour, state];
};

function objectFrom(recorded: RecordedObject): ObjectForm | null {
  if (typeof recorded === 'string') return objectOf(digits(recorded));
  const form = objectOf(digits(recorded[0]));
  const inside = recorded[1] ? objectFrom(recorded[1] as RecordedObject) : null;
  return form && inside ? { ...form, contains: inside } : form;
}

const description = ({ type, color, loc }: RecordedDescription): Description => ({
  type,
  colour: color,
  place: loc,
});

export function missionFrom(recorded: RecordedMission): Mission {
  switch (recorded.op) {
    case 'goto':
      return { op: 'goto', what: description(recorded.desc) };
    case 'pickup':
    case 'open':
      return { op: recorded.op, what: description(recorded.desc), strict: recorded.strict === true };
    case 'putnext':
      return {
        op: 'putnext',
        what: description(recorded.move),
        beside: description(recorded.fixed),
        strict: recorded.strict,
      };
    default:
      return {
        op: recorded.op,
        a: missionFrom(recorded.a),
        b: missionFrom(recorded.b),
        strict: recorded.strict,
      } as Mission;
  }
}

export function levelFrom(episode: RecordedEpisode): Level {
  const { width, height, grid } = episode;
  const cells = Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    const form = objectOf(digits(grid.slice(3 * (x * height + y), 3 * (x * height + y) + 3)));
    const box = episode.boxes.find(([bx, by]) => bx === x && by === y);
    const inside = box ? objectFrom(box[2]) : null;
    return form && inside ? { ...form, contains: inside } : form;
  });
  return {
    width,
    height,
    cells,
    start: { at: { x: episode.pos[0], y: episode.pos[1] }, facing: episode.dir },
    carrying: episode.carry ? objectFrom(episode.carry) : null,
    mission: missionFrom(episode.instr),
    maxSteps: episode.max_steps,
    seeThroughWalls: episode.see_through,
  };
}

/** As the records write a list of codes. */
export const hex = (codes: readonly Code[]): string =>
  codes
    .flat()
    .map((n) => n.toString(16))
    .join('');
