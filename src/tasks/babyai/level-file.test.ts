import { describe, expect, it } from 'vitest';
import { LADDER } from '../ladder';
import { createRandom, type Random } from '../random';
import { babyAiWorld } from './environment';
import { babyAiFamily } from './family';
import { Game } from './game';
import { Grid } from './grid';
import { LEVEL_LIMITS, LevelFileError, levelText, readLevel } from './level-file';
import { missionText } from './mission';
import { MissionSentenceError, readMission } from './mission-sentence';
import { randomLevel } from './random-level.fixture';

const LEVEL = `; Two rooms.
mission: pick up the green ball, then go to the door on your left
carrying: red key
b = green ball
d = red door, locked
x = grey box with a blue key
map:
#######
#>..d.#
#..x#b#
#######
`;

const problemsOf = (text: string) => {
  try {
    readLevel(text);
    return [];
  } catch (error) {
    if (!(error instanceof LevelFileError)) throw error;
    return error.problems;
  }
};
const places = (text: string) => problemsOf(text).map(({ line, column }) => [line, column]);

describe('readLevel', () => {
  it('reads a level', () => {
    const level = readLevel(LEVEL.replace('door on your left', 'box'));
    expect([level.width, level.height, level.maxSteps]).toEqual([7, 4, 56]);
    expect(level.start).toEqual({ at: { x: 1, y: 1 }, facing: 0 });
    expect(level.carrying).toEqual({ type: 'key', colour: 'red' });
    expect(level.cells[11]).toEqual({ type: 'door', colour: 'red', state: 'locked' });
    expect(level.cells[17]).toEqual({
      type: 'box',
      colour: 'grey',
      contains: { type: 'key', colour: 'blue' },
    });
    const game = new Game(level);
    expect(game.mission).toBe('pick up the green ball, then go to the box');
    for (const action of ['forward', 'forward', 'toggle', 'right', 'toggle'] as const) game.step(action);
    expect(game.grid.at(4, 1)?.state).toBe('open');
    expect(game.grid.at(3, 2)?.type).toBe('key');
  });

  it('takes any line end, capitals and blank lines', () => {
    const plain = readLevel(LEVEL.replace(', then go to the door on your left', ''));
    const other = LEVEL.replace(', then go to the door on your left', '.')
      .replace('mission', '\nMission')
      .replace('green ball\nd', 'GREEN  ball\nd');
    expect(readLevel(`\uFEFF${other.replaceAll('\n', '\r\n')}\r\n\r\n`)).toEqual(plain);
  });

  it.each([
    ['no map', 'mission: go to the ball', [2, 1], /There is no map/],
    ['no mission', 'map:\n###\n#>#\n###', [1, 1], /There is no mission/],
    ['no agent', 'mission: go to the ball\nb = red ball\nmap:\n###\n#b#\n###', [7, 1], /no agent/],
    [
      'two agents',
      'mission: go to the ball\nb = red ball\nmap:\n#####\n#>b<#\n#####',
      [5, 4],
      /second agent/,
    ],
    ['an open edge', 'mission: go to the ball\nb = red ball\nmap:\n####\n#>b.\n####', [5, 4], /edge/],
    [
      'uneven rows',
      'mission: go to the ball\nb = red ball\nmap:\n####\n#>b#\n###',
      [6, 4],
      /3 cells, the first has 4/,
    ],
    [
      'an unknown sign',
      'mission: go to the ball\nmap:\n####\n#>b#\n####',
      [4, 3],
      /legend does not say what "b"/,
    ],
    ['a sign of two', 'mission: go to the ball\nbb = red ball\nmap:\n###\n#>#\n###', [2, 1], /one character/],
    [
      'a taken sign',
      'mission: go to the ball\n  v = red ball\nmap:\n###\n#>#\n###',
      [2, 3],
      /meaning already/,
    ],
    [
      'a sign twice',
      'mission: go to a ball\nb = red ball\nb = red key\nmap:\n####\n#>b#\n####',
      [3, 1],
      /given twice/,
    ],
    [
      'no colour',
      'mission: go to the ball\nb = pink ball\nmap:\n####\n#>.#\n####',
      [2, 5],
      /Begin with a colour/,
    ],
    ['no thing', 'mission: go to the ball\nb = red cat\nmap:\n####\n#>.#\n####', [2, 9], /Name a thing/],
    [
      'a locked ball',
      'mission: go to the ball\nb = red ball, locked\nmap:\n####\n#>b#\n####',
      [2, 15],
      /Only doors/,
    ],
    [
      'a full key',
      'mission: go to the key\nb = red key with a red key\nmap:\n####\n#>b#\n####',
      [2, 13],
      /Only boxes/,
    ],
    [
      'a door in a box',
      'mission: go to the box\nb = red box with a red door\nmap:\n####\n#>b#\n####',
      [2, 20],
      /A box holds/,
    ],
    ['an unknown field', 'size: 3\nmission: go to the ball\nmap:\n###\n#>#\n###', [1, 1], /Not known here/],
    [
      'a bad limit',
      'mission: go to the ball\nsteps: many\nb = red ball\nmap:\n####\n#>b#\n####',
      [2, 8],
      /number of steps/,
    ],
    ['a bad mission', 'mission: eat the ball\nb = red ball\nmap:\n####\n#>b#\n####', [1, 10], /begins with/],
    [
      'an absent thing',
      'mission: go to the blue ball\nb = red ball\nmap:\n####\n#>b#\n####',
      [1, 10],
      /nothing that is/,
    ],
    [
      'a walled-in thing',
      'mission: go to the ball\nb = red ball\nmap:\n#####\n#>#b#\n#####',
      [1, 10],
      /No way leads/,
    ],
    [
      'text after map:',
      'mission: go to the ball\nb = red ball\nmap: here\n####\n#>b#\n####',
      [3, 6],
      /next line/,
    ],
  ])('tells line and column of %s', (_, text, place, message) => {
    const [problem] = problemsOf(text);
    expect([problem?.line, problem?.column]).toEqual(place);
    expect(problem?.message).toMatch(message);
  });

  it('tells all that is wrong at once, and says the first in its message', () => {
    const text = 'mission: go to a red cat\nstrict: maybe\nb = blue\nmap:\n###\n#>?#\n##\n';
    expect(places(text)).toEqual([
      [1, 22],
      [2, 9],
      [3, 9],
      [6, 3],
      [6, 4],
      [7, 3],
    ]);
    expect(() => readLevel(text)).toThrow('line 1, column 22: Name a thing');
    expect(problemsOf('x'.repeat(LEVEL_LIMITS.characters + 1))[0].message).toMatch(/Make it smaller/);
  });

  it('writes what it reads: levels of all rungs, and any mixture of things', () => {
    for (const difficulty of LADDER) {
      for (let seed = 0; seed < 20; seed++) {
        const { level: text } = babyAiWorld(babyAiFamily.generate(seed, 'train', difficulty));
        const level = readLevel(text);
        const mission = missionText(
          level.mission,
          new Grid(level.width, level.height, level.cells),
          level.start,
        );
        expect(levelText(level, mission)).toBe(text);
      }
    }
    const random = createRandom('levels');
    for (let i = 0; i < 300; i++) {
      const level = { ...readLevel(randomLevel(random)), maxSteps: 1 + random.int(500) };
      const mission = missionText(
        level.mission,
        new Grid(level.width, level.height, level.cells),
        level.start,
      );
      expect(readLevel(levelText(level, mission))).toEqual(level);
    }
  });

  it('refuses mutilated levels with line and column, or reads them; nothing else ever happens', () => {
    const random = createRandom('mutations');
    const seeds = [LEVEL, babyAiWorld(babyAiFamily.generate(1, 'train', 'two-hops')).level];
    let refused = 0;
    for (let i = 0; i < 3000; i++) {
      const text = mutilate(random, random.pick(seeds));
      const lines = text.split(/\r\n|\n|\r/).length;
      for (const { line, column, message } of problemsOf(text)) {
        refused++;
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines + 1);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(message.length).toBeGreaterThan(10);
      }
    }
    expect(refused).toBeGreaterThan(1000);
  });
});

