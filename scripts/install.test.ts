import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packagesInstalled, root } from './install.mjs';

let folder = '';
const write = (path: string, packages: object) =>
  writeFileSync(join(folder, path), JSON.stringify({ packages }));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'install-'));
  mkdirSync(join(folder, 'node_modules/a'), { recursive: true });
  write('package-lock.json', {
    '': { name: 'x' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0', optional: true },
  });
  write('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.0' } });
});

afterEach(() => rmSync(folder, { recursive: true }));

test('what the lock file names is installed; an optional package may be absent', () => {
  expect(packagesInstalled(folder)).toBe(true);
});

test('no node_modules at all means an install', () => {
  rmSync(join(folder, 'node_modules'), { recursive: true });
  expect(packagesInstalled(folder)).toBe(false);
});

test.each([
  ['another version', { 'node_modules/a': { version: '1.0.1' } }],
  ['a missing package', {}],
  [
    'another version of an optional package',
    { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0' } },
  ],
])('%s means an install', (_, packages) => {
  write('node_modules/.package-lock.json', packages);
  expect(packagesInstalled(folder)).toBe(false);
});

test('a package folder that was deleted means an install', () => {
  rmSync(join(folder, 'node_modules/a'), { recursive: true });
  expect(packagesInstalled(folder)).toBe(false);
});

test('npm does not run pretrain before train', () => {
  const scripts = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts);
  const hooks = scripts.filter((name) =>
    scripts.some((other) => name === `pre${other}` || name === `post${other}`),
  );
  expect(hooks).toEqual(['pretrain']);
  // The name is the field's; this setting is what keeps npm from taking it for a hook.
  expect(readFileSync(join(root, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
});
