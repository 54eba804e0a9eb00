/** Plays a recorded episode again and compares every field of every step; returns what was compared. */
import { expect } from 'vitest';
import { ACTIONS, Game } from './game';
import { meant } from './mission';
import { codeOf, type WorldObject } from './objects';
import {
  hex,
  levelFrom,
  missionFrom,
  type RecordedEpisode,
  type RecordedMission,
  type RecordedText,
} from './recorded.fixture';
import { TextGame } from './text-game';

const carriedText = (object: WorldObject | null): unknown => {
  if (!object) return null;
  const code = hex([codeOf(object)]);
  return object.contains ? [code, carriedText(object.contains)] : code;
};

function gridText(game: Game): string[] {
  const { width, height } = game.grid;
  return Array.from({ length: width * height }, (_, at) =>
    hex([codeOf(game.grid.at(Math.floor(at / height), at % height))]),
  );
}

/** Every description means the objects that the original found; returns how many descriptions there were. */
function compareMeaning(recorded: RecordedMission, game: Game, start: Parameters<typeof meant>[2]): number {
  if ('a' in recorded) {
    return compareMeaning(recorded.a, game, start) + compareMeaning(recorded.b, game, start);
  }
  const pairs = recorded.op === 'putnext' ? [recorded.move, recorded.fixed] : [recorded.desc];
  const clause = missionFrom(recorded);
  const described =
    clause.op === 'putnext' ? [clause.what, clause.beside] : 'what' in clause ? [clause.what] : [];
  pairs.forEach(({ at }, i) => {
    const found = meant(described[i], game.grid, start).map(({ position }) => [position?.x, position?.y]);
    expect(found).toEqual(at);
  });
  return pairs.length;
}

export interface Replayed {
  readonly steps: number;
  readonly descriptions: number;
}

export function replayEpisode(episode: RecordedEpisode): Replayed {
  const level = levelFrom(episode);
  const game = new Game(level);
  expect(game.mission, episode.id).toBe(episode.mission);
  expect(hex(game.view().codes), episode.id).toBe(episode.obs);
  let grid = gridText(game);
  expect(grid.join('')).toBe(episode.grid);
  const descriptions = compareMeaning(episode.instr, game, level.start);
  let last = { terminated: 0, truncated: 0, reward: 0 };
  episode.steps.forEach(([action, delta, x, y, direction, carry, obs, reward, terminated, truncated], i) => {
    const result = game.step(ACTIONS[action]);
    const where = `${episode.id}, step ${i + 1}`;
    grid = [...grid];
    for (const [cx, cy, code] of delta) grid[cx * episode.height + cy] = code;
    expect(gridText(game).join(''), where).toBe(grid.join(''));
    expect([game.agent.x, game.agent.y, game.facing], where).toEqual([x, y, direction]);
    expect(carriedText(game.carrying), where).toEqual(carry);
    expect(hex(game.view().codes), where).toBe(obs);
    expect(Math.abs(result.reward - reward), where).toBeLessThan(1e-9);
    expect([result.terminated, result.truncated], where).toEqual([terminated === 1, truncated === 1]);
    last = { terminated, truncated, reward };
  });
  const end = last.terminated
    ? last.reward > 0
      ? 'success'
      : 'failure'
    : last.truncated
      ? 'truncated'
      : null;
  if (end) expect(episode.end, episode.id).toBe(end);
  else expect(episode.end, episode.id).toMatch(/^(limit|bot failed)/);
  return { steps: episode.steps.length, descriptions };
}

const listed = (actions: TextGame['actions']) => JSON.stringify([...actions]);
const recordedList = (actions: RecordedText['actions']) => JSON.stringify(Object.entries(actions));

/** Plays the inputs of a recorded text episode and compares all that is printed; returns the number of steps. */
export function replayText(recorded: RecordedText, episode: RecordedEpisode): number {
  const text = new TextGame(new Game(levelFrom(episode)));
  expect(text.goal, recorded.id).toBe(recorded.goal);
  expect(text.observation, recorded.id).toBe(recorded.initial);
  expect(listed(text.actions), recorded.id).toBe(recordedList(recorded.actions));
  recorded.steps.forEach(([action, observation, reward, done, valid, actions], i) => {
    const where = `${recorded.id}, step ${i + 1}, ${JSON.stringify(action)}`;
    text.act(action);
    expect(text.observation, where).toBe(observation);
    expect(text.reward, where).toBe(reward);
    expect([text.done, text.valid], where).toEqual([done, valid]);
    expect(listed(text.actions), where).toBe(recordedList(actions));
  });
  return recorded.steps.length;
}
