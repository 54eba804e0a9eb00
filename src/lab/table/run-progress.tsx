/**
 * How a run of the table stands: a bar, a sentence, and what can be done about it. Read aloud is only what changes seldom:
 * that it waits, pauses or ends, and the cell under way.
 */
import { useState } from 'react';
import type { TableState } from '../../worker/table-protocol';
import { count, duration } from '../figures';
import { type Phrase, phrase, say } from '../language/language';
import { methodName } from '../method-names';
import { ErrorWords } from '../shell/notices';
import { FAMILIES } from '../words';
import type { TableHold } from './use-table';

type Begun = Exclude<TableState, { kind: 'idle' }>;

interface ProgressProps {
  readonly hold: TableHold;
  /** Something else uses the model. */
  readonly blocked: boolean;
}

export function RunProgress({ hold: { state, line, facts }, blocked }: ProgressProps) {
  const cell = useCell(state.kind === 'idle' ? null : state.progress.now);
  if (state.kind === 'idle') return null;
  const { progress, choice } = state;
  const ended = state.kind !== 'running' && state.kind !== 'paused';
  return (
    <div className="table-progress">
      <progress
        aria-label={say('Seeds of cells played')}
        aria-valuetext={say('{done} of {seeds} are played.', {
          done: progress.done,
          seeds: count(progress.total, 'seed'),
        })}
        value={progress.done}
        max={progress.total}
      />
      <p role="status" className={ended ? undefined : 'visually-hidden'}>
        {ended ? standing(state) : changed(state, cell)}
      </p>
      {!ended && <p>{standing(state)}</p>}
      {state.kind === 'failed' && (
        <p role="alert">
          <ErrorWords error={state.error} />
        </p>
      )}
      {!ended && (
        <div className="play">
          {state.kind === 'paused' ? (
            <button type="button" className="primary" onClick={() => void line.call('resumeTable', {})}>
              {say('Go on§with the table')}
            </button>
          ) : (
            <button type="button" onClick={() => void line.call('pauseTable', {})}>
              {say('Pause the table')}
            </button>
          )}
          <button type="button" onClick={() => void line.call('stopTable', {})}>
            {say('Stop the table')}
          </button>
        </div>
      )}
      {(state.kind === 'stopped' || state.kind === 'failed') && (
        <div className="play">
          <button
            type="button"
            className="primary"
            disabled={facts === null || (blocked && choice.reader === 'model')}
            onClick={() => void line.call('runTable', choice)}
          >
            {say('Go on§with the table')}
          </button>
        </div>
      )}
    </div>
  );
}

const STOPPED: Readonly<Record<Extract<Begun, { kind: 'stopped' }>['by'], Phrase>> = {
  user: phrase('Stopped: {done} of {seeds} are kept.'),
  model: phrase('Stopped, because another model acts or acts otherwise: {done} of {seeds} are kept.'),
  weights: phrase('Stopped, because the adapter of this tab becomes another: {done} of {seeds} are kept.'),
  device: phrase('Stopped, because another kind of device computes now: {done} of {seeds} are kept.'),
  reload: phrase('Cut off when the page was left: {done} of {seeds} are kept.'),
};

function standing(state: Begun): string {
  const { done, total } = state.progress;
  const values = { done, seeds: count(total, 'seed') };
  switch (state.kind) {
    case 'running':
      return state.waits
        ? say('Waits until nothing else uses the model: {done} of {seeds} are played.', values)
        : `${say('{done} of {seeds} are played.', values)} ${under(state)}`;
    case 'paused':
      return `${say('Paused: {done} of {seeds} are played.', values)} ${under(state)}`;
    case 'stopped':
      return say(STOPPED[state.by], values);
    case 'finished':
      return say('All {seeds} are played.', values);
    case 'failed':
      return say('Ended early: {done} of {seeds} are kept.', values);
  }
}

type UnderWay = Begun['progress']['now'];

/** The cell under way, between two seeds the last: what is read aloud does not go and come back. */
function useCell(now: UnderWay): UnderWay {
  const [cell, keep] = useState(now);
  if (now === null || (now.method === cell?.method && now.environment === cell.environment)) return cell;
  keep(now);
  return now;
}

/** What is read aloud of a run that goes on. */
function changed(state: Extract<Begun, { kind: 'running' | 'paused' }>, cell: UnderWay): string {
  if (state.kind === 'paused') return say('The table is paused.');
  if (state.waits) return say('The table waits until nothing else uses the model.');
  if (cell === null) return say('The table is being played.');
  return say('Under way: {method} in “{world}”.', {
    method: methodName(cell.method),
    world: say(FAMILIES[cell.environment]),
  });
}

/** The seed under way, and how long the rest takes. */
function under({ progress: { now, leftMs } }: Begun): string {
  const where = now
    ? say('{method} in “{world}”, seed {seed}: {finished} of {episodes}.', {
        method: methodName(now.method),
        world: say(FAMILIES[now.environment]),
        seed: now.seed,
        finished: now.finished,
        episodes: count(now.episodes, 'episode'),
      })
    : '';
  const left = leftMs ? say('About {time} left.', { time: duration(Math.max(1000, leftMs)) }) : '';
  return `${where} ${left}`.trim();
}
