/** The site's policies: how each is played, and as which of them any other model is. */
import { expect, test } from 'vitest';
import { validateConfig } from '../agent/config';
import { BUNDLED_POLICY, playedLike, SITE_POLICIES, WORLDS_POLICY } from './site-policies';

test.each(SITE_POLICIES)('$name is played by rules that hold together', ({ episode }) => {
  expect(() => validateConfig(episode)).not.toThrow();
});

test('no two have a name or an adapter in common; those of one base are played alike, and the base is AgeMem’s', () => {
  for (const key of ['id', 'name', 'adapterFolder', 'title'] as const) {
    expect(new Set(SITE_POLICIES.map((policy) => policy[key])).size).toBe(SITE_POLICIES.length);
  }
  for (const { folder, episode, taught } of SITE_POLICIES) {
    // Whoever knows a folder alone takes the first.
    const [first] = SITE_POLICIES.filter((policy) => policy.folder === folder);
    expect(first).toMatchObject({ episode, taught, trainedAs: 'trained' });
  }
});

test.each([
  [100, BUNDLED_POLICY],
  [208 + 64, BUNDLED_POLICY],
  [960 + 63, BUNDLED_POLICY],
  [960 + 64, WORLDS_POLICY],
  [40_960, WORLDS_POLICY],
])('a model that takes %i tokens is played in the largest window it fills', (positions, like) => {
  expect(playedLike(positions)).toBe(like);
});
