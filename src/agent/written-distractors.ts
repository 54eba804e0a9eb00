/**
 * Distractors in a model's own words: for each message of stage 2 another of the kind that a user of this task writes,
 * about somebody and something else. Made once for a task and shared by all its rollouts, as the task's own are.
 *
 * What a model writes is checked by rules before anybody meets it: in its tags, one line, no longer than twice the
 * longest message of the task; no answer, no value a fact has or had, nobody whom the facts are about; no copy of what
 * was said already. What fails keeps the task's own message in that place, counted with its reason.
 * Limits: the rules see words, not meaning; that a message is of the kind at all nobody checks [D].
 */
import { containsPhrase } from '../tasks/phrase';
import { scoreAnswer } from '../tasks/qa/score';
import type { Task, TaskMessage } from '../tasks/task';
import type { ChatMessage } from './policy';
import { ask, type QuestionOptions, type Reply } from './questions';
import { onlyTag } from './tagged-reply';

export type DistractorFailure =
  | 'prompt-too-long'
  /** Something else than one message in its tags. */
  | 'format'
  | 'cut-off'
  | 'too-long'
  /** It holds an answer, or a value that a fact has or had. */
  | 'gives-away'
  /** It is about somebody the facts are about. */
  | 'on-the-subject'
  /** It says again what was said. */
  | 'repeats';

export interface WrittenDistractors {
  /** As many as the task has, in its order. */
  readonly messages: readonly TaskMessage[];
  readonly model: string;
  /** What the model wrote for each place, and why it was not taken; null: it was. */
  readonly tried: readonly { readonly text: string; readonly failure: DistractorFailure | null }[];
}

const REPLY_TOKENS = 96;
/** Token F1 from which on one message repeats another. */
const REPEATS = 0.8;

/** @throws QuestionsAbortedError, and what the policy throws */
export async function writeDistractors(task: Task, options: QuestionOptions): Promise<WrittenDistractors> {
  const replies = await ask(
    task.distractors.map((_, place) => ({
      messages: distractorPrompt(task, place),
      maxNewTokens: REPLY_TOKENS,
    })),
    options,
  );
  const messages: TaskMessage[] = [];
  const tried: { readonly text: string; readonly failure: DistractorFailure | null }[] = [];
  for (const [place, reply] of replies.entries()) {
    const { text, failure } = read(reply, task, messages);
    tried.push({ text, failure });
    messages.push(
      failure === null ? { content: text, kind: 'distractor', factIds: [] } : task.distractors[place],
    );
  }
  return { messages, model: options.policy.id, tried };
}

/** Each place imitates another message of stage 1, so that a greedy model does not write the same again. */
export function distractorPrompt(task: Task, place: number): readonly ChatMessage[] {
  const models = task.messages.filter(({ kind }) => kind !== 'chatter');
  const pool = models.length > 0 ? models : task.messages;
  const example = pool.length > 0 ? pool[place % pool.length].content : task.query;
  const content = [
    `A user wrote: "${example.replace(/\s+/gu, ' ')}"`,
    'Write one more message that sounds like it but is about another person, with another name, and about other things. It must not help to answer this:',
    `"${task.query.replace(/\s+/gu, ' ')}"`,
    'Reply <message>your message</message> and nothing else.',
  ].join('\n');
  return [{ role: 'user', content }];
}

function read(
  reply: Reply,
  task: Task,
  before: readonly TaskMessage[],
): { readonly text: string; readonly failure: DistractorFailure | null } {
  if (reply.kind === 'too-long') return { text: '', failure: 'prompt-too-long' };
  const text = onlyTag(reply.text, 'message');
  if (text === null || /[<>\n\r]/.test(text)) {
    return { text: reply.text, failure: reply.finish === 'length' ? 'cut-off' : 'format' };
  }
  return { text, failure: broken(text, task, before) };
}

/** The rule a message breaks, or null. */
export function broken(text: string, task: Task, before: readonly TaskMessage[]): DistractorFailure | null {
  const said = [...task.messages, ...before].map(({ content }) => content);
  const longest = Math.max(
    0,
    ...[...said, ...task.distractors.map(({ content }) => content)].map((t) => t.length),
  );
  if (text.length > 2 * longest) return 'too-long';
  const secrets = [...task.answers, ...task.facts.flatMap(({ value, superseded }) => [value, ...superseded])];
  if (secrets.some((secret) => containsPhrase(text, secret))) return 'gives-away';
  if (task.facts.some(({ subject }) => containsPhrase(text, subject))) return 'on-the-subject';
  return scoreAnswer(text, [...said, task.query]) >= REPEATS ? 'repeats' : null;
}
