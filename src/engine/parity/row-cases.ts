/** Moving, adding up, normalising and rotating rows. */
import type { CaseList } from './parity-case';
import type { SeededNumbers } from './seeded-numbers';

export function addMovement(list: CaseList, draw: SeededNumbers): void {
  for (const [rows, dim] of [
    [1, 1],
    [3, 5],
    [17, 64],
    [40, 33],
    [5, 1000],
  ] as const) {
    const shape = `${rows}x${dim}`;
    list.add(`fill and copy ${shape}`, (desk) => {
      desk.backend.fill(desk.output('fill', rows * dim), -1.5);
      desk.backend.fill(desk.output('ints', rows * dim, undefined, 'i32'), 9);
      desk.backend.copy(desk.output('copy', rows * dim), desk.normal(rows * dim));
    });
    list.add(`addScaled ${shape}`, (desk) => {
      const out = desk.output('out', rows * dim, desk.addend(rows * dim));
      desk.backend.addScaled(out, desk.normal(rows * dim), -0.3);
    });
    const sources = draw.integer(1, 20);
    list.add(`gatherRows ${shape} of ${sources}`, (desk) => {
      const index = desk.ints(desk.numbers.integers(rows, 0, sources - 1));
      desk.backend.gatherRows({
        out: desk.output('out', rows * dim),
        x: desk.normal(sources * dim),
        index,
        rows,
        dim,
      });
    });
    list.add(`scatterRows ${shape}`, (desk) => {
      const index = desk.ints(desk.numbers.distinct(rows, rows + 3));
      const out = desk.output('out', (rows + 3) * dim);
      desk.backend.scatterRows({ out, x: desk.normal(rows * dim), index, rows, dim });
    });
    list.add(`scatterAddRows ${shape} into ${sources}`, (desk) => {
      const out = desk.output('out', sources * dim, desk.addend(sources * dim));
      const index = desk.ints(desk.numbers.integers(rows, 0, sources - 1));
      desk.backend.scatterAddRows({ out, x: desk.normal(rows * dim), index, rows, outRows: sources, dim });
    });
    list.add(`sumRows ${shape}`, (desk) => {
      desk.backend.sumRows({
        out: desk.output('out', dim, desk.addend(dim)),
        x: desk.normal(rows * dim, 1, 0.5),
        rows,
        dim,
      });
    });
  }
}

export function addNorms(list: CaseList): void {
  // With dim 1 the gradient is zero but for eps, and nothing could be compared.
  for (const [rows, dim] of [
    [1, 3],
    [2, 7],
    [9, 32],
    [31, 100],
    [5, 515],
  ] as const) {
    const eps = 1e-6;
    list.add(`rmsNorm ${rows}x${dim}`, (desk) => {
      desk.backend.rmsNorm({
        out: desk.output('out', rows * dim),
        x: desk.normal(rows * dim, 2),
        weight: desk.normal(dim, 0.2, 1),
        rstd: desk.output('rstd', rows),
        rows,
        dim,
        eps,
      });
    });
    for (const [withWeight, accumulate] of [
      [true, false],
      [true, true],
      [false, false],
      [false, true],
    ]) {
      const flags = `${withWeight ? ' dWeight' : ''}${accumulate ? ' accumulate' : ''}`;
      list.add(`rmsNormBackward ${rows}x${dim}${flags}`, (desk) => {
        const x = desk.normal(rows * dim, 2);
        const weight = desk.normal(dim, 0.2, 1);
        const rstd = desk.output('rstd', rows);
        desk.backend.rmsNorm({ out: desk.output('out', rows * dim), x, weight, rstd, rows, dim, eps });
        desk.backend.rmsNormBackward({
          dx: desk.output('dx', rows * dim, accumulate ? desk.addend(rows * dim) : undefined),
          dWeight: withWeight ? desk.output('dWeight', dim, desk.addend(dim)) : undefined,
          dOut: desk.normal(rows * dim),
          x,
          weight,
          rstd,
          rows,
          dim,
          accumulate,
        });
      });
    }
  }
}

export function addRope(list: CaseList): void {
  for (const [rows, heads, headDim] of [
    [1, 1, 2],
    [5, 3, 6],
    [11, 2, 16],
    [4, 1, 34],
    [20, 4, 64],
  ] as const) {
    for (const inverse of [false, true]) {
      list.add(`rope ${rows}x${heads}x${headDim}${inverse ? ' inverse' : ''}`, (desk) => {
        const positions = 50;
        const half = headDim / 2;
        const angles = Float64Array.from({ length: positions * half }, (_, i) => {
          return Math.floor(i / half) * 10000 ** (-(i % half) / half);
        });
        desk.backend.rope({
          x: desk.output('x', rows * heads * headDim, desk.numbers.normal(rows * heads * headDim)),
          cos: desk.floats(Float32Array.from(angles, Math.cos)),
          sin: desk.floats(Float32Array.from(angles, Math.sin)),
          positions: desk.ints(desk.numbers.integers(rows, 0, positions - 1)),
          rows,
          heads,
          headDim,
          inverse,
        });
      });
    }
  }
}
