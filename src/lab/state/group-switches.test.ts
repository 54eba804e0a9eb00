import { expect, test } from 'vitest';
import type { AdvantageOptions } from '../../worker/protocol';
import { AS_PLAYED_IN_LINK, switched, switchesOf } from './group-switches';

const PLAYED: AdvantageOptions = {
  mode: 'broadcast',
  scale: 'group',
  eps: 1e-4,
  stepNormalisation: false,
  singleton: 'zero',
};

test.each<Partial<AdvantageOptions>>([
  { mode: 'last-step' },
  { scale: 'none' },
  { stepNormalisation: true },
  { mode: 'two-level', scale: 'none', stepNormalisation: true },
])('switches survive a link: %j', (part) => {
  for (const played of [PLAYED, { ...PLAYED, scale: 'none', stepNormalisation: true } as const]) {
    const options = { ...played, ...part };
    const same = JSON.stringify(options) === JSON.stringify(played);
    expect(switched(played, switchesOf(played, options))).toEqual(same ? null : options);
  }
});

test('a link that says nothing, or what is so already, leaves the group as it was played', () => {
  expect(switchesOf(PLAYED, PLAYED)).toEqual(AS_PLAYED_IN_LINK);
  expect(switched(PLAYED, AS_PLAYED_IN_LINK)).toBeNull();
  expect(switched(PLAYED, { credit: 'broadcast', spread: 'on', perStep: 'off' })).toBeNull();
  expect(switched({ ...PLAYED, scale: 'batch' }, { ...AS_PLAYED_IN_LINK, spread: 'on' })).toBeNull();
});

test('credit by continuations is not asked of a group that has none', () => {
  expect(switched(PLAYED, { ...AS_PLAYED_IN_LINK, credit: 'fork' })).toBeNull();
});
