/**
 * The ablation, seed by seed: each arm is trained on the tasks of the seed, a line a step, and then plays held-out tasks of
 * the same seed; the untrained variants play those too. Everything of one seed meets the same tasks with the same dice, so
 * differences are taken seed by seed; and since each seed is a training of its own, an interval over seeds holds what
 * training adds to the spread. (The table's `agemem` is one trained adapter over several evaluation seeds.)
 */
import type { EpisodeConfig } from '../../agent/config';
import type { AgeMemId } from '../../baselines/agemem-variants';
import type { EnginePolicy } from '../../policies/engine-policy';
import { sampleTask } from '../../tasks/ladder';
import type { TaskFamily } from '../../tasks/task';
import type { GrpoConfig } from '../presets';
import type { MemoryProvider } from '../rollouts';
import { GrpoTrainer } from '../trainer';
import { type ArmId, armConfig, playedAs } from './arms';
import type { EnvironmentId, SeedValues } from './cells';
import { episodeValues } from './episode-values';

/** What a run was made with: its first line, and what a file must say to be gone on with. */
export interface AblationHead {
  readonly ablation: {
    /** Folder of the model. */
    readonly model: string;
    /** What it is trained on. */
    readonly family: string;
    readonly backend: string;
    readonly steps: number;
    readonly tasksPerStep: number;
    readonly groupSize: number;
    /** Held-out episodes of a seed, an environment and a variant. */
    readonly episodes: number;
    readonly config: GrpoConfig;
    /** Short fingerprint of the numbers in the folder; left out in files that are older than this field. */
    readonly weights?: string;
  };
}

/** A step of an arm: means over its rollouts, which were drawn before its update. */
export interface StepLine {
  readonly kind: 'step';
  readonly method: ArmId;
  readonly seed: number;
  /** From 1. */
  readonly step: number;
  readonly values: SeedValues;
}

/** Held-out episodes of a variant: after training where it is an arm. */
export interface HeldOutLine {
  readonly kind: 'held-out';
  readonly method: AgeMemId;
  readonly seed: number;
  readonly environment: EnvironmentId;
  readonly values: SeedValues;
  /** Short fingerprint of what played, an arm's adapter included; left out in files that are older than this field. */
  readonly weights?: string;
}

export type AblationLine = StepLine | HeldOutLine;

export interface ArmSettings {
  /** With a new adapter on, drawn from the seed. */
  readonly policy: EnginePolicy;
  readonly config: GrpoConfig;
  /** What all variants share. */
  readonly episode: EpisodeConfig;
  readonly memories: MemoryProvider;
  readonly family: TaskFamily;
  readonly signal?: AbortSignal;
}

/** Trains an arm to its end on the tasks of a seed. Throws what `GrpoTrainer.trainStep` throws. */
export async function* trainArm(
  method: ArmId,
  seed: number,
  settings: ArmSettings,
): AsyncGenerator<StepLine> {
  const { policy, config, memories, family, signal } = settings;
  const trainer = new GrpoTrainer({
    policy,
    config: armConfig(method, config),
    ...playedAs(method, settings.episode),
    memories,
    sampleTask: (taskSeed) => sampleTask(taskSeed, 'train', undefined, family),
    seed,
    runId: `ablation/${method}/${seed}`,
  });
  while (!trainer.finished) {
    const { rollouts, metrics } = await trainer.trainStep({ signal });
    yield { kind: 'step', method, seed, step: metrics.step, values: curveValues(episodeValues(rollouts)) };
  }
}

/** What a world measures of itself is told of held-out episodes alone. */
function curveValues(values: SeedValues): SeedValues {
  return Object.fromEntries(Object.entries(values).filter(([metric]) => !metric.startsWith('env ')));
}
