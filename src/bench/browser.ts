/**
 * Opens the benchmark page in headless Chromium, served cross-origin isolated (threads) by Vite from the
 * working tree, and passes its figures on. Runs in Node.
 */
import { chromium } from 'playwright';
import { createServer } from 'vite';
import { launchOptions } from '../../scripts/browser.mjs';
import type { Figure } from './figure';
import type { BenchRequest } from './run';

const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Named, so that Vite prepares them before the page asks, and does not reload it in the middle. */
const PEERS = [
  '@jax-js/jax',
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgpu',
  '@huggingface/transformers',
];

export interface BenchBrowser {
  run(request: BenchRequest, emit: (figure: Figure) => void): Promise<void>;
  close(): Promise<void>;
}

export async function openBenchBrowser(root: string): Promise<BenchBrowser> {
  const server = await createServer({
    configFile: false,
    root,
    logLevel: 'error',
    server: { port: 0, host: '127.0.0.1', hmr: false, headers: ISOLATION },
    optimizeDeps: { include: PEERS, entries: ['src/bench/page.ts'] },
  });
  await server.listen();
  const address = server.httpServer?.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const browser = await chromium.launch(launchOptions());
  return {
    async run(request, emit) {
      // A page of its own for each bench: nobody inherits another's memory or shader cache.
      const page = await browser.newPage();
      try {
        const problems: string[] = [];
        page.on('pageerror', (error) => problems.push(error.message));
        page.on('console', (message) => {
          if (message.type() === 'error') process.stderr.write(`${message.text()}\n`);
        });
        await page.exposeFunction('emitFigure', (line: string) => emit(JSON.parse(line) as Figure));
        await page.goto(`http://127.0.0.1:${port}/src/bench/bench.html`);
        await page.waitForFunction(() => window.runBench !== undefined, null, { timeout: 120_000 });
        page.setDefaultTimeout(0);
        await page.evaluate((asked) => window.runBench?.(asked), request);
        if (problems.length > 0) throw new Error(problems[0]);
      } finally {
        await page.close();
      }
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
