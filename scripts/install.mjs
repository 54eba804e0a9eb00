/**
 * What a fresh clone needs before anything else can run: a new enough Node and the packages of the lock
 * file. Imports nothing from node_modules, so that it can fill it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Ends the process with a sentence when Node is too old for the build tools. */
export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  const enough = major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
  if (enough) return;
  console.error(
    `This is Node ${version}. AgeMem Lab needs Node 20.19 or newer in the 20 line, or 22.12 or newer: https://nodejs.org`,
  );
  process.exit(1);
}

/** Runs a command in the project folder with its output shown; returns its exit status. */
export function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (error) console.error(`${command} could not be started: ${error.message}`);
  return status ?? 1;
}

/** Runs npm: the one that started us if there is one, else the one on the PATH. */
export function npm(args) {
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js')) return run(process.execPath, [script, ...args]);
  return process.platform === 'win32' ? run('cmd', ['/c', 'npm', ...args]) : run('npm', args);
}

/** True when every package of the lock file is installed in its version (optional ones may be absent). */
export function packagesInstalled(folder = root) {
  const installedLock = join(folder, 'node_modules/.package-lock.json');
  if (!existsSync(installedLock)) return false;
  const packages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const installed = packages(installedLock);
  return Object.entries(packages(join(folder, 'package-lock.json'))).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed[path];
    if (found === undefined) return wanted.optional === true || wanted.devOptional === true;
    return found.version === wanted.version && existsSync(join(folder, path));
  });
}

/** Installs the locked packages if any is missing or of another version. */
export function ensurePackages() {
  if (packagesInstalled()) return;
  console.log('Installing the packages of package-lock.json (npm ci) …');
  if (npm(['ci', '--include=dev', '--no-audit', '--no-fund']) === 0) return;
  console.error('npm ci failed; its message is above. Check the network or the registry and try again.');
  process.exit(1);
}
