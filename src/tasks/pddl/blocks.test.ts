import { expect, test } from 'vitest';
import { blocksOf } from './blocks';
import { DOMAIN_TEXTS } from './domains';
import { PddlEnvironment } from './environment';
import { taskFromPddl } from './own-files';

const BLOCKS = 'blocksworld-4ops';

test('heaps from below, and what the arm holds, after each action', () => {
  const problem = `(define (problem p) (:domain blocksworld-4ops) (:objects a b c)
    (:init (arm-empty) (on-table a) (on b a) (clear b) (on-table c) (clear c)) (:goal (and (on a b))))`;
  const task = taskFromPddl(DOMAIN_TEXTS.blockworld, problem, { id: 'p', seed: 0, split: 'train' });
  const world = new PddlEnvironment(task);
  const blocks = () => world.picture().blocks;
  expect(blocks()).toEqual({ heaps: [['a', 'b'], ['c']], held: [] });
  world.act('unstack b a');
  expect(blocks()).toEqual({ heaps: [['a'], ['c']], held: ['b'] });
  world.act('stack b c');
  expect(blocks()).toEqual({ heaps: [['a'], ['c', 'b']], held: [] });
});

test('rings, blocks in the air and blocks in two places end in a drawing, and other worlds in none', () => {
  const odd = [
    ['on', 'a', 'b'],
    ['on', 'b', 'a'],
    ['on-table', 'c'],
    ['on', 'c', 'c'],
    ['on', 'd', 'e'],
  ] as const;
  expect(blocksOf(BLOCKS, odd)).toEqual({ heaps: [['c']], held: [] });
  expect(blocksOf(BLOCKS, [['on-table', 'a'], ['on-table', 'a'], ['arm-empty']])?.heaps).toEqual([['a']]);
  expect(blocksOf('gripper-strips', [['on-table', 'a']])).toBe(undefined);
});
