/** The tasks that go out with a run: those it was trained on, in their order, and those it is measured on. */
import { evaluationSeeds, stepTaskSeeds } from '../../rl/seeds';
import { sampleTask } from '../../tasks/ladder';
import { SET_LIMITS } from '../../tasks/own/set-file';
import { taskFamily } from '../../tasks/registry';
import type { Task } from '../../tasks/task';
import { HELD_OUT_EPISODES, HELD_OUT_SEED } from '../held-out';
import { LabRefusal } from '../lab-errors';
import { PEOPLE, type SetTasks } from '../own/task-source';
import type { SavedRun } from '../run-checkpoint';

/** Null: as many as the run has met (all it will meet, before its first step), or as its set has. */
export interface TaskCounts {
  readonly train: number | null;
  readonly heldOut: number | null;
}

type Drawn = Pick<SavedRun, 'settings' | 'config' | 'nextStep'>;

/**
 * @param set both parts of the user's own set the run was trained on; null: tasks made up by its seed
 * @throws LabRefusal `scale-count`; `TaskFamilyNotOpenError`
 */
export function exportTasks(run: Drawn, set: SetTasks | null, counts: TaskCounts): SetTasks {
  checkCount(counts.train, 1);
  checkCount(counts.heldOut, 0);
  if (set) {
    return {
      train: set.train.slice(0, counts.train ?? SET_LIMITS.tasks),
      heldOut: set.heldOut.slice(0, counts.heldOut ?? SET_LIMITS.tasks),
    };
  }
  const { settings, config, nextStep } = run;
  const family = taskFamily(settings.taskFamily ?? PEOPLE);
  const met = (nextStep || config.steps) * config.tasksPerStep;
  const train = madeUp(counts.train ?? Math.min(met, SET_LIMITS.tasks), (i) => {
    const step = Math.floor(i / config.tasksPerStep);
    const seeds = stepTaskSeeds(settings.seed, step, config.tasksPerStep);
    return sampleTask(seeds[i % config.tasksPerStep], 'train', undefined, family);
  });
  const heldOut = counts.heldOut ?? HELD_OUT_EPISODES;
  const seeds = evaluationSeeds(HELD_OUT_SEED, heldOut);
  return { train, heldOut: madeUp(heldOut, (i) => sampleTask(seeds[i], 'evaluation', undefined, family)) };
}

const madeUp = (count: number, task: (i: number) => Task) => Array.from({ length: count }, (_, i) => task(i));

function checkCount(count: number | null, least: number): void {
  if (count === null || (Number.isInteger(count) && count >= least && count <= SET_LIMITS.tasks)) return;
  throw new LabRefusal(
    'scale-count',
    `${count} tasks cannot be exported: from ${least} to ${SET_LIMITS.tasks} can.`,
    'Give another number, or leave it empty.',
  );
}
