/** The text game beyond what is recorded: any level, any offered action, and the rules its head tells of. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../random';
import { Game } from './game';
import { readLevel } from './level-file';
import { randomLevel } from './random-level.fixture';
import { TextGame } from './text-game';

const gameOf = (text: string) => new TextGame(new Game(readLevel(text)));

describe('TextGame', () => {
  it('plays any level by whatever it offers: what is offered is valid, and the agent stands where it may', () => {
    const random = createRandom('text games');
    for (let i = 0; i < 200; i++) {
      const text = gameOf(`steps: 1000\n${randomLevel(random)}`);
      const { game } = text;
      for (let turn = 0; turn < 25; turn++) {
        const action = random.pick([...text.actions.keys()]);
        const primitives = text.actions.get(action) ?? [];
        const { steps } = game;
        text.act(action);
        expect(text.valid || primitives.length === 0, action).toBe(true);
        expect(game.steps - steps).toBeLessThanOrEqual(primitives.length);
        expect(game.grid.at(game.agent.x, game.agent.y)?.passable ?? true).toBe(true);
        expect(text.observation).not.toMatch(/undefined|NaN|null|\[object/);
      }
    }
  });

  it('takes one turn at a time for "toggle and go through", so an "open" is not done by it', () => {
    const level = 'mission: open the door\nd = red door\nmap:\n#####\n#>d.#\n#####\n';
    const through = gameOf(level);
    through.act('toggle and go through red closed door 1');
    expect([through.done, through.observation.includes('completed')]).toEqual([false, false]);
    const toggle = gameOf(level);
    toggle.act('  TOGGLE ');
    expect([toggle.done, toggle.observation.endsWith('\n The task is completed.')]).toEqual([true, true]);
  });

  it('announces ends that it does not count: late ones, and failures', () => {
    const late = gameOf('mission: go to the ball\nsteps: 4\nb = red ball\nmap:\n######\n#>..b#\n######\n');
    late.act('turn left');
    expect(late.tooLate).toBe(false);
    late.act('turn right');
    expect(late.tooLate).toBe(true);
    late.act('go to red ball 1');
    expect(late.observation).toContain('The task is completed.');
    expect([late.done, late.reward]).toEqual([false, 1 - 0.9]);

    const wrong = gameOf(
      'mission: pick up the key\nstrict: yes\nb = red ball\nk = red key\nmap:\n#####\n#>b.#\n#k..#\n#####\n',
    );
    wrong.act('pickup red ball 1');
    expect(wrong.observation).toContain('The task is completed.');
    expect([wrong.done, wrong.reward]).toEqual([false, 0]);
  });

  it('says "and" for "then" and "after you"', () => {
    const level = (mission: string) =>
      `mission: ${mission}\nb = red ball\nk = red key\nmap:\n#####\n#>b.#\n#k..#\n#####\n`;
    expect(gameOf(level('go to the ball, then go to the key')).goal).toBe(
      'go to the ball, and go to the key',
    );
    expect(gameOf(level('go to the ball after you go to the key')).goal).toBe(
      'go to the ball and go to the key',
    );
  });
});
