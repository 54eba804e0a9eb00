/**
 * Plans a matrix product: how B reaches the kernel and how the result is cut into work items.
 *
 * Three ways for B. A weight is packed once into panels of 8 columns and the copy kept until the
 * weight changes. A transposed activation is packed into scratch space for this one product. A
 * row-major activation is read where it lies. How the result is cut does not touch the order of
 * summation, so it may follow the number of threads.
 */
import type { MatmulArgs } from '../backend';
import type { Device } from './device';
import { addressOf, own } from './wasm-tensor';

const TILE_ROWS = 4;
const PANEL = 8;
/** Rows of A that an item walks for each panel of B: with 256 deep blocks of k they fit into the L1 cache. */
const MOST_ITEM_ROWS = 48;
const FEWEST_ITEM_COLUMNS = 32;
/** Scratch of a thread: one tile for the ragged right edge, and 256 steps of k of a tile of A. */
const TILE_SCRATCH = 4 * TILE_ROWS * (PANEL + 256);

interface RightOperand {
  readonly address: number;
  readonly packed: boolean;
}

function rightOperand({ storage, pool }: Device, args: MatmulArgs): RightOperand {
  const { n, k, transposeB = false } = args;
  const tensor = own(args.b);
  const address = addressOf(tensor, 'f32', n * k);
  if (!tensor.buffer.isWeight && !transposeB) return { address, packed: false };
  const panels = Math.ceil(n / PANEL);
  const bytes = 4 * panels * PANEL * k;
  const key = `${tensor.offset} ${n} ${k} ${transposeB}`;
  const present = tensor.buffer.packed.get(key);
  if (present) return { address: present.block.address, packed: true };
  const block = tensor.buffer.isWeight ? storage.packedBlock(bytes) : undefined;
  const to = block?.address ?? storage.scratchAddress('packed matrix', bytes);
  if (transposeB) pool.run('packColumns', panels, 2 * n * k, [to, address, n, k, 4 * k]);
  else pool.run('packRows', panels, 2 * n * k, [to, address, n, k]);
  if (block) tensor.buffer.packed.set(key, { block });
  return { address: to, packed: true };
}

/** Rows and columns of a work item: large for reuse, small enough that every thread finds some. */
function itemShape(m: number, n: number, threads: number): readonly [rows: number, columns: number] {
  let rows = MOST_ITEM_ROWS;
  let columns = Math.ceil(n / PANEL) * PANEL;
  if (threads === 1) return [rows, columns];
  const items = () => Math.ceil(m / rows) * Math.ceil(n / columns);
  const enough = 6 * threads;
  while (items() < enough && columns >= 2 * FEWEST_ITEM_COLUMNS) {
    columns = Math.ceil(columns / 2 / PANEL) * PANEL;
  }
  while (items() < enough && rows > TILE_ROWS) rows = Math.ceil(rows / 2 / TILE_ROWS) * TILE_ROWS;
  return [rows, columns];
}

export function matrixProduct(device: Device, args: MatmulArgs): void {
  const { m, n, k, transposeA = false, alpha = 1, accumulate = false, bias } = args;
  const out = device.output(args.out, m * n);
  const a = device.input(args.a, m * k);
  const addend = bias ? device.input(bias, n) : 0;
  const b = rightOperand(device, args);
  const [rows, columns] = itemShape(m, n, device.pool.threads);
  const scratch = device.threadScratch('tiles', TILE_SCRATCH);
  device.launch('matmul', Math.ceil(m / rows) * Math.ceil(n / columns), 2 * m * n * k, [
    out,
    a,
    b.address,
    addend,
    m,
    n,
    k,
    Number(transposeA),
    Number(b.packed),
    alpha,
    Number(accumulate),
    rows,
    columns,
    ...scratch,
  ]);
}
