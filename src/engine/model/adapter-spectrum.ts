/**
 * The singular values of what LoRA adds to a linear layer, scaling * B A: how strongly it moves its r directions,
 * and so how many of them it uses.
 *
 * B A is [out, in] with rank r at most, so it is never made: with A^T = Q_A R_A and B = Q_B R_B its singular
 * values are those of the r x r matrix R_B R_A^T, found by one-sided Jacobi rotations. No Gram matrix is squared on
 * the way, so small values are as right as large ones (relative to the largest, about 1e-15; the weights
 * themselves are float32).
 */
import {
  LORA_MODULES,
  type LoraConfig,
  type LoraModule,
  loraScaling,
  type ModelConfig,
  type NamedTensors,
} from './model-config';
import { adapterName, linearShape } from './parameters';

export interface AdapterSpectrum {
  readonly layer: number;
  readonly module: LoraModule;
  /** r of them, largest first. */
  readonly singular: readonly number[];
}

export function adapterSpectra(
  config: ModelConfig,
  lora: LoraConfig,
  named: NamedTensors,
): readonly AdapterSpectrum[] {
  const modules = LORA_MODULES.filter((module) => lora.targetModules.includes(module));
  return Array.from({ length: config.layers }, (_, layer) =>
    modules.map((module) => {
      const { inDim, outDim } = linearShape(config, module);
      // Both names are in every set of adapter tensors, by `adapterParameters`.
      const a = named.get(adapterName(layer, module, 'A'))!.data;
      const b = named.get(adapterName(layer, module, 'B'))!.data;
      return { layer, module, singular: productSpectrum(a, b, lora.r, inDim, outDim, loraScaling(lora)) };
    }),
  ).flat();
}

/**
 * Singular values of scale * B A, largest first.
 * @param a `[r, in]` @param b `[out, r]`
 */
export function productSpectrum(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  r: number,
  inDim: number,
  outDim: number,
  scale: number,
): readonly number[] {
  const ofA = triangle(
    Array.from({ length: r }, (_, i) => Array.from({ length: inDim }, (_, c) => a[i * inDim + c])),
  );
  const ofB = triangle(
    Array.from({ length: r }, (_, j) => Array.from({ length: outDim }, (_, o) => b[o * r + j])),
  );
  // Columns of R_B R_A^T: entry (i, j) = sum over k of R_B[i][k] R_A[j][k].
  const columns = Array.from({ length: r }, (_, j) =>
    Array.from({ length: r }, (_, i) => ofB[i].reduce((sum, value, k) => sum + value * ofA[j][k], 0)),
  );
  rotate(columns);
  return columns.map((column) => Math.abs(scale) * Math.sqrt(dot(column, column))).sort((x, y) => y - x);
}

/** R of the QR factorisation of the matrix with these columns, `[row][column]`; by Gram-Schmidt done twice. */
function triangle(columns: readonly (readonly number[])[]): number[][] {
  const n = columns.length;
  const r = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  const units: number[][] = [];
  columns.forEach((column, j) => {
    const rest = [...column];
    for (let pass = 0; pass < 2; pass++) {
      units.forEach((unit, i) => {
        const along = dot(unit, rest);
        r[i][j] += along;
        for (let at = 0; at < rest.length; at++) rest[at] -= along * unit[at];
      });
    }
    const length = Math.sqrt(dot(rest, rest));
    r[j][j] = length;
    // A column that depends on those before it adds no direction.
    units.push(rest.map((value) => (length > 0 ? value / length : 0)));
  });
  return r;
}

/** Turns the columns until all are at right angles: their lengths are the singular values then. */
function rotate(columns: number[][]): void {
  for (let sweep = 0; sweep < 60; sweep++) {
    let turned = false;
    for (let p = 0; p < columns.length; p++) {
      for (let q = p + 1; q < columns.length; q++) turned = turn(columns[p], columns[q]) || turned;
    }
    if (!turned) return;
  }
}

/** True if the two were not at right angles yet. */
function turn(x: number[], y: number[]): boolean {
  const xx = dot(x, x);
  const yy = dot(y, y);
  const xy = dot(x, y);
  if (Math.abs(xy) <= 1e-15 * Math.sqrt(xx * yy) || xy === 0) return false;
  const zeta = (yy - xx) / (2 * xy);
  const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
  const c = 1 / Math.hypot(1, t);
  const s = c * t;
  for (let i = 0; i < x.length; i++) {
    const before = x[i];
    x[i] = c * before - s * y[i];
    y[i] = s * before + c * y[i];
  }
  return true;
}

function dot(x: readonly number[], y: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}
