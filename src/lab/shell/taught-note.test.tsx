/** The note on what a policy was taught: said only where it is known, and with a way to whoever was. */
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { Ready } from '../../worker/protocol';
import { TaughtNote } from './taught-note';

const FIRST = { id: 'bundled', title: 'First', taught: ['qa', 'rooms'], folders: ['first'], here: true };
const READER = {
  id: 'engine:site/other',
  title: 'Other',
  taught: ['qa', 'babyai'],
  folders: ['other'],
  here: true,
};

interface Scene {
  readonly taught: readonly string[] | null;
  readonly family: string;
  readonly here?: boolean;
  readonly player?: 'model' | 'demonstrator';
  readonly set?: string;
}

function note({ taught, family, here = true, player = 'model', set }: Scene): string {
  const sitePolicies = [FIRST, { ...READER, here }];
  const ready = { model: { taught }, sitePolicies } as unknown as Ready;
  const address = { family, player, set: set ?? null };
  return renderToStaticMarkup(
    <TaughtNote ready={ready} address={address} blocked={false} onAct={() => undefined} />,
  );
}

test('nothing is said of what was taught, of models nobody knows it of, and of tasks of one’s own', () => {
  for (const family of FIRST.taught) expect(note({ taught: FIRST.taught, family })).toBe('');
  expect(note({ taught: READER.taught, family: 'qa' })).toBe('');
  expect(note({ taught: null, family: 'babyai' })).toBe('');
  expect(note({ taught: FIRST.taught, family: 'babyai', set: '0123456789abcdef' })).toBe('');
});

test('a world it was never taught: whoever was is a button away', () => {
  const text = note({ taught: FIRST.taught, family: 'babyai' });
  expect(text).toContain('expect it to fail');
  expect(text).toMatch(/<button[^>]*>Let the policy act that was taught it/);
  // The first is whom a reader of worlds gives way to where it was not taught itself.
  expect(note({ taught: READER.taught, family: 'rooms' })).toMatch(/<button[^>]*>Let the policy act/);
});

test('where nobody was taught it, or its files were left out, there is no button that leads nowhere', () => {
  const nobody = note({ taught: FIRST.taught, family: 'errands' });
  expect(nobody).toContain('expect it to fail');
  expect(nobody).not.toContain('<button');
  const leftOut = note({ taught: FIRST.taught, family: 'babyai', here: false });
  expect(leftOut).toContain('left out of this copy of the lab');
  expect(leftOut).not.toContain('<button');
});

test('a world it was taught says so, with the way back; a script says what it is', () => {
  const text = note({ taught: READER.taught, family: 'babyai' });
  expect(text).toContain('was taught this world');
  expect(text).toMatch(/<button[^>]*>Back to the bundled policy/);
  expect(note({ taught: FIRST.taught, family: 'babyai', player: 'demonstrator' })).toContain(
    'A script plays',
  );
  expect(note({ taught: READER.taught, family: 'rooms', player: 'demonstrator' })).toBe('');
});
