/** Every formula case (`fixtures/NOTICE` says what they are), doubles within 1e-9 of their size. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { linesOf } from '../records.fixture';
import { ANIMALS, DEVICES, GOALS, LIFE_CYCLES, MATERIALS, SUBSTANCES } from './constants';
import {
  besideDevice,
  doorsBetween,
  lifeStageAt,
  stateAt,
  taskScore,
  ticksToChange,
  touching,
} from './rules';

/** Fields as its kind has them; each check names those it reads. */
type Case = Readonly<Record<string, never>> & { readonly kind: string };

const text = readFileSync(new URL('./fixtures/cases.jsonl', import.meta.url), 'utf8');
const cases = linesOf<Case>(text);

const near = (id: string, ours: number, expected: number) =>
  expect(Math.abs(ours - expected), `${id}: ${ours}, not ${expected}`).toBeLessThanOrEqual(
    1e-9 * Math.max(1, Math.abs(expected)),
  );

const CHECKS: Readonly<Record<string, (one: Case) => void>> = {
  source({ id, substance, device, start, temperatures, states, ticks_to_change }) {
    const material = MATERIALS[SUBSTANCES[substance].material];
    let at: number = start;
    (temperatures as number[]).forEach((expected, i) => {
      at = besideDevice(at, DEVICES[device]);
      near(id, at, expected);
      expect(stateAt(material, at), id).toBe(states[i]);
    });
    expect(ticksToChange(material, start, DEVICES[device]), id).toBe(ticks_to_change);
  },
  touch({ id, materials, start, temperatures }) {
    const conducts = (materials as string[]).map((name) => MATERIALS[name].conducts) as unknown as [
      number,
      number,
    ];
    let pair = start as readonly [number, number];
    for (const expected of temperatures as [number, number][]) {
      pair = touching(pair, conducts);
      near(id, pair[0], expected[0]);
      near(id, pair[1], expected[1]);
    }
  },
  state({ id, material, temperature, state, name }) {
    const found = stateAt(MATERIALS[material], temperature);
    expect([found, MATERIALS[material].names[found] ?? null], id).toEqual([state, name]);
  },
  score({ id, failed, ordered_done, ordered, unordered, score }) {
    near(id, taskScore(failed, ordered_done, ordered, unordered), score);
  },
  task_score({ id, task, failed, ordered_done, ordered, unordered, score }) {
    expect([ordered, (unordered as unknown[]).length], id).toEqual([
      GOALS[task].ordered,
      GOALS[task].unordered,
    ]);
    near(id, taskScore(failed, ordered_done, ordered, unordered), score);
  },
  life({ id, cycle, ticks, stage, canonical }) {
    const found = lifeStageAt(LIFE_CYCLES[cycle], ticks);
    expect([found.stage, found.name], id).toEqual([stage, canonical]);
  },
  lifespan({ id, animals, longest, shortest }) {
    const byYears = [...(animals as string[])].sort((a, b) => ANIMALS[a].years - ANIMALS[b].years);
    expect([byYears.at(-1), byYears[0]], id).toEqual([longest, shortest]);
  },
  route({ id, rooms, doors }) {
    expect(doorsBetween(rooms[0], rooms[1]), id).toBe(doors);
  },
};

test.each([
  ['source', 54],
  ['touch', 39],
  ['state', 251],
  ['score', 71],
  ['task_score', 21],
  ['life', 62],
  ['lifespan', 19],
  ['route', 33],
])('%s: %i cases', (kind, count) => {
  const own = cases.filter((one) => one.kind === kind);
  for (const one of own) CHECKS[kind](one);
  expect(own).toHaveLength(count);
});

test('no kind of case is left out', () => {
  expect(cases.filter(({ kind }) => !Object.hasOwn(CHECKS, kind))).toEqual([]);
  expect(cases).toHaveLength(550);
});
