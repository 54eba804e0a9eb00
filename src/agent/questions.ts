/**
 * Questions put to a policy outside of any episode: judging, summarising, making distractors. A question is a prompt
 * of its own; what comes back is text and what it cost. Greedy and seeded, so that the same question gets the same
 * reply, and in batches, since one pass of a device serves many.
 *
 * A prompt that would not leave room for the reply is not put at all: the caller is told, and the others of its
 * batch are not lost with it.
 */
import type { ChatMessage, EpisodeState, Policy, ReplyForm } from './policy';

/** Who is asked, and how. */
export interface QuestionOptions {
  readonly policy: Policy;
  /** Longest prompt with its reply, tokens; null: not known, and nothing is refused for its length. */
  readonly window: number | null;
  readonly seed: number;
  /** Room for what a model thinks before it replies, tokens; added to the limit of every question. Default 0. */
  readonly thoughtTokens?: number;
  /** Default `free`. */
  readonly form?: ReplyForm;
  /** Questions of one call of the policy. Default 16. */
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
  /** Replies so far, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Question {
  readonly messages: readonly ChatMessage[];
  readonly maxNewTokens: number;
}

export type Reply =
  | {
      readonly kind: 'said';
      readonly text: string;
      /** It ended of itself, or at the limit of its tokens. */
      readonly finish: 'stop' | 'length';
      readonly promptTokens: number;
      readonly replyTokens: number;
    }
  | { readonly kind: 'too-long'; readonly tokens: number; readonly window: number };

/** The signal fired before all replies had come; those that had are dropped. */
export class QuestionsAbortedError extends Error {
  override readonly name = 'QuestionsAbortedError';
  constructor() {
    super('The questions to the model were cancelled before all were answered. Ask again when you like.');
  }
}

/** The policy answered another number of questions than it was asked. */
export class ReplyCountError extends Error {
  override readonly name = 'ReplyCountError';
  constructor(policy: string, replies: number, questions: number) {
    super(
      `Policy ${policy} gave ${replies} replies to ${questions} questions. Report it with the model's name.`,
    );
  }
}

/** What a chat template puts before the reply, at most (`promptOverheadTokens` of the larger preset). */
const OVERHEAD_TOKENS = 8;

/**
 * Replies in the order of the questions.
 * @throws QuestionsAbortedError, ReplyCountError, and what the policy throws
 */
export async function ask(
  questions: readonly Question[],
  options: QuestionOptions,
): Promise<readonly Reply[]> {
  const { policy, window, thoughtTokens = 0, signal, onProgress } = options;
  const replies: Reply[] = questions.map(({ messages, maxNewTokens: replyTokens }) => {
    const maxNewTokens = replyTokens + thoughtTokens;
    const tokens = OVERHEAD_TOKENS + messages.reduce((sum, message) => sum + policy.countTokens(message), 0);
    // Overwritten by what is said, where it is asked.
    return { kind: 'too-long', tokens: tokens + maxNewTokens, window: window ?? Number.POSITIVE_INFINITY };
  });
  const put = questions.flatMap((question, index) => {
    const { tokens, window: room } = replies[index] as Extract<Reply, { kind: 'too-long' }>;
    return tokens <= room ? [{ question, index }] : [];
  });
  let done = questions.length - put.length;
  const width = options.batchSize ?? 16;
  // Equal limits go together: a batch has one.
  const ordered = [...put].sort((a, b) => a.question.maxNewTokens - b.question.maxNewTokens);
  for (let start = 0; start < ordered.length; ) {
    const { maxNewTokens } = ordered[start].question;
    const batch = ordered
      .slice(start, start + width)
      .filter(({ question }) => question.maxNewTokens === maxNewTokens);
    if (signal?.aborted) throw new QuestionsAbortedError();
    const completions = await policy.generate(
      batch.map(({ question, index }) => ({
        messages: question.messages,
        seed: options.seed + index,
        state: OUTSIDE,
      })),
      { temperature: 0, form: options.form ?? 'free', maxNewTokens: maxNewTokens + thoughtTokens, signal },
    );
    if (completions.length !== batch.length) {
      throw new ReplyCountError(policy.id, completions.length, batch.length);
    }
    for (const [i, { text, finish, promptIds, tokens }] of completions.entries()) {
      if (finish === 'aborted') throw new QuestionsAbortedError();
      const { question, index } = batch[i];
      replies[index] = {
        kind: 'said',
        text,
        finish,
        promptTokens: promptIds.length || counted(policy, question.messages),
        replyTokens: tokens.length || counted(policy, [{ role: 'assistant', content: text }]),
      };
    }
    start += batch.length;
    done += batch.length;
    onProgress?.(done, questions.length);
  }
  return replies;
}

/** For policies that give no token ids. */
function counted(policy: Policy, messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, message) => sum + policy.countTokens(message), 0);
}

/** The state of no episode: all there is to know stands in the prompt. */
const OUTSIDE: EpisodeState = {
  task: {
    id: 'none',
    family: 'none',
    split: 'train',
    difficulty: 'one-fact',
    seed: 0,
    messages: [],
    distractors: [],
    query: '',
    answers: [],
    facts: [],
    neededFactIds: [],
    keyItems: [],
  },
  stage: 3,
  step: 1,
  stepsOnMessage: 0,
  context: [],
  introspected: [],
};
