import { describe, expect, it } from 'vitest';
import { playByExpert } from '../play.fixture';
import { createRandom } from '../random';
import { babyAiWorld } from './environment';
import { babyAiFamily } from './family';
import { LevelFileError } from './level-file';
import { ownLevelTask } from './own-level';

const place = { set: 'mine', index: 2, split: 'evaluation' } as const;

const HALL = `
b = green ball
k = red key
x = blue box
d = red door, locked
e = grey door
map:
###########
#..b#.....#
#...d.>.x.#
#...#.....#
######e####
#####..k..#
###########
`;
const task = (mission: string, map = HALL) => ownLevelTask(`mission: ${mission}${map}`, place);
const told = ({ facts }: ReturnType<typeof task>) =>
  facts.map(({ subject, relation, value }) => `${subject} ${relation} ${value}`);

function play(mission: string, map = HALL): number {
  const own = task(mission, map);
  const remembered = own.messages.map(({ content }) => content);
  return playByExpert(babyAiFamily, own, remembered).metrics.success;
}

describe('ownLevelTask', () => {
  it('tells of what the mission names, and of the keys on the way', () => {
    const own = task('go to the green ball');
    expect(told(own)).toEqual(['green ball is behind the red door', 'red key is behind the grey door']);
    expect(own).toMatchObject({ id: 'own/mine/3', family: 'babyai', split: 'evaluation', answers: [] });
    expect(own.neededFactIds).toEqual(['f1', 'f2']);
    expect(own.messages.every(({ content, factIds }) => factIds.length === 1 && content.length > 20)).toBe(
      true,
    );
    expect(own.query).toBe('Goal: go to the green ball.');
    expect(told(task('pick up the blue box'))).toEqual(['blue box is in the first room']);
    expect(told(task('open the red door'))).toEqual(['red key is behind the grey door']);
    expect(told(task('open the grey door'))).toEqual([]);
  });

  it('tells wrong doors only of other mazes', () => {
    for (const { content } of task('go to the green ball').distractors) {
      expect(content).toMatch(/^In (the other maze|a maze next door), /);
      expect(content).not.toMatch(/(red|grey) door/);
    }
  });

  it.each([
    'go to the green ball',
    'pick up the red key',
    'pick up the blue box',
    'open the red door',
    'open the grey door, then go to the blue box',
    'go to the blue box after you pick up the red key',
    'put the red key next to the blue box',
    'pick up the red key and go to the green ball',
  ])('the expert does "%s"', (mission) => {
    expect(play(mission)).toBe(1);
  });

  it('plays one room, lava and goal too', () => {
    const room = '\nb = yellow ball\nl = red lava\ng = green goal\nmap:\n######\n#>..b#\n#lg..#\n######\n';
    expect(play('go to the yellow ball', room)).toBe(1);
    const own = task('go to the yellow ball', room);
    const environment = babyAiFamily.createEnvironment(own);
    expect(environment.act('go to goal').done).toBe(true);
    expect(environment.metrics?.().success).toBe(1);
  });

  it('never throws on an action, even in levels that cannot be won', () => {
    const stuck = '\nb = red ball\nd = blue door, locked\nmap:\n######\n#>.db#\n######\n';
    const own = task('pick up the ball', stuck);
    expect(babyAiWorld(own).limit).toBe(50);
    const environment = babyAiFamily.createEnvironment(own);
    const random = createRandom('stuck');
    const words = ['go to blue locked door 1', 'toggle', 'drop', 'move forward', 'turn left', 'turn right'];
    while (!environment.done) environment.act(random.pick(words));
    expect(environment.metrics?.().success).toBe(0);
  });

  it('passes on what is wrong with the level', () => {
    expect(() => task('go to the purple ball')).toThrow(LevelFileError);
  });
});
