/**
 * Forks of an episode: another future of the same past. What was written to both memories before the
 * fork is carried out again, completion by completion from the log, in a memory of its own; so the fork's
 * state is equal to the original's by construction, and its log begins with the same events. From the
 * fork on draws come from another seed.
 *
 * Used by the `fork` mode of advantages (agemem.md section 6): rollouts that wrote different memories
 * share no state, continuations of a fork do.
 */
import { Episode } from './episode';
import type { EpisodeStart } from './episode-start';
import type { EpisodeEvent, EventLog } from './events';
import { recordedSummaries } from './recorded-summaries';

/** The past could not be repeated: the log is of another task, configuration or memory. */
export class ForkError extends Error {
  override readonly name = 'ForkError';
}

/** Steps of an episode that can be forked: every one for which a prompt was made. */
export function forkableSteps(log: EventLog): readonly number[] {
  return log.filter(({ type }) => type === 'prompt').map(({ step }) => step);
}

/**
 * An episode whose next step is `step`, with everything before it as in `log`.
 * @param start as for the original, with an empty memory and a fresh environment of its own; `seed` is the
 *   original's, `drawSeed` decides what comes
 * @throws ForkError, and what `Episode` throws
 */
export async function forkEpisode(
  log: EventLog,
  step: number,
  start: Omit<EpisodeStart, 'reseed'>,
  drawSeed: number,
): Promise<Episode> {
  if (!forkableSteps(log).includes(step)) {
    throw new ForkError(`The episode has no step ${step} to fork at. Choose one of ${forkableSteps(log)}.`);
  }
  // A model that wrote summaries may write others now, or be another: those of the past are what they were.
  const summariser = recordedSummaries(log, start.summariser);
  const episode = await Episode.start({ ...start, summariser, reseed: { fromStep: step, seed: drawSeed } });
  for (const event of log) {
    if (event.type === 'entry-forgotten' && event.step < step) await episode.forget(event.entry.id);
    if (event.type !== 'completion' || event.step >= step) continue;
    await episode.request();
    const { text, promptIds, tokens, finish } = event;
    await episode.apply({ text, promptIds, tokens, finish });
  }
  const past = log.filter((event) => event.step < step);
  const own = episode.log.slice(0, past.length);
  const differs = past.findIndex((event, i) => !sameEvent(event, own[i]));
  if (differs >= 0) {
    throw new ForkError(
      `Event ${differs} (${past[differs].type}) came out differently when the past was repeated. A fork needs the ` +
        'task, configuration and empty memory that the episode began with.',
    );
  }
  return episode;
}

/** Equal but for whose episode it is. */
function sameEvent(a: EpisodeEvent, b: EpisodeEvent | undefined): boolean {
  if (a.type !== 'episode-started') return JSON.stringify(a) === JSON.stringify(b);
  if (b?.type !== 'episode-started') return false;
  const { episodeId: _, namespace: __, ...own } = a;
  const { episodeId: ___, namespace: ____, ...other } = b;
  return JSON.stringify(own) === JSON.stringify(other);
}
