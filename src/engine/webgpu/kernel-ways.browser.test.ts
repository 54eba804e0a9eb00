/** Faster kernels on a real device: used where they are right, replaced by the plain ones where they are made wrong. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { disagreements, parityCases } from '../backend-parity';
import { ReferenceBackend } from '../reference/reference-backend';
import type { KernelSource } from './kernel';
import { selfCheckTrouble } from './self-checks';
import { WebGpuBackend, type WebGpuBackendOptions } from './webgpu-backend';

/** A back end with kernels in which `from` stands as `to`. */
function opened(options: WebGpuBackendOptions, from = '', to = ''): Promise<WebGpuBackend> {
  const replaceKernel = (source: KernelSource) => ({ ...source, code: source.code.replaceAll(from, to) });
  return WebGpuBackend.create({ ...options, ...(from && { replaceKernel }) });
}

const statesOf = ({ info }: WebGpuBackend) =>
  Object.fromEntries((info.fastPaths ?? []).map(({ name, state }) => [name, state]));
const whyOf = ({ info }: WebGpuBackend, path: string) =>
  info.fastPaths?.find(({ name }) => name === path)?.why;

it.each([
  [{}, { 'direct products': 'on', 'products by quads of lanes': 'on', subgroups: 'off' }],
  [{ products: 'direct' }, { 'direct products': 'on', 'products by quads of lanes': 'off' }],
  [{ products: 'tiles' }, { 'direct products': 'off', subgroups: 'off' }],
  [{ subgroups: 'on' }, { 'direct products': 'on', subgroups: 'on' }],
  [
    { products: 'tiles', subgroups: 'off' },
    { 'direct products': 'off', subgroups: 'off' },
  ],
] as const)('asked for %j', async (options, states) => {
  const backend = await opened(options);
  expect(statesOf(backend)).toMatchObject(states);
  expect(backend.counts).toMatchObject({ dispatches: 0, submits: 0, readbacks: 0, bytesAllocated: 0 });
  backend.dispose();
});

it.each([
  ['direct products', {}, 'params.alpha *', '1.001 * params.alpha *', /product 7 x 12 x 36 gave/],
  ['subgroups', { subgroups: 'on' }, 'subgroupAdd(value)', 'value', /norm of rows of 19/],
  ['subgroups', { subgroups: 'on' }, 'subgroupMax(value)', '1000.0', /log-probs|entropies|log-sums/],
  ['subgroups', { subgroups: 'on' }, 'enable subgroups;', 'enable tomorrow;', /could not run/],
] as const)(
  '%s with %j, made wrong (%s is %s), is refused and the plain kernels compute',
  async (name, options, from, to, why) => {
    const backend = await opened(options, from, to);
    expect(statesOf(backend)[name]).toBe('refused');
    expect(whyOf(backend, name)).toMatch(why);
    const [rows, dim] = [2, 19];
    const x = backend.alloc('f32', rows * dim, 'x');
    backend.write(x, new Float32Array(rows * dim).fill(3));
    const weight = backend.alloc('f32', dim, 'weight');
    backend.fill(weight, 1);
    const [out, rstd] = [backend.alloc('f32', rows * dim, 'out'), backend.alloc('f32', rows, 'rstd')];
    backend.rmsNorm({ out, rstd, x, weight, rows, dim, eps: 0 });
    for (const value of await backend.readFloats(out)) expect(value).toBeCloseTo(1, 5);
    backend.dispose();
  },
);

const QUAD_FAULTS = [
  ['attention quad 32', 'seen &= reaches >= vec4u(end);', '', /output of attention over a tree/],
  ['product-quad NN', 'quadBroadcast(lower_x, 3)', 'quadBroadcast(lower_x, 2)', /gradient of the/],
  ['product-direct TN', 'sum3 += x.w * y', 'sum3 += x.z * y', /gradient of [AB] of a layer/],
  ['attention-key-gradient quad 32', 'quadBroadcast(stat.y, 3)', '0.0', /gradient of the keys/],
  ['attention-query-gradient quad 32', '& (reaches > vec4u(row))', '', /gradient of the queries .* a tree/],
  ['product-quad NT', 'quadBroadcast(upper_x, 1)', 'quadBroadcast(upper_x, 2)', /product 7 x 12 x 36/],
  ['product-quad NT', 'quadBroadcast(lower_x, 3)', 'lower_x', /a layer of 70/],
  ['attention direct 32', 'total *= correction;', '', /output of attention over a cache/],
  ['product-quad NT gated', 'abs(z)', 'z', /gated output of a layer of 70/],
  ['product-direct NT gated', 'abs(z)', 'z', /gated output of a layer of 3 /],
  ['product-direct NN', 'params.alpha *', '1.001 *', /gradient of the .* a layer of 3 /],
  ['rms-norm-backward direct', 'slope * x[at]', 'x[at]', /gradient of a norm/],
] as const;
const DIRECT_FAULTS = [
  ['attention direct 32', 'u32(query_end[j]) < end', 'false', /output of attention over a tree/],
  [
    'attention-query-gradient direct 32',
    'params.scale *',
    '1.001 * params.scale *',
    /gradient of the queries/,
  ],
  ['attention-key-gradient direct 32', 'params.scale *', '1.001 * params.scale *', /gradient of the keys/],
] as const;
/** Each opens a back end, for which a software driver compiles for seconds. */
const FAULTS = [
  ...QUAD_FAULTS.map((fault) => ['quads', ...fault] as const),
  ...DIRECT_FAULTS.map((fault) => ['direct', ...fault] as const),
].filter((_, i) => i < 4 || import.meta.env.VITE_SOAK);

