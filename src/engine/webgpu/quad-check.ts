/**
 * Whether four neighbouring lanes exchange values as `product-quad-*.wgsl` expects, found out by a product.
 *
 * WGSL has quads in the feature `subgroups`, but does not promise which lanes of a workgroup form one. So a
 * product of ragged random matrices, with everything a linear layer adds to it, is compared with float64 sums
 * before any other is made that way. One pipeline, which the first layer needs anyway, and one small readback.
 */
import type { FastPath } from '../backend';
import { type Kernel, KernelStore, PARAMS_BYTES, packParams } from './kernel';
import { kernelSources } from './kernel-catalogue';
import type { ProductStyle } from './matmul-plan';

/** Rows, columns and terms end within a block of the kernel; two workgroups take part. */
const SHAPE = { m: 19, n: 36, k: 20, k2: 4 };
const FACTORS = { alpha: 0.5, beta: 2 };
/** Of the largest result; float32 sums of 24 products lie well within it. */
const TOLERANCE = 1e-5;
const WORKGROUPS = Math.ceil((Math.ceil(SHAPE.m / 8) * Math.ceil(SHAPE.n / 16)) / 4);

/** The style of products asked for, or `direct` where that is quads and they are absent or wrong; and its kernels. */
export async function chooseProducts(
  device: GPUDevice,
  wanted: ProductStyle,
  storeOf = (products: ProductStyle) => new KernelStore(device, kernelSources(products)),
): Promise<{ readonly products: ProductStyle; readonly kernels: KernelStore; readonly path: FastPath }> {
  const choice = (
    products: ProductStyle,
    state: FastPath['state'],
    why: string,
    kernels = storeOf(products),
  ) => ({
    products,
    kernels,
    path: { name: 'products by quads of lanes', state, why },
  });
  if (wanted !== 'quads') return choice(wanted, 'off', 'They pay on software adapters only.');
  if (!device.features.has('subgroups')) return choice('direct', 'refused', 'The device has no subgroups.');
  const kernels = storeOf('quads');
  const refuted = await refuteQuads(device, () => kernels.named('product-quad NT'));
  if (refuted) return choice('direct', 'refused', refuted);
  return choice('quads', 'on', 'A product of random matrices agrees with float64 sums.', kernels);
}

/** One sentence when the product is wrong, the device refuses it or it cannot be tried; else nothing. */
export async function refuteQuads(device: GPUDevice, compile: () => Kernel): Promise<string | undefined> {
  const { m, n, k, k2 } = SHAPE;
  const data = {
    a: noise(m * k, 1),
    b: noise(n * k, 2),
    c: noise(m * k2, 3),
    d: noise(n * k2, 4),
    bias: noise(n, 5),
    base: noise(m * n, 6),
    out: noise(m * n, 7),
  };
  device.pushErrorScope('validation');
  let scope = true;
  const buffers: GPUBuffer[] = [];
  const made = (label: string, size: number, usage: number): GPUBuffer => {
    const buffer = device.createBuffer({ label: `quad check ${label}`, size, usage });
    buffers.push(buffer);
    return buffer;
  };
  try {
    const kernel = compile();
    const params = new ArrayBuffer(PARAMS_BYTES);
    packParams(
      kernel,
      { ...SHAPE, ...FACTORS, accumulate: 1, has_base: 1, has_bias: 1 },
      new DataView(params),
      0,
    );
    const uniform = made('params', PARAMS_BYTES, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
    device.queue.writeBuffer(uniform, 0, params);
    const operands = new Map(
      Object.entries(data).map(([name, values]) => {
        const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
        const buffer = made(name, values.byteLength, usage);
        device.queue.writeBuffer(buffer, 0, values);
        return [name, buffer];
      }),
    );
    // The map holds every operand of the kernel: they are the names of `data`.
    const operand = (name: string) => operands.get(name)!;
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(kernel.pipeline);
    const entries = kernel.bindings.map(({ name, binding }) => ({
      binding,
      resource: { buffer: operand(name) },
    }));
    const group = device.createBindGroup({
      layout: kernel.layout,
      entries: [{ binding: 0, resource: { buffer: uniform } }, ...entries],
    });
    pass.setBindGroup(0, group, [0]);
    pass.dispatchWorkgroups(WORKGROUPS);
    pass.end();
    const back = made('result', data.out.byteLength, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
    encoder.copyBufferToBuffer(operand('out'), 0, back, 0, data.out.byteLength);
    device.queue.submit([encoder.finish()]);
    scope = false;
    const refused = await device.popErrorScope();
    if (refused) return `The device refuses them: ${refused.message.split('\n')[0]}`;
    await back.mapAsync(GPUMapMode.READ);
    const error = largestError(new Float32Array(back.getMappedRange()), data);
    return error <= TOLERANCE
      ? undefined
      : `They failed the check at start: a product was wrong by ${error.toExponential(1)} of the largest result.`;
  } catch (error) {
    // A lost device fails the next wait too, and is named there.
    return `The check at start could not run: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    // On a lost device there is nothing to pop.
    if (scope) await device.popErrorScope().catch(() => null);
    for (const buffer of buffers) buffer.destroy();
  }
}

type Operands = Readonly<Record<'a' | 'b' | 'c' | 'd' | 'bias' | 'base' | 'out', Float32Array>>;

/** Relative to the largest expected result; NaN counts as infinite. */
function largestError(found: Float32Array, { a, b, c, d, bias, base, out }: Operands): number {
  const { m, n, k, k2 } = SHAPE;
  let error = 0;
  let largest = 0;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      let low = 0;
      for (let l = 0; l < k; l++) sum += a[i * k + l] * b[j * k + l];
      for (let l = 0; l < k2; l++) low += c[i * k2 + l] * d[j * k2 + l];
      const at = i * n + j;
      const expected = out[at] + base[at] + FACTORS.alpha * (sum + FACTORS.beta * low) + bias[j];
      const difference = Math.abs(found[at] - expected);
      error = Math.max(error, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
      largest = Math.max(largest, Math.abs(expected));
    }
  }
  return error / largest;
}

/** Between -1 and 1, without order; the same at every start. */
function noise(length: number, seed: number): Float32Array<ArrayBuffer> {
  let state = seed * 0x9e3779b1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}
