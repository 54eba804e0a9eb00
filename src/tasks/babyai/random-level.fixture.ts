/** Small levels with any mixture of things, as text: most of them make no sense, all of them can be read and played. */
import type { Random } from '../random';
import { COLOURS, type ObjectForm } from './objects';

export function randomLevel(random: Random): string {
  const things = ['ball', 'key', 'box', 'door', 'goal', 'lava', 'floor'] as const;
  const colour = (): ObjectForm['colour'] => random.pick(COLOURS);
  const signs = 'abcdefgh'.split('');
  const legend = signs.map((sign) => {
    const type = random.pick(things);
    if (type === 'door') return `${sign} = ${colour()} door, ${random.pick(['open', 'closed', 'locked'])}`;
    if (type === 'box' && random.chance(0.5)) return `${sign} = ${colour()} box with a ${colour()} key`;
    return `${sign} = ${colour()} ${type}`;
  });
  const row = () =>
    `#${Array.from({ length: 6 }, () => (random.chance(0.3) ? random.pick(signs) : '.')).join('')}#`;
  const clause = random.pick([
    'go to the ball',
    'pick up the ball',
    'put the ball next to the red ball',
    'go to the object after you pick up the red ball and go to the ball',
  ]);
  return [
    `mission: ${clause}`,
    `strict: ${random.pick(['yes', 'no'])}`,
    ...legend,
    'z = red ball',
    'map:',
    '########',
    `#${random.pick(['>', '<', '^', 'v'])}....z#`,
    row(),
    row(),
    '########',
  ].join('\n');
}
