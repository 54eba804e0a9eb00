import { expect, test } from 'vitest';
import { PRESETS } from '../../rl/presets';
import type { RunCurves } from '../../worker/runs-protocol';
import { differencesOf } from './differences';

type Trained = Pick<RunCurves, 'settings' | 'config'>;

function run(part: Partial<Trained['settings']>, config: Partial<Trained['config']> = {}): Trained {
  const settings = {
    preset: 'lab',
    steps: 20,
    tasksPerStep: 4,
    groupSize: 8,
    lr: 3e-3,
    seed: 1,
    advantageMode: 'broadcast',
    reward: 'paper-appendix',
    ...part,
  } as const;
  return { settings, config: { ...PRESETS.lab.config, ...config } };
}

test('runs trained alike differ in nothing, though one does not say what the other says is none', () => {
  expect(differencesOf([run({}), run({ evaluateEvery: 0, taskSet: '', taskFamily: 'qa' })])).toEqual([]);
});

test('each field that differs is named by its path, once, with its value in every run', () => {
  const { loss, lora } = PRESETS.lab.config;
  const runs = [
    run({}),
    run({ seed: 2, lr: 1 }, { lr: 1, loss: { ...loss, epsilonHigh: null } }),
    run({}, { lora: { ...lora, targetModules: ['q_proj', 'v_proj'] } }),
  ];
  expect(differencesOf(runs)).toEqual([
    { field: 'seed', values: ['1', '2', '1'] },
    { field: 'loss.epsilonHigh', values: [String(loss.epsilonHigh), '–', String(loss.epsilonHigh)] },
    { field: 'lr', values: ['0.003', '1', '0.003'] },
    {
      field: 'lora.targetModules',
      values: [lora.targetModules.join(' '), lora.targetModules.join(' '), 'q_proj v_proj'],
    },
  ]);
});
