import { describe, expect, it } from 'vitest';
import { PRESETS } from '../rl/presets';
import { CheckpointError } from '../storage/errors';
import { RUN_FORMAT, readRunMeta } from './run-meta';

const META = {
  format: RUN_FORMAT,
  runId: 'a1',
  base: '0123456789abcdef',
  baseName: 'policy',
  settings: {
    preset: 'lab',
    steps: 20,
    tasksPerStep: 4,
    groupSize: 8,
    lr: 3e-3,
    seed: 1,
    advantageMode: 'broadcast',
    reward: 'paper-appendix',
    evaluateEvery: 5,
    taskSet: '0123456789abcdef~1',
  },
  config: { ...PRESETS.lab.config, steps: 20 },
  nextStep: 2,
  updates: 4,
  metrics: [
    { step: 1, reward: 0.1, rewards: { task: { mean: null } }, 'ms/away': 0 },
    { step: 2, reward: 0.2, 'ms/away': 30 },
  ],
  norms: [{ layer: 0, module: 'q_proj', frobenius: 0.5 }],
  heldOut: [],
  begun: 1234,
  rolloutBytes: [100, 0],
};

/** The description with the field at a path set, or left out if undefined. */
function withField(path: string, value: unknown): unknown {
  const meta = JSON.parse(JSON.stringify(META));
  const names = path.split('.');
  const last = names.pop() ?? '';
  let at = meta;
  for (const name of names) at = at[name];
  if (value === undefined) delete at[last];
  else at[last] = value;
  return meta;
}

/** Paths of all fields, those of lists aside. */
function fields(value: unknown, at: string[] = []): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [at.join('.')];
  return Object.entries(value).flatMap(([name, of]) => fields(of, [...at, name]));
}

describe('the description of a saved run', () => {
  it('of every preset comes back as it was', () => {
    for (const { config } of Object.values(PRESETS)) {
      const meta = JSON.parse(JSON.stringify({ ...META, config }));
      expect(readRunMeta(meta)).toEqual({ ...META, config });
    }
  });

  it('saved before stops were told apart from work has none', () => {
    const [first, second] = META.metrics;
    const { 'ms/away': _, ...old } = second;
    const { metrics } = readRunMeta({ ...META, metrics: [first, old] });
    expect(metrics[1]).toEqual({ ...old, 'ms/away': 0 });
  });

  it('saved before held-out tasks were played on the way has played none', () => {
    const { settings, heldOut } = readRunMeta(withField('heldOut', undefined));
    expect(heldOut).toEqual([]);
    expect(settings.evaluateEvery).toBe(5);
    expect(readRunMeta(withField('settings.evaluateEvery', undefined)).settings.evaluateEvery).toBe(0);
  });

  it('saved before there were sets of the user’s own was trained on made-up tasks', () => {
    expect(readRunMeta(withField('settings.taskSet', undefined)).settings.taskSet).toBe('');
  });

  it('saved before rollouts were kept has none, and does not say when it was begun', () => {
    const { begun: _, rolloutBytes: __, ...old } = META;
    expect(readRunMeta(old)).toEqual({ ...META, begun: null, rolloutBytes: [0, 0] });
  });

  it('with held-out figures that are none is refused', () => {
    const read = () =>
      readRunMeta({ ...META, heldOut: [{ step: 0, ms: 1, evaluation: { reward: 'good' } }] });
    expect(read).toThrow(/heldOut\.0\.evaluation\.reward/);
  });

  it('saved before cut-off completions could carry loss goes on without', () => {
    const { config } = readRunMeta(withField('config.maskTruncated', undefined));
    expect(config).toEqual(META.config);
    expect(config.maskTruncated).toBe(true);
  });

  it.each(fields(META))(
    'without %s, or with something else there, is refused and the field named',
    (path) => {
      const words = path === 'format' ? /another version/ : new RegExp(`${path.split('.').pop()}\\b`);
      for (const wrong of [undefined, {}, 'nonsense', [7]]) {
        // Names are the writer's own, and so any text will do.
        if (['runId', 'baseName'].includes(path) && wrong === 'nonsense') continue;
        // Runs saved before they named their base have none.
        if (['base', 'baseName'].includes(path) && wrong == null) continue;
        // Runs saved before they said when they were begun, or kept rollouts, do without.
        if (['begun', 'rolloutBytes'].includes(path) && wrong == null) continue;
        // Nor did older ones say that completions cut off are left out.
        if (path === 'config.maskTruncated' && wrong === undefined) continue;
        // Nor did they play held-out tasks on the way, or tasks of the user's own.
        if (/evaluateEvery|heldOut|taskSet/.test(path) && wrong === undefined) continue;
        const read = () => readRunMeta(withField(path, wrong));
        expect(read, `${wrong}`).toThrow(CheckpointError);
        expect(read, `${wrong}`).toThrow(words);
      }
    },
  );

  it.each([
    ['nextStep', 21],
    ['nextStep', 1],
    ['nextStep', 1.5],
    ['nextStep', -1],
    ['updates', -1],
    ['updates', 0.5],
    ['settings.preset', 'mine'],
    ['settings.lr', null],
    ['settings.extra', 1],
    ['settings.taskFamily', 'nowhere'],
    ['settings.taskFamily', 7],
    ['config.lr', 0],
    ['config.groupSize', 1],
    ['config.loss.lossType', 'ppo'],
    ['config.loss.epsilon', 'none'],
    ['config.lora.targetModules', ['lm_head']],
    ['config.lora.targetModules', []],
    ['config.later', true],
    ['metrics.1.step', 3],
    ['metrics.0.reward', 'high'],
    ['norms.0.frobenius', null],
    ['norms.0.module', 3],
    ['metrics', {}],
    ['norms', null],
  ])('with %s = %j is refused', (path, value) => {
    expect(() => readRunMeta(withField(path, value))).toThrow(CheckpointError);
  });

  it('on people says nothing of it; on another topic names a family there is', () => {
    expect(readRunMeta(withField('settings.taskFamily', undefined)).settings).not.toHaveProperty(
      'taskFamily',
      expect.any(String),
    );
    expect(readRunMeta(withField('settings.taskFamily', 'babyai')).settings.taskFamily).toBe('babyai');
  });

  it('that is no object at all is refused', () => {
    for (const meta of [null, undefined, 3, 'x', []]) {
      expect(() => readRunMeta(meta)).toThrow(CheckpointError);
    }
  });
});
