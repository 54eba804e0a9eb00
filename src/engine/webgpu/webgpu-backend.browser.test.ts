/** What the WebGPU back end promises beside the formulas: order, views, reuse, counts, errors. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FloatArray, Tensor } from '../backend';
import { DeviceLostError, DeviceMemoryError, TensorMisuseError, UnsupportedModelError } from '../errors';
import { KernelStore } from './kernel';
import { kernelSources } from './kernel-catalogue';
import { MOST_DISPATCHES } from './recorder';
import { WebGpuBackend } from './webgpu-backend';

let backend: WebGpuBackend;
beforeAll(async () => {
  backend = await WebGpuBackend.create();
});
afterAll(() => backend.dispose());

function filled(length: number, value: number, label = 'test'): Tensor {
  const tensor = backend.alloc('f32', length, label);
  backend.write(tensor, new Float32Array(length).fill(value));
  return tensor;
}

function constant(values: FloatArray): number {
  expect(new Set(values).size).toBe(1);
  return values[0];
}

/** What `work` adds to the counts. */
async function counted(work: () => Promise<unknown>) {
  const { dispatches, submits, readbacks, bytesRead, bytesUploaded } = backend.counts;
  await work();
  const now = backend.counts;
  return {
    dispatches: now.dispatches - dispatches,
    submits: now.submits - submits,
    readbacks: now.readbacks - readbacks,
    bytesRead: now.bytesRead - bytesRead,
    bytesUploaded: now.bytesUploaded - bytesUploaded,
  };
}

describe('order', () => {
  it('keeps writes between the operations that were enqueued around them', async () => {
    const [x, sum] = [filled(100, 1), filled(100, 0)];
    backend.addScaled(sum, x, 1);
    backend.write(x, new Float32Array(100).fill(10));
    backend.addScaled(sum, x, 1);
    backend.write(x, new Float32Array(1).fill(200), 99);
    backend.addScaled(sum, x, 1);
    const values = await backend.readFloats(sum);
    expect(constant(values.subarray(0, 99))).toBe(21);
    expect(values[99]).toBe(211);
  });

  it('keeps large writes in order too', async () => {
    const length = 300_000; // larger than the staging buffer
    const [x, sum] = [filled(length, 1), filled(length, 0)];
    backend.addScaled(sum, x, 1);
    backend.write(x, new Float32Array(length).fill(5));
    backend.addScaled(sum, x, 1);
    expect(constant(await backend.readFloats(sum))).toBe(6);
  });

  it('reads what was enqueued before the read, not after', async () => {
    const x = filled(10, 1);
    const before = backend.readFloats(x);
    backend.fill(x, 2);
    const after = backend.readFloats(x);
    expect(constant(await before)).toBe(1);
    expect(constant(await after)).toBe(2);
  });
});