it.each(FAULTS)('%s are refused where the kernel "%s" is wrong', async (products, name, from, to, why) => {
  let found = 0;
  const replaceKernel = (source: KernelSource): KernelSource => {
    if (source.label !== name) return source;
    found += source.code.split(from).length - 1;
    return { ...source, code: source.code.replaceAll(from, to) };
  };
  const backend = await WebGpuBackend.create({ products, replaceKernel });
  expect(found).toBeGreaterThan(0);
  const asked = products === 'quads' ? 'products by quads of lanes' : 'direct products';
  expect(whyOf(backend, asked)).toMatch(why);
  // What quads do wrong, direct kernels may do right; they are tried next.
  expect(statesOf(backend)).toMatchObject({
    'direct products': /\bquad\b/.test(name) ? 'on' : 'refused',
    'products by quads of lanes': products === 'quads' ? 'refused' : 'off',
  });
  // The plain kernels, once: they are the same every time.
  if (name === FAULTS[0][1]) expect(await selfCheckTrouble(backend, 'direct')).toBeNull();
  backend.dispose();
});

/**
 * The page's GPU with an adapter that claims shader-f16, and kernels whose halves are floats: no device here has the
 * feature, so this is the text, the choice and the check, without the rounding.
 */
function pretending(wrong?: readonly [string, string]): WebGpuBackendOptions {
  const bound = <T extends object>(target: T, name: string | symbol): unknown => {
    const value: unknown = Reflect.get(target, name);
    return typeof value === 'function' ? value.bind(target) : value;
  };
  const claiming = (adapter: GPUAdapter) =>
    new Proxy(adapter, {
      get: (target, name) => {
        if (name === 'features') return new Set([...target.features, 'shader-f16']);
        if (name !== 'requestDevice') return bound(target, name);
        return (descriptor: GPUDeviceDescriptor) =>
          target.requestDevice({
            ...descriptor,
            requiredFeatures: [...(descriptor.requiredFeatures ?? [])].filter((one) => one !== 'shader-f16'),
          });
      },
    });
  const gpu = new Proxy(navigator.gpu, {
    get: (target, name) =>
      name === 'requestAdapter'
        ? async () => {
            const adapter = await target.requestAdapter();
            return adapter && claiming(adapter);
          }
        : bound(target, name),
  });
  const replaceKernel = (source: KernelSource): KernelSource => {
    if (!source.code.includes('enable f16;')) return source;
    const floats = source.code
      .replace('enable f16;', '')
      .replace('alias tile_value = f16', 'alias tile_value = f32');
    return { ...source, code: wrong ? floats.replace(...wrong) : floats };
  };
  return { gpu, replaceKernel, products: 'tiles', f16: 'on' };
}

describe('tiles in half precision', () => {
  it('are refused by name where the device has no shader-f16, and not asked for by default', async () => {
    const here = await opened({ products: 'tiles', f16: 'on' });
    expect(statesOf(here)).toMatchObject({ 'half-precision tiles': 'refused' });
    expect(whyOf(here, 'half-precision tiles')).toMatch(/does not offer shader-f16/);
    here.dispose();
    const plain = await opened({});
    expect(statesOf(plain)).toMatchObject({ 'half-precision tiles': 'off' });
    plain.dispose();
  });

  it('are on after their check, and refused with the product that is wrong', async () => {
    const right = await WebGpuBackend.create(pretending());
    expect(statesOf(right)).toMatchObject({ 'half-precision tiles': 'on' });
    right.dispose();
    const wrong = await WebGpuBackend.create(pretending(['sum3 += x.w * y', 'sum3 += x.z * y']));
    expect(whyOf(wrong, 'half-precision tiles')).toMatch(/product 19 x 21 x 33 gave/);
    const [m, n, k] = [12, 12, 12];
    const filled = (value: number) => {
      const tensor = wrong.alloc('f32', m * n, 'test');
      wrong.fill(tensor, value);
      return tensor;
    };
    const out = filled(0);
    wrong.matmul({ out, a: filled(0.5), b: filled(2), m, n, k });
    expect(new Set(await wrong.readFloats(out))).toEqual(new Set([k]));
    wrong.dispose();
  });

  it('whose compiler refuses the feature are refused', async () => {
    const { gpu } = pretending();
    const backend = await WebGpuBackend.create({ gpu, products: 'tiles', f16: 'on' });
    expect(statesOf(backend)).toMatchObject({ 'half-precision tiles': 'refused' });
    expect(whyOf(backend, 'half-precision tiles')).toMatch(/could not run/);
    backend.dispose();
  });
});

describe('subgroups compute what the reference does', () => {
  let backend: WebGpuBackend;
  beforeAll(async () => {
    backend = await WebGpuBackend.create({ products: 'tiles', subgroups: 'on' });
  });
  afterAll(() => backend.dispose());

  const cases = parityCases(1, 0).filter(({ name }) =>
    /^(rmsNorm|tokenLogprobs|sample|clip|policyLoss)/.test(name),
  );
  it.each(cases.map((parity) => [parity.name, parity] as const))('%s', async (_, parity) => {
    expect(statesOf(backend)).toMatchObject({ subgroups: 'on' });
    const expected = await parity.run(new ReferenceBackend());
    expect(disagreements(parity, await parity.run(backend), expected)).toEqual([]);
  });
});
