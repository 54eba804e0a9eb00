/**
 * Compiles the AssemblyScript programs, each from the folder `assembly` of its room to `build` beside it, when a
 * source is newer.
 *
 * The engine's kernels are built once for memory shared between threads and once for ordinary memory, for pages
 * that are not cross-origin isolated; both once more with relaxed SIMD (fused multiply-add), which is another source
 * only where numbers.ts asks for it. The scan of long-term memory runs in one thread.
 *
 * Several processes may build at the same time, so each writes under its own name and renames.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const programs = [
  {
    room: 'src/engine/wasm',
    initialPages: 16,
    variants: [
      { file: 'kernels.wasm', flags: ['--enable', 'threads', '--sharedMemory'] },
      { file: 'kernels-unshared.wasm', flags: [] },
      {
        file: 'kernels-relaxed.wasm',
        flags: ['--enable', 'relaxed-simd', '--enable', 'threads', '--sharedMemory'],
      },
      { file: 'kernels-relaxed-unshared.wasm', flags: ['--enable', 'relaxed-simd'] },
    ],
  },
  { room: 'src/memory/index', initialPages: 1, variants: [{ file: 'scan.wasm', flags: [] }] },
];

function stale(path, sources) {
  if (!existsSync(path)) return true;
  const built = statSync(path).mtimeMs;
  if (statSync(fileURLToPath(import.meta.url)).mtimeMs > built) return true;
  return readdirSync(sources).some((file) => statSync(join(sources, file)).mtimeMs > built);
}

/** Builds if needed; throws with the compiler's own message. */
export async function ensureWasm() {
  for (const { room, initialPages, variants } of programs) {
    const sources = join(root, room, 'assembly');
    const memory = ['--initialMemory', String(initialPages)];
    for (const { file, flags } of variants) {
      await ensureProgram(sources, join(root, room, 'build', file), [...memory, ...flags]);
    }
  }
}

async function ensureProgram(sources, path, flags) {
  if (!existsSync(join(sources, 'index.ts')) || !stale(path, sources)) return;
  mkdirSync(dirname(path), { recursive: true });
  const { default: asc } = await import('assemblyscript/asc');
  const unfinished = `${path}.${process.pid}`;
  const { error, stderr } = await asc.main([
    join(sources, 'index.ts'),
    '--outFile',
    unfinished,
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--enable',
    'simd',
    '--importMemory',
    '--maximumMemory',
    '65536',
    ...flags,
  ]);
  if (error) throw new Error(`AssemblyScript: ${stderr.toString() || error.message}`);
  renameSync(unfinished, path);
}

/** Vitest calls this when the file is named as its globalSetup. */
export { ensureWasm as setup };

if (process.argv[1] === fileURLToPath(import.meta.url)) await ensureWasm();
