/**
 * The description of a saved training run, checked field by field before any of it is believed. The store
 * has a checksum for damage; this is for descriptions that other versions of the page wrote, whole but
 * of another shape, and for whatever else the checksum of a wrong file fits.
 */
import type { AdapterNorm } from '../engine/language-model';
import { LORA_MODULES } from '../engine/model/model-config';
import { REWARD_PRESET_NAMES } from '../reward/weights';
import type { TrainingMetrics } from '../rl/metrics';
import { checkConfig, type GrpoConfig, PRESETS } from '../rl/presets';
import { CheckpointError } from '../storage/errors';
import { readSplitName } from '../tasks/own/set-split';
import { BENCHMARKS, taskFamilies } from '../tasks/registry';
import type { TrainingSettings } from './protocol';
import type { HeldOut } from './training-protocol';

/** 2: with the whole configuration and the run's name. */
export const RUN_FORMAT = 2;

export interface RunMeta {
  readonly format: number;
  /** Of this run alone. */
  readonly runId: string;
  /** Of the weights its adapter belongs to. Null in runs saved before they said so. */
  readonly base: string | null;
  /** What the model of these weights is called. Null in runs saved before they said so. */
  readonly baseName: string | null;
  /** What the page shows of it. */
  readonly settings: TrainingSettings;
  /** What it is trained with, whatever later versions of the presets say. */
  readonly config: GrpoConfig;
  /** Steps done. */
  readonly nextStep: number;
  /** AdamW updates done. */
  readonly updates: number;
  readonly metrics: readonly TrainingMetrics[];
  readonly norms: readonly AdapterNorm[];
  readonly heldOut: readonly HeldOut[];
  /** When its first step began, milliseconds since the epoch. Null in runs saved before they said so. */
  readonly begun: number | null;
  /** Of each step the bytes its kept rollouts take; 0 where they are not kept. */
  readonly rolloutBytes: readonly number[];
}

const MODES = ['broadcast', 'last-step', 'experiences', 'best-only', 'two-level', 'fork'];

/** Metrics of a step, as far as the page that wrote them knew them. */
type StoredMetrics = Omit<TrainingMetrics, 'ms/away'> & Partial<Pick<TrainingMetrics, 'ms/away'>>;

/** Words a field may hold, by its place. */
const CHOICES: { readonly [place: string]: readonly string[] } = {
  'settings.preset': Object.keys(PRESETS),
  'settings.advantageMode': MODES,
  'settings.reward': REWARD_PRESET_NAMES,
  'config.reward': REWARD_PRESET_NAMES,
  'config.schedule': ['constant', 'linear', 'cosine'],
  'config.trainedSteps': ['all', 'well-formed'],
  'config.maintenance': ['meaningful', 'any'],
  'config.advantage.mode': MODES,
  'config.advantage.scale': ['group', 'batch', 'none'],
  'config.advantage.singleton': ['zero', 'reward'],
  'config.loss.lossType': ['grpo', 'bnpo', 'dr_grpo', 'dapo', 'cispo', 'sapo', 'paper'],
  'config.loss.importanceLevel': ['token', 'sequence'],
  'config.loss.kl': ['k2', 'k3'],
  'config.loss.klAggregation': ['same', 'token-mean'],
  'config.lora.targetModules': LORA_MODULES,
};
const FAMILIES: readonly string[] = [...taskFamilies.map(({ id }) => id), ...BENCHMARKS];
/** Numbers that may be left out with null. */
const NULLABLE = ['config.loss.epsilon', 'config.loss.epsilonHigh', 'config.loss.delta'];

/** A value of each field's kind. */
const SETTINGS: TrainingSettings = {
  preset: 'lab',
  steps: 1,
  tasksPerStep: 1,
  groupSize: 2,
  lr: 1,
  seed: 1,
  advantageMode: 'broadcast',
  reward: 'paper-appendix',
  evaluateEvery: 0,
  taskSet: '',
};
const HELD_OUT: HeldOut = {
  step: 0,
  ms: 0,
  evaluation: {
    reward: 0,
    task: 0,
    context: 0,
    memory: 0,
    storage_precision: 0,
    wellformed: 0,
    copied_exactly: 0,
    tools: {
      Add_memory: 0,
      Update_memory: 0,
      Delete_memory: 0,
      Retrieve_memory: 0,
      Summary_context: 0,
      Filter_context: 0,
    },
    prompt_tokens: 0,
    n: 0,
    stderr: { reward: 0, task: 0, context: 0, memory: 0, storage_precision: 0 },
    seed: 0,
    split: 'evaluation',
    backend: '',
  },
};