describe('memory', () => {
  it('reuses a freed buffer, zeroed, after the last use by its former owner', async () => {
    const first = filled(1000, 3);
    const kept = filled(1000, 0);
    backend.addScaled(kept, first, 1);
    backend.free(first);
    const second = backend.alloc('f32', 1000, 'second');
    expect((second as unknown as { allocation: unknown }).allocation).toBe(
      (first as unknown as { allocation: unknown }).allocation,
    );
    backend.addScaled(second, kept, 2);
    expect(constant(await backend.readFloats(second))).toBe(6);
    expect(constant(await backend.readFloats(kept))).toBe(3);
  });

  it('addresses views of views, and leaves their surroundings alone', async () => {
    const parent = filled(400, 1);
    const inner = backend.view(backend.view(parent, 64, 300), 128, 70);
    expect(inner.offset).toBe(192);
    backend.fill(inner, 9);
    const values = await backend.readFloats(parent);
    expect(constant(values.subarray(0, 192))).toBe(1);
    expect(constant(values.subarray(192, 262))).toBe(9);
    expect(constant(values.subarray(262))).toBe(1);
  });

  it('reads and writes disjoint views of one buffer in one operation', async () => {
    const parent = filled(256, 1);
    const [left, right] = [backend.view(parent, 0, 64), backend.view(parent, 128, 64)];
    backend.fill(left, 4);
    backend.copy(right, left);
    backend.addScaled(left, right, 2);
    backend.matmul({ out: backend.view(parent, 192, 1), a: left, b: right, m: 1, n: 1, k: 64 });
    const values = await backend.readFloats(parent);
    expect([values[0], values[64], values[128], values[192], values[193]]).toEqual([12, 1, 4, 64 * 48, 1]);
  });

  it('takes float64 data and empty tensors', async () => {
    const x = backend.alloc('f32', 3, 'x');
    backend.write(x, Float64Array.of(0.1, 2, 3));
    expect([...(await backend.readFloats(x))]).toEqual([Math.fround(0.1), 2, 3]);
    const none = backend.alloc('i32', 0, 'none');
    backend.fill(none, 1);
    expect((await backend.readInts(none)).length).toBe(0);
  });

  it('covers more elements than one dimension of workgroups reaches', async () => {
    const length = 65535 * 256 + 300;
    const x = backend.alloc('f32', length, 'long');
    backend.fill(x, 1);
    backend.addScaled(backend.view(x, length - 300 - ((length - 300) % 64), 256), filled(256, 1), 1);
    const out = filled(2, 0);
    backend.clipFactor({ out, x, maxNorm: 0 });
    expect((await backend.readFloats(out))[0]).toBeCloseTo(Math.sqrt(length + 3 * 256), 1);
    backend.free(x);
  });
});

describe('counts', () => {
  it('submits a sequence of operations once', async () => {
    const [x, y] = [filled(64, 1), filled(64, 0)];
    await backend.flush();
    const change = await counted(async () => {
      for (let i = 0; i < 100; i++) backend.addScaled(y, x, 1);
      expect(constant(await backend.readFloats(y))).toBe(100);
    });
    expect(change).toEqual({
      dispatches: 100,
      submits: 1,
      readbacks: 1,
      bytesRead: 256,
      bytesUploaded: 0,
    });
  });

  it('shares one submit between the reads of one turn', async () => {
    const tensors = [filled(64, 1), filled(64, 2), filled(64, 3)];
    for (const tensor of tensors) backend.addScaled(tensor, tensors[0], 0);
    const change = await counted(() => Promise.all(tensors.map((tensor) => backend.readFloats(tensor))));
    expect(change).toMatchObject({ submits: 1, readbacks: 3 });
  });

  it('writes into used tensors without a submit of their own', async () => {
    const [x, y] = [filled(64, 1), filled(64, 0)];
    await backend.flush();
    const change = await counted(async () => {
      for (let i = 0; i < 20; i++) {
        backend.write(x, new Float32Array(64).fill(i));
        backend.addScaled(y, x, 1);
      }
      expect(constant(await backend.readFloats(y))).toBe(190);
    });
    expect(change).toMatchObject({ submits: 1, bytesUploaded: 20 * 256 });
  });

  it('submits by itself when a recording is full', async () => {
    const x = filled(64, 0);
    const one = filled(64, 1);
    await backend.flush();
    const change = await counted(async () => {
      for (let i = 0; i < MOST_DISPATCHES + 5; i++) backend.addScaled(x, one, 1);
      expect(constant(await backend.readFloats(x))).toBe(MOST_DISPATCHES + 5);
    });
    expect(change.submits).toBe(2);
  });

  it('waits without a submit when nothing is recorded', async () => {
    await backend.flush();
    expect(await counted(() => backend.flush())).toMatchObject({ submits: 0 });
  });
});

