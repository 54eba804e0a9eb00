/**
 * A policy as the judge of episodes: it reads what there is to judge, one question at a time, and its scores stand
 * beside what the rules say. Any policy will do, from the bundled one to a model of 7B.
 *
 * Nothing is made up. A reply that is not to the letter is a failure; it may be asked once more, told what was wrong;
 * if that fails too, the part keeps the score of the rules and is marked as failed. An entry that could not be judged
 * fails the storage part as a whole: a mean over those that happened to be readable would be another number. Every
 * reply is kept as it came.
 *
 * Source: R_task and relevance by a model are the paper's (App. A.2); storage quality by a model is how it measures
 * memory in section 4; that all three stand beside the judge-free readings is [D].
 */
import type { EventLog } from '../../agent/events';
import { ask, type Question, type QuestionOptions, type Reply } from '../../agent/questions';
import type { Task } from '../../tasks/task';
import type { RewardPart } from '../part';
import { computeReward, type RewardBreakdown, type RewardOptions } from '../reward';
import {
  JUDGED_PARTS,
  type JudgedPart,
  type JudgeQuestion,
  judgePrompt,
  type PromptSize,
  REPLY_TOKENS,
} from './judge-prompts';
import { questionsAbout } from './judge-questions';
import { readScore, type ScoreFailure, WHAT_WAS_WRONG } from './score-text';

export interface JudgeOptions extends QuestionOptions {
  readonly size: PromptSize;
  /** How often a question is asked again whose reply could not be read. Default 1. */
  readonly retries?: 0 | 1;
  /** How the episodes were paid; the judge's scores take the place of the rules' in the same formula. */
  readonly reward?: RewardOptions;
}

export type JudgeFailure = ScoreFailure | 'too-long';

/** One reply of the judge, as it came. */
export interface Attempt {
  /** Empty if it was not asked, its prompt being too long. */
  readonly text: string;
  /** Null: it could be read. */
  readonly failure: JudgeFailure | null;
  readonly promptTokens: number;
  readonly replyTokens: number;
}

export interface JudgedItem {
  readonly question: JudgeQuestion;
  /** One or two. */
  readonly attempts: readonly Attempt[];
  /** Null: it failed. */
  readonly score: number | null;
  /** The judge's words, if it gave any. */
  readonly reason: string;
}

export interface PartJudgement {
  readonly part: JudgedPart;
  /** `nothing`: there was nothing to judge, and nothing was asked. */
  readonly verdict: 'judged' | 'failed' | 'nothing';
  /** In [0, 1]; null unless judged. */
  readonly value: number | null;
  /** What the rules say; null where the part does not apply. */
  readonly ruled: number | null;
  readonly items: readonly JudgedItem[];
}

export interface JudgeCost {
  /** Prompts the policy was given, second attempts included. */
  readonly calls: number;
  /** Second attempts among them. */
  readonly retries: number;
  readonly promptTokens: number;
  readonly replyTokens: number;
}

/** One episode, judged. */
export interface Judgement {
  /** In the order of the formula: answer, relevance, storage. */
  readonly parts: readonly PartJudgement[];
  /** Paid by the rules alone. */
  readonly ruled: RewardBreakdown;
  /** With the judge's scores in place of the rules' where it gave one. */
  readonly judged: RewardBreakdown;
  readonly cost: JudgeCost;
}

/** An episode that is over. */
export interface JudgedEpisode {
  readonly log: EventLog;
  readonly task: Task;
}

/**
 * Judgements in the order of the episodes; their questions share the batches of the policy.
 * @throws IncompleteLogError, QuestionsAbortedError, and what the policy throws
 */
export async function judgeEpisodes(
  episodes: readonly JudgedEpisode[],
  options: JudgeOptions,
): Promise<readonly Judgement[]> {
  const asked = episodes.flatMap((episode, index) =>
    questionsAbout(episode.log, episode.task).map((question) => ({ question, episode, index })),
  );
  const items = await judgeItems(
    asked.map(({ question }) => question),
    options,
  );
  return episodes.map((episode, index) =>
    judgementOf(
      episode,
      items.filter((_, i) => asked[i].index === index),
      options.reward ?? {},
    ),
  );
}

