import { expect, test } from 'vitest';
import type { OwnTask, TaskSetInfo } from '../../worker/own-protocol';
import { followSet } from './set-moves';

const OLD = '0123456789abcdef';
const NEW = 'fedcba9876543210';
const FORM: OwnTask = { question: 'Where?', answers: ['Here'], messages: [{ says: 'It is here.' }] };
const to = (tasks: number): TaskSetInfo => ({ hash: NEW, name: 'My tasks', tasks, added: 1, bytes: 9 });
const at = (seed: number, on: string | null = null) => ({ set: OLD, seed, on });

test('a task more, or another in the place of one, leaves the task on view where it is', () => {
  const added = { set: OLD, form: FORM, at: null };
  expect(followSet(at(2), added, to(4))).toEqual({ set: NEW, seed: 2 });
  // Of three, the fifth number is the second task; of four it would be the first.
  expect(followSet(at(5), added, to(4))).toEqual({ set: NEW, seed: 2 });
  expect(followSet(at(0), added, to(4))).toEqual({ set: NEW, seed: 3 });
  expect(followSet(at(2), { set: OLD, form: FORM, at: 0 }, to(3))).toEqual({ set: NEW, seed: 2 });
});

test('a task less moves those behind it up; the next one comes for the one on view', () => {
  expect(followSet(at(3), { set: OLD, form: null, at: 0 }, to(2))).toEqual({ set: NEW, seed: 2 });
  expect(followSet(at(1), { set: OLD, form: null, at: 2 }, to(2))).toEqual({ set: NEW, seed: 1 });
  expect(followSet(at(2), { set: OLD, form: null, at: 1 }, to(2))).toEqual({ set: NEW, seed: 2 });
  expect(followSet(at(3), { set: OLD, form: null, at: 2 }, to(2))).toEqual({ set: NEW, seed: 1 });
});

test('what the next run trains on goes along with its seed; without tasks both are made up again', () => {
  const change = { set: OLD, form: FORM, at: null };
  expect(followSet({ ...at(1, `${OLD}~7`), set: null }, change, to(2))).toEqual({ on: `${NEW}~7` });
  const last = { set: OLD, form: null, at: 0 };
  expect(followSet(at(1, `${OLD}~7`), last, null)).toEqual({ set: null, on: null });
});

test('an address of another set, a new set, and a change that changes nothing leave it as it is', () => {
  const change = { set: OLD, form: FORM, at: null };
  expect(followSet({ set: NEW, seed: 2, on: `${NEW}~1` }, { ...change, set: 'f00d' }, to(2))).toEqual({});
  expect(followSet(at(2, `${OLD}~1`), { ...change, set: null }, to(1))).toEqual({});
  expect(followSet(at(5), { set: NEW, form: FORM, at: 1 }, to(3))).toEqual({});
});
