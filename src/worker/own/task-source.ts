/** Where tasks come from: made up by a family, or out of a set of the user's own. */
import { hashSeed } from '../../rl/seeds';
import { sampleTask } from '../../tasks/ladder';
import { readSplitName } from '../../tasks/own/set-split';
import { openTaskFamily, taskFamily } from '../../tasks/registry';
import type { Task, TaskFamily } from '../../tasks/task';
import { LabRefusal } from '../lab-errors';
import type { PlayOptions, TaskAddress, TrainingSettings } from '../protocol';
import type { OpenSets } from './open-sets';

/** What a run trains on that says nothing of it. */
export const PEOPLE = 'qa';

/** What of a run's settings says which tasks it draws. */
export type DrawnFrom = Pick<TrainingSettings, 'taskSet' | 'taskFamily'>;

/** What a training run draws from, and what it is measured on. */
export interface RunTasks {
  /** Deterministic. */
  readonly sample: (seed: number) => Task;
  /** Null: made-up ones. Empty: the set is too small to hold any out. */
  readonly heldOut: readonly Task[] | null;
  /** Makes them up. */
  readonly family: TaskFamily;
}

/** What a set of the user's own is made of. */
export interface SetTasks {
  readonly train: readonly Task[];
  readonly heldOut: readonly Task[];
}

const madeUp = (family: TaskFamily): RunTasks => ({
  sample: (seed) => sampleTask(seed, 'train', undefined, family),
  heldOut: null,
  family,
});

export const MADE_UP: RunTasks = madeUp(taskFamily(PEOPLE));

const PLACE = 0x0a7a;

export class TaskSource {
  constructor(private readonly sets: OpenSets) {}

  /**
   * The same task for the same address. Throws `LabRefusal` `no-task-set`, `too-long`; `UnknownTaskFamilyError`.
   * @param player whom it is for: the demonstrator plays worlds that are too long for the policy
   */
  async at(address: TaskAddress, player: PlayOptions['player'] = undefined): Promise<Task> {
    if (address.set) {
      const set = await this.sets.need(address.set);
      const count = set.tasks.length;
      const index = (((address.seed - 1) % count) + count) % count;
      this.sets.refuseUnplayable(set, index, player === 'demonstrator');
      return this.sets.task(set, index);
    }
    const family = await openTaskFamily(address.family);
    return address.difficulty === 'mix'
      ? sampleTask(address.seed, address.split, undefined, family)
      : family.generate(address.seed, address.split, address.difficulty);
  }

  /**
   * By a set and its seed; without one, made up.
   * @throws LabRefusal `no-task-set`, `nothing-to-train`; `UnknownTaskFamilyError`
   */
  async forRun({ taskSet = '', taskFamily: about = PEOPLE }: DrawnFrom): Promise<RunTasks> {
    const family = await openTaskFamily(about);
    if (taskSet === '') return madeUp(family);
    const { train, heldOut } = await this.parts(taskSet);
    if (train.length === 0) {
      throw new LabRefusal(
        'nothing-to-train',
        'No task of this set can be played by the model that acts.',
        'Look at the set: each task says what is too long.',
      );
    }
    return { sample: (seed) => train[hashSeed(seed, PLACE) % train.length], heldOut, family };
  }

  /** Both parts of the set of a run; null for tasks that were made up. Throws as `parts`. */
  async forExport(name = ''): Promise<SetTasks | null> {
    return name === '' ? null : this.parts(name);
  }

  /** The tasks of both parts of a set. */
  async parts(name: string): Promise<SetTasks> {
    const known = readSplitName(name);
    if (!known) {
      throw new LabRefusal(
        'no-task-set',
        `${JSON.stringify(name)} names no task set.`,
        'Choose the set anew under “Your own data”.',
      );
    }
    const set = await this.sets.need(known.set);
    const { train, heldOut } = await this.sets.parts(set, known.seed);
    return {
      train: train.map((index) => this.sets.task(set, index)),
      heldOut: heldOut.map((index) => this.sets.task(set, index, 'evaluation')),
    };
  }
}
