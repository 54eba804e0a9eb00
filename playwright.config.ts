/** End-to-end journeys on the built site in real Chromium with a software WebGPU adapter. */
import { defineConfig } from '@playwright/test';
import { launchOptions } from './scripts/browser.mjs';

const { channel, ...options } = launchOptions();

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/e2e',
  timeout: 120_000,
  expect: { timeout: 30_000 },
  // Two take as long on two cores (12 of 13 minutes), and a journey that waits for a step of a run missed it.
  workers: 1,
  retries: 0,
  reporter: 'list',
  use: {
    channel,
    launchOptions: options,
    viewport: { width: 1280, height: 900 },
    screenshot: 'only-on-failure',
    // What a service worker answers, a test cannot break on purpose; those about it (offline.spec.ts) let it be.
    serviceWorkers: 'block',
  },
});
