/** The GRPO loss on the device over ragged rows, every loss type, and sums over picked rows. */
import { type GrpoLossOptions, type LossType, rowWeights, TRL_LOSS_DEFAULTS } from '../training/grpo-loss';
import { CREDIT_WIDTH, packCredits, type RowCredit, SUMS_WIDTH } from '../training/policy-loss';
import type { CaseList } from './parity-case';

const LOSS_TYPES: readonly LossType[] = ['grpo', 'bnpo', 'dr_grpo', 'dapo', 'cispo', 'sapo', 'paper'];

interface Variant {
  readonly name: string;
  readonly options: Partial<GrpoLossOptions>;
  readonly offPolicy: boolean;
  readonly reference: boolean;
}

const VARIANTS: readonly Variant[] = [
  { name: 'on policy', options: {}, offPolicy: false, reference: true },
  {
    name: 'off policy, k3, entropy',
    options: { beta: 0.1, entropyCoef: 0.02 },
    offPolicy: true,
    reference: true,
  },
  {
    name: 'no clipping, k2',
    options: { epsilon: null, epsilonHigh: null, beta: 0.3, kl: 'k2' },
    offPolicy: true,
    reference: true,
  },
  {
    name: 'sequence level, delta',
    options: { importanceLevel: 'sequence', delta: 1.3 },
    offPolicy: true,
    reference: false,
  },
];

/** Lengths of the rows; a row may be empty or longer than a workgroup. */
const LENGTHS = [5, 0, 1, 130, 17, 64];
/** Float32 exponentials of differences of about one. */
const TOLERANCE = 1e-5;

export function addPolicyLoss(list: CaseList): void {
  for (const lossType of LOSS_TYPES) {
    for (const { name, options, offPolicy, reference } of VARIANTS) {
      list.add(
        `policyLoss ${lossType}, ${name}`,
        (desk) => {
          const all: GrpoLossOptions = { ...TRL_LOSS_DEFAULTS, epsilonHigh: 0.28, lossType, ...options };
          const rows = LENGTHS.reduce((sum, length) => sum + length, 0);
          const entropyOffset = 256;
          const measures = new Float32Array(entropyOffset + rows);
          measures.set(desk.numbers.normal(rows, 0.6, -2));
          measures.set(desk.numbers.normal(rows, 0.1, 1), entropyOffset);
          const sampled = new Float32Array(2 * rows);
          const nudge = desk.numbers.normal(rows, 0.3);
          for (let t = 0; t < rows; t++) {
            sampled[2 * t] = measures[t] + nudge[t];
            sampled[2 * t + 1] = desk.numbers.next() < 0.8 ? 1 : 0;
          }
          let end = 0;
          const totals = { rows: LENGTHS.length, tokens: 150, items: 170 };
          const credits = LENGTHS.map((length): RowCredit => {
            const start = end;
            end += length;
            let tokens = 0;
            for (let t = start; t < end; t++) tokens += sampled[2 * t + 1];
            const [advantage] = desk.numbers.normal(1);
            return { start, end, advantage, ...rowWeights(all, totals, tokens) };
          });
          const drift = desk.numbers.normal(rows, 0.2);
          desk.backend.policyLoss({
            gradients: desk.output('gradients', entropyOffset + rows, new Float32Array(entropyOffset + rows)),
            sums: desk.output('sums', LENGTHS.length * SUMS_WIDTH),
            measures: desk.floats(measures),
            entropyOffset,
            sampled: desk.floats(sampled),
            reference: reference
              ? desk.floats(Float32Array.from(drift, (value, t) => measures[t] + value))
              : undefined,
            credits: desk.floats(Float32Array.from(packCredits(credits))),
            sequences: credits.length,
            rows,
            offPolicy,
            options: all,
          });
        },
        TOLERANCE,
      );
    }
  }
  list.add(`policyLoss counts log-probs that are not finite, credits of ${CREDIT_WIDTH}`, (desk) => {
    const measures = Float32Array.from([-1, Number.NaN, -2, -Infinity, 1, 1, 1, 1]);
    const sums = desk.backend.alloc('f32', SUMS_WIDTH, 'sums');
    const gradients = desk.backend.alloc('f32', 8, 'gradients');
    desk.backend.policyLoss({
      gradients,
      sums,
      measures: desk.floats(measures),
      entropyOffset: 4,
      sampled: desk.floats(Float32Array.from([-1, 1, -1, 1, -1, 1, -1, 1])),
      credits: desk.floats(
        Float32Array.from(
          packCredits([{ start: 0, end: 4, advantage: 1, policy: 1, kl: 0, entropy: 0, tokens: 4 }]),
        ),
      ),
      sequences: 1,
      rows: 4,
      offPolicy: false,
      options: TRL_LOSS_DEFAULTS,
    });
    const broken = desk.output('broken', 1);
    const index = desk.ints([SUMS_WIDTH - 1]);
    desk.backend.gatherRows({ out: broken, x: sums, index, rows: 1, dim: 1 });
    desk.backend.free(sums);
    desk.backend.free(gradients);
  });
}

export function addPickedSums(list: CaseList): void {
  for (const [rows, dim, sources] of [
    [1, 1, 1],
    [4, 5, 9],
    [37, 64, 50],
    [130, 33, 40],
  ] as const) {
    list.add(`sumPicked ${rows}x${dim} of ${sources}`, (desk) => {
      const starts = [0];
      for (let o = 0; o < rows; o++) starts.push(starts[o] + desk.numbers.integer(0, 3));
      const entries = Math.max(1, starts[rows]);
      desk.backend.sumPicked({
        out: desk.output('out', rows * dim),
        x: desk.normal(sources * dim, 1, 0.5),
        starts: desk.ints(starts),
        index: desk.ints(desk.numbers.integers(entries, 0, sources - 1)),
        rows,
        dim,
      });
    });
  }
  for (const value of [Number.NaN, Infinity]) {
    list.add(`adamW changes nothing where the gradient holds ${value}`, (desk) => {
      const length = 100;
      const grad = desk.numbers.normal(length);
      grad[70] = value;
      const clip = desk.backend.alloc('f32', 2, 'clip');
      const gradient = desk.floats(grad);
      desk.backend.clipFactor({ out: clip, x: gradient, maxNorm: 1 });
      desk.backend.adamW({
        param: desk.output('param', length, desk.numbers.normal(length)),
        grad: gradient,
        m: desk.output('m', length, desk.numbers.normal(length)),
        v: desk.output('v', length, new Float32Array(length).fill(1)),
        clip,
        length,
        lr: 0.01,
        beta1: 0.9,
        beta2: 0.999,
        eps: 1e-8,
        weightDecay: 0.1,
        step: 1,
      });
      desk.backend.free(clip);
    });
  }
}
