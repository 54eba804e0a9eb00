/**
 * The model that acts as judge: of the episode on view, and of held-out episodes in order to see how far it agrees
 * with the rules. Those episodes may be played by the demonstrator, who errs at known rates: then the judge is measured
 * on right and wrong alike, whatever it can do itself.
 */
import type { Policy } from '../../agent/policy';
import { ScriptedPolicy } from '../../policies/scripted';
import { DEMONSTRATOR_ERRORS } from '../../policies/scripted-noise';
import {
  type JudgedEpisode,
  type Judgement,
  type JudgeOptions,
  judgeEpisodes,
} from '../../reward/judge/judge';
import { JUDGED_PARTS, type PromptSize } from '../../reward/judge/judge-prompts';
import type { RewardOptions } from '../../reward/reward';
import { evaluationRollouts } from '../../rl/evaluate';
import { agreementOf } from '../../rl/judge-agreement';
import type { MemoryProvider } from '../../rl/rollouts';
import { interval } from '../../statistics/interval';
import type { AgreementRun, JudgedRun, JudgeFacts, JudgeSetting } from '../judge-protocol';
import { LabRefusal } from '../lab-errors';
import type { Args, News } from '../protocol';
import { type AskedModels, asked } from './asked-model';

/** Tokens of a window from which on the full prompts fit beside the longest episodes of the bundled rules. */
export const ROOM_FOR_FULL = 1024;
export const MOST_EPISODES = 64;
/** Of the episodes and their dice; not a seed that would be given by hand. */
const SEED = 0x1d6e;

export interface JudgeRooms {
  readonly models: AskedModels;
  readonly memories: MemoryProvider;
  readonly tell: (news: News) => void;
}

/** @throws LabRefusal `unfinished`, `no-adapter`; QuestionsAbortedError */
export async function judgeEpisode(
  rooms: JudgeRooms,
  { task, log, weights, ...setting }: Args<'judgeEpisode'>,
  signal: AbortSignal,
): Promise<JudgedRun> {
  if (log[log.length - 1]?.type !== 'episode-ended') {
    throw new LabRefusal(
      'unfinished',
      'This episode is not over.',
      'Play it to its end, then have it judged.',
    );
  }
  const { judgements, facts } = await judged(rooms, [{ task, log }], setting, { weights }, signal);
  return { judgement: judgements[0], facts };
}

/** @throws LabRefusal `episodes`, `no-adapter`; RolloutsAbortedError, QuestionsAbortedError */
export async function judgeAgreement(
  rooms: JudgeRooms,
  { player, episodes, ...setting }: Args<'judgeAgreement'>,
  signal: AbortSignal,
): Promise<AgreementRun> {
  if (!Number.isInteger(episodes) || episodes < 2 || episodes > MOST_EPISODES) {
    throw new LabRefusal(
      'episodes',
      `Agreement is measured over 2 to ${MOST_EPISODES} episodes.`,
      'Ask for a whole number of them.',
    );
  }
  const { models, memories, tell } = rooms;
  const judge = models.policy(setting.by);
  const rollouts = await evaluationRollouts({
    policy: player === 'model' ? judge : demonstratorBeside(judge),
    backend: '',
    memories,
    episode: models.play.episode,
    reward: 'paper-appendix',
    episodes,
    seed: SEED,
    split: 'evaluation',
    temperature: models.play.temperature,
    maxNewTokens: models.play.maxNewTokens,
    batchRollouts: models.play.batchRollouts,
    signal,
    onProgress: (finished, total) => tell({ kind: 'rollouts', finished, total }),
  });
  const { judgements, facts } = await judged(rooms, rollouts, setting, {}, signal);
  const cost = judgements.map((one) => one.cost);
  const sum = (key: keyof Judgement['cost']) => cost.reduce((total, one) => total + one[key], 0);
  return {
    episodes,
    player,
    parts: JUDGED_PARTS.map((part) => agreementOf(part, judgements)),
    totals: {
      ruled: interval(judgements.map((one) => one.ruled.total)),
      judged: interval(judgements.map((one) => one.judged.total)),
    },
    failures: failuresOf(judgements),
    cost: {
      calls: sum('calls'),
      retries: sum('retries'),
      promptTokens: sum('promptTokens'),
      replyTokens: sum('replyTokens'),
    },
    facts,
  };
}

/** Counts tokens as the judge does, so that it plays by the same limits. */
function demonstratorBeside(judge: Policy): Policy {
  return new ScriptedPolicy({
    errors: DEMONSTRATOR_ERRORS,
    countTokens: (message) => judge.countTokens(message),
  });
}

async function judged(
  { models, tell }: JudgeRooms,
  episodes: readonly JudgedEpisode[],
  { by, prompts, constrained }: JudgeSetting,
  reward: RewardOptions,
  signal: AbortSignal,
): Promise<{ readonly judgements: readonly Judgement[]; readonly facts: JudgeFacts }> {
  const model = asked(models, by);
  const size: PromptSize =
    prompts === 'fitting' ? (model.window >= ROOM_FOR_FULL ? 'full' : 'short') : prompts;
  const options: JudgeOptions = {
    ...model,
    seed: SEED,
    size,
    form: constrained ? 'score' : 'free',
    reward,
    signal,
    onProgress: (finished, total) => tell({ kind: 'rollouts', finished, total }),
  };
  const start = performance.now();
  const judgements = await judgeEpisodes(episodes, options);
  const ms = performance.now() - start;
  return {
    judgements,
    facts: { model: models.active.title, policyId: model.policy.id, prompts: size, constrained, ms },
  };
}

function failuresOf(judgements: readonly Judgement[]): AgreementRun['failures'] {
  const attempts = judgements.flatMap(({ parts }) =>
    parts.flatMap(({ items }) => items.flatMap((item) => item.attempts)),
  );
  const kinds = [...new Set(attempts.flatMap(({ failure }) => failure ?? []))];
  return kinds
    .map((failure) => {
      const own = attempts.filter((attempt) => attempt.failure === failure);
      return { failure, count: own.length, example: own[0].text };
    })
    .sort((a, b) => b.count - a.count);
}
