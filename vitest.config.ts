/** Two projects: pure logic in Node, and WGSL, IndexedDB and workers in real Chromium with a software GPU. */
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { hubModels } from './e2e/hub-models.ts';
import { hubHandler } from './e2e/hub-server.ts';
import { launchOptions } from './scripts/browser.mjs';

export default defineConfig({
  test: {
    globalSetup: ['scripts/build-wasm.mjs'],
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
          exclude: ['src/**/*.browser.test.{ts,tsx}'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        publicDir: 'public',
        // A hub beside the page, with all that can go wrong with one, behind addresses that begin with /hub/.
        plugins: [
          {
            name: 'hub-under-test',
            configureServer: ({ middlewares }) => {
              const hub = hubHandler(hubModels());
              middlewares.use((request, response, next) => {
                if (!hub(request, response)) next();
              });
            },
          },
        ],
        // Isolated, as `npm start` serves the page, so that WebAssembly threads are tested too.
        server: {
          headers: {
            'Cross-Origin-Opener-Policy': 'same-origin',
            'Cross-Origin-Embedder-Policy': 'require-corp',
            'Cross-Origin-Resource-Policy': 'same-origin',
          },
        },
        // Prepared before a test asks (the peers of the benchmarks, the encoders' runtime): found later, they would
        // reload the page.
        optimizeDeps: {
          include: [
            '@huggingface/transformers',
            '@jax-js/jax',
            '@mlc-ai/web-llm',
            '@tensorflow/tfjs',
            '@tensorflow/tfjs-backend-wasm',
            '@tensorflow/tfjs-backend-webgpu',
          ],
        },
        test: {
          name: 'browser',
          include: ['src/**/*.browser.test.{ts,tsx}'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // What is waited for comes at once or not at all; a machine with other work may take its time.
          expect: { poll: { timeout: 15_000 } },
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: launchOptions() }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
