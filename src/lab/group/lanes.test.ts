import { beforeAll, expect, test } from 'vitest';
import type { GroupRun } from '../../worker/protocol';
import { framesOf } from '../episode/frames';
import { momentsOf } from '../episode/moments';
import { recordGroup } from '../episode/recorded.fixture';
import { advantageFormula, creditWords, lanesOf, stepSums } from './lanes';

let group: GroupRun;

beforeAll(async () => {
  group = await recordGroup({ seed: 11 });
});

test('a lane has a cell for every step that carries an advantage, and the same advantage in each', () => {
  const lanes = lanesOf(group);
  expect(lanes).toHaveLength(8);
  for (const [k, lane] of lanes.entries()) {
    const rollout = group.rollouts[k];
    expect(lane.steps).toHaveLength(rollout.stepAdvantages.length);
    expect(lane.steps.map(({ advantage }) => advantage)).toEqual(rollout.stepAdvantages);
    expect(new Set(lane.steps.map(({ advantage }) => advantage))).toEqual(new Set([rollout.advantage]));
    expect(lane.steps.map(({ step }) => step)).toEqual(lane.steps.map((_, index) => index + 1));
  }
});

test('marks name what each step did as the timeline does; only an answer that was paid is called right or wrong', () => {
  for (const [k, { steps }] of lanesOf(group).entries()) {
    const { log, reward } = group.rollouts[k];
    const moments = momentsOf(log, framesOf(log)).filter(
      ({ marks }) => !['reset', 'open'].includes(marks[0]),
    );
    expect(steps.map(({ marks }) => marks)).toEqual(moments.map(({ marks }) => marks));
    for (const { marks, verdict } of steps) {
      expect(verdict).toBe(marks[0] !== 'answer' ? null : reward.task.value === 1 ? 'right' : 'wrong');
    }
  }
  const all = lanesOf(group).flatMap(({ steps }) => steps.flatMap(({ marks }) => marks));
  expect(all).toEqual(expect.arrayContaining(['Add_memory', 'nothing', 'answer']));
});

test('in a world an action is called one, and only what ends the episode is called right or wrong', async () => {
  const rooms = await recordGroup({ seed: 3, family: 'rooms', difficulty: 'one-fact' });
  const verdicts = new Set<string>();
  for (const [k, { steps }] of lanesOf(rooms).entries()) {
    const { log, reward } = rooms.rollouts[k];
    const acted = log.filter((event) => event.type === 'environment-acted');
    const shown = steps.filter(({ marks }) => marks[0] === 'act' || marks[0] === 'answer');
    expect(shown.map(({ step, marks, words }) => [step, marks[0], words])).toEqual(
      acted.map(({ step, action }) => [step, 'act', `acts “${action}”`]),
    );
    const done = acted.find((event) => event.done);
    expect(steps.flatMap(({ step, verdict }) => (verdict ? [[step, verdict]] : []))).toEqual(
      done ? [[done.step, reward.task.value === 1 ? 'right' : 'wrong']] : [],
    );
    for (const { verdict } of steps) if (verdict) verdicts.add(verdict);
  }
  expect([...verdicts].sort()).toEqual(['right', 'wrong']);
});

test('an action after which a cap ends the episode is neither right nor wrong', async () => {
  const config = { maxRounds: 1, hardRounds: { 1: 8, 2: 8, 3: 2 } };
  const rooms = await recordGroup({ seed: 3, family: 'rooms', difficulty: 'one-fact', config });
  const capped = lanesOf(rooms).filter((_, k) => {
    const ended = rooms.rollouts[k].log.at(-1);
    return ended?.type === 'episode-ended' && ended.reason === 'hard-rounds';
  });
  const last = capped.map(({ steps }) => steps[steps.length - 1]);
  expect(last.map(({ marks }) => marks[0])).toContain('act');
  expect(last.map(({ marks }) => marks[0])).not.toContain('answer');
  expect(capped.flatMap(({ steps }) => steps.filter(({ verdict }) => verdict !== null))).toEqual([]);
});

test('the formula can be worked out with the numbers in it', () => {
  for (const lane of lanesOf(group)) {
    const text = advantageFormula(lane, group.statistics, group.options).replaceAll('−', '-');
    const found = text.match(/\(([-\d.]+) - ([-\d.]+)\) \/ \(([-\d.]+) \+ ([-\d.e]+)\) = \+?([-\d.]+)/);
    if (!found) throw new Error(`no numbers in: ${text}`);
    const [r, mean, std, eps, value] = found.slice(1).map(Number);
    expect((r - mean) / (std + eps)).toBeCloseTo(value, 1);
  }
});

test('every advantage mode is explained in its own words', () => {
  const modes = ['broadcast', 'last-step', 'experiences', 'best-only', 'two-level', 'fork'] as const;
  const words = modes.map((mode) => creditWords({ ...group.options, mode }));
  expect(new Set(words).size).toBe(6);
});

test('the parts of a bar add up to the reward', () => {
  for (const lane of lanesOf(group)) {
    expect(lane.parts.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(lane.reward, 9);
  }
});

test('with two levels each step is a sum of the number of its rollout and one of its own', () => {
  const [lane] = lanesOf(group);
  expect(stepSums(lane, group.options)).toEqual([]);
  const steps = lane.steps.map((step, i) => ({ ...step, advantage: lane.advantage + (i === 1 ? 0 : i - 2) }));
  for (const stepNormalisation of [false, true]) {
    const sums = stepSums({ ...lane, steps }, { ...group.options, mode: 'two-level', stepNormalisation });
    expect(sums).toHaveLength(steps.length);
    for (const [i, sum] of sums.entries()) {
      const found = sum.replaceAll('−', '-').match(/^step (\d+): (\S+) ([-+]\S+) = (\S+)$/);
      if (!found) throw new Error(`no sum: ${sum}`);
      const [step, shared, own, total] = found.slice(1).map(Number);
      expect(step).toBe(i + 1);
      expect(shared).toBeCloseTo(stepNormalisation ? lane.advantage / steps.length : lane.advantage, 2);
      expect(shared + own).toBeCloseTo(total, 2);
      expect(total).toBeCloseTo(steps[i].advantage, 2);
    }
  }
});
