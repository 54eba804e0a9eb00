/**
 * Many episodes in lockstep: each round gathers the open prompts of all unfinished episodes, asks the
 * policy once, and carries out the completions in order. A policy that batches does one forward pass a
 * token for all of them; since draws depend on a request's seed alone, the batch changes nothing.
 *
 * A failure of one episode (its memory is full, say) ends that episode and is reported beside it; the
 * others go on. A failure of the policy ends them all and is thrown with everything played so far.
 */
import type { Episode } from './episode';
import type { Policy, PolicyCompletion, PolicyGenerateOptions, PolicyRequest, SampledToken } from './policy';

export interface RunProgress {
  /** Rounds played. */
  readonly round: number;
  readonly finished: number;
  readonly total: number;
  /** Completions so far, over all episodes. */
  readonly steps: number;
}

export interface RunOptions extends Omit<PolicyGenerateOptions, 'onToken'> {
  /** Most requests in one call of the policy. Default: all. */
  readonly batchSize?: number;
  /** `episode`: position in the list given. */
  readonly onToken?: (episode: number, token: SampledToken) => void;
  /** After each round. */
  readonly onRound?: (progress: RunProgress) => void;
}

export interface EpisodeOutcome {
  readonly episode: Episode;
  /** What ended it if memory, environment or summariser failed; its log then ends with `aborted`. */
  readonly error: Error | null;
}

/** The policy failed or broke its contract; `outcomes` hold what was played until then. */
export class RolloutError extends Error {
  override readonly name = 'RolloutError';
  constructor(
    readonly outcomes: readonly EpisodeOutcome[],
    override readonly cause: Error,
  ) {
    super(`The policy failed while ${outcomes.length} episodes were running: ${cause.message}`);
  }
}

/**
 * Plays the episodes to their end, or until `signal` aborts, which ends the unfinished ones as `aborted`.
 * Outcomes are in the order of the episodes. Throws `RolloutError`.
 */
export async function runEpisodes(
  episodes: readonly Episode[],
  policy: Policy,
  options: RunOptions,
): Promise<readonly EpisodeOutcome[]> {
  const errors = new Map<Episode, Error>();
  const outcomes = () => episodes.map((episode) => ({ episode, error: errors.get(episode) ?? null }));
  const fail = (episode: Episode, error: unknown) => {
    errors.set(episode, asError(error));
    episode.abort();
  };
  const { batchSize = Number.POSITIVE_INFINITY, onRound, onToken, ...generation } = options;
  let round = 0;
  let steps = 0;

  for (;;) {
    if (options.signal?.aborted) for (const episode of episodes) episode.abort();
    const open = await openRequests(episodes, fail);
    if (open.length === 0) return outcomes();
    const played = open.slice(0, batchSize);
    let completions: readonly PolicyCompletion[];
    try {
      completions = await generate(policy, played, generation, onToken);
    } catch (error) {
      for (const episode of episodes) episode.abort();
      if (options.signal?.aborted) return outcomes();
      throw new RolloutError(outcomes(), asError(error));
    }
    for (const [index, { episode }] of played.entries()) {
      try {
        await episode.apply(completions[index]);
      } catch (error) {
        fail(episode, error);
      }
    }
    round++;
    steps += played.length;
    const finished = episodes.filter((episode) => episode.done).length;
    onRound?.({ round, finished, total: episodes.length, steps });
  }
}

interface OpenRequest {
  readonly episode: Episode;
  /** Position of the episode in the caller's list. */
  readonly position: number;
  readonly request: PolicyRequest;
}

async function openRequests(
  episodes: readonly Episode[],
  fail: (episode: Episode, error: unknown) => void,
): Promise<readonly OpenRequest[]> {
  const open: OpenRequest[] = [];
  for (const [position, episode] of episodes.entries()) {
    if (episode.done) continue;
    try {
      open.push({ episode, position, request: await episode.request() });
    } catch (error) {
      fail(episode, error);
    }
  }
  // Fewest steps first, so that a small batch size keeps the episodes abreast.
  return open.sort((a, b) => a.request.state.step - b.request.state.step || a.position - b.position);
}

async function generate(
  policy: Policy,
  open: readonly OpenRequest[],
  options: PolicyGenerateOptions,
  onToken: RunOptions['onToken'],
): Promise<readonly PolicyCompletion[]> {
  const completions = await policy.generate(
    open.map(({ request }) => request),
    onToken === undefined
      ? options
      : { ...options, onToken: (request, token) => onToken(open[request].position, token) },
  );
  if (completions.length !== open.length) {
    throw new Error(
      `policy ${policy.id} returned ${completions.length} completions for ${open.length} requests`,
    );
  }
  return completions;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
