import { describe, expect, test } from 'vitest';
import { type Findings, missingFeatures } from './browser-features';

const ALL: Findings = {
  webgpu: true,
  simd: true,
  isolated: true,
  database: true,
  files: true,
  serviceWorker: true,
  locks: true,
};
const FILE: Findings = { ...ALL, isolated: false, files: false, serviceWorker: false };
const names = (found: Findings, kind: 'site' | 'single-file' = 'site') =>
  missingFeatures(found, kind).map(({ name }) => name);

describe('what is missing', () => {
  test('nothing, where everything is there', () => {
    expect(names(ALL)).toEqual([]);
  });

  test('each thing that is not there is named once, with what it means', () => {
    for (const key of Object.keys(ALL) as (keyof Findings)[]) {
      const missing = missingFeatures({ ...ALL, [key]: false }, 'site');
      expect(missing, key).toHaveLength(1);
      expect(missing[0].words, key).toMatch(/^\S.{30,}\.$/);
    }
    expect(new Set(names({ ...FILE, webgpu: false, simd: false, database: false, locks: false })).size).toBe(
      7,
    );
  });

  test('threads: the next step depends on what can be done', () => {
    const words = (found: Partial<Findings>, kind: 'site' | 'single-file') =>
      missingFeatures({ ...ALL, isolated: false, ...found }, kind).find(({ name }) => name === 'Threads')
        ?.words;
    expect(words({}, 'site')).toContain('reload for all cores');
    expect(words({ serviceWorker: false }, 'site')).toContain('COOP and COEP');
    expect(words({}, 'single-file')).toContain('open the lab from a site');
  });

  test('a single file has no threads and no service worker, wherever it is opened', () => {
    expect(names(ALL, 'single-file')).toEqual(['Threads', 'Service worker']);
    expect(names(FILE, 'single-file')).toEqual(['Threads', 'Files of its own (OPFS)', 'Service worker']);
  });
});
