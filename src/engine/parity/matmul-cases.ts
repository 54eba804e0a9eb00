/** Matrix products in every orientation, and weights that change between two uses. */
import type { Tensor } from '../backend';
import type { CaseList, Desk } from './parity-case';
import type { SeededNumbers } from './seeded-numbers';

const MATMUL_SHAPES: readonly (readonly [m: number, n: number, k: number])[] = [
  [1, 1, 1],
  [1, 7, 5],
  [1, 128, 64],
  [2, 33, 130],
  [5, 3, 9],
  [6, 8, 256],
  [13, 17, 19],
  [32, 64, 8],
  [33, 65, 257],
  [67, 8, 40],
  [8, 70, 300],
  [100, 130, 70],
];

interface MatmulVariant {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly alpha?: number;
  readonly accumulate?: boolean;
  readonly bias?: boolean;
  readonly weight?: boolean;
}

function matmulName(v: MatmulVariant): string {
  const flags = [
    v.alpha !== undefined && `alpha ${v.alpha}`,
    v.accumulate && 'accumulate',
    v.bias && 'bias',
    v.weight && 'weight',
  ].filter(Boolean);
  const layout = `${v.transposeA ? 'T' : 'N'}${v.transposeB ? 'T' : 'N'}`;
  return `matmul ${layout} ${v.m}x${v.n}x${v.k} ${flags.join(', ')}`.trim();
}

function addMatmul(list: CaseList, v: MatmulVariant): void {
  list.add(matmulName(v), (desk) => {
    const b = desk.floats(desk.numbers.normal(v.k * v.n), v.weight ? 'weight' : 'activation');
    desk.backend.matmul({
      out: desk.output('out', v.m * v.n, v.accumulate ? desk.addend(v.m * v.n) : undefined),
      a: desk.normal(v.m * v.k),
      b,
      m: v.m,
      n: v.n,
      k: v.k,
      transposeA: v.transposeA,
      transposeB: v.transposeB,
      alpha: v.alpha,
      accumulate: v.accumulate,
      bias: v.bias ? desk.normal(v.n) : undefined,
    });
  });
}

export function addMatmuls(list: CaseList, draw: SeededNumbers, extra: number): void {
  const shapes = [...MATMUL_SHAPES];
  for (let i = 0; i < extra; i++) {
    shapes.push([draw.integer(1, 90), draw.integer(1, 90), draw.integer(1, 600)]);
  }
  for (const [m, n, k] of shapes) {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        addMatmul(list, { m, n, k, transposeA, transposeB, weight: draw.next() < 0.3 });
        addMatmul(list, {
          m,
          n,
          k,
          transposeA,
          transposeB,
          alpha: draw.next() < 0.5 ? -0.75 : undefined,
          accumulate: draw.next() < 0.7,
          bias: draw.next() < 0.5,
          weight: draw.next() < 0.5,
        });
      }
    }
  }
}

/** A weight that changes after it has been used: repacked copies must not go stale. */
export function addWeightChanges(list: CaseList): void {
  const [m, n, k] = [9, 19, 37];
  const changes: readonly (readonly [string, (desk: Desk, weight: Tensor) => void])[] = [
    ['write', (desk, weight) => desk.backend.write(weight, desk.numbers.normal(5), 11)],
    [
      'write to a view',
      (desk, w) => desk.backend.write(desk.backend.view(w, 64, 64), desk.numbers.normal(64)),
    ],
    ['fill', (desk, weight) => desk.backend.fill(weight, 0.25)],
    ['copy', (desk, weight) => desk.backend.copy(weight, desk.normal(n * k))],
    ['addScaled', (desk, weight) => desk.backend.addScaled(weight, desk.normal(n * k), 0.5)],
    [
      'scatterRows',
      (desk, out) =>
        desk.backend.scatterRows({ out, x: desk.normal(2 * k), index: desk.ints([4, 1]), rows: 2, dim: k }),
    ],
    [
      'matmul',
      (desk, out) =>
        desk.backend.matmul({ out, a: desk.normal(n * 3), b: desk.normal(3 * k), m: n, n: k, k: 3 }),
    ],
  ];
  for (const [name, change] of changes) {
    list.add(`weight changed by ${name}`, (desk) => {
      const b = desk.floats(desk.numbers.normal(n * k), 'weight');
      const a = desk.normal(m * k);
      desk.backend.matmul({ out: desk.output('before', m * n), a, b, m, n, k, transposeB: true });
      change(desk, b);
      desk.backend.matmul({ out: desk.output('after', m * n), a, b, m, n, k, transposeB: true });
      desk.backend.matmul({ out: desk.output('other way', m * n), a, b, m, n, k });
    });
  }
}
