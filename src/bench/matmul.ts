/** `matmul`: squares, and the products that the bundled policy is made of, both ways through a weight. */
import type { Backend, Tensor } from '../engine/backend';
import type { ModelConfig } from '../engine/model/model-config';
import type { Emit, Setting } from './benches';
import { type Contestant, race } from './figure';
import { matmulFlops } from './flops';

export interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** b is a weight stored [n, k], as a linear layer's: y = x W^T. */
  readonly transposeB: boolean;
  readonly what: string;
}

const SQUARES = [256, 512, 1024];
/** Rows of a decoding step, of a small and of a large micro-batch. */
const ROWS = [32, 512, 2048];

/** The products of one block and of the head, forward (x W^T) and backward (dy W). */
export function policyProducts(config: ModelConfig): readonly Product[] {
  const { hiddenSize, intermediateSize, heads, headDim, vocabSize } = config;
  const layers = [
    ['q_proj', heads * headDim, hiddenSize],
    ['gate_proj', intermediateSize, hiddenSize],
    ['down_proj', hiddenSize, intermediateSize],
    ['head', vocabSize, hiddenSize],
    ['lora_A', 8, hiddenSize],
  ] as const;
  return ROWS.flatMap((rows) =>
    layers.flatMap(([what, out, input]): Product[] => [
      { m: rows, n: out, k: input, transposeB: true, what },
      { m: rows, n: input, k: out, transposeB: false, what: `${what} backward` },
    ]),
  );
}

export const SQUARE_PRODUCTS: readonly Product[] = SQUARES.map((n) => ({
  m: n,
  n,
  k: n,
  transposeB: false,
  what: 'square',
}));

/** Products done back to back before anybody waits: small ones are measured many at a time. */
function repeats({ m, n, k }: Product, backend: Setting['backend']): number {
  const wanted = backend === 'webgpu' ? 2e8 : 2e9;
  return Math.max(1, Math.min(100, Math.round(wanted / matmulFlops(m, n, k))));
}

/** A peer's way to multiply: returns a contestant that does the product `times` times. */
export type MakeProduct = (
  product: Product,
  a: Float32Array,
  b: Float32Array,
  times: number,
) => Promise<Contestant>;

function ours(
  backend: Backend,
  product: Product,
  a: Float32Array,
  b: Float32Array,
  times: number,
): Contestant {
  const { m, n, k, transposeB } = product;
  const put = (data: Float32Array, label: string, use: 'weight' | 'activation'): Tensor => {
    const tensor = backend.alloc('f32', data.length, label, use);
    backend.write(tensor, data);
    return tensor;
  };
  const left = put(a, 'left', 'activation');
  const right = put(b, 'right', 'weight');
  const out = backend.alloc('f32', m * n, 'out');
  return {
    engine: 'agemem',
    async run() {
      for (let i = 0; i < times; i++) backend.matmul({ out, a: left, b: right, m, n, k, transposeB });
      await backend.flush();
    },
    result: () => backend.readFloats(out),
    counts: () => ({ ...backend.counts }),
    dispose() {
      for (const tensor of [left, right, out]) backend.free(tensor);
    },
  };
}

export async function matmul(
  { backend, engine, random, runs, quick }: Setting,
  peers: readonly MakeProduct[],
  emit: Emit,
  config: ModelConfig,
): Promise<void> {
  const all = [...SQUARE_PRODUCTS, ...policyProducts(config)];
  for (const product of quick ? all.filter(({ m }) => m === 512) : all) {
    const { m, n, k, transposeB, what } = product;
    const a = random.normal(m * k);
    const b = random.normal(n * k, 1 / Math.sqrt(k));
    const times = repeats(product, backend);
    const contestants: Contestant[] = [];
    for (const make of peers) contestants.push(await make(product, a, b, times));
    const size = `${m}x${n}x${k}${transposeB ? ' NT' : ' NN'} (${what})`;
    const settings = {
      bench: 'matmul',
      backend,
      device: engine.info.device,
      size,
      flops: times * matmulFlops(m, n, k),
      tolerance: 1e-5,
      runs,
    };
    for (const figure of await race(settings, ours(engine, product, a, b, times), contestants)) {
      emit({ ...figure, repeats: times });
    }
  }
}
