/** Parts of a longer table: rows picked from one of them, columns put into and taken out of a wider matrix. */
import type { CaseList } from './parity-case';

export function addTableParts(list: CaseList): void {
  for (const [rows, dim] of [
    [1, 1],
    [9, 5],
    [40, 33],
  ] as const) {
    list.add(`gatherRows ${rows}x${dim} of a part`, (desk) => {
      // The table has 20 rows, the part those from 6 to 12.
      const index = desk.ints(desk.numbers.integers(rows, 0, 19));
      const out = desk.output('out', rows * dim, desk.numbers.normal(rows * dim));
      desk.backend.gatherRows({ out, x: desk.normal(7 * dim), index, rows, dim, firstRow: 6 });
    });
    list.add(`copyColumns ${rows}x${dim}`, (desk) => {
      const wide = dim + 9;
      const put = desk.output('put', rows * wide, desk.numbers.normal(rows * wide));
      desk.backend.copyColumns({
        out: put,
        outDim: wide,
        outColumn: 4,
        x: desk.normal(rows * dim),
        xDim: dim,
        xColumn: 0,
        rows,
        columns: dim,
      });
      desk.backend.copyColumns({
        out: desk.output('taken', rows * dim),
        outDim: dim,
        outColumn: 0,
        x: desk.normal(rows * wide),
        xDim: wide,
        xColumn: 9,
        rows,
        columns: dim,
      });
    });
  }
}
