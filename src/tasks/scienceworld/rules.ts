/**
 * ScienceWorld's formulas (allenai/ScienceWorld, Apache-2.0; written anew), each alone: a subset of its rules,
 * checked against cases worked out from its sources (no simulator was at hand, and in one several of these act on an
 * object in a tick).
 */
import {
  type Device,
  DOORS_OF_THE_ORIGINAL,
  type LifeStage,
  type Material,
  type StateOfMatter,
} from './constants';

/** Of a difference in temperature, what passes in a tick. */
const TRANSFER = 0.1;
/** °C a tick, at most. */
const MOST_A_TICK = 1000;

/** One tick in or on a running device: a tenth of the way to what it reaches. Heaters only heat, coolers only cool. */
export function besideDevice(temperature: number, { kind, limit }: Pick<Device, 'kind' | 'limit'>): number {
  const gap = limit - temperature;
  if (kind === 'heats' ? gap <= 0 : gap >= 0) return temperature;
  const change = gap * TRANSFER;
  return temperature + Math.sign(change) * Math.min(Math.abs(change), MOST_A_TICK);
}

/** One tick of two things that touch: the first changes first, and the second by what is left then. */
export function touching(
  [first, second]: readonly [number, number],
  conducts: readonly [number, number],
): readonly [number, number] {
  const rate = Math.min(...conducts) * TRANSFER;
  const after = first + (second - first) * rate;
  return [after, second + (after - second) * rate];
}

/** Solid below the melting point, gas above the boiling point, else liquid. */
export function stateAt(
  { melts, boils }: Pick<Material, 'melts' | 'boils'>,
  temperature: number,
): StateOfMatter {
  if (temperature < melts) return 'solid';
  return temperature > boils ? 'gas' : 'liquid';
}

/** What a tick number it is when the state first differs from that at the start; null: not within so many. */
export function ticksToChange(
  material: Material,
  start: number,
  device: Pick<Device, 'kind' | 'limit'>,
  most = 2000,
): number | null {
  const first = stateAt(material, start);
  let temperature = start;
  for (let tick = 1; tick <= most; tick++) {
    temperature = besideDevice(temperature, device);
    if (stateAt(material, temperature) !== first) return tick;
  }
  return null;
}

/**
 * A failed task is worth -1. Else the ordered goals reached, each an equal part, and the optional ones, together one
 * part of a goal more; at most 1.
 */
export function taskScore(
  failed: boolean,
  orderedDone: number,
  ordered: number,
  unordered: readonly (boolean | number)[],
): number {
  if (failed) return -1;
  let score = orderedDone / ordered;
  for (const done of unordered) if (done) score += 1 / (ordered + 1) / unordered.length;
  return Math.min(1, score);
}

/** After so many ticks from the first stage. A stage ends with the tick that completes it. */
export function lifeStageAt(cycle: readonly LifeStage[], ticks: number): LifeStage {
  let stage = cycle[0];
  let left = ticks;
  while (stage.ticks !== null && stage.then !== null && left >= stage.ticks) {
    left -= stage.ticks;
    const { then } = stage;
    stage = cycle.find((one) => one.stage === then) ?? stage;
  }
  return stage;
}

/**
 * Fewest doors from one room to another; null: there is no way. Only checked, not played: in the laboratories here every
 * room has its door to the lab.
 */
export function doorsBetween(
  from: string,
  to: string,
  doors: readonly (readonly string[])[] = DOORS_OF_THE_ORIGINAL,
): number | null {
  const steps = new Map([[from, 0]]);
  for (const [room, count] of steps) {
    if (room === to) return count;
    for (const [a, b] of doors) {
      const next = a === room ? b : b === room ? a : null;
      if (next !== null && !steps.has(next)) steps.set(next, count + 1);
    }
  }
  return null;
}
