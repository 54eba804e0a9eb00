/** Linear layers with and without a low-rank adapter, forward and backward, frozen and trained. */
import type { CaseList, Desk } from './parity-case';

interface LinearVariant {
  readonly rows: number;
  readonly inDim: number;
  readonly outDim: number;
  /** LoRA rank; 0: none. */
  readonly r: number;
  readonly bias?: boolean;
  readonly accumulate?: boolean;
}

const VARIANTS: readonly LinearVariant[] = [
  { rows: 1, inDim: 5, outDim: 7, r: 0 },
  { rows: 1, inDim: 128, outDim: 64, r: 8 },
  { rows: 3, inDim: 20, outDim: 33, r: 1, bias: true },
  { rows: 32, inDim: 128, outDim: 320, r: 8 },
  { rows: 37, inDim: 65, outDim: 130, r: 6, bias: true },
  { rows: 130, inDim: 320, outDim: 128, r: 8, accumulate: true },
  { rows: 200, inDim: 48, outDim: 80, r: 33, accumulate: true },
  { rows: 70, inDim: 96, outDim: 64, r: 0, bias: true, accumulate: true },
];

/** Values of about 1 / sqrt(terms), so that every sum is of size one and none drowns the others. */
function scaled(desk: Desk, length: number, terms: number): Float32Array {
  return desk.numbers.normal(length, 1 / Math.sqrt(terms));
}

function name(v: LinearVariant): string {
  const flags = [v.r > 0 && `r ${v.r}`, v.bias && 'bias', v.accumulate && 'accumulate'].filter(Boolean);
  return `${v.rows}x${v.inDim}x${v.outDim} ${flags.join(', ')}`.trim();
}

function lowRank(desk: Desk, { inDim, outDim, r }: LinearVariant) {
  return {
    a: desk.floats(scaled(desk, r * inDim, inDim), 'weight'),
    b: desk.floats(scaled(desk, outDim * r, r), 'weight'),
    r,
    scaling: 2,
  };
}

export function addLinears(list: CaseList): void {
  for (const v of VARIANTS) {
    const { rows, inDim, outDim, r, accumulate } = v;
    list.add(`linear ${name(v)}`, (desk) => {
      desk.backend.linear({
        out: desk.output('out', rows * outDim, accumulate ? desk.addend(rows * outDim) : undefined),
        x: desk.normal(rows * inDim),
        rows,
        inDim,
        outDim,
        weight: desk.floats(scaled(desk, outDim * inDim, inDim), 'weight'),
        bias: v.bias ? desk.normal(outDim) : undefined,
        accumulate,
        lora: r > 0 ? { ...lowRank(desk, v), low: desk.output('low', rows * r) } : undefined,
      });
    });
    for (const trained of [false, true]) {
      for (const withDx of [true, false]) {
        if (!withDx && (trained || r === 0)) continue;
        const kind = `${trained ? 'trained' : 'frozen'}${withDx ? '' : ', no dx'}`;
        list.add(`linear backward ${name(v)} ${kind}`, (desk) => {
          const sum = (label: string, length: number) => desk.output(label, length, desk.addend(length));
          const start = accumulate ? desk.addend(rows * inDim) : undefined;
          desk.backend.linearBackward({
            dx: withDx ? desk.output('dx', rows * inDim, start) : undefined,
            dOut: desk.normal(rows * outDim),
            x: desk.normal(rows * inDim),
            rows,
            inDim,
            outDim,
            weight: desk.floats(scaled(desk, outDim * inDim, outDim), 'weight'),
            accumulate,
            dWeight: trained ? sum('dWeight', outDim * inDim) : undefined,
            dBias: trained && v.bias ? sum('dBias', outDim) : undefined,
            lora:
              r > 0
                ? {
                    ...lowRank(desk, v),
                    low: desk.normal(rows * r),
                    dLow: desk.output('dLow', rows * r),
                    dA: sum('dA', r * inDim),
                    dB: sum('dB', outDim * r),
                  }
                : undefined,
          });
        });
      }
    }
  }
}

/** A residual connection into a new tensor; sizes that are multiples of four and sizes that are not. */
export function addLinearAddends(list: CaseList): void {
  const shapes: readonly LinearVariant[] = [
    { rows: 5, inDim: 12, outDim: 20, r: 4 },
    { rows: 75, inDim: 320, outDim: 128, r: 8, accumulate: true },
    { rows: 33, inDim: 30, outDim: 50, r: 3, bias: true },
    { rows: 41, inDim: 64, outDim: 36, r: 5 },
    { rows: 130, inDim: 700, outDim: 16, r: 0, accumulate: true },
  ];
  for (const v of shapes) {
    const { rows, inDim, outDim, r, accumulate } = v;
    list.add(`linear with addend ${name(v)}`, (desk) => {
      desk.backend.linear({
        out: desk.output('out', rows * outDim, accumulate ? desk.addend(rows * outDim) : undefined),
        x: desk.normal(rows * inDim),
        rows,
        inDim,
        outDim,
        weight: desk.floats(scaled(desk, outDim * inDim, inDim), 'weight'),
        bias: v.bias ? desk.normal(outDim) : undefined,
        addend: desk.normal(rows * outDim),
        accumulate,
        lora: r > 0 ? { ...lowRank(desk, v), low: desk.output('low', rows * r) } : undefined,
      });
    });
  }
}

/** The up projection of a gated feed-forward layer, its activation made in the same operation where a back end can. */
export function addGatedLinears(list: CaseList): void {
  const shapes: readonly LinearVariant[] = [
    { rows: 3, inDim: 12, outDim: 20, r: 4 },
    { rows: 37, inDim: 128, outDim: 320, r: 8 },
    { rows: 33, inDim: 30, outDim: 50, r: 3, bias: true },
    { rows: 41, inDim: 64, outDim: 36, r: 5 },
    { rows: 70, inDim: 64, outDim: 36, r: 0, bias: true },
    { rows: 20, inDim: 700, outDim: 15, r: 0 },
    { rows: 1, inDim: 33, outDim: 18, r: 2 },
  ];
  for (const v of shapes) {
    const { rows, inDim, outDim, r } = v;
    list.add(`linear gated ${name(v)}`, (desk) => {
      desk.backend.linear({
        out: desk.output('out', rows * outDim),
        x: desk.normal(rows * inDim),
        rows,
        inDim,
        outDim,
        weight: desk.floats(scaled(desk, outDim * inDim, inDim), 'weight'),
        bias: v.bias ? desk.normal(outDim) : undefined,
        gated: { gate: desk.normal(rows * outDim, 4), out: desk.output('activated', rows * outDim) },
        lora: r > 0 ? { ...lowRank(desk, v), low: desk.output('low', rows * r) } : undefined,
      });
    });
  }
}
