/** The same kernels in Node, through Dawn, where a Vulkan, Metal or D3D12 driver is found. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemChromium } from '../../../scripts/browser.mjs';
import { disagreements, parityCases } from '../backend-parity';
import { EngineError } from '../errors';
import { ReferenceBackend } from '../reference/reference-backend';
import { createNodeWebGpuBackend } from './node';
import type { WebGpuBackend } from './webgpu-backend';

/** Debian keeps the software driver beside the browser; a driver that is set already wins. */
function offerSoftwareDriver(): void {
  if (process.platform !== 'linux' || process.env.VK_ICD_FILENAMES) return;
  const folders = [dirname(systemChromium() ?? '/'), '/usr/lib/chromium', '/usr/lib/chromium-browser'];
  const driver = folders.map((folder) => join(folder, 'vk_swiftshader_icd.json')).find(existsSync);
  if (driver) process.env.VK_ICD_FILENAMES = driver;
}

offerSoftwareDriver();
let backend: WebGpuBackend | undefined;
let absence = '';
try {
  backend = await createNodeWebGpuBackend();
} catch (error) {
  if (!(error instanceof EngineError)) throw error;
  absence = error.message;
  console.warn(`WebGPU in Node is not tested here: ${absence}`);
}
afterAll(() => backend?.dispose());

describe.skipIf(!backend)('WebGPU in Node', () => {
  const chosen = /^(matmul .. (33x65x257|8x70x300|1x128x64)|attention and|adamW 50|sample 5)/;
  const cases = parityCases(3, 0).filter(({ name }) => chosen.test(name));

  it('has cases', () => expect(cases.length).toBeGreaterThan(20));

  it.each(cases.map((parity) => [parity.name, parity] as const))('%s', async (_, parity) => {
    if (!backend) throw new Error(absence);
    const expected = await parity.run(new ReferenceBackend());
    expect(disagreements(parity, await parity.run(backend), expected)).toEqual([]);
  });
});
