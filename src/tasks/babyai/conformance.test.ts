/**
 * The game against the original: recorded episodes of Minigrid and of AgentBoard's text wrapper, played again action
 * by action. Some of them lie in `fixtures/`; the whole recording is read where it lies (`shared/benchdata`), and
 * where it does not, that is said and skipped.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { RecordedEpisode, RecordedText } from './recorded.fixture';
import { replayEpisode, replayText } from './replay.fixture';

const place = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const RECORDS = place('../../../../shared/benchdata/babyai/');
const FIXTURES = place('./fixtures/');

const here = existsSync(`${RECORDS}episodes.jsonl`);
if (!here)
  console.info('The recorded episodes of BabyAI are not here (shared/benchdata): only a part is replayed.');

function lines<T>(path: string): T[] {
  const text = readFileSync(path, 'utf8');
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]));
}

/** Replays a folder of records: how many episodes, steps and descriptions of objects, text episodes and their steps. */
function replay(folder: string) {
  const episodes = lines<RecordedEpisode>(`${folder}episodes.jsonl`);
  const grids = new Map(episodes.map((one) => [`${one.level} ${one.seed}`, one]));
  const played = episodes.map(replayEpisode);
  const texts = lines<RecordedText>(`${folder}text.jsonl`).flatMap((text) => {
    const episode = grids.get(`${text.level} ${text.seed}`);
    return episode ? [replayText(text, episode)] : [];
  });
  const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);
  return {
    episodes: played.length,
    steps: sum(played.map(({ steps }) => steps)),
    descriptions: sum(played.map(({ descriptions }) => descriptions)),
    texts: texts.length,
    textSteps: sum(texts),
  };
}

describe('replays of the original', () => {
  it('those in fixtures: every field of every step, every text to the byte', () => {
    expect(replay(FIXTURES)).toEqual({ episodes: 9, steps: 95, descriptions: 12, texts: 4, textSteps: 50 });
  });

  // Of the 48 text episodes, 17 have no recorded grid to play them on.
  it.skipIf(!here)('all: 218 episodes with 7,592 steps, 31 text episodes with 357 steps to the byte', () => {
    expect(replay(RECORDS)).toEqual({
      episodes: 218,
      steps: 7592,
      descriptions: 240,
      texts: 31,
      textSteps: 357,
    });
  });
});
