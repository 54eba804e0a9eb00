/** The site's policies: told apart by their folders, wherever a command finds them. */
import { expect, test } from 'vitest';
import { validateConfig } from '../agent/config';
import { BUNDLED_POLICY, episodeConfigOf, SITE_POLICIES } from './site-policies';

test.each(SITE_POLICIES)('$name is played by its own rules, however its folder is named', (policy) => {
  const { folder, episode } = policy;
  for (const path of [`public/${folder}`, `./public/${folder}/`, `/copies/${folder}`, folder]) {
    expect(episodeConfigOf(path)).toBe(episode);
  }
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

test('a model of another folder is played as the bundled policy is', () => {
  for (const path of ['runs/pretrain', 'public/policy/copy', '.']) {
    expect(episodeConfigOf(path)).toBe(BUNDLED_POLICY.episode);
  }
});
