/** Real and software adapters are told apart by what browsers say about them. */
import { expect, it } from 'vitest';
import { describeAdapter, requestAdapter } from './adapter';

const nothing = { vendor: '', architecture: '', device: '', description: '' };

it.each([
  [{ ...nothing, vendor: 'nvidia', architecture: 'ampere' }, 'nvidia ampere', false],
  [{ ...nothing, vendor: 'apple', architecture: 'metal-3' }, 'apple metal-3', false],
  [
    { ...nothing, vendor: 'intel', architecture: 'gen-12lp', description: 'Iris Xe' },
    'intel gen-12lp Iris Xe',
    false,
  ],
  [nothing, 'GPU of unknown make', false],
  [{ ...nothing, isFallbackAdapter: true }, 'GPU of unknown make (software)', true],
  [{ ...nothing, vendor: 'google', architecture: 'swiftshader' }, 'google swiftshader (software)', true],
  [
    { ...nothing, vendor: 'mesa', device: 'llvmpipe', description: 'LLVM 15' },
    'mesa LLVM 15 (software)',
    true,
  ],
  [
    { ...nothing, vendor: 'microsoft', description: 'Microsoft Basic Render Driver' },
    'microsoft Microsoft Basic Render Driver (software)',
    true,
  ],
])('%o is %s', (facts, words, software) => {
  expect(describeAdapter(facts)).toMatchObject({ words, software });
});

it('explains the absence of WebGPU and of an adapter', async () => {
  await expect(requestAdapter(undefined)).rejects.toThrow(/no WebGPU.*\?backend=wasm/s);
  const gpu = { requestAdapter: async () => null } as unknown as GPU;
  await expect(requestAdapter(gpu)).rejects.toThrow(/found no GPU/);
});
