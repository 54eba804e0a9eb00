/** Real runs of the memories for tests of the page: the worker's own code, read by the expert, replies by rules. */
import { BUNDLED_EPISODE_CONFIG } from '../../agent/config';
import type { Policy } from '../../agent/policy';
import { NgramEmbedder } from '../../memory/embedders/ngram-embedder';
import { playBaseline } from '../../worker/baselines/beside-policy';
import type { BaselineId, BaselineRun, BaselineSetting } from '../../worker/baselines-protocol';
import type { Task } from '../../worker/protocol';

export const MANNER = { replies: 'rules', placement: 'as-looked-up' } as const;

/** @param policy acts and writes the replies, as the manner has it; left out: the expert reads */
export function comparedRun(
  method: BaselineId,
  task: Task,
  { policy, window = 100_000, ...part }: Partial<BaselineSetting> & { policy?: Policy; window?: number } = {},
): Promise<BaselineRun> {
  const models = {
    policy: (): Policy => {
      if (!policy) throw new Error('The expert reads; no model is asked.');
      return policy;
    },
    play: { episode: BUNDLED_EPISODE_CONFIG, temperature: 0, maxNewTokens: 64 },
    size: { window },
    active: { title: 'Literal', setup: { contextTokens: window, thinking: false } },
  };
  const rooms = { models, embedder: new NgramEmbedder(), tell: () => undefined };
  const setting: Omit<BaselineSetting, 'method'> = {
    adapter: 'none',
    dice: 1,
    ...MANNER,
    ...(!policy && { player: 'demonstrator' }),
    ...part,
  };
  return playBaseline(rooms, { ...setting, method, task }, new AbortController().signal);
}
