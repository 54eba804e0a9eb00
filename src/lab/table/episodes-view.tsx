/**
 * The episodes behind a cell: their numbers and scores by seed, and each of them once more, exactly. AgeMem's is played in
 * the lab, as the episode on view; a baseline's is told from its own log.
 */
import { useEffect, useId, useRef, useState } from 'react';
import type {
  BaselineEpisode,
  CellEpisode,
  CellLine,
  CellPlayer,
  CellSeed,
  EnvironmentId,
  MethodId,
  PlayedNow,
  TablePlayer,
} from '../../worker/table-protocol';
import { BaselineLog } from '../baselines/baseline-log';
import { figure } from '../figures';
import { say } from '../language/language';
import { methodName } from '../method-names';
import { Choice } from '../shell/fields';
import { FAMILIES, whyCutOff } from '../words';
import { knownOtherwise, NO_DEVICE, whyOtherwise } from './otherwise';
import type { TableHold } from './use-table';

export type CellSource = 'recorded' | 'own';

export interface OpenedCell {
  readonly source: CellSource;
  readonly method: MethodId;
  readonly environment: EnvironmentId;
  readonly line: CellLine;
  /** Who played it, where that was here. */
  readonly by: TablePlayer | null;
}

interface EpisodesProps {
  readonly cell: OpenedCell;
  readonly hold: TableHold;
  /** Something else uses the model. */
  readonly blocked: boolean;
  readonly progress: { readonly finished: number; readonly total: number } | null;
  readonly onClose: () => void;
}

interface Behind {
  readonly seeds: readonly CellSeed[];
  readonly player: CellPlayer;
}

