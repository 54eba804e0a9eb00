/**
 * Compiles the AssemblyScript kernels to src/engine/wasm/build when a source is newer: once for memory
 * shared between threads and once for ordinary memory, for pages that are not cross-origin isolated; both once
 * more with relaxed SIMD (fused multiply-add), which is another source only where numbers.ts asks for it.
 *
 * Several processes may build at the same time, so each writes under its own name and renames.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = join(root, 'src/engine/wasm/assembly');
const target = join(root, 'src/engine/wasm/build');
const variants = [
  { file: 'kernels.wasm', flags: ['--enable', 'threads', '--sharedMemory'] },
  { file: 'kernels-unshared.wasm', flags: [] },
  {
    file: 'kernels-relaxed.wasm',
    flags: ['--enable', 'relaxed-simd', '--enable', 'threads', '--sharedMemory'],
  },
  { file: 'kernels-relaxed-unshared.wasm', flags: ['--enable', 'relaxed-simd'] },
];

function stale(path) {
  if (!existsSync(path)) return true;
  const built = statSync(path).mtimeMs;
  if (statSync(fileURLToPath(import.meta.url)).mtimeMs > built) return true;
  return readdirSync(sources).some((file) => statSync(join(sources, file)).mtimeMs > built);
}

/** Builds if needed; throws with the compiler's own message. */
export async function ensureWasm() {
  if (!existsSync(join(sources, 'index.ts'))) return;
  mkdirSync(target, { recursive: true });
  for (const { file, flags } of variants) {
    const path = join(target, file);
    if (!stale(path)) continue;
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
      '--initialMemory',
      '16',
      '--maximumMemory',
      '65536',
      ...flags,
    ]);
    if (error) throw new Error(`AssemblyScript: ${stderr.toString() || error.message}`);
    renameSync(unfinished, path);
  }
}

/** Vitest calls this when the file is named as its globalSetup. */
export { ensureWasm as setup };

if (process.argv[1] === fileURLToPath(import.meta.url)) await ensureWasm();
