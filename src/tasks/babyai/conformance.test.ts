/**
 * The game against the original: recorded episodes of Minigrid and of AgentBoard's text wrapper, played again action
 * by action. Some of them lie in `fixtures/`; the whole recording is read where it lies (`shared/benchdata`), and
 * where it does not, that is said and skipped.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { linesOf, recordsOf } from '../records.fixture';
import type { RecordedEpisode, RecordedText } from './recorded.fixture';
import { replayEpisode, replayText } from './replay.fixture';

const records = recordsOf('babyai');
const fixture = (file: string) => readFileSync(new URL(`./fixtures/${file}`, import.meta.url), 'utf8');

/** Replays records: how many episodes, steps and descriptions of objects, text episodes and their steps. */
function replay(read: (file: string) => string) {
  const episodes = linesOf<RecordedEpisode>(read('episodes.jsonl'));
  const grids = new Map(episodes.map((one) => [`${one.level} ${one.seed}`, one]));
  const played = episodes.map(replayEpisode);
  const texts = linesOf<RecordedText>(read('text.jsonl')).flatMap((text) => {
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
    expect(replay(fixture)).toEqual({ episodes: 9, steps: 95, descriptions: 12, texts: 4, textSteps: 50 });
  });

  // Of the 48 text episodes, 17 have no recorded grid to play them on.
  it.skipIf(!records.there)(
    'all: 218 episodes with 7,592 steps, 31 text episodes with 357 steps to the byte',
    () => {
      expect(replay(records.text)).toEqual({
        episodes: 218,
        steps: 7592,
        descriptions: 240,
        texts: 31,
        textSteps: 357,
      });
    },
  );
});