/** Throws `CheckpointError` naming the field that cannot be. */
export function readRunMeta(meta: unknown): RunMeta {
  const run = fieldsOf('description', meta);
  if (run.format !== RUN_FORMAT) {
    throw new CheckpointError(
      'checkpoint-format',
      'The saved training run was written by another version of this page and cannot be continued.',
    );
  }
  if (typeof run.runId !== 'string' || run.runId === '') refuse('runId', run.runId, 'a name');
  // Runs saved before held-out tasks were played on the way played none, and before that tasks were all made up.
  const settings = {
    evaluateEvery: 0,
    taskSet: '',
    ...fieldsOf('settings', run.settings),
  } as unknown as TrainingSettings;
  // Left out in a run on people.
  const { taskFamily, ...others } = settings;
  checkLike('settings', others, SETTINGS);
  if (taskFamily !== undefined && !FAMILIES.includes(taskFamily)) {
    refuse('settings.taskFamily', taskFamily, `one of ${FAMILIES.join(', ')}`);
  }
  const { taskSet = '' } = settings;
  if (taskSet !== '' && !readSplitName(taskSet)) {
    refuse('settings.taskSet', taskSet, 'a set of tasks and its seed');
  }
  // Runs saved before this was a choice left cut-off completions out.
  const config = { maskTruncated: true, ...fieldsOf('config', run.config) } as GrpoConfig;
  checkLike('config', config, PRESETS.lab.config);
  try {
    checkConfig(config);
  } catch (error) {
    const { message } = error as Error;
    throw new CheckpointError('checkpoint-format', `The saved training run cannot be continued. ${message}`, {
      cause: error,
    });
  }
  const steps = whole('nextStep', run.nextStep, config.steps);
  whole('updates', run.updates, Number.MAX_SAFE_INTEGER);
  const metrics = list('metrics', run.metrics);
  if (metrics.length !== steps) refuse('metrics', metrics.length, `as many as the ${steps} steps done`);
  metrics.forEach((entry, i) => {
    checkNumbers(`metrics.${i}`, entry);
    const { step } = fieldsOf(`metrics.${i}`, entry);
    if (step !== i + 1) refuse(`metrics.${i}.step`, step, String(i + 1));
  });
  list('norms', run.norms).forEach((entry, i) => {
    checkLike(`norms.${i}`, entry, { layer: 0, module: '', frobenius: 0 });
  });
  const heldOut = list('heldOut', run.heldOut ?? []);
  heldOut.forEach((entry, i) => {
    checkLike(`heldOut.${i}`, entry, HELD_OUT);
  });
  // Runs saved before rollouts were kept have none.
  const rolloutBytes = list('rolloutBytes', run.rolloutBytes ?? metrics.map(() => 0));
  if (rolloutBytes.length !== steps)
    refuse('rolloutBytes', rolloutBytes.length, `as many as the ${steps} steps done`);
  rolloutBytes.forEach((bytes, i) => {
    whole(`rolloutBytes.${i}`, bytes, Number.MAX_SAFE_INTEGER);
  });
  const begun = run.begun == null ? null : whole('begun', run.begun, 8.64e15);
  const { base = null } = run;
  if (base !== null && !(typeof base === 'string' && /^[0-9a-f]{16}$/.test(base))) {
    refuse('base', base, 'a fingerprint');
  }
  const { baseName = null } = run;
  if (baseName !== null && typeof baseName !== 'string') refuse('baseName', baseName, 'a name');
  // Runs saved before stops were told apart know of none.
  const known = (metrics as readonly StoredMetrics[]).map((entry) => ({ 'ms/away': 0, ...entry }));
  return {
    ...(run as unknown as RunMeta),
    settings,
    config,
    metrics: known,
    base,
    baseName,
    heldOut: heldOut as readonly HeldOut[],
    begun,
    rolloutBytes: rolloutBytes as readonly number[],
  };
}

function checkLike(place: string, value: unknown, example: unknown): void {
  if (NULLABLE.includes(place)) {
    if (value !== null) checkLike(`${place} `, value, 0);
  } else if (Array.isArray(example)) {
    for (const item of list(place, value)) checkLike(place, item, example[0]);
  } else if (typeof example === 'object' && example !== null) {
    const fields = fieldsOf(place, value);
    for (const [name, of] of Object.entries(example)) checkLike(`${place}.${name}`, fields[name], of);
    const unknown = Object.keys(fields).find((name) => !(name in example));
    if (unknown !== undefined) refuse(`${place}.${unknown}`, fields[unknown], 'known here');
  } else if (CHOICES[place]) {
    if (!CHOICES[place].includes(value as string))
      refuse(place, value, `one of ${CHOICES[place].join(', ')}`);
  } else if (typeof example === 'number') {
    if (!Number.isFinite(value)) refuse(place, value, 'a number');
  } else if (typeof value !== typeof example) {
    refuse(place, value, `a ${typeof example}`);
  }
}

/** Numbers all the way down; null where there was nothing to measure. */
function checkNumbers(place: string, value: unknown): void {
  if (value === null || Number.isFinite(value)) return;
  for (const [name, of] of Object.entries(fieldsOf(place, value))) checkNumbers(`${place}.${name}`, of);
}

function fieldsOf(place: string, value: unknown): { readonly [field: string]: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(place, value, 'an object');
  return value as { readonly [field: string]: unknown };
}

function list(place: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) refuse(place, value, 'a list');
  return value as readonly unknown[];
}

function whole(place: string, value: unknown, most: number): number {
  if (!(Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most)) {
    refuse(place, value, `a whole number from 0 to ${most}`);
  }
  return value as number;
}

function refuse(place: string, value: unknown, what: string): never {
  throw new CheckpointError(
    'checkpoint-format',
    `The saved training run cannot be continued: its ${place} is ${JSON.stringify(value)?.slice(0, 60)}, not ${what}.`,
  );
}
