/** The model that acts as one that is asked questions: by which name, in how many tokens, how many at a time. */
import type { Policy } from '../../agent/policy';
import type { QuestionOptions } from '../../agent/questions';
import { REPLY_TOKENS } from '../../baselines/written-call';
import type { ActorSize } from '../acting/actor';
import type { Play } from '../acting/play';
import type { ActingSetup } from '../models-protocol';
import type { AdapterChoice } from '../protocol';

/** Room for thoughts where the model is set up to think first. */
const THOUGHT_TOKENS = 1024;

/** What is needed of the seat of the model that acts (`LabModels` is one). */
export interface AskedModels {
  policy(adapter: AdapterChoice): Policy;
  readonly play: Play;
  readonly size: Pick<ActorSize, 'window'>;
  readonly active: {
    readonly title: string;
    readonly setup: Pick<ActingSetup, 'contextTokens' | 'thinking'>;
  };
}

/** @throws LabRefusal `no-adapter` */
export function asked(
  models: AskedModels,
  adapter: AdapterChoice,
): Pick<QuestionOptions, 'policy' | 'batchSize' | 'thoughtTokens'> & { readonly window: number } {
  const { contextTokens, thinking } = models.active.setup;
  return {
    policy: models.policy(adapter),
    window: Math.min(models.size.window, contextTokens),
    thoughtTokens: thinking ? THOUGHT_TOKENS : 0,
    // Where memory bounds rollouts, it bounds questions too.
    ...(models.play.batchRollouts !== undefined && { batchSize: models.play.batchRollouts }),
  };
}

/** In which it replies to the calls of a memory beside it (`baselines/written-call.ts`), tokens. */
export function roomForReplies(
  models: AskedModels,
  adapter: AdapterChoice,
): { readonly window: number; readonly maxNewTokens: number } {
  const { window, thoughtTokens = 0 } = asked(models, adapter);
  return { window, maxNewTokens: REPLY_TOKENS + thoughtTokens };
}
