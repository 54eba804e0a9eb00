/** The task on view with an adapter that counts for less or more than it was trained to. */
import { collectGroups } from '../rl/rollouts';
import { hashSeed } from '../rl/seeds';
import { LabRefusal } from './lab-errors';
import type { LabMemories } from './memories';
import type { LabModels } from './models';
import type { TaskSource } from './own/task-source';
import type { Args, Result } from './protocol';

/** Beyond this a policy babbles, and an episode takes as long as it may. */
const MOST_STRENGTH = 1.5;

/** @throws LabRefusal `strength` for one that is not from 0 to 1.5, `no-adapter` */
export async function replayStrength(
  {
    models,
    memories,
    tasks,
  }: { readonly models: LabModels; readonly memories: LabMemories; readonly tasks: TaskSource },
  { task: address, dice, reward, adapter, strength }: Args<'replayStrength'>,
  signal: AbortSignal,
): Promise<Result<'replayStrength'>> {
  if (!(strength >= 0 && strength <= MOST_STRENGTH)) {
    throw new LabRefusal(
      'strength',
      `An adapter's strength is from 0 to ${MOST_STRENGTH}, not ${strength}.`,
      'Move the slider.',
    );
  }
  const [{ log, reward: paid }] = await collectGroups([await tasks.at(address)], 1, [hashSeed(dice)], {
    ...models.play,
    policy: await models.withStrength(adapter, strength),
    // Of their own: memories of the group on view stay to be looked at.
    memories,
    reward: { preset: reward },
    runId: 'strength',
    adapter,
    signal,
  });
  return { adapter, log, reward: paid, strength };
}
