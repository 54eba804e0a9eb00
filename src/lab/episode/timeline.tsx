/**
 * The whole episode on one line: its three stages, the reset between the first two, and each step with the tools it
 * called. One jumps there by pressing it, moves by the unit one chose, or lets it play.
 */
import { type CSSProperties, type KeyboardEvent, memo, useEffect, useId, useMemo, useRef } from 'react';
import type { EventLog } from '../../worker/protocol';
import { type Phrase, phrase, say, sayEach } from '../language/language';
import { Say } from '../language/say';
import { useLanguage } from '../language/use-language';
import { Choice } from '../shell/fields';
import { Scroll } from '../shell/scroll';
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

const UNIT_WORDS: Readonly<Record<Unit, Phrase>> = {
  token: phrase('a token'),
  step: phrase('a step'),
  stage: phrase('a stage'),
  episode: phrase('the episode'),
};

const SPEED_WORDS = Object.fromEntries(SPEEDS.map((speed) => [speed, `${speed}×`]));

export function Timeline({ log, frames, at, tokens, playback, playable, reel }: TimelineProps) {
  const id = useId();
  const language = useLanguage();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what it says is of the language on view
  const moments = useMemo(() => momentsOf(log, frames), [log, frames, language]);
  const strip = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const moment = strip.current?.querySelectorAll('.moment')[at];
    if (strip.current && moment) bringIntoView(strip.current, moment);
  }, [at]);
  const moment = moments[at];
  if (!moment) return null;
  const { token, unit, speed, playing } = playback;
  const where = { n: at + 1, all: frames.length, words: moment.words };
  const words =
    token === null
      ? say('Moment {n} of {all}, {words}', where)
      : say('Moment {n} of {all}, {words}, token {token} of {tokens}', {
          ...where,
          token: token + 1,
          tokens,
        });
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
            aria-label={say('Pause playing')}
            onClick={() => reel.pause()}
          >
            <span aria-hidden="true">❚❚ </span>
            {say('Pause')}
          </button>
        ) : (
          <button
            type="button"
            className="primary play-button"
            disabled={!playable}
            onClick={() => reel.play()}
          >
            <span aria-hidden="true">▶ </span>
            {say('Play')}
          </button>
        )}
        <button type="button" onClick={() => reel.move(-1)} disabled={first}>
          <span aria-hidden="true">◂ </span>
          {say('Back')}
        </button>
        <button
          type="button"
          onClick={() => reel.move(1)}
          disabled={at >= frames.length - 1 && token === null}
        >
          {say('Forward')}
          <span aria-hidden="true"> ▸</span>
        </button>
        <Choice
          label={say('Moves by')}
          value={unit}
          values={UNITS}
          words={sayEach(UNIT_WORDS)}
          onChange={(next) => reel.by(next)}
        />
        <Choice
          label={say('Speed')}
          value={String(speed)}
          values={SPEEDS.map(String)}
          words={SPEED_WORDS}
          onChange={(next) => reel.at(SPEEDS.find((known) => String(known) === next) ?? 1)}
        />
        <details className="keys">
          <summary>{say('Keys')}</summary>
          <ul>
            <li>
              <Say
                text="{left} {right} back and forward by what “Moves by” says"
                with={{ left: <kbd>←</kbd>, right: <kbd>→</kbd> }}
              />
            </li>
            <li>
              <Say
                text="{shift} with {left} {right}: a stage"
                with={{ shift: <kbd>Shift</kbd>, left: <kbd>←</kbd>, right: <kbd>→</kbd> }}
              />
            </li>
            <li>
              <Say
                text="On the slider: {space} plays and pauses, {home} and {end} go to the ends"
                with={{ space: <kbd>Space</kbd>, home: <kbd>Home</kbd>, end: <kbd>End</kbd> }}
              />
            </li>
            <li>
              <Say
                text="In the tokens: {left} {right} to the next token, {enter} asks where it looked"
                with={{ left: <kbd>←</kbd>, right: <kbd>→</kbd>, enter: <kbd>Enter</kbd> }}
              />
            </li>
          </ul>
        </details>
      </div>
      <div className="timeline-track" style={{ '--moments': frames.length } as CSSProperties}>
        <Scroll className="timeline-strip" label={say('Moments, which scroll sideways')} place={strip}>
          <div>
            <ol className="timeline-stages" aria-hidden="true">
              {stretches(frames).map(({ stage, length }) => (
                <li key={stage} className={`stage-${stage}`} style={{ '--length': length } as CSSProperties}>
                  <span>
                    {stage} {say(STAGES[stage].name)}
                  </span>
                </li>
              ))}
            </ol>
            <Moments moments={moments} at={at} reel={reel} />
          </div>
        </Scroll>
        <input
          id={id}
          type="range"
          min={0}
          max={Math.max(0, frames.length - 1)}
          step={1}
          value={at}
          aria-label={say('Moment of the episode')}
          aria-valuetext={words}
          onChange={(event) => reel.show(Number(event.target.value))}
          onKeyDown={playKey}
        />
      </div>
      <output htmlFor={id} className="timeline-words">
        {words}
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
  useLanguage();
  return (
    <ol className="moments" aria-label={say('Moments')}>
      {moments.map(({ index, stage, marks, ok, words }) => (
        <li key={index}>
          <button
            type="button"
            tabIndex={-1}
            className={`moment stage-${stage}${ok ? '' : ' moment-failed'}${marks[0] === 'reset' ? ' moment-reset' : ''}`}
            aria-current={index === at ? 'step' : undefined}
            aria-label={
              ok
                ? say('Go to moment {n}, {words}', { n: index + 1, words })
                : say('Go to moment {n}, {words}, refused', { n: index + 1, words })
            }
            onClick={() => reel.show(index)}
          >
            <span className="moment-icons">
              {marks.map((mark, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a step may call the same tool twice; its place tells them apart
                <ToolIcon key={place} name={mark} />
              ))}
            </span>
            <span className="moment-label">{say(MARK_LABELS[marks[0]])}</span>
          </button>
        </li>
      ))}
    </ol>
  );
});

/** Scrolls the strip alone: the page stays where its reader is. */
function bringIntoView(strip: Element, moment: Element): void {
  const place = strip.getBoundingClientRect();
  const { left, right } = moment.getBoundingClientRect();
  if (left >= place.left && right <= place.right) return;
  strip.scrollLeft += (left + right - place.left - place.right) / 2;
}

function stretches(frames: readonly Frame[]): { stage: Frame['stage']; length: number }[] {
  const found: { stage: Frame['stage']; length: number }[] = [];
  for (const { stage } of frames) {
    const last = found[found.length - 1];
    if (last?.stage === stage) last.length++;
    else found.push({ stage, length: 1 });
  }
  return found;
}
