/**
 * Branches of an episode: the same task and the same dice, with something changed by hand. As long as the branch is
 * asked exactly what the original was asked, it writes what the original wrote, taken from its log; so whatever is
 * different afterwards comes from the change and not from other dice. Where the prompt differs, the policy writes
 * anew with the draw that the original had in that step.
 *
 * Two things may be done by hand in the middle: write a completion in the policy's place, and take an entry out of
 * M before a step.
 */
import type { Episode } from './episode';
import type { EventLog } from './events';
import type { Policy, PolicyCompletion, PolicyGenerateOptions, PolicyRequest } from './policy';

export type Intervention =
  | { readonly kind: 'write'; readonly step: number; readonly text: string }
  | { readonly kind: 'forget'; readonly step: number; readonly entryId: string };

/** The branch ended before something that was to be done in it. */
export class BranchError extends Error {
  override readonly name = 'BranchError';
}

export interface BranchOptions extends Omit<PolicyGenerateOptions, 'onToken'> {
  /** After each step: how many there are now. */
  readonly onStep?: (steps: number) => void;
}

/**
 * Plays an episode that has just been started to its end, or until `signal` aborts, which ends it as `aborted`.
 * @param original log of the episode it is a branch of; empty: it follows none
 * @throws BranchError, and what memory, environment and policy throw; the episode is aborted then
 */
export async function playBranch(
  episode: Episode,
  policy: Policy,
  original: EventLog,
  interventions: readonly Intervention[],
  { onStep, ...generation }: BranchOptions,
): Promise<void> {
  try {
    while (!episode.done) {
      const step = episode.currentStep + 1;
      const own = interventions.filter((one) => one.step === step);
      for (const one of own) if (one.kind === 'forget') await episode.forget(one.entryId);
      const request = await episode.request();
      const written = own.find((one) => one.kind === 'write');
      const completion =
        written?.kind === 'write'
          ? byHand(written.text)
          : (recorded(original, request) ?? (await policy.generate([request], generation))[0]);
      if (generation.signal?.aborted) return episode.abort();
      await episode.apply(completion);
      onStep?.(episode.currentStep);
    }
  } catch (error) {
    episode.abort();
    throw error;
  }
  const missed = interventions.find(({ step }) => step > episode.currentStep);
  if (missed) {
    throw new BranchError(
      `The branch ended in step ${episode.currentStep}, before step ${missed.step} that was to be changed. Change an earlier step.`,
    );
  }
}

/** Tokens are what a policy samples; a hand samples none. */
function byHand(text: string): PolicyCompletion {
  return { text, promptIds: [], tokens: [], finish: 'stop' };
}

/** What the original wrote in this step, if it was asked the same. */
function recorded(original: EventLog, { messages, state }: PolicyRequest): PolicyCompletion | undefined {
  const prompt = original.find((event) => event.type === 'prompt' && event.step === state.step);
  const completion = original.find((event) => event.type === 'completion' && event.step === state.step);
  if (prompt?.type !== 'prompt' || completion?.type !== 'completion') return undefined;
  const same =
    prompt.messages.length === messages.length &&
    prompt.messages.every(
      ({ role, content }, i) => role === messages[i].role && content === messages[i].content,
    );
  if (!same || completion.finish === 'aborted') return undefined;
  const { text, promptIds, tokens, finish } = completion;
  return { text, promptIds, tokens, finish };
}
