import { expect, test } from 'vitest';
import type { TrainingSettings } from '../../worker/protocol';
import {
  type Address,
  AS_PRESET,
  DEFAULT_ADDRESS,
  differences,
  formatAddress,
  MAX_SEED,
  parseAddress,
  runSettings,
} from './address';

const EXAMPLES: readonly Address[] = [
  DEFAULT_ADDRESS,
  { ...DEFAULT_ADDRESS, seed: 0, backend: 'webgpu' },
  { ...DEFAULT_ADDRESS, view: 'memory' },
  { ...DEFAULT_ADDRESS, view: 'models' },
  {
    seed: MAX_SEED,
    dice: 12,
    family: 'rooms',
    difficulty: 'mix',
    split: 'unseen-names',
    set: '0123456789abcdef',
    adapter: 'trained',
    method: 'agemem-rag',
    player: 'demonstrator',
    reward: 'answer-only',
    summaries: 'model',
    distractors: 'model',
    preset: 'trl',
    group: 2,
    backend: 'reference',
    model: 'engine:folder/From a stick, 50 % & more',
    hub: '/school/models/',
    simd: 'auto',
    decode: 'plain',
    products: 'no such word',
    subgroups: 'on',
    f16: 'off',
    view: 'training',
    lesson: 3,
    lang: 'zh',
    credit: 'last-step',
    spread: 'off',
    perStep: 'on',
    present: true,
    hide: ['nav', 'inside'],
    steps: 3,
    tasks: 2,
    rollouts: 4,
    lr: 0.00001,
    runSeed: 0,
    advantage: 'fork',
    weights: 'paper-main',
    evaluate: 0,
    on: 'fedcba9876543210~7',
    topic: 'babyai',
    exhibit: 'any-update',
    ifStep: 4,
    ifWrites: '<think></think><answer>50 % & more, 是</answer>\n',
    ifForgets: 'm2',
    ifMessage: 1,
    ifSays: '',
    ifBudget: 40,
    ifReset: 'none',
    ifWeights: [1 / 3, 0, 10, 0.5],
    ifPays: 'any',
  },
];

test.each(EXAMPLES)('an address survives the address bar: %j', (address) => {
  expect(parseAddress(formatAddress(address))).toEqual(address);
});

test('defaults leave the address bar clean', () => {
  expect(formatAddress(DEFAULT_ADDRESS)).toBe('');
});

test.each([
  '?seed=-1&backend=cuda&difficulty=hardest&view=%3Cscript%3E',
  '?seed=1e9&dice=99999999999&family=../../x',
  '?seed=&split=&preset=',
  '?%%%',
  '?group=1',
  '?group=33',
  '?lesson=0&present=yes&hide=everything,<b>&lang=tlh',
  '?steps=0&tasks=65&rollouts=1&lr=-1&runSeed=x&advantage=none&weights=all',
  '?set=0123&on=0123456789abcdef',
  '?set=0123456789ABCDEF&on=0123456789abcdef~',
  '?ifStep=0&ifMessage=1.5&ifBudget=1000000&ifForgets=<b>&ifReset=1&ifPays=all&exhibit=../x',
  '?ifWeights=1,1,1',
  '?ifWeights=1,,1,1',
  '?ifWeights=1,1,1,11',
  '?lr=0.2',
  '?lr=',
])('what is not understood falls back to the default: %s', (search) => {
  expect(parseAddress(search)).toEqual(DEFAULT_ADDRESS);
});

test('lists are readable in the address bar, in one order, each part once', () => {
  const { hide } = parseAddress('?hide=inside,nav,inside,nonsense');
  expect(hide).toEqual(['nav', 'inside']);
  expect(formatAddress({ ...DEFAULT_ADDRESS, hide })).toBe('?hide=nav,inside');
});

const PRESET: TrainingSettings = {
  preset: 'lab',
  steps: 20,
  tasksPerStep: 4,
  groupSize: 8,
  lr: 0.001,
  seed: 1,
  advantageMode: 'broadcast',
  reward: 'paper-appendix',
  evaluateEvery: 5,
  taskSet: '',
};

test('the settings of a run come back from the address, each of them; what is as in the preset is left out', () => {
  expect(differences(PRESET, PRESET)).toEqual(AS_PRESET);
  expect(runSettings(PRESET, AS_PRESET)).toBe(PRESET);
  const settings: TrainingSettings = {
    preset: 'lab',
    steps: 1,
    tasksPerStep: 2,
    groupSize: 4,
    lr: 0.01,
    seed: 7,
    advantageMode: 'last-step',
    reward: 'answer-only',
    evaluateEvery: 0,
    taskSet: '0123456789abcdef~2',
  };
  for (const key of Object.keys(settings) as (keyof TrainingSettings)[]) {
    const one = { ...PRESET, [key]: settings[key] };
    const search = formatAddress({ ...DEFAULT_ADDRESS, ...differences(PRESET, one) });
    expect(runSettings(PRESET, parseAddress(search)), search).toEqual(one);
  }
  const all = formatAddress({ ...DEFAULT_ADDRESS, ...differences(PRESET, settings) });
  expect(runSettings(PRESET, parseAddress(all))).toEqual(settings);
});
