/**
 * Demonstrations in states that a learner gets itself into: in a world some actions are the learner's own, and the
 * demonstrator goes on from what comes of them. Actions of the demonstrator alone show a clone only states of somebody who
 * errs seldom, and nothing of the way back (Ross, Gordon and Bagnell 2011, DAgger, with a mixture of both as actor). What
 * the learner did otherwise than it was shown counts as a slip: it is read and not learned.
 */
import type { Policy, PolicyCompletion, PolicyRequest } from '../agent/policy';
import { parseCompletion } from '../agent/protocol';
import { createRandom } from '../tasks/random';
import type { DecisionKind } from './scripted-thoughts';

export interface ActingLearner {
  readonly policy: Policy;
  /** Share of the actions in worlds that are its own. */
  readonly share: number;
  readonly maxNewTokens: number;
  /** Tokens of a prompt's messages above which it is not asked. */
  readonly mostTokens: number;
}

interface Decided {
  readonly completion: PolicyCompletion;
  readonly decision: DecisionKind;
}

/**
 * Puts the learner's action in the place of the demonstrator's where the dice say so and it is another one. How it was to
 * act is what is learned here, not when: where it calls a tool, or writes nothing that can be read, the demonstrator acts.
 * Draws depend on a request's seed alone.
 *
 * @param decided of the demonstrator, in the order of the requests
 */
export async function actedByLearner(
  requests: readonly PolicyRequest[],
  decided: readonly Decided[],
  { policy, share, maxNewTokens, mostTokens }: ActingLearner,
): Promise<readonly Decided[]> {
  const fits = ({ messages }: PolicyRequest): boolean =>
    messages.reduce((sum, message) => sum + policy.countTokens(message), 0) <= mostTokens;
  const own = requests.flatMap((request, at) =>
    decided[at].decision === 'act' && createRandom('learner', request.seed).chance(share) && fits(request)
      ? [{ request, at }]
      : [],
  );
  if (own.length === 0) return decided;
  const written = await policy.generate(
    own.map(({ request }) => request),
    { temperature: 1, maxNewTokens },
  );
  const taken = [...decided];
  for (const [i, { at }] of own.entries()) {
    const [meant, done] = [decided[at].completion, written[i]].map(({ text }) => parseCompletion(text));
    if (meant.kind !== 'answer' || done.kind !== 'answer' || done.text === meant.text) continue;
    taken[at] = { completion: written[i], decision: 'slip' };
  }
  return taken;
}
