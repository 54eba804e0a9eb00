import { expect, test } from 'vitest';
import type { HeldOut, TrainingMetrics, TrainingSettings } from '../../worker/protocol';
import type { TrainingView } from '../state/lab-state';
import { phaseCosts, timeLeft } from './phases';

const step = (ms: number, rollouts: number) =>
  ({ ms, 'ms/rollouts': rollouts, tokens: 1000, 'tokens/computed': 300 }) as TrainingMetrics;
const heldOut = (at: number, ms: number) => ({ step: at, ms }) as HeldOut;
const view = (
  metrics: readonly TrainingMetrics[],
  heldOut: readonly HeldOut[],
  settings: Partial<TrainingSettings> | null,
) => ({ metrics, heldOut, settings }) as TrainingView;

test('each phase has its time and its tokens, and together they are the run', () => {
  const metrics = [step(100, 60), step(80, 30)];
  const costs = phaseCosts(metrics, [heldOut(0, 20), heldOut(2, 30)]);
  expect(costs.map(({ times, ms, tokens }) => [times, ms, tokens])).toEqual([
    [2, 90, 2000],
    [2, 90, 600],
    [2, 50, null],
  ]);
});

test('the time left follows the last five steps and the evaluations that are due', () => {
  const metrics = [step(9000, 1), ...Array.from({ length: 5 }, () => step(100, 1))];
  // Steps 7 to 10, and held-out tasks after 10.
  expect(timeLeft(view(metrics, [heldOut(0, 40), heldOut(5, 60)], { steps: 10, evaluateEvery: 5 }))).toBe(
    450,
  );
  // After 8 and after the last.
  expect(timeLeft(view(metrics, [heldOut(0, 40)], { steps: 9, evaluateEvery: 4 }))).toBe(3 * 100 + 2 * 40);
  expect(timeLeft(view(metrics, [], { steps: 6, evaluateEvery: 0 }))).toBe(0);
});

test('nothing is said before a step was measured', () => {
  expect(timeLeft(view([], [], { steps: 10 }))).toBeNull();
  expect(timeLeft(view([step(1, 1)], [], null))).toBeNull();
});
