/** Matrices packed in 8 and 16 bits. */
import { packRows } from '../model/packed-rows';
import type { CaseList } from './parity-case';

export function addPackedMatrices(list: CaseList): void {
  for (const [rows, dim] of [
    [1, 1],
    [3, 5],
    [17, 64],
    [40, 33],
    [5, 1003],
  ] as const) {
    list.add(`dequantise int8 ${rows}x${dim}`, (desk) => {
      const { words, scales } = packRows('int8', desk.numbers.normal(rows * dim), dim);
      desk.backend.dequantise({
        out: desk.output('out', rows * dim),
        packed: desk.ints(words),
        format: 'int8',
        scales: desk.floats(scales),
        rows,
        dim,
      });
    });
    list.add(`dequantise f16 ${rows}x${dim}`, (desk) => {
      // Some are subnormal as 16-bit floats.
      const values = desk.numbers.normal(rows * dim).map((v, i) => (i % 3 === 2 ? v * 1e-5 : v));
      desk.backend.dequantise({
        out: desk.output('out', rows * dim),
        packed: desk.ints(packRows('f16', values, dim).words),
        format: 'f16',
        rows,
        dim,
      });
    });
  }
}
