/** A file in which something stands twice or in part says the same as one that was written in one go. */
import { expect, test } from 'vitest';
import { madeUpAblation } from './ablation.fixture';
import { curveOf, heldOutOf, readAblation } from './ablation-lines';

const whole = madeUpAblation({ seeds: 2, steps: 3 });

test('a seed that stands twice counts once, as it was last', () => {
  const lines = whole.trim().split('\n').slice(2);
  const again = lines.map((line) => line.replaceAll(/("score":)[\d.]+/g, '$10.875'));
  const read = readAblation(`${whole}${again.join('\n')}\n`);
  expect(read.heldOut).toHaveLength(readAblation(whole).heldOut.length);
  expect(curveOf(read, 'agemem', 'score').map(({ mean, n }) => [mean, n])).toEqual(Array(3).fill([0.875, 2]));
  expect([...heldOutOf(read, 'agemem', 'qa', 'score').values()]).toEqual([0.875, 0.875]);
});

test('a seed of which a step is missing, be it not the last one, is not in the curve', () => {
  const lines = whole.split('\n').filter((line) => !/"method":"agemem","seed":2,"step":1,/.test(line));
  const curve = curveOf(readAblation(lines.join('\n')), 'agemem', 'score');
  expect(curve.map(({ n }) => n)).toEqual([1, 1, 1]);
});
