/**
 * The whole episode on one line: its three stages, the reset between the first two, and each step with the tools it
 * called. One jumps there by pressing it, moves by the unit one chose, or lets it play.
 */
import { type CSSProperties, type KeyboardEvent, memo, useId, useMemo } from 'react';
import type { EventLog } from '../../worker/protocol';
import { Choice } from '../shell/fields';
import { MARK_LABELS, ToolIcon } from '../shell/tool-mark';
import { STAGES } from '../words';
import type { Frame } from './frames';
import { type Moment, momentsOf } from './moments';
import { type Playback, SPEEDS } from './playback';
import { UNITS, type Unit } from './playhead';
import type { EpisodeReel } from './reel';

interface TimelineProps {
  readonly log: EventLog;
  readonly frames: readonly Frame[];
  /** Index of the frame shown. */
  readonly at: number;
  /** Tokens written in it. */
  readonly tokens: number;
  readonly playback: Playback;
  /** The episode can be played on, or from its beginning. */
  readonly playable: boolean;
  readonly reel: EpisodeReel;
}

const UNIT_WORDS: Readonly<Record<Unit, string>> = {
  token: 'a token',
  step: 'a step',
  stage: 'a stage',
  episode: 'the episode',
};

const SPEED_WORDS = Object.fromEntries(SPEEDS.map((speed) => [speed, `${speed}×`]));

export function Timeline({ log, frames, at, tokens, playback, playable, reel }: TimelineProps) {
  const id = useId();
  const moments = useMemo(() => momentsOf(log, frames), [log, frames]);
  const moment = moments[at];
  if (!moment) return null;
  const { token, unit, speed, playing } = playback;
  const words = `Moment ${at + 1} of ${frames.length}, ${moment.words}`;
  const place = token === null ? '' : `, token ${token + 1} of ${tokens}`;
  const first =
    at === 0 && (token === null || token === 0) && !(unit === 'token' && token === null && tokens > 0);
  const playKey = (event: KeyboardEvent) => {
    if (event.key !== ' ') return;
    event.preventDefault();
    if (playing) reel.pause();
    else if (playable) reel.play();
  };
  return (
    <div className="timeline" data-lesson="timeline">
      <div className="timeline-buttons">
        {playing ? (
          <button
            type="button"
            className="primary play-button"
            aria-label="Pause playing"
            onClick={() => reel.pause()}
          >
            <span aria-hidden="true">❚❚ </span>Pause
          </button>
        ) : (
          <button
            type="button"
            className="primary play-button"
            disabled={!playable}
            onClick={() => reel.play()}
          >
            <span aria-hidden="true">▶ </span>Play
          </button>
        )}
        <button type="button" onClick={() => reel.move(-1)} disabled={first}>
          <span aria-hidden="true">◂ </span>Back
        </button>
        <button
          type="button"
          onClick={() => reel.move(1)}
          disabled={at >= frames.length - 1 && token === null}
        >
          Forward<span aria-hidden="true"> ▸</span>
        </button>
        <Choice
          label="Moves by"
          value={unit}
          values={UNITS}
          words={UNIT_WORDS}
          onChange={(next) => reel.by(next)}
        />
        <Choice
          label="Speed"
          value={String(speed)}
          values={SPEEDS.map(String)}
          words={SPEED_WORDS}
          onChange={(next) => reel.at(SPEEDS.find((known) => String(known) === next) ?? 1)}
        />
        <details className="keys">
          <summary>Keys</summary>
          <ul>
            <li>
              <kbd>←</kbd> <kbd>→</kbd> back and forward by what “Moves by” says
            </li>
            <li>
              <kbd>Shift</kbd> with <kbd>←</kbd> <kbd>→</kbd>: a stage
            </li>
            <li>
              On the slider: <kbd>Space</kbd> plays and pauses, <kbd>Home</kbd> and <kbd>End</kbd> go to the
              ends
            </li>
            <li>
              In the tokens: <kbd>←</kbd> <kbd>→</kbd> to the next token, <kbd>Enter</kbd> asks where it
              looked
            </li>
          </ul>
        </details>
      </div>
      <div className="timeline-track" style={{ '--moments': frames.length } as CSSProperties}>
        <ol className="timeline-stages" aria-hidden="true">
          {stretches(frames).map(({ stage, length }) => (
            <li key={stage} className={`stage-${stage}`} style={{ '--length': length } as CSSProperties}>
              {stage} {STAGES[stage].name}
            </li>
          ))}
        </ol>
        <Moments moments={moments} at={at} reel={reel} />
        <input
          id={id}
          type="range"
          min={0}
          max={Math.max(0, frames.length - 1)}
          step={1}
          value={at}
          aria-label="Moment of the episode"
          aria-valuetext={words + place}
          onChange={(event) => reel.show(Number(event.target.value))}
          onKeyDown={playKey}
        />
      </div>
      <output htmlFor={id} className="timeline-words">
        {words}
        {place}
      </output>
    </div>
  );
}

/** Pressed with a pointer; with the keyboard the slider beneath goes to the same places. */
const Moments = memo(function Moments({
  moments,
  at,
  reel,
}: {
  readonly moments: readonly Moment[];
  readonly at: number;
  readonly reel: EpisodeReel;
}) {
  return (
    <ol className="moments" aria-label="Moments">
      {moments.map(({ index, stage, marks, ok, words }) => (
        <li key={index}>
          <button
            type="button"
            tabIndex={-1}
            className={`moment stage-${stage}${ok ? '' : ' moment-failed'}${marks[0] === 'reset' ? ' moment-reset' : ''}`}
            aria-current={index === at ? 'step' : undefined}
            aria-label={`Go to moment ${index + 1}, ${words}${ok ? '' : ', refused'}`}
            onClick={() => reel.show(index)}
          >
            <span className="moment-icons">
              {marks.map((mark, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a step may call the same tool twice; its place tells them apart
                <ToolIcon key={place} name={mark} />
              ))}
            </span>
            <span className="moment-label">{MARK_LABELS[marks[0]]}</span>
          </button>
        </li>
      ))}
    </ol>
  );
});

function stretches(frames: readonly Frame[]): { stage: Frame['stage']; length: number }[] {
  const found: { stage: Frame['stage']; length: number }[] = [];
  for (const { stage } of frames) {
    const last = found[found.length - 1];
    if (last?.stage === stage) last.length++;
    else found.push({ stage, length: 1 });
  }
  return found;
}