describe('readMission', () => {
  it.each([
    'go to the red ball',
    'pick up a key, then open the blue door',
    'put the green box next to the grey key',
    'open a door on your left after you go to the ball and pick up the object behind you',
    'go to the red door and go to the object in front of you, then put the ball next to the key on your right',
  ])('reads "%s"', (sentence) => {
    const mission = readMission(sentence, true);
    expect(readMission(`${sentence.toUpperCase()}.`, true)).toEqual(mission);
  });

  it.each([
    ['', 0],
    ['go', 2],
    ['go the ball', 3],
    ['go to the cat', 10],
    ['open the red key', 5],
    ['pick up the door', 8],
    ['put the ball near the key', 13],
    ['go to the ball, and open the door', 16],
    ['go to the ball on my left', 18],
    ['go to the ball then go to the key then go to the box', 34],
  ])('tells where "%s" goes wrong', (sentence, at) => {
    let place = -1;
    try {
      readMission(sentence, false);
    } catch (error) {
      if (!(error instanceof MissionSentenceError)) throw error;
      place = error.at;
    }
    expect(place).toBe(at);
  });
});

function mutilate(random: Random, text: string): string {
  let result = text;
  for (let i = 0; i < 1 + random.int(4); i++) {
    const at = random.int(result.length + 1);
    const some = random.pick([
      '',
      '#',
      '\n',
      '\r',
      ':',
      '=',
      ' ',
      '>',
      'door',
      '🗝',
      '\u0000',
      'with',
      '999',
      ';',
      ',',
    ]);
    const length = random.pick([0, 0, 1, 1, 5, 40]);
    result = result.slice(0, at) + some + result.slice(at + length);
  }
  return result;
}
