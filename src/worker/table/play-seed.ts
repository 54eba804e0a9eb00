/**
 * One seed of a cell, a few episodes at a time: the figures are those of the whole seed, as the command counts them, and
 * what is kept of an episode on the way is what they are made of.
 */

import type { Policy } from '../../agent/policy';
import type { EnvironmentId, MethodId, SeedValues } from '../../evidence/cell-lines';
import { createTransientMemory } from '../../memory/long-term-memory';
import type { Embedder } from '../../memory/memory';
import type { EpisodeEnd } from '../../rl/reproduce/episode-values';
import {
  type CellSettings,
  endsOf,
  type PlayedEpisodes,
  playEpisodes,
  valuesOf,
} from '../../rl/reproduce/play-cell';
import { evaluationSeeds } from '../../rl/seeds';
import { type Acting, PLACEMENT, SPLIT } from './players';

/** Episodes that are played together. */
const TOGETHER = 8;

export interface PlayedSeed {
  readonly values: SeedValues;
  readonly ends: readonly EpisodeEnd[];
}

interface SeedPlay {
  readonly method: MethodId;
  readonly environment: EnvironmentId;
  readonly seed: number;
  readonly episodesPerSeed: number;
  readonly acting: Acting;
  readonly policy: Policy;
  readonly embedder: Embedder;
  readonly onEpisodes?: (finished: number) => void;
  readonly signal?: AbortSignal;
}

/** Rollouts of one process, gone with the reference to them. */
export function cellSettings(
  { episode, temperature, maxNewTokens, replies }: Acting,
  policy: Policy,
  embedder: Embedder,
  episodesPerSeed: number,
  signal?: AbortSignal,
): CellSettings {
  return {
    policy,
    memories: {
      open: (namespace) => createTransientMemory({ embedder, namespace }),
      drop: async () => undefined,
    },
    embedder,
    episode,
    split: SPLIT,
    episodesPerSeed,
    temperature,
    maxNewTokens,
    placement: PLACEMENT,
    replies,
    signal,
  };
}

/** @throws what policy, environment and memory throw; nothing of the seed is known then */
export async function playSeedInPieces(play: SeedPlay): Promise<PlayedSeed> {
  const { method, environment, seed, episodesPerSeed, acting, policy, embedder, onEpisodes, signal } = play;
  const settings = cellSettings(acting, policy, embedder, episodesPerSeed, signal);
  const seeds = evaluationSeeds(seed, episodesPerSeed);
  let all: PlayedEpisodes | null = null;
  for (let from = 0; from < seeds.length; from += TOGETHER) {
    const piece = slim(await playEpisodes(method, environment, seeds.slice(from, from + TOGETHER), settings));
    signal?.throwIfAborted();
    all = all === null ? piece : joined(all, piece);
    onEpisodes?.(Math.min(from + TOGETHER, seeds.length));
  }
  if (all === null) return { values: {}, ends: [] };
  return { values: valuesOf(all), ends: endsOf(all) };
}

/** Without the log of a baseline, which its figures do not look at: it holds every prompt. */
function slim(played: PlayedEpisodes): PlayedEpisodes {
  if (played.kind === 'agemem') return played;
  return { ...played, results: played.results.map((result) => ({ ...result, log: [] })) };
}

function joined(one: PlayedEpisodes, other: PlayedEpisodes): PlayedEpisodes {
  if (one.kind === 'baseline' && other.kind === 'baseline') {
    return { ...one, results: [...one.results, ...other.results] };
  }
  if (one.kind === 'agemem' && other.kind === 'agemem') {
    return { kind: 'agemem', rollouts: [...one.rollouts, ...other.rollouts] };
  }
  // A method is of one kind.
  throw new TypeError('Episodes of two kinds are no seed of one cell.');
}
