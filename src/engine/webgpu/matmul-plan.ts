/**
 * Which kernel multiplies two matrices, decided from the shape alone (so the same shape always gives
 * the same bits).
 *
 * - Few rows (decoding): the product is one pass over b, so `matmul-rows` lets lanes share the sum.
 * - Otherwise register tiles. Large ones reuse more of each load; small ones keep more workgroups
 *   busy; flat ones waste little on the narrow side of a LoRA factor.
 * - Where barriers are dear (software adapters) and the sizes are multiples of four: 4 x 4 outputs a lane
 *   straight from memory, without workgroup memory (`product-direct-*.wgsl`). Measured on SwiftShader in
 *   processor time: a quarter of the register tiles', half of jax-js's at the policy's shapes.
 *   Where four lanes can hand values to each other (`product-quad-*.wgsl`), half of that again.
 * - A gradient of a narrow factor has few outputs and a sum over thousands of rows: the sum is cut
 *   into pieces that run side by side and are then added in order.
 */

export interface MatmulTile {
  readonly m: number;
  readonly n: number;
}

const LARGE: MatmulTile = { m: 64, n: 64 };
const SMALL: MatmulTile = { m: 32, n: 32 };
const TALL: MatmulTile = { m: 128, n: 8 };
const WIDE: MatmulTile = { m: 8, n: 128 };

export const MATMUL_TILES: readonly MatmulTile[] = [LARGE, SMALL, TALL, WIDE];

/** Columns of a workgroup of `matmul-rows`: neighbouring lanes follow the contiguous direction of b. */
export const ROWS_COLUMNS = { plain: 16, transposed: 4 } as const;

/** Up to so many rows go through `matmul-rows`. */
const FEW_ROWS = 8;
/** With fewer workgroups than this, much of a GPU idles. */
const ENOUGH_WORKGROUPS = 64;
/** Large tiles only where they leave at least this many workgroups. */
const ENOUGH_LARGE_TILES = 128;
/** A piece of a cut sum is at least this long, and a multiple of the kernel's step of 16. */
const SHORTEST_PIECE = 128;
const STEP = 16;
/** Pieces of one sum; bounds the scratch memory. */
const MOST_SPLITS = 32;

export type MatmulPlan =
  | { readonly kind: 'rows'; readonly kernel: string; readonly workgroups: number }
  | {
      readonly kind: 'tile';
      readonly kernel: string;
      readonly workgroups: number;
      readonly splits: number;
      /** Terms of the sum in each piece. */
      readonly chunk: number;
    }
  | { readonly kind: 'direct'; readonly kernel: string; readonly workgroups: number }
  | {
      readonly kind: 'direct sum';
      readonly kernel: string;
      readonly workgroups: number;
      readonly splits: number;
      readonly chunk: number;
    };

/**
 * How products of ordinary size are made: through workgroup memory, straight from memory, or so that four lanes
 * share what they read (`self-checks.ts`).
 */
export type ProductStyle = 'tiles' | 'direct' | 'quads';

export interface MatmulShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

export function rowsKernelName(transposeB: boolean): string {
  return `matmul-rows N${transposeB ? 'T' : 'N'}`;
}

export function tileKernelName(tile: MatmulTile, transposeA: boolean, transposeB: boolean): string {
  return `matmul-tile ${tile.m}x${tile.n} ${transposeA ? 'T' : 'N'}${transposeB ? 'T' : 'N'}`;
}

/** The variant of a product x W^T that also makes the gated activation of its result. */
export function gatedName(kernel: string): string {
  return `${kernel} gated`;
}

/** Rows of one piece of a direct sum over rows. */
const DIRECT_PIECE = 64;
/** Lanes of a workgroup of the direct kernels, and outputs of a lane. */
const [DIRECT_LANES, DIRECT_OUTPUTS] = [64, 16];

/** Outputs of four lanes that share what they read, and how many such quads a workgroup has. */
const [QUAD_ROWS, QUAD_COLUMNS, QUADS] = [8, 16, 4];

/** Both products of `product-direct-tn`, or one where m2 is 0. */
export function planDirectSum(
  rows: number,
  outputs: number,
): { chunk: number; splits: number; workgroups: number } {
  const chunk = Math.max(DIRECT_PIECE, Math.ceil(rows / MOST_SPLITS));
  const splits = Math.max(1, Math.ceil(rows / chunk));
  return { chunk, splits, workgroups: Math.ceil((splits * outputs) / DIRECT_OUTPUTS / DIRECT_LANES) };
}

/** True where every size is read as whole vec4s. */
export function inFours(...sizes: readonly number[]): boolean {
  return sizes.every((size) => size % 4 === 0);
}

export function planMatmul(shape: MatmulShape, style: ProductStyle): MatmulPlan {
  const { m, n, k, transposeA, transposeB } = shape;
  if (style !== 'tiles' && transposeA && !transposeB && inFours(m, n)) {
    return { kind: 'direct sum', kernel: 'product-direct TN', ...planDirectSum(k, m * n) };
  }
  if (style === 'quads' && !transposeA && inFours(n, k) && m > QUAD_ROWS / 2) {
    const quads = Math.ceil(m / QUAD_ROWS) * Math.ceil(n / QUAD_COLUMNS);
    const workgroups = Math.ceil(quads / QUADS);
    return { kind: 'direct', kernel: `product-quad ${transposeB ? 'NT' : 'NN'}`, workgroups };
  }
  if (style !== 'tiles' && !transposeA && inFours(n, k)) {
    const workgroups = Math.ceil((Math.ceil(m / 4) * n) / 4 / DIRECT_LANES);
    return { kind: 'direct', kernel: `product-direct ${transposeB ? 'NT' : 'NN'}`, workgroups };
  }
  if (m <= FEW_ROWS && !transposeA) {
    const columns = ROWS_COLUMNS[transposeB ? 'transposed' : 'plain'];
    return {
      kind: 'rows',
      kernel: rowsKernelName(transposeB),
      workgroups: Math.ceil(m / 4) * Math.ceil(n / columns),
    };
  }
  const tile = tileFor(m, n);
  const tiles = tilesOf(tile, m, n);
  const { splits, chunk } = cut(k, tiles);
  return {
    kind: 'tile',
    kernel: tileKernelName(tile, transposeA, transposeB),
    workgroups: tiles * splits,
    splits,
    chunk,
  };
}

function tilesOf(tile: MatmulTile, m: number, n: number): number {
  return Math.ceil(m / tile.m) * Math.ceil(n / tile.n);
}

function tileFor(m: number, n: number): MatmulTile {
  if (n <= TALL.n && m > SMALL.m) return TALL;
  if (m <= WIDE.m && n > SMALL.n) return WIDE;
  return tilesOf(LARGE, m, n) >= ENOUGH_LARGE_TILES ? LARGE : SMALL;
}

function cut(k: number, tiles: number): { splits: number; chunk: number } {
  const wanted = Math.ceil(ENOUGH_WORKGROUPS / tiles);
  const possible = Math.floor(k / SHORTEST_PIECE);
  const pieces = Math.max(1, Math.min(wanted, possible, MOST_SPLITS));
  const chunk = Math.max(STEP, Math.ceil(k / pieces / STEP) * STEP);
  return { splits: Math.max(1, Math.ceil(k / chunk)), chunk };
}