describe('the same bits on every run', () => {
  it('in products cut into pieces, scattered sums and norms', async () => {
    const run = async (): Promise<FloatArray> => {
      const [m, n, k] = [8, 48, 1500];
      const wave = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * 1.7));
      const a = backend.alloc('f32', k * m, 'a');
      const b = backend.alloc('f32', k * n, 'b');
      backend.write(a, wave(k * m));
      backend.write(b, wave(k * n));
      const index = backend.alloc('i32', k, 'index');
      backend.write(
        index,
        Int32Array.from({ length: k }, (_, i) => (i * 7) % 5),
      );
      const out = backend.alloc('f32', m * n + 5 * n + 64, 'out');
      backend.matmul({ out: backend.view(out, 0, m * n), a, b, m, n, k, transposeA: true });
      backend.scatterAddRows({
        out: backend.view(out, m * n, 5 * n),
        x: b,
        index,
        rows: k,
        outRows: 5,
        dim: n,
      });
      const values = await backend.readFloats(out);
      for (const tensor of [a, b, index, out]) backend.free(tensor);
      return values;
    };
    const first = await run();
    expect(first.some((value) => value !== 0)).toBe(true);
    expect(await run()).toEqual(first);
  });
});

describe('errors', () => {
  it('refuses misuse by name, as the reference does', () => {
    const x = filled(100, 0, 'scores');
    expect(() => backend.view(x, 32, 1)).toThrow(/not aligned/);
    expect(() => backend.view(x, 64, 37)).toThrow(/"scores"/);
    expect(() => backend.write(x, new Int32Array(1))).toThrow(TensorMisuseError);
    expect(() => backend.write(x, new Float32Array(2), 99)).toThrow(TensorMisuseError);
    expect(() => backend.matmul({ out: x, a: x, b: x, m: 11, n: 10, k: 1 })).toThrow(/110 elements/);
    backend.free(x);
    expect(() => backend.fill(x, 0)).toThrow(/after free/);
  });

  it('refuses heads that do not fit into workgroup memory', () => {
    const x = filled(512, 0);
    const ranges = backend.alloc('i32', 64, 'ranges');
    const shape = { rows: 1, heads: 1, kvHeads: 1, headDim: 257, scale: 1, keyStart: ranges, keyEnd: ranges };
    expect(() => backend.attention({ ...shape, out: x, lse: x, q: x, k: x, v: x })).toThrow(
      UnsupportedModelError,
    );
  });

  it('says how much one buffer may hold', () => {
    const most = backend.device.limits.maxStorageBufferBindingSize;
    expect(() => backend.alloc('f32', most / 4 + 1, 'huge cache')).toThrow(DeviceMemoryError);
    expect(() => backend.alloc('f32', most / 4 + 1, 'huge cache')).toThrow(/huge cache.*\?backend=wasm/);
  });

  it('turns a report of short memory into words at the next wait, once', async () => {
    const error = new GPUOutOfMemoryError('16 GiB asked for');
    backend.device.dispatchEvent(new GPUUncapturedErrorEvent('uncapturederror', { error, cancelable: true }));
    const flushed = backend.flush();
    await expect(flushed).rejects.toThrow(DeviceMemoryError);
    await expect(flushed).rejects.toThrow(/16 GiB asked for.*\?backend=wasm/s);
    await backend.flush();
  });

  it('reports a refused command at the next read, once, with the name of its kernel', async () => {
    const [x, out] = [filled(64, 1), filled(64, 0)];
    await backend.flush();
    // Two outputs on the same memory: the GPU must refuse it.
    backend.swiGluBackward({ dGate: out, dUp: out, dOut: x, gate: x, up: x });
    await expect(backend.readFloats(out)).rejects.toThrow(/refused a command.*swiglu-backward/s);
    expect(constant(await backend.readFloats(x))).toBe(1);
  });
});

