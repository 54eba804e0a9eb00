/**
 * Question answering as a task family: somebody chats about people, other matters intervene, then
 * one question is asked. The environment of stage 3 is a single turn: the first answer ends it.
 */
import { DEFAULT_GENERATED_SHARE } from '../inventory';
import { createRandom } from '../random';
import type { TaskFamily } from '../task';
import { composeTask } from './compose';
import { scoreAnswer } from './score';

export interface QaOptions {
  /** Share of generated names and values, in [0, 1]; the rest are ordinary words. Default 0.65. */
  readonly generatedShare?: number;
}

/**
 * The family for these options. With another share than the default the tasks are other tasks, so
 * the share becomes part of their ids.
 */
export function createQaFamily({ generatedShare = DEFAULT_GENERATED_SHARE }: QaOptions = {}): TaskFamily {
  const variant = generatedShare === DEFAULT_GENERATED_SHARE ? '' : `@${generatedShare}`;
  return {
    id: 'qa',
    generate(seed, split, difficulty) {
      const id = `qa${variant}/${split}/${difficulty}/${seed}`;
      const parts = composeTask(createRandom(id), split, difficulty, generatedShare);
      return { id, family: 'qa', split, difficulty, seed, ...parts };
    },
    createEnvironment(task) {
      let done = false;
      return {
        interactive: false,
        get done() {
          return done;
        },
        observe: () => task.query,
        act(answer) {
          done = true;
          return { done: true, score: scoreAnswer(answer, task.answers) };
        },
      };
    },
  };
}

export const qaFamily: TaskFamily = createQaFamily();
