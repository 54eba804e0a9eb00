/**
 * Builds the WebAssembly kernels and the site into dist/, with the service worker that keeps it for use without a
 * network; fails if the scripts of a first visit weigh more than they may. `ensureSite` does it only when a source
 * is newer than the build.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkNode, ensurePackages, root } from './install.mjs';

const SOURCES = [
  'src',
  'public',
  'index.html',
  'vite.config.ts',
  'package-lock.json',
  'tsconfig.json',
  'scripts/csp.mjs',
  'scripts/one-font-format.mjs',
  'scripts/offline.mjs',
];

/** Time of the newest file at or below a path, in milliseconds; tests do not count. */
function newest(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return /\.test\.tsx?$/.test(path) ? 0 : stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

export async function buildSite() {
  ensurePackages();
  const { ensureWasm } = await import('./build-wasm.mjs');
  await ensureWasm();
  const { build } = await import('vite');
  const { checkBudget, initialScripts } = await import('./budget.mjs');
  const { makeOffline } = await import('./offline.mjs');
  // The commands run in Vite's development mode, and a build would inherit React's development version from it.
  const mode = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    const { output } = await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });
    console.error(checkBudget(initialScripts(output)));
    const { files, version } = await makeOffline(join(root, 'dist'));
    const ahead = files.filter(({ late }) => !late);
    const bytes = ahead.reduce((sum, file) => sum + file.bytes, 0);
    console.error(
      `Kept for use without a network: ${ahead.length} files, ${(bytes / 1e6).toFixed(1)} MB, version ${version} (dist/precache.json)`,
    );
  } finally {
    if (mode === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = mode;
  }
}

/** Builds unless dist/ is newer than everything it is made of. */
export async function ensureSite() {
  // What is made last, so that a build that failed on the way is none.
  const built = join(root, 'dist/service-worker.js');
  const stamp = existsSync(built) ? statSync(built).mtimeMs : 0;
  if (SOURCES.every((source) => newest(join(root, source)) < stamp)) return;
  console.error('Building the site …');
  await buildSite();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  checkNode();
  await buildSite();
}