describe('a lost device', () => {
  it('fails every later wait with the way out', async () => {
    const doomed = await WebGpuBackend.create();
    const x = doomed.alloc('f32', 64, 'x');
    await doomed.flush();
    doomed.device.destroy();
    doomed.fill(x, 1);
    await expect(doomed.readFloats(x)).rejects.toThrow(DeviceLostError);
    await expect(doomed.flush()).rejects.toThrow(/\?backend=wasm; your last checkpoint is kept/);
    await expect(doomed.readFloats(x)).rejects.toThrow(/lost/);
  });

  it('fails a wait that is under way', async () => {
    const doomed = await WebGpuBackend.create();
    const x = doomed.alloc('f32', 1 << 20, 'x');
    for (let i = 0; i < 50; i++) doomed.fill(x, i);
    const read = doomed.readFloats(x);
    doomed.device.destroy();
    await expect(read).rejects.toThrow(DeviceLostError);
    await expect(doomed.flush()).rejects.toThrow(DeviceLostError);
  });

  it('says so when it was disposed on purpose', async () => {
    const doomed = await WebGpuBackend.create();
    doomed.dispose();
    await expect(doomed.flush()).rejects.toThrow(/disposed/);
  });
});

describe('a profile', () => {
  it('counts every kernel, its bytes and its operations, and changes no result', async () => {
    const multiply = async () => {
      const [a, b, out] = [filled(40 * 30, 2), filled(30 * 50, 3), filled(40 * 50, 0)];
      for (let i = 0; i < 3; i++) backend.matmul({ out, a, b, m: 40, n: 50, k: 30 });
      backend.fill(a, 0);
      return backend.readFloats(out);
    };
    const plain = await multiply();
    backend.startProfile();
    const timed = await multiply();
    const profile = await backend.stopProfile();
    expect(timed).toEqual(plain);
    const product = profile.find(({ kernel }) => kernel.startsWith('matmul'));
    expect(product).toMatchObject({ calls: 3, flops: 3 * 2 * 40 * 50 * 30 });
    expect(product?.bytes).toBeGreaterThanOrEqual(3 * 4 * (40 * 30 + 30 * 50 + 40 * 50));
    expect(profile.find(({ kernel }) => kernel === 'fill')?.calls).toBe(1);
    const known = backend.device.features.has('timestamp-query');
    for (const { ms } of profile) expect(ms === null).toBe(!known);
    await multiply();
    expect(await backend.stopProfile()).toEqual([]);
  });

  it('spans submits', async () => {
    const x = filled(64, 0);
    backend.startProfile();
    for (let i = 0; i < MOST_DISPATCHES + 5; i++) backend.addScaled(x, x, 0);
    const [sums] = await backend.stopProfile();
    expect(sums).toMatchObject({ kernel: 'add-scaled', calls: MOST_DISPATCHES + 5 });
  });
});

describe('creation', () => {
  it('describes the adapter, and keeps the tensors of two back ends apart', async () => {
    const other = await WebGpuBackend.create();
    expect(other.info).toMatchObject({ name: 'webgpu', software: true });
    expect(other.info.device).toMatch(/swiftshader/i);
    const tensor = other.alloc('f32', 64, 'foreign');
    expect(() => backend.fill(tensor, 0)).toThrow(/another back end/);
    other.dispose();
  });

  it('compiles ahead with progress', async () => {
    const steps: string[] = [];
    const sources = kernelSources().slice(0, 3);
    const store = new KernelStore(backend.device, sources);
    await store.compileAll((done, total) => steps.push(`${done}/${total}`));
    expect(steps).toEqual(['1/3', '2/3', '3/3']);
    expect(store.named(sources[1].label)).toBe(store.named(sources[1].label));
  });

  it('names the kernel and the line that a compiler refuses', async () => {
    const code = '@compute @workgroup_size(1)\nfn main() { let x: u32 = 1.5; }';
    const store = new KernelStore(backend.device, [{ label: 'broken', code }]);
    await expect(store.compileAll()).rejects.toThrow(
      /refused the kernel "broken" \(line 2: .*\?backend=wasm/s,
    );
  });

  it('says in words that there is no adapter', async () => {
    const gpu = { requestAdapter: async () => null } as unknown as GPU;
    await expect(WebGpuBackend.create({ gpu })).rejects.toThrow(/found no GPU.*\?backend=wasm/s);
  });
});