async function judgeItems(
  asked: readonly JudgeQuestion[],
  options: JudgeOptions,
): Promise<readonly JudgedItem[]> {
  const { size, onProgress } = options;
  let told = { done: 0, total: asked.length };
  const put = (list: readonly JudgeQuestion[], wrong: readonly (string | null)[], before: number) =>
    ask(
      list.map((question, i): Question => {
        const messages = judgePrompt(question, size, wrong[i]);
        return { messages, maxNewTokens: REPLY_TOKENS[size] };
      }),
      {
        ...options,
        onProgress: (done) => {
          told = { done: before + done, total: Math.max(told.total, before + list.length) };
          onProgress?.(told.done, told.total);
        },
      },
    );

  const first = (
    await put(
      asked,
      asked.map(() => null),
      0,
    )
  ).map(attemptOf);
  const unread = first.flatMap(({ failure }, i) =>
    failure !== null && failure !== 'too-long' ? [{ i, failure }] : [],
  );
  const again =
    (options.retries ?? 1) === 0
      ? []
      : (
          await put(
            unread.map(({ i }) => asked[i]),
            unread.map(({ failure }) => WHAT_WAS_WRONG[failure]),
            asked.length,
          )
        ).map(attemptOf);
  return asked.map((question, i): JudgedItem => {
    const second = again[unread.findIndex((one) => one.i === i)];
    const attempts = second ? [first[i], second] : [first[i]];
    const last = attempts[attempts.length - 1];
    return {
      question,
      attempts: attempts.map(({ text, failure, promptTokens, replyTokens }) => ({
        text,
        failure,
        promptTokens,
        replyTokens,
      })),
      score: last.score,
      reason: last.reason,
    };
  });
}

function attemptOf(reply: Reply): Attempt & { readonly score: number | null; readonly reason: string } {
  if (reply.kind === 'too-long') {
    return { text: '', failure: 'too-long', promptTokens: 0, replyTokens: 0, score: null, reason: '' };
  }
  const { text, promptTokens, replyTokens } = reply;
  const read = readScore(text, reply.finish === 'length');
  return read.ok
    ? { text, failure: null, promptTokens, replyTokens, score: read.score, reason: read.reason }
    : { text, failure: read.failure, promptTokens, replyTokens, score: null, reason: '' };
}

function judgementOf(
  { log, task }: JudgedEpisode,
  items: readonly JudgedItem[],
  reward: RewardOptions,
): Judgement {
  const ruled = computeReward(log, task, reward);
  const parts = JUDGED_PARTS.map((part): PartJudgement => {
    const own = items.filter(({ question }) => question.part === part);
    const scores = own.flatMap(({ score }) => (score === null ? [] : [score]));
    const rule = ruledPart(ruled, part);
    const common = { part, ruled: rule.applicable ? rule.value : null, items: own };
    if (own.length === 0) return { ...common, verdict: 'nothing', value: null };
    if (scores.length < own.length) return { ...common, verdict: 'failed', value: null };
    return { ...common, verdict: 'judged', value: scores.reduce((sum, one) => sum + one, 0) / scores.length };
  });
  const value = (part: JudgedPart) => parts.find((one) => one.part === part)?.value ?? undefined;
  const attempts = items.flatMap((item) => item.attempts).filter(({ failure }) => failure !== 'too-long');
  return {
    parts,
    ruled,
    judged: computeReward(log, task, {
      ...reward,
      judged: { task: value('task'), relevance: value('relevance'), storage: value('storage') },
    }),
    cost: {
      calls: attempts.length,
      retries: items.filter((item) => item.attempts.length > 1 && item.attempts[1].failure !== 'too-long')
        .length,
      promptTokens: attempts.reduce((sum, one) => sum + one.promptTokens, 0),
      replyTokens: attempts.reduce((sum, one) => sum + one.replyTokens, 0),
    },
  };
}

export function ruledPart(reward: RewardBreakdown, part: JudgedPart): RewardPart {
  return part === 'task' ? reward.task : reward.memory[part];
}
