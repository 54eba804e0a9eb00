/** The episode shipped with the site is one that this code would pay as it says, of the task it names. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { earnMore } from '../reward/earn-more';
import { computeReward } from '../reward/reward';
import { taskFamily } from '../tasks/registry';
import type { Recording } from './episode-protocol';

const bytes = readFileSync('public/recorded/before-after.json');
const recording = JSON.parse(bytes.toString()) as Recording;

test('the task is the one its seed makes, and both runs are whole', () => {
  const { task, runs } = recording;
  expect(taskFamily(task.family).generate(task.seed, task.split, task.difficulty)).toEqual(task);
  expect(runs.map(({ adapter }) => adapter)).toEqual(['none', 'shipped']);
  for (const { log } of runs) {
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index));
    expect(log.at(-1)?.type).toBe('episode-ended');
  }
});

test('rewards and advice follow from the logs', () => {
  for (const { log, reward, advice } of recording.runs) {
    expect(reward).toEqual(computeReward(log, recording.task));
    expect(advice).toEqual(earnMore(log, recording.task, reward));
  }
});

test('training is seen in it, and it is small', () => {
  const [before, after] = recording.runs;
  expect(after.reward.total).toBeGreaterThan(before.reward.total + 0.5);
  expect(bytes.length).toBeLessThan(250_000);
});
