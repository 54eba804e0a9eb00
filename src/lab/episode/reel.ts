/**
 * Moves through the episode on view: by hand, by the clock, and from the recorded to the live one. Playing past the
 * newest moment of a live episode lets the policy act.
 */
import type { Recording } from '../../worker/episode-protocol';
import { type Address, DEFAULT_ADDRESS, EPISODE_KEYS } from '../state/address';
import { isChanged } from '../state/branch-change';
import type { LabState } from '../state/lab-state';
import { followedFrame } from './frames';
import { type Playback, type Speed, shownEpisode } from './playback';
import { back, forward, type Playhead, type Reel, reelOf, type Unit } from './playhead';

export interface ReelLine {
  readonly state: () => LabState;
  readonly change: (part: Partial<Playback>) => void;
  readonly cursor: (frame: number | null) => void;
  /** Lets the policy act once. */
  readonly step: () => Promise<void>;
}

/** What a link may name of the page: then that is to be seen, and nothing before it. */
const NAMED = [...EPISODE_KEYS, 'view', 'lesson', 'exhibit'] as const satisfies readonly (keyof Address)[];

export class EpisodeReel {
  /** The live episode has something to show. */
  private lives = false;

  constructor(private readonly line: ReelLine) {}

  /**
   * The recorded episode has come: it plays while there is no live one. `still`: it stands at its end instead, for
   * people who want no motion.
   */
  recorded(recording: Recording, still: boolean): void {
    this.line.change({ recording });
    const { ready, playback } = this.line.state();
    if (ready || playback.watched !== null) return;
    const run = recording.runs.length - 1;
    this.line.change({ watched: run, playing: !still });
    this.line.cursor(still ? null : 0);
  }

  /**
   * The live episode has something to show. It takes the place of a recording that nobody chose, but not in the middle
   * of its play: at its end, or as soon as the user does something, or at once where the link names what to see.
   */
  live(): void {
    this.lives = true;
    const { playback, address } = this.line.state();
    const named = isChanged(address) || NAMED.some((key) => address[key] !== DEFAULT_ADDRESS[key]);
    if (named || !playback.playing) this.handOver();
  }

  /** The user turns to something else than the recording. */
  handOver(): void {
    const { playback } = this.line.state();
    if (!this.lives || playback.watched === null || playback.chosen) return;
    this.line.change({ watched: null, playing: false });
    this.line.cursor(null);
  }

  /** A run of the recording from its beginning, or null for the live episode. */
  watch(run: number | null): void {
    this.line.change({ watched: run, chosen: run !== null, playing: run !== null, token: null });
    this.line.cursor(run === null ? null : 0);
  }

  /** Nothing recorded any more: the user acts on the live episode. */
  leaveRecording(): void {
    if (this.line.state().playback.watched !== null) this.watch(null);
  }

  /** Where one stands now. */
  head(): Playhead {
    return this.place().head;
  }

  /** To a moment, or to the first or last one if there is none of this index. */
  show(frame: number): void {
    this.line.change({ playing: false, chosen: true });
    this.seek({ frame, token: null });
  }

  move(direction: 1 | -1, unit: Unit = this.line.state().playback.unit): void {
    this.line.change({ playing: false, chosen: true });
    const { reel, head } = this.place();
    const to = direction === 1 ? forward(reel, head, unit) : back(reel, head, unit);
    if (to) this.seek(to);
  }

  by(unit: Unit): void {
    this.line.change({ unit });
  }

  at(speed: Speed): void {
    this.line.change({ speed });
  }

  play(): void {
    const { reel, head, done } = this.place();
    this.line.change({ playing: true, chosen: true });
    // From the end of what is over, once more from the beginning.
    if (done && !forward(reel, head, 'step')) this.seek({ frame: 0, token: null });
  }

  pause(): void {
    this.line.change({ playing: false, chosen: true });
  }

  /** One move of the clock. */
  async tick(): Promise<void> {
    const { reel, head, done } = this.place();
    const { playback } = this.line.state();
    const to = forward(reel, head, playback.unit);
    if (to && (to.token !== null || reel.frames[to.frame].acted || done)) return this.seek(to);
    if (done || playback.watched !== null) {
      this.line.change({ playing: false });
      return this.handOver();
    }
    const before = this.length();
    await this.line.step();
    // The policy did not act: the device is busy or gone, or training has it.
    if (this.length() === before) this.line.change({ playing: false });
  }

  private length(): number {
    return shownEpisode(this.line.state()).log.length;
  }

  private seek({ frame, token }: Playhead): void {
    const last = this.place().reel.frames.length - 1;
    if (last < 0) return;
    this.line.cursor(Math.max(0, Math.min(last, frame)));
    this.line.change({ token });
  }

  private place(): { readonly reel: Reel; readonly head: Playhead; readonly done: boolean } {
    const state = this.line.state();
    const { log, done } = shownEpisode(state);
    const reel = reelOf(log);
    const followed = followedFrame(reel.frames, false);
    const frame = Math.min(state.cursor ?? followed, reel.frames.length - 1);
    return { reel, head: { frame, token: state.playback.token }, done };
  }
}
