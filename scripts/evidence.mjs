/**
 * Keeps the raw output behind a figure: `node scripts/evidence.mjs NAME COMMAND [ARG ...]` runs the
 * command and writes docs/evidence/NAME: a first line of JSON with command, commit, date, processor
 * and Node version, then what the command printed, untouched.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [name, command, ...args] = process.argv.slice(2);
if (!name || !command) {
  console.error('usage: node scripts/evidence.mjs NAME COMMAND [ARG ...]');
  process.exit(2);
}
const root = fileURLToPath(new URL('..', import.meta.url));
const git = (...words) => spawnSync('git', words, { cwd: root, encoding: 'utf8' }).stdout.trim();
const path = join(root, 'docs/evidence', name);
mkdirSync(dirname(path), { recursive: true });
const file = createWriteStream(path);
const head = {
  command: [command, ...args].join(' '),
  commit: git('rev-parse', '--short=12', 'HEAD'),
  changed: git('status', '--porcelain', '--untracked-files=no', 'src', 'scripts', 'public') !== '',
  date: new Date().toISOString(),
  processor: `${cpus().length} x ${cpus()[0].model}`,
  node: process.version,
};
file.write(`${JSON.stringify(head)}\n`);
const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
child.stdout.on('data', (chunk) => {
  file.write(chunk);
  process.stdout.write(chunk);
});
child.on('close', (code) => {
  file.end();
  process.exitCode = code ?? 1;
});
