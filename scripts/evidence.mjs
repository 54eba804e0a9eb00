/**
 * Keeps the raw output behind a figure: `node scripts/evidence.mjs NAME COMMAND [ARG ...]` runs the
 * command and writes docs/evidence/NAME: a first line of JSON with command, commit, date, processor,
 * Node version and the seconds it took, then what the command printed, untouched.
 *
 * The seconds are known at the end only, so the output is kept beside the file until then. A command that
 * fails leaves the file as it was, and its status is the status here.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
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
const part = `${path}.part`;
mkdirSync(dirname(path), { recursive: true });
const head = {
  command: [command, ...args].join(' '),
  commit: git('rev-parse', '--short=12', 'HEAD'),
  changed: git('status', '--porcelain', '--untracked-files=no', 'src', 'scripts', 'public') !== '',
  date: new Date().toISOString(),
  processor: `${cpus().length} x ${cpus()[0].model}`,
  node: process.version,
};
const output = openSync(part, 'w');
const started = performance.now();
const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
child.stdout.on('data', (chunk) => {
  writeSync(output, chunk);
  process.stdout.write(chunk);
});
child.on('error', (error) => console.error(`${command} could not be run: ${error.message}`));
// Without a status where a signal ended it, with a negative one where it could not be started.
child.on('close', (code) => {
  closeSync(output);
  if (code === 0) {
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    writeFileSync(
      part,
      Buffer.concat([Buffer.from(`${JSON.stringify({ ...head, seconds })}\n`), readFileSync(part)]),
    );
    renameSync(part, path);
  } else {
    rmSync(part);
  }
  process.exitCode = code !== null && code >= 0 ? code : 1;
});
