/**
 * Compiles the AssemblyScript kernels to src/engine/wasm/build/kernels.wasm when a source is newer.
 */
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = join(root, 'src/engine/wasm/assembly');
const target = join(root, 'src/engine/wasm/build/kernels.wasm');

function stale() {
  if (!existsSync(target)) return true;
  const built = statSync(target).mtimeMs;
  return readdirSync(sources).some((file) => statSync(join(sources, file)).mtimeMs > built);
}

/** Builds if needed; throws with the compiler's own message. */
export async function ensureWasm() {
  if (!existsSync(join(sources, 'index.ts')) || !stale()) return;
  mkdirSync(join(root, 'src/engine/wasm/build'), { recursive: true });
  const { default: asc } = await import('assemblyscript/asc');
  const { error, stderr } = await asc.main([
    join(sources, 'index.ts'),
    '--outFile',
    target,
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--enable',
    'simd,threads',
    '--importMemory',
    '--sharedMemory',
    '--initialMemory',
    '16',
    '--maximumMemory',
    '65536',
  ]);
  if (error) throw new Error(`AssemblyScript: ${stderr.toString() || error.message}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await ensureWasm();
