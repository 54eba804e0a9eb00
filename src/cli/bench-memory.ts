/**
 * `npm run bench -- ltm`: long-term memory in headless Chromium with a profile on disk, since storage in memory, which
 * a private window has, is another thing to wait for. Prints a line for each index and size.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LtmLine, LtmRequest } from '../bench/ltm';
import { openHeadlessPage } from './headless-page';

export async function benchMemory(
  { runs, quick, seed }: { readonly runs: number; readonly quick: boolean; readonly seed: number },
  json: boolean,
): Promise<void> {
  const request: LtmRequest = {
    sizes: quick ? [1000] : [1000, 10_000, 50_000],
    indices: ['voy', 'simd', 'exact'],
    // A search takes a millisecond: ten of them a round.
    runs: runs * 10,
    seed,
  };
  const profile = mkdtempSync(join(tmpdir(), 'agemem-bench-'));
  try {
    await new Promise<void>((resolve, reject) => {
      const opening = openHeadlessPage({
        module: '/src/bench/ltm-page.ts',
        search: { request: JSON.stringify(request) },
        profile,
        // Else the browser measures memory when it next happens to collect garbage.
        browserArgs: ['--enable-blink-features=ForceEagerMeasureMemory'],
        expose: {
          ltmLine: (line: LtmLine) => {
            process.stdout.write(`${json ? JSON.stringify(line) : inWords(line)}\n`);
          },
          ltmEnd: (problem: string) => settle(problem),
        },
        onError: (message) => settle(message),
      });
      const settle = (problem: string) => {
        opening
          .then((page) => page.close())
          .then(() => (problem === '' ? resolve() : reject(new Error(problem))), reject);
      };
      opening.catch(reject);
    });
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
}

function inWords(line: LtmLine): string {
  const ms = (value: number | null) => (value === null ? '–' : `${value.toFixed(1)} ms`);
  const { index, n, dim, search_ms, insert_ms, delete_ms, start_ms, memory_mb, note } = line;
  if (note !== undefined) return `ltm ${index} ${n} x ${dim}: ${note}`;
  const parts = [
    `search ${ms(search_ms)}`,
    `insert ${ms(insert_ms)}`,
    `delete ${ms(delete_ms)}`,
    `start ${ms(start_ms)}`,
    `memory ${memory_mb?.toFixed(0)} MB`,
  ];
  return `ltm ${index.padEnd(5)} ${n} x ${dim}: ${parts.join(', ')}`;
}
