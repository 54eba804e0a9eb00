/** The decision table, and the choice as Node makes it (no browser, so no WebGPU). */
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureWasm } from '../../scripts/build-wasm.mjs';
import type { BackendName } from './backend';
import {
  chooseBackend,
  decideBackend,
  type Finding,
  parseBackendName,
  passesPerSecond,
  raceNeeded,
} from './choose-backend';
import { DeviceUnavailableError } from './errors';
import { WasmBackend } from './wasm/wasm-backend';

const absent: Finding = { kind: 'absent', why: 'It is not here.' };
const gpu = (passes?: number): Finding => ({
  kind: 'present',
  device: 'WebGPU, nvidia ampere',
  software: false,
  passesPerSecond: passes,
});
const software: Finding = { kind: 'present', device: 'WebGPU, swiftshader (software)', software: true };
const wasm = (passes?: number): Finding => ({
  kind: 'present',
  device: 'WebAssembly SIMD, 2 threads',
  software: false,
  passesPerSecond: passes,
});

describe('decideBackend', () => {
  it.each<[string, Finding, Finding, BackendName | undefined, BackendName, RegExp]>([
    ['a GPU that wins', gpu(900), wasm(100), undefined, 'webgpu', /9\.0 times faster on the GPU/],
    ['a GPU that loses', gpu(50), wasm(100), undefined, 'wasm', /beat the GPU.*2\.0 times/],
    ['a GPU without a race', gpu(), wasm(), undefined, 'webgpu', /a GPU is present\./],
    ['a software GPU', software, wasm(100), undefined, 'wasm', /software one.*slower/],
    ['no GPU', absent, wasm(), undefined, 'wasm', /WebGPU is not available/],
    ['a software GPU alone', software, absent, undefined, 'webgpu', /WebAssembly is not available/],
    ['software asked for', software, wasm(), 'webgpu', 'webgpu', /as asked for/],
    ['WebAssembly asked for', gpu(900), wasm(100), 'wasm', 'wasm', /as asked for/],
    ['the reference asked for', absent, absent, 'reference', 'reference', /float64, as asked for/],
  ])('%s', (_, webgpuFinding, wasmFinding, override, chosen, reason) => {
    const decision = decideBackend({ webgpu: webgpuFinding, wasm: wasmFinding, override });
    expect(decision.chosen).toBe(chosen);
    expect(decision.reason).toMatch(reason);
    expect(decision.alternatives.length).toBeGreaterThan(0);
    expect(decision.alternatives.every(({ name }) => name !== chosen)).toBe(true);
  });

  it('fails in words when nothing is there, or not what was asked for', () => {
    expect(() => decideBackend({ webgpu: absent, wasm: absent })).toThrow(DeviceUnavailableError);
    expect(() => decideBackend({ webgpu: absent, wasm: wasm(), override: 'webgpu' })).toThrow(
      /webgpu was asked for but is not available: It is not here/,
    );
  });

  it('races only where a race decides', () => {
    expect(raceNeeded({ webgpu: gpu(), wasm: wasm() })).toBe(true);
    expect(raceNeeded({ webgpu: software, wasm: wasm() })).toBe(false);
    expect(raceNeeded({ webgpu: gpu(), wasm: absent })).toBe(false);
    expect(raceNeeded({ webgpu: gpu(), wasm: wasm(), override: 'wasm' })).toBe(false);
  });
});

it('reads the override, and names the choices when it is unknown', () => {
  expect(parseBackendName(null)).toBeUndefined();
  expect(parseBackendName('')).toBeUndefined();
  expect(parseBackendName('WASM')).toBe('wasm');
  expect(() => parseBackendName('cuda')).toThrow(/webgpu, wasm, reference/);
});

describe('chooseBackend in Node', () => {
  beforeAll(ensureWasm);

  it('takes WebAssembly and says why', async () => {
    const { backend, chosen, reason, alternatives } = await chooseBackend({ threads: 1 });
    expect([chosen, backend.info.name]).toEqual(['wasm', 'wasm']);
    expect(reason).toMatch(/WebGPU is not available/);
    expect(alternatives[0].reason).toMatch(/no WebGPU/);
    backend.dispose();
  });

  it('opens the reference when asked, and refuses WebGPU when there is none', async () => {
    expect((await chooseBackend({ override: 'reference' })).backend.info.name).toBe('reference');
    await expect(chooseBackend({ override: 'webgpu' })).rejects.toThrow(/asked for but is not available/);
  });

  it('measures a rate', async () => {
    const backend = await WasmBackend.create({ threads: 1 });
    expect(await passesPerSecond(backend, 1)).toBeGreaterThan(0);
    backend.dispose();
  });
});
