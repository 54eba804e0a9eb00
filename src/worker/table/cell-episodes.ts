/**
 * The episodes behind a cell of the table, also of one that a command played: tasks and dice follow from the seeds, so
 * each can be named by an address of the lab, and played again exactly.
 */
import type { Policy } from '../../agent/policy';
import type { Embedder } from '../../memory/memory';
import { playEpisodes } from '../../rl/reproduce/play-cell';
import { diceOf, evaluationSeeds } from '../../rl/seeds';
import { LabRefusal } from '../lab-errors';
import type { News } from '../protocol';
import type { BaselineEpisode, CellAddress, CellEpisode, CellSeed } from '../table-protocol';
import { cellSettings, playSeedInPieces } from './play-seed';
import { type Acting, SPLIT } from './players';
import { Breath, breathing } from './slices';

/** Episodes of one seed with what is known of how they ended. */
export function episodesOf(
  { environment, episodesPerSeed }: Pick<CellAddress, 'environment' | 'episodesPerSeed'>,
  seed: number,
  ends: readonly { readonly score: number | null; readonly reason: string }[] = [],
): CellSeed {
  const episodes = evaluationSeeds(seed, episodesPerSeed).map((one, i): CellEpisode => {
    const task = { family: environment, split: SPLIT, difficulty: 'mix', seed: one } as const;
    return { number: i + 1, task, dice: diceOf(one), ...ends[i] };
  });
  return { seed, episodes };
}

export interface ReplayRooms {
  readonly acting: Acting;
  readonly embedder: Embedder;
  readonly tell: (news: News) => void;
  readonly signal: AbortSignal;
}

/** One seed of a cell, played again; nothing of it is kept. @throws LabRefusal `cancelled` */
export async function replayed(
  cell: CellAddress,
  seed: number,
  { acting, embedder, tell, signal }: ReplayRooms,
): Promise<CellSeed> {
  const { method, environment, episodesPerSeed } = cell;
  const total = episodesPerSeed;
  tell({ kind: 'rollouts', finished: 0, total });
  try {
    const { ends } = await playSeedInPieces({
      method,
      environment,
      seed,
      episodesPerSeed,
      acting,
      policy: acting.policy(),
      embedder: breathing(embedder, new Breath()),
      onEpisodes: (finished) => tell({ kind: 'rollouts', finished, total }),
      signal,
    });
    return episodesOf(cell, seed, ends);
  } catch (error) {
    if (signal.aborted) throw cancelled();
    throw error;
  }
}

/** One episode of a baseline with its log. @throws LabRefusal `no-baseline`, `cancelled` */
export async function baselineEpisode(
  { method, environment }: Pick<CellAddress, 'method' | 'environment'>,
  seed: number,
  { acting, embedder, signal }: Omit<ReplayRooms, 'tell'>,
): Promise<BaselineEpisode> {
  const policy: Policy = acting.policy();
  const settings = cellSettings(acting, policy, embedder, 1, signal);
  const played = await playEpisodes(method, environment, [seed], settings);
  if (signal.aborted) throw cancelled();
  if (played.kind !== 'baseline') {
    throw new LabRefusal('no-baseline', `${method} is no baseline.`, 'Open its episode in the lab instead.');
  }
  const [{ task, log, score, end, answer }] = played.results;
  return { task, log, score, reason: end, answer };
}

const cancelled = () =>
  new LabRefusal('cancelled', 'Playing it again was cancelled.', 'Start it again when you like.');
