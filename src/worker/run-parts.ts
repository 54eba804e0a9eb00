/** What a training run is made of in the worker: its configuration from settings, its state, what is shown of a step. */
import type { EngineModel } from '../engine/model/engine-model';
import type { TrainingMetrics } from '../rl/metrics';
import type { GrpoConfig } from '../rl/presets';
import type { GrpoTrainer, TrainerState, TrainingStep } from '../rl/trainer';
import { presetFor, type Trained } from './acting/presets';
import type { RunTasks } from './own/task-source';
import type { GroupRun, TrainingSettings } from './protocol';
import type { StepRollouts } from './run-checkpoint';
import type { HeldOut } from './training-protocol';

/** A run that was started, or went on. */
export interface Run {
  readonly id: string;
  readonly settings: TrainingSettings;
  readonly config: GrpoConfig;
  readonly tasks: RunTasks;
  model: EngineModel;
  trainer: GrpoTrainer;
  readonly metrics: TrainingMetrics[];
  readonly heldOut: HeldOut[];
  /** After the last whole step; null before the first of a new run, whose state follows from the seed. */
  state: TrainerState | null;
  /** The states before that, oldest first, as far as they are kept: where undoing leads. */
  past: readonly (TrainerState | null)[];
  /** Milliseconds since the epoch; null for a run saved before runs said so. */
  readonly begun: number | null;
  /** Of each step the bytes of its rollouts in the store; 0: not kept. */
  readonly rolloutBytes: number[];
  /** How rollouts are written; null where nothing is kept. */
  readonly written: typeof import('./runs/trajectories') | null;
  /** Rollouts to be written, or deleted, with the next checkpoint. */
  unwritten: readonly StepRollouts[];
}

/** Updates that can be taken back one after the other without the store; each costs three times the adapter. */
export const KEPT_PAST = 8;

/** For the model that acts. */
export function configOf(settings: TrainingSettings, model: Trained): GrpoConfig {
  const base = presetFor(settings.preset, model).config;
  return {
    ...base,
    steps: settings.steps,
    tasksPerStep: settings.tasksPerStep,
    groupSize: settings.groupSize,
    lr: settings.lr,
    advantage: { ...base.advantage, mode: settings.advantageMode },
    reward: settings.reward,
  };
}

/** The step's first task, as the page shows groups. */
export function firstGroup({ settings, config }: Run, step: TrainingStep): GroupRun {
  const mine = step.rollouts.flatMap((rollout, i) => (rollout.group === 0 ? [{ rollout, i }] : []));
  return {
    task: mine[0].rollout.task,
    adapter: 'trained',
    rollouts: mine.map(({ rollout, i }) => ({
      k: rollout.k,
      log: rollout.log,
      reward: rollout.reward,
      advantage: step.advantages.rollouts[i],
      stepAdvantages: step.advantages.steps[i],
    })),
    statistics: step.advantages.groups[0],
    options: config.advantage,
    origin: `training step ${step.metrics.step}, task 1 of ${settings.tasksPerStep}`,
  };
}

/** 128 bits in hexadecimal; `crypto.randomUUID` is missing on pages without TLS. */
export function newRunId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
