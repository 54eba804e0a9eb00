/** What the page begins with: device, the model that acts and what it can do, the run to go on with. */
import type { chooseBackend } from '../engine/choose-backend';
import { REWARD_PRESETS, type RewardPreset } from '../reward/weights';
import { LADDER } from '../tasks/ladder';
import { BENCHMARKS, taskFamilies } from '../tasks/registry';
import type { LabMemories } from './memories';
import type { LabModels } from './models';
import { presetFacts } from './preset-facts';
import type { CheckpointFacts, ModelFacts, Ready } from './protocol';

/** What is known since the lab was opened, whoever acts. */
export interface Beginnings {
  readonly memories: LabMemories;
  readonly sitePolicies: Ready['sitePolicies'];
  readonly chosen: Pick<Awaited<ReturnType<typeof chooseBackend>>, 'reason' | 'alternatives'>;
}

export function readyOf(
  models: LabModels,
  { memories, sitePolicies, chosen }: Beginnings,
  checkpoint: CheckpointFacts | null,
): Ready {
  return {
    backend: {
      ...models.backend.info,
      fastPaths: models.fastPaths,
      reason: chosen.reason,
      alternatives: chosen.alternatives,
    },
    model: factsOf(models),
    sitePolicies,
    families: [...taskFamilies.map((family) => family.id), ...BENCHMARKS],
    difficulties: LADDER,
    splits: ['train', 'evaluation', 'unseen-names', 'unseen-patterns'],
    presets: presetFacts(models),
    rewardPresets: (Object.keys(REWARD_PRESETS) as RewardPreset[]).map((name) => ({
      name,
      source: REWARD_PRESETS[name].source,
    })),
    checkpoint,
    storage: memories.description,
  };
}

function factsOf(models: LabModels): ModelFacts {
  const { id, provider, can, title } = models.active;
  const { policy, card } = models.actingSite ?? {};
  return {
    id,
    provider,
    can,
    name: title,
    ...models.size,
    decoding: models.decoding,
    device: models.foreignDevice,
    taught: policy?.taught ?? null,
    trainingTokens: card?.trainingTokens ?? null,
    base: card?.base ?? null,
    shipped: card?.shipped ?? null,
    shippedRun: card?.shippedRun ?? [],
    hasShippedAdapter: models.hasShippedAdapter,
    hasTrainedAdapter: models.hasTrainedAdapter,
  };
}
