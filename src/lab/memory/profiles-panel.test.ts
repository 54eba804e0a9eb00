import { expect, test } from 'vitest';
import { whatStays } from './profiles-panel';

test('the last words on a profile say whether anything of it stays, and where', () => {
  expect(whatStays(0)).toBe('This cannot be undone; a file exported before can bring it back.');
  expect(whatStays(1)).toMatch(
    /^This cannot be undone\. 1 backup still holds it .*: under Kept safe .* deleted/,
  );
  expect(whatStays(3)).toMatch(
    /^This cannot be undone\. 3 backups still hold it .*: under Kept safe .* deleted/,
  );
});
