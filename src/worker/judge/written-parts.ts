/**
 * What a model writes for an episode in place of what is usual by rule: distractors before it begins, summaries while
 * it is played. Distractors are made once for a task and a model, so that the episode on view and its group meet the
 * same ones; a task that has them has a name of its own, since it is another.
 */
import type { Summariser } from '../../agent/summary';
import { type WrittenDistractors, writeDistractors } from '../../agent/written-distractors';
import { writtenSummariser } from '../../agent/written-summary';
import type { Task } from '../../tasks/task';
import type { News, PlayOptions } from '../protocol';
import { type AskedModels, asked } from './asked-model';

/** Tasks whose distractors are remembered. */
const MOST_TASKS = 32;
/** Of questions to the model; it answers greedily, so that it hardly matters. */
const SEED = 0x3717;

/** A task as it is played. */
export interface PlayedTask {
  readonly task: Task;
  /** What a model wrote for it; null: its distractors are its own. */
  readonly written: WrittenDistractors | null;
}

export class WrittenParts {
  private readonly made = new Map<string, PlayedTask>();

  constructor(
    private readonly models: AskedModels,
    private readonly tell: (news: News) => void,
  ) {}

  /** @throws QuestionsAbortedError, and what the policy throws */
  async task(task: Task, { written }: PlayOptions, signal: AbortSignal): Promise<PlayedTask> {
    if (written?.distractors !== 'model' || task.distractors.length === 0) return { task, written: null };
    const model = asked(this.models, 'none');
    const key = JSON.stringify([model.policy.id, task.id]);
    const known = this.made.get(key);
    if (known) return known;
    const distractors = await writeDistractors(task, {
      ...model,
      seed: SEED,
      signal,
      onProgress: (finished, total) => this.tell({ kind: 'rollouts', finished, total }),
    });
    const made: PlayedTask = {
      task: { ...task, id: `${task.id}~written`, distractors: distractors.messages },
      written: distractors,
    };
    const [oldest] = this.made.keys();
    if (this.made.size >= MOST_TASKS && oldest !== undefined) this.made.delete(oldest);
    this.made.set(key, made);
    return made;
  }

  /**
   * Undefined: the usual one. The policy is asked for anew at each summary, since the device may have changed.
   * @param signal of the step under way
   */
  summariser(
    { written, adapter }: PlayOptions,
    signal: () => AbortSignal | undefined,
  ): Summariser | undefined {
    if (written?.summaries !== 'model') return undefined;
    const now = () => writtenSummariser({ ...asked(this.models, adapter), seed: SEED, signal: signal() });
    return { id: now().id, summarise: (input) => now().summarise(input) };
  }
}