export function EpisodesView({ cell, hold, blocked, progress, onClose }: EpisodesProps) {
  const { method, environment, line: shown, by } = cell;
  const { line, facts } = hold;
  const id = useId();
  const place = useRef<HTMLElement>(null);
  const replay = useRef<HTMLButtonElement>(null);
  /** Another model was asked to act, by a button that goes once it does. */
  const acting = useRef(false);
  // It opens below a table that may fill the window.
  useEffect(() => {
    // Newer browsers return a promise, which is no clean-up.
    void place.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  const episodesPerSeed = shown.n / shown.seeds.length;
  const [behind, find] = useState<Behind | null>(null);
  const [at, choose] = useState(String(shown.seeds[0]));
  const [told, tell] = useState('');
  const [log, read] = useState<{ readonly episode: CellEpisode; readonly played: BaselineEpisode } | null>(
    null,
  );
  useEffect(() => {
    let wanted = true;
    if (facts === null) return;
    const { policy, seeds, setting } = shown;
    void line
      .call('cellEpisodes', {
        method,
        environment,
        episodesPerSeed,
        seeds,
        policy,
        ...(setting !== undefined && { setting }),
        ...(by && { by }),
      })
      .then((found) => wanted && found && find(found));
    return () => {
      wanted = false;
    };
  }, [line, facts, shown, by, method, environment, episodesPerSeed]);

  const seed = behind?.seeds.find((one) => String(one.seed) === at) ?? behind?.seeds[0];
  const player = behind?.player ?? null;
  const here = player?.kind === 'here' ? player : null;
  const playable = here !== null && !blocked;
  useEffect(() => {
    if (!playable || !acting.current) return;
    acting.current = false;
    // Whoever has gone elsewhere meanwhile stays there.
    if (document.activeElement === document.body) replay.current?.focus({ preventScroll: true });
  }, [playable]);
  const address = here && { ...here.player, method, environment, episodesPerSeed };
  const open = async (episode: CellEpisode) => {
    if (!here || !address) return;
    read(null);
    if (here.variant) {
      await line.open(episode, here.variant);
      tell(say('Episode {n} is on view above, played to its end.', { n: episode.number }));
      document.getElementById('episode')?.scrollIntoView();
      return;
    }
    const played = await line.baseline(address, episode);
    if (!played) return;
    tell('');
    read({ episode, played });
  };
  const act = (id: string) => {
    acting.current = true;
    void line.act(id);
  };
  const again = async () => {
    if (!here || !address || !seed) return;
    const played = await line.replay(address, seed.seed);
    if (!played || !behind) return;
    find({ ...behind, seeds: behind.seeds.map((one) => (one.seed === played.seed ? played : one)) });
    tell(againWords(played, cell, here.now));
  };
  return (
    <section ref={place} className="table-episodes" aria-labelledby={id}>
      <div className="table-episodes-head">
        <h3 id={id}>
          {say('Episodes of {cell}', { cell: `${methodName(method)}, ${say(FAMILIES[environment])}` })}
        </h3>
        <button type="button" className="plain" onClick={onClose}>
          {say('Close')}
        </button>
      </div>
      <p className="quiet">
        {shown.backend === NO_DEVICE
          ? say('Played by {policy}.', { policy: shown.policy })
          : say('Played by {policy} on {backend}.', { policy: shown.policy, backend: shown.backend })}{' '}
        {say('Task and dice follow from the seed, so each can be played again.')}
      </p>
      {!behind || !seed ? (
        <p className="empty">{facts === null ? say('The lab is loading.') : say('Loading …')}</p>
      ) : (
        <>
          <div className="choices">
            <Choice
              label={say('Seed')}
              value={String(seed.seed)}
              values={behind.seeds.map((one) => String(one.seed))}
              words={Object.fromEntries(behind.seeds.map((one) => [String(one.seed), seedWords(one, shown)]))}
              onChange={(next) => {
                choose(next);
                tell('');
                read(null);
              }}
            />
            <button ref={replay} type="button" disabled={!playable} onClick={() => void again()}>
              {say('Play this seed again')}
            </button>
            {progress && (
              <button type="button" onClick={() => void line.cancel()}>
                {say('Cancel: {finished} of {total}', { ...progress })}
              </button>
            )}
          </div>
          {by === null && here && <Otherwise line={shown} now={here.now} />}
          <Lacking player={player} blocked={blocked} onAct={act} />
          <ol className="table-numbers">
            {seed.episodes.map((episode) => (
              <li key={episode.number}>
                <button
                  type="button"
                  disabled={!playable}
                  aria-current={log?.episode.number === episode.number}
                  onClick={() => void open(episode)}
                >
                  {episodeWords(episode)}
                </button>
              </li>
            ))}
          </ol>
        </>
      )}
      <p role="status">{told}</p>
      {log && <BaselineLog name={methodName(method)} number={log.episode.number} episode={log.played} />}
    </section>
  );
}

/** What is known to be otherwise here, before anything is played again. */
function Otherwise({ line, now }: { readonly line: CellLine; readonly now: PlayedNow }) {
  const known = knownOtherwise(line, now);
  if (known.length === 0) return null;
  return (
    <p className="quiet">
      {known.join(' ')} {say('Its episodes may go otherwise here.')}
    </p>
  );
}

interface LackingProps {
  readonly player: CellPlayer | null;
  readonly blocked: boolean;
  readonly onAct: (id: string) => void;
}

/** Why nothing of it can be played here, and what to do where something can be done. */
function Lacking({ player, blocked, onAct }: LackingProps) {
  if (player?.kind === 'needs-weights') {
    return <p>{say('The weights that played this cell are not here, so its episodes cannot be opened.')}</p>;
  }
  if (player?.kind === 'needs-model') {
    const { id, title } = player;
    return (
      <p>
        {say('This cell was played by “{title}”; another model acts now.', { title })}{' '}
        <button type="button" disabled={blocked} onClick={() => onAct(id)}>
          {say('Let it act')}
        </button>
      </p>
    );
  }
  return null;
}

/** "3: score 0.5", with why it ended where it did not come to its end. */
function episodeWords({ number, score, reason }: CellEpisode): string {
  if (score === undefined) return say('Episode {n}', { n: number });
  const shown = { n: number, score: figure(score ?? 0, 2) };
  const why = whyCutOff(reason ?? '');
  return why === null
    ? say('Episode {n}: {score}', shown)
    : say('Episode {n}: {score}, {why}', { ...shown, why });
}

/** The mean that its line tells of a seed. */
function recordedMean(seed: number, line: CellLine): number | null {
  const at = line.seeds.indexOf(seed);
  return line.metric === 'score' && at >= 0 ? line.values[at] : null;
}

function seedWords({ seed }: CellSeed, line: CellLine): string {
  const value = recordedMean(seed, line);
  return value === null ? String(seed) : say('{seed}, mean {mean}', { seed, mean: figure(value, 3) });
}

/** Whether what was played again is what the cell says, and why it is not. */
function againWords({ seed, episodes }: CellSeed, { line, by }: OpenedCell, now: PlayedNow): string {
  const mean = episodes.reduce((sum, { score }) => sum + (score ?? 0), 0) / episodes.length;
  const before = recordedMean(seed, line);
  if (before === null) return say('Played again: mean {mean}.', { mean: figure(mean, 3) });
  // The order of a sum moves its last digits.
  if (Math.abs(mean - before) < 1e-9)
    return say('Played again: mean {mean}, the same.', { mean: figure(mean, 3) });
  return say('Played again: mean {mean}, and in the cell {before}. {why}', {
    mean: figure(mean, 3),
    before: figure(before, 3),
    why: whyOtherwise(line, now, by !== null),
  });
}
