import { expect, test } from 'vitest';
import { DEFAULT_ADDRESS, formatAddress } from './address';
import { AS_IT_WAS } from './branch-change';
import { fitting, LONGEST_LINK } from './link';

const SITE = 'https://lab.example/';
const change = { ...AS_IT_WAS, ifStep: 3, ifMessage: 2, ifPays: 'any' } as const;

test('a change that fits is in the link as a whole', () => {
  const short = { ...change, ifWrites: 'x', ifSays: 'y' };
  expect(fitting(DEFAULT_ADDRESS, short, SITE)).toEqual({
    address: { ...DEFAULT_ADDRESS, ...short },
    left: [],
  });
});

test('of texts that are too long together the longest stays out, by its length in a link', () => {
  const latin = 'x'.repeat(600);
  // Nine characters each in a link.
  const chinese = '是'.repeat(200);
  const { address, left } = fitting(DEFAULT_ADDRESS, { ...change, ifWrites: latin, ifSays: chinese }, SITE);
  expect(left).toEqual(['ifSays']);
  expect(address).toMatchObject({ ...change, ifWrites: latin, ifSays: null });
  expect(SITE.length + formatAddress(address).length).toBeLessThanOrEqual(LONGEST_LINK);
});

test('a text fits up to the last character, and both stay out where neither fits', () => {
  const room =
    LONGEST_LINK - SITE.length - formatAddress({ ...DEFAULT_ADDRESS, ...change, ifWrites: '' }).length;
  const of = (length: number) => fitting(DEFAULT_ADDRESS, { ...change, ifWrites: 'x'.repeat(length) }, SITE);
  expect(of(room).left).toEqual([]);
  expect(of(room + 1).left).toEqual(['ifWrites']);
  const long = 'x'.repeat(3000);
  const { address, left } = fitting(DEFAULT_ADDRESS, { ...change, ifWrites: long, ifSays: `${long}x` }, SITE);
  expect(left).toEqual(['ifSays', 'ifWrites']);
  expect(address).toEqual({ ...DEFAULT_ADDRESS, ...change });
});
