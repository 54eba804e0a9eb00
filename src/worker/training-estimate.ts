/**
 * What a run takes, told before it starts. Memory is planned from the shapes, as it is before a model is opened. Time is
 * measured: one task is played twice and learned from, with an adapter that is thrown away; a step is as many such
 * episodes as the settings ask for. That is an upper bound, since rollouts that act together cost less than one by one.
 */
import { inWords, type MemoryUse, memoryRefusal, planMemory, smallerUse } from '../engine/model/memory-plan';
import { MICRO_BATCH_TOKENS } from '../engine/model/model-options';
import { checkConfig, type GrpoConfig } from '../rl/presets';
import { GrpoTrainer } from '../rl/trainer';
import { KEPT_ACTIVATIONS_PARAMETERS } from './acting/engine-source';
import type { LabMemories } from './memories';
import type { LabModels } from './models';
import type { DrawnFrom, RunTasks } from './own/task-source';
import type { Args, News, TrainingEstimate } from './protocol';
import { configOf } from './run-parts';

export interface EstimateRooms {
  readonly models: LabModels;
  readonly memories: LabMemories;
  readonly tasks: { forRun(settings: DrawnFrom): Promise<RunTasks> };
  readonly tell: (news: News) => void;
}

/** The fewest that can be compared. */
const MEASURED_ROLLOUTS = 2;

/** @throws LabRefusal `needs-engine`; TrainingConfigError, TrainingAbortedError, DeviceMemoryError as training does */
export async function estimateTraining(
  rooms: EstimateRooms,
  { settings, measure }: Args<'estimateTraining'>,
  signal: AbortSignal,
): Promise<TrainingEstimate> {
  const config = configOf(settings, rooms.models);
  checkConfig(config);
  const memory = memoryOf(rooms.models, config);
  if (!measure) return { memory, time: null };
  const small = { ...config, steps: 1, tasksPerStep: 1, groupSize: MEASURED_ROLLOUTS };
  const { played, learned } = await measured(rooms, small, settings, signal);
  const episodesPerStep = config.tasksPerStep * config.groupSize;
  const playSeconds = played / 1000 / MEASURED_ROLLOUTS;
  const learnSeconds = learned / 1000 / MEASURED_ROLLOUTS;
  const stepSeconds = episodesPerStep * (playSeconds + learnSeconds);
  return { memory, time: { stepSeconds, episodesPerStep, playSeconds, learnSeconds } };
}

/** Milliseconds of playing and of learning. */
async function measured(
  { models, memories, tasks, tell }: EstimateRooms,
  config: GrpoConfig,
  settings: Args<'estimateTraining'>['settings'],
  signal: AbortSignal,
): Promise<{ readonly played: number; readonly learned: number }> {
  const { seed } = settings;
  const { sample } = await tasks.forRun(settings);
  const model = await models.withNewAdapter(config.lora, seed);
  try {
    const trainer = new GrpoTrainer({
      policy: models.policyOf(model),
      config,
      episode: models.play.episode,
      // Of their own: memories of the group on view stay to be looked at.
      memories,
      sampleTask: sample,
      seed,
      runId: 'estimate',
      batchRollouts: 1,
    });
    const { metrics } = await trainer.trainStep({
      signal,
      onPhase: (phase, finished, total) => {
        if (phase === 'rollouts') tell({ kind: 'rollouts', finished, total });
      },
    });
    const played = metrics['ms/rollouts'];
    return { played, learned: metrics.ms - played };
  } finally {
    model.dispose();
  }
}

function memoryOf(models: LabModels, config: GrpoConfig): TrainingEstimate['memory'] {
  const { info } = models.backend;
  const { bufferBytes = Number.POSITIVE_INFINITY, memoryBytes = null } = info;
  const grant = { bufferBytes, totalBytes: memoryBytes };
  const { setup } = models.active;
  const together = Math.min(models.play.batchRollouts ?? 32, config.tasksPerStep * config.groupSize);
  const kept: MemoryUse = {
    config: models.config,
    lora: config.lora,
    base: setup.base ?? 'f32',
    // A step is learned from whole, be it longer than a usual micro-batch.
    microBatchTokens: Math.max(MICRO_BATCH_TOKENS, setup.contextTokens),
    rollouts: together,
    sequenceTokens: setup.contextTokens,
  };
  // As the engine chooses: activations are kept where they fit, or computed again on the way back.
  const unsaid = memoryBytes === null && (models.size.parameters ?? 0) > KEPT_ACTIVATIONS_PARAMETERS;
  const tight = unsaid || memoryRefusal(planMemory(kept, bufferBytes), grant) !== null;
  const use = tight ? { ...kept, recompute: true } : kept;
  const plan = planMemory(use, bufferBytes);
  const refused = memoryRefusal(plan, grant);
  return {
    needBytes: plan.total,
    grantedBytes: memoryBytes,
    refusal: refused && advice(refused, use, grant),
  };
}

function advice(refused: string, use: MemoryUse, grant: Parameters<typeof smallerUse>[1]): string {
  const smaller = smallerUse(use, grant);
  if (!smaller) return `${refused}. No smaller setting of this model fits; choose a smaller model.`;
  const { total } = planMemory(smaller.use, grant.bufferBytes);
  return `${refused}. What fits (${inWords(total)}): ${smaller.words}.`;
}
