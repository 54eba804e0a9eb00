/**
 * Question answering as a task family: somebody chats about people, other matters intervene, then
 * one question is asked. The environment of stage 3 is a single turn: the first answer ends it.
 */
import { DEFAULT_WORD_SHARES, type WordShares } from '../inventory';
import { createRandom } from '../random';
import type { TaskFamily } from '../task';
import { composeTask } from './compose';
import { scoreAnswer } from './score';

export interface QaOptions {
  /** Where names and values come from. Default `DEFAULT_WORD_SHARES`. */
  readonly shares?: WordShares;
}

/** The family for these options. With other shares the tasks are other tasks, so they become part of the ids. */
export function createQaFamily({ shares = DEFAULT_WORD_SHARES }: QaOptions = {}): TaskFamily {
  const { syllables, freeForm } = shares;
  const standard = syllables === DEFAULT_WORD_SHARES.syllables && freeForm === DEFAULT_WORD_SHARES.freeForm;
  const variant = standard ? '' : `@${syllables},${freeForm}`;
  return {
    id: 'qa',
    generate(seed, split, difficulty) {
      const id = `qa${variant}/${split}/${difficulty}/${seed}`;
      const parts = composeTask(createRandom(id), split, difficulty, shares);
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
