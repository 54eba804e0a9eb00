/** Whether the policy's window holds a task, in tokens of that policy. */
import type { EpisodeConfig } from '../../agent/config';
import type { ChatMessage } from '../../agent/policy';
import { taskFamily } from '../../tasks/registry';
import type { Task } from '../../tasks/task';
import type { TaskFit, TextFit } from '../own-protocol';

type CountTokens = (message: ChatMessage) => number;

/**
 * Whether every text of a task fits, without counting more than it takes to know: the longest first, until one does not.
 * A large set is told apart so in a tenth of the time.
 */
export function isPlayable(task: Task, countTokens: CountTokens, config: EpisodeConfig): boolean {
  const system = countTokens({ role: 'system', content: config.systemPrompt });
  const room = config.hardPromptTokens - config.promptOverheadTokens - system;
  return [...task.messages, ...task.distractors]
    .map(({ content }) => content)
    .concat(openingOf(task))
    .sort((a, b) => b.length - a.length)
    .every((content) => countTokens({ role: 'user', content }) <= room);
}

/** What stage 3 opens with: the question, or a world as it is found. */
function openingOf(task: Task): string {
  return task.world === undefined ? task.query : taskFamily(task.family).createEnvironment(task).observe();
}

/** Each text alone with what every prompt has: one that does not fit ends the episode, whatever the policy does. */
export function fitOf(task: Task, countTokens: CountTokens, config: EpisodeConfig): TaskFit {
  const system = countTokens({ role: 'system', content: config.systemPrompt });
  const always = system + config.promptOverheadTokens;
  const tokens = (content: string) => countTokens({ role: 'user', content });
  const stages = [task.messages, task.distractors].map((messages) =>
    messages.map(({ content }) => tokens(content)),
  );
  const question = tokens(openingOf(task));
  const texts: readonly TextFit[] = [
    ...stages[0].map((own, i) => ({ kind: 'message', n: i + 1, own, tokens: own + always }) as const),
    ...stages[1].map((own, i) => ({ kind: 'distractor', n: i + 1, own, tokens: own + always }) as const),
    { kind: 'question', n: 1, own: question, tokens: question + always } as const,
  ].sort((a, b) => b.tokens - a.tokens);
  const sum = (list: readonly number[]) => list.reduce((total, one) => total + one, system);
  return {
    texts,
    promptLimit: config.hardPromptTokens,
    stages: [sum(stages[0]), sum(stages[1]), system + question],
    contextLimit: config.maxContextTokens,
    playable: texts[0].tokens <= config.hardPromptTokens,
  };
}
