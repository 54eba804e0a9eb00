/**
 * How an episode is shown, apart from what it is: where the playhead stands within a moment, how far a move goes, how
 * fast it plays, and whether the recorded episode is on view in place of the live one.
 */
import type { Advice, Recording } from '../../worker/episode-protocol';
import type { EventLog, RewardBreakdown, SampledToken, Task } from '../../worker/protocol';
import type { Unit } from './playhead';

export interface Playback {
  /** Newest token on view in the moment of the cursor; null: the whole moment. */
  readonly token: number | null;
  readonly unit: Unit;
  readonly speed: Speed;
  readonly playing: boolean;
  /** Null until it is read, or where it could not be. */
  readonly recording: Recording | null;
  /** Which of its runs is on view; null: the live episode. */
  readonly watched: number | null;
  /** The user chose what is on view, so that the live episode does not take its place by itself. */
  readonly chosen: boolean;
  /** What would have earned more in the live episode; null until it is over and asked. */
  readonly advice: readonly Advice[] | null;
}

export const SPEEDS = [0.5, 1, 2, 4] as const;
export type Speed = (typeof SPEEDS)[number];

export const INITIAL_PLAYBACK: Playback = {
  token: null,
  unit: 'step',
  speed: 1,
  playing: false,
  recording: null,
  watched: null,
  chosen: false,
  advice: null,
};

/** How long a place is on view before the next, milliseconds at speed 1. */
export const DWELL: Readonly<Record<Unit, number>> = { token: 140, step: 1300, stage: 2600, episode: 2600 };

/** The episode on view, live or recorded. */
export interface ShownEpisode {
  /** Null for a recorded one: no worker has it open. */
  readonly episodeId: string | null;
  readonly log: EventLog;
  readonly task: Task | null;
  readonly streaming: readonly SampledToken[];
  readonly done: boolean;
  readonly reward: RewardBreakdown | null;
  readonly advice: readonly Advice[] | null;
  /** Which run of the recording; null: live. */
  readonly recorded: number | null;
}

const NOTHING: ShownEpisode = {
  episodeId: null,
  log: [],
  task: null,
  streaming: [],
  done: false,
  reward: null,
  advice: null,
  recorded: null,
};

interface Source {
  readonly playback: Playback;
  readonly episode: {
    readonly episodeId: string;
    readonly log: EventLog;
    readonly streaming: readonly SampledToken[];
    readonly done: boolean;
    readonly reward: RewardBreakdown | null;
    readonly opened: { readonly task: Task } | null;
  } | null;
}

export function shownEpisode({ playback, episode }: Source): ShownEpisode {
  const run = playback.watched === null ? undefined : playback.recording?.runs[playback.watched];
  if (run && playback.recording) {
    const { log, reward, advice } = run;
    const { task } = playback.recording;
    return { ...NOTHING, log, task, done: true, reward, advice, recorded: playback.watched };
  }
  if (!episode) return NOTHING;
  const { episodeId, log, streaming, done, reward, opened } = episode;
  return {
    episodeId,
    log,
    task: opened?.task ?? null,
    streaming,
    done,
    reward,
    advice: playback.advice,
    recorded: null,
  };
}
