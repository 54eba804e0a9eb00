/** Rules of missions that no record shows, as the original's source has them; what is recorded is in conformance. */
import { describe, expect, it } from 'vitest';
import { type Action, Game } from './game';
import { readLevel } from './level-file';

const ROOM = `
r = red ball
g = green ball
k = grey key
d = blue door
map:
#######
#.r.#.#
#.>gd.#
#.k.#.#
#######
`;
const gameOf = (mission: string, strict: 'yes' | 'no', room = ROOM) =>
  new Game(readLevel(`mission: ${mission}\nstrict: ${strict}${room}`));

/** "success", "failure" or "continue", and the number of the action after which it was so. */
function verdict(game: Game, actions: readonly Action[]): string {
  for (const [i, action] of actions.entries()) {
    const { terminated, reward } = game.step(action);
    if (terminated) return `${reward > 0 ? 'success' : 'failure'} ${i + 1}`;
  }
  return 'continue';
}

describe('missions', () => {
  it('with "then" take the second only after the first, and fail at the wrong order when strict', () => {
    const mission = 'go to the red ball, then go to the grey key';
    expect(verdict(gameOf(mission, 'no'), ['right', 'left', 'left', 'right', 'right'])).toBe('success 5');
    expect(verdict(gameOf(mission, 'yes'), ['right'])).toBe('failure 1');
    expect(verdict(gameOf(mission, 'yes'), ['left', 'right', 'right'])).toBe('success 3');
  });

  it('with "after you" are told backwards', () => {
    const mission = 'go to the grey key after you go to the red ball';
    expect(verdict(gameOf(mission, 'yes'), ['right'])).toBe('failure 1');
    expect(verdict(gameOf(mission, 'yes'), ['left', 'right', 'right'])).toBe('success 3');
  });

  it('with "and" take either order, and no failure of a part ends them', () => {
    const mission = 'pick up the grey key and go to the red ball';
    const actions: readonly Action[] = ['pickup', 'left', 'drop', 'left', 'left', 'pickup'];
    expect(verdict(gameOf(mission, 'yes'), actions)).toBe('continue');
    expect(verdict(gameOf(mission, 'yes'), ['left', 'right', 'right', 'pickup'])).toBe('success 4');
  });

  it('strict "pick up" fails at the wrong thing, else it does not', () => {
    expect(verdict(gameOf('pick up the red ball', 'yes'), ['pickup'])).toBe('failure 1');
    expect(verdict(gameOf('pick up the red ball', 'no'), ['pickup', 'left'])).toBe('continue');
  });

  it('strict "put next" fails at every picking up, of the right thing too', () => {
    const mission = 'put the green ball next to the grey key';
    expect(verdict(gameOf(mission, 'yes'), ['pickup'])).toBe('failure 1');
    // From the right of the key, so that the cell in front is beside it.
    expect(verdict(gameOf(mission, 'no'), ['pickup', 'forward', 'right', 'drop'])).toBe('success 4');
  });

  it('"go to" is done before the place where the thing stood, until something is put down', () => {
    const game = gameOf('go to the green ball, then go to the green ball', 'no');
    expect(verdict(game, ['done'])).toBe('success 1');
    const other = gameOf('go to the red ball, then go to the green ball', 'no');
    // The green ball is carried by now; where it was still counts.
    expect(verdict(other, ['pickup', 'right', 'left', 'left', 'right'])).toBe('success 5');
  });

  it('strict "open" fails at a door that stays shut or is closed', () => {
    const withDoor = (state: string) => ROOM.replace('blue door', `blue door, ${state}`).replace('>g', '.>');
    const open = (state: string, strict: 'yes' | 'no') => gameOf('open the door', strict, withDoor(state));
    expect(verdict(open('locked', 'yes'), ['toggle'])).toBe('failure 1');
    expect(verdict(open('locked', 'no'), ['toggle', 'toggle'])).toBe('continue');
    expect(verdict(open('open', 'yes'), ['toggle'])).toBe('failure 1');
    expect(verdict(open('open', 'no'), ['toggle', 'toggle'])).toBe('success 2');
  });
});
