/**
 * Sets of tasks, opened: read once, with what each task takes of the policy's window. Only the set used last stays open;
 * a set may have tens of megabytes.
 */
import type { EpisodeConfig } from '../../agent/config';
import type { ChatMessage } from '../../agent/policy';
import { TaskSetDamagedError, type TaskSetRow, type TaskSetRows } from '../../storage/task-set-store';
import { entryTask, type OwnEntry } from '../../tasks/own/entry';
import { isWorld, mayHoldWorlds } from '../../tasks/own/own-world';
import { setHash, tasksFromText } from '../../tasks/own/set-file';
import { type SetParts, splitSet } from '../../tasks/own/set-split';
import { openTaskFamily } from '../../tasks/registry';
import type { Task } from '../../tasks/task';
import { LabRefusal } from '../lab-errors';
import type { TaskFit } from '../own-protocol';
import { fitOf, isPlayable } from './fit';

const TEXTS = {
  message: (n: number) => `Message ${n}`,
  distractor: (n: number) => `Distractor ${n}`,
  question: () => 'The question',
} as const;

/** Tasks read between two looks at what else there is to do. */
const AT_ONCE = 20;

export interface OpenSet {
  readonly row: TaskSetRow;
  readonly tasks: readonly OwnEntry[];
  /** By place; what was not asked for yet is missing. */
  readonly fits: TaskFit[];
  /** The same. */
  readonly playable: boolean[];
}

export class OpenSets {
  private open: OpenSet | null = null;

  constructor(
    private readonly rows: TaskSetRows,
    /** Of the policy, once it is there. */
    private readonly countTokens: (message: ChatMessage) => number,
    /** By which rules it plays. */
    private readonly episode: () => EpisodeConfig,
  ) {}

  /** Throws `LabRefusal` `no-task-set`, `TaskSetDamagedError`. */
  async need(hash: string): Promise<OpenSet> {
    if (this.open?.row.hash === hash) return this.open;
    const row = await this.rows.get(hash);
    if (!row) {
      throw new LabRefusal(
        'no-task-set',
        `The task set ${hash} is not in this browser.`,
        'Open its file under “Your own data”, or choose made-up tasks.',
      );
    }
    if (setHash(row.text) !== hash) throw new TaskSetDamagedError(row.name);
    if (mayHoldWorlds(row.text)) await openTaskFamily('pddl');
    this.open = { row, tasks: tasksFromText(row.text), fits: [], playable: [] };
    return this.open;
  }

  /** Lets go of one that has changed its name or is gone. */
  forget(hash: string): void {
    if (this.open?.row.hash === hash) this.open = null;
  }

  /** Another model reads them: what each task takes is counted anew. */
  renew(): void {
    this.open = null;
  }

  fit(set: OpenSet, index: number): TaskFit {
    set.fits[index] ??= this.fitOf(this.task(set, index));
    return set.fits[index];
  }

  private playable(set: OpenSet, index: number): boolean {
    set.playable[index] ??=
      set.fits[index]?.playable ?? isPlayable(this.task(set, index), this.countTokens, this.episode());
    return set.playable[index];
  }

  fitOf(task: Task): TaskFit {
    return fitOf(task, this.countTokens, this.episode());
  }

  task({ row, tasks }: OpenSet, index: number, split: 'train' | 'evaluation' = 'train'): Task {
    return entryTask(tasks[index], { set: row.hash, index, split });
  }

  /**
   * Throws `LabRefusal` `too-long` with the numbers.
   * @param byScript played by the demonstrator, which has no window
   */
  refuseUnplayable(set: OpenSet, index: number, byScript: boolean): void {
    if (byScript && isWorld(set.tasks[index])) return;
    const { texts, promptLimit, playable } = this.fit(set, index);
    if (playable) return;
    throw new LabRefusal(
      'too-long',
      `${TEXTS[texts[0].kind](texts[0].n)} of task ${index + 1} needs ${texts[0].tokens} tokens; the model that acts reads at most ${promptLimit} at a time.`,
      'Shorten it, choose another task, or open a larger model on the page “Models”.',
    );
  }

  /** Of the tasks that can be played. */
  async parts(set: OpenSet, seed: number): Promise<SetParts & { readonly playable: number }> {
    const playable: number[] = [];
    for (let index = 0; index < set.tasks.length; index++) {
      if (this.playable(set, index)) playable.push(index);
      // Calls that came meanwhile are taken up.
      if (index % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setTimeout(resolve));
    }
    return { ...splitSet(set.row.hash, playable, seed), playable: playable.length };
  }
}
