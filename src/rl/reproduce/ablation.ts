/**
 * The ablation, seed by seed: each arm is trained on the tasks of the seed, a line a step, and then plays held-out tasks of
 * the same seed; the untrained variants play those too. Everything of one seed meets the same tasks with the same dice, so
 * differences are taken seed by seed; and since each seed is a training of its own, an interval over seeds holds what
 * training adds to the spread. (The table's `agemem` is one trained adapter over several evaluation seeds.)
 */
import type { EpisodeConfig } from '../../agent/config';
import type { AblationSettings, ArmId, StepLine } from '../../evidence/ablation-lines';
import type { SeedValues } from '../../evidence/cell-lines';
import type { EnginePolicy } from '../../policies/engine-policy';
import { sampleTask } from '../../tasks/ladder';
import type { TaskFamily } from '../../tasks/task';
import type { GrpoConfig } from '../presets';
import type { MemoryProvider } from '../rollouts';
import { GrpoTrainer } from '../trainer';
import { armConfig, playedAs } from './arms';
import { episodeValues } from './episode-values';

/** What a run was made with: its first line, and what a file must say to be gone on with. */
export interface AblationHead {
  readonly ablation: AblationSettings & { readonly config: GrpoConfig };
}

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
