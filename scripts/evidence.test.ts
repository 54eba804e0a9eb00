/** The script on tiny commands, in a project folder of its own. */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from './install.mjs';

let project = '';
let evidence = '';

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'evidence-'));
  evidence = join(project, 'docs/evidence');
  mkdirSync(join(project, 'scripts'));
  copyFileSync(join(root, 'scripts/evidence.mjs'), join(project, 'scripts/evidence.mjs'));
});
afterEach(() => rmSync(project, { recursive: true }));

const keep = (...words: readonly string[]) =>
  spawnSync(process.execPath, [join(project, 'scripts/evidence.mjs'), ...words], { encoding: 'utf8' });
const NODE = [process.execPath, '-e'];

test('the head says how the output was made and how long it took; then comes the output, which is printed too', () => {
  const script = 'setTimeout(() => process.stdout.write(\'{"a":1}\\nrest without end\'), 300)';
  const { stdout, status } = keep('deep/a.jsonl', ...NODE, script);
  expect({ stdout, status }).toEqual({ stdout: '{"a":1}\nrest without end', status: 0 });
  const [head, ...output] = readFileSync(join(evidence, 'deep/a.jsonl'), 'utf8').split('\n');
  expect(JSON.parse(head)).toEqual({
    command: [...NODE, script].join(' '),
    commit: expect.any(String),
    changed: expect.any(Boolean),
    date: expect.stringMatching(/^\d{4}-.*Z$/),
    processor: expect.stringMatching(/^\d+ x ./),
    node: process.version,
    seconds: expect.any(Number),
  });
  expect(JSON.parse(head).seconds).toBeGreaterThanOrEqual(0.3);
  expect(output.join('\n')).toBe(stdout);
  expect(readdirSync(join(evidence, 'deep'))).toEqual(['a.jsonl']);
});

test('while the command runs, and when it fails, the file is as it was', () => {
  mkdirSync(evidence, { recursive: true });
  writeFileSync(join(evidence, 'a.jsonl'), 'old\n');
  const look = `console.log(require('node:fs').readFileSync('docs/evidence/a.jsonl', 'utf8')); process.exit(3)`;
  expect(keep('a.jsonl', ...NODE, look)).toMatchObject({ stdout: 'old\n\n', status: 3 });
  expect(keep('a.jsonl', ...NODE, 'process.kill(process.pid)').status).toBe(1);
  const missing = keep('a.jsonl', join(project, 'no-such-command'));
  expect(missing).toMatchObject({ status: 1, stderr: expect.stringContaining('could not be run') });
  expect(readFileSync(join(evidence, 'a.jsonl'), 'utf8')).toBe('old\n');
  expect(readdirSync(evidence)).toEqual(['a.jsonl']);
});

test('without a command it says how it is used', () => {
  expect(keep('a.jsonl')).toMatchObject({ status: 2, stderr: expect.stringContaining('usage:') });
});
