/**
 * What a faster kernel must get right before it is used: small operations on random ragged data, against the
 * float64 reference, when the back end is opened.
 *
 * The reference is the plainest kernel there is and costs no pipeline; the same numbers from the device's own plain
 * kernels would cost their compilation. A check is a sample, not a proof: the parity cases are the proof, on
 * the devices at hand; this is for the driver nobody has seen. Sizes leave a rest in every tile and workgroup.
 */
import type { Backend, Tensor } from '../backend';
import { DeviceLostError } from '../errors';
import { SeededNumbers } from '../parity/seeded-numbers';
import {
  attentionAndGradient,
  attentionOverCache,
  layer,
  normAndGradient,
  type Put,
  type Trial,
  tree,
  windows,
} from './direct-trials';

/** What can be checked, see `KernelWays`. */
export type Checked = 'quads' | 'direct' | 'subgroups' | 'halves';

const random = () => new SeededNumbers(20260101);

/** A product of each kind, op(a) op(b) of ragged rows; what direct kernels read comes in fours. */
function product(m: number, n: number, k: number, transposeA: boolean, transposeB: boolean): Trial {
  const draw = random();
  const [a, b, before] = [draw.normal(m * k), draw.normal(k * n), draw.normal(m * n)];
  return (backend, put) => {
    const out = put(before, `product ${m} x ${n} x ${k}`);
    const operands = { a: put(a, 'a'), b: put(b, 'b') };
    backend.matmul({ out, ...operands, m, n, k, transposeA, transposeB, alpha: 0.5, accumulate: true });
    return [out];
  };
}

function norm(rows: number, dim: number): Trial {
  const draw = random();
  const [x, weight] = [draw.normal(rows * dim, 2), draw.normal(dim)];
  return (backend, put) => {
    const out = put(new Float32Array(rows * dim), `norm of rows of ${dim}`);
    const rstd = put(new Float32Array(rows), `norm of rows of ${dim}, its factors`);
    backend.rmsNorm({ out, rstd, x: put(x, 'x'), weight: put(weight, 'weight'), rows, dim, eps: 1e-6 });
    return [out, rstd];
  };
}

function logprobs(rows: number, vocab: number): Trial {
  const draw = random();
  const [logits, targets] = [draw.normal(rows * vocab, 3), draw.integers(rows, 0, vocab - 1)];
  return (backend, put) => {
    const outputs = ['log-probs', 'entropies', 'log-sums'].map((label) => put(new Float32Array(rows), label));
    const [logprob, entropy, lse] = outputs;
    backend.tokenLogprobs({
      logprob,
      entropy,
      lse,
      logits: put(logits, 'logits'),
      targets: put(targets, 'targets'),
      rows,
      vocab,
      temperature: 0.7,
    });
    return outputs;
  };
}

function globalNorm(length: number): Trial {
  const x = random().normal(length);
  return (backend, put) => {
    const out = put(new Float32Array(2), 'norm of a gradient');
    backend.clipFactor({ out, x: put(x, 'x'), maxNorm: 1 });
    return [out];
  };
}

interface Check {
  /** Of the largest result. */
  readonly tolerance: number;
  readonly trials: readonly Trial[];
}

const WITHOUT_WORKGROUP_MEMORY: Check = {
  tolerance: 1e-5,
  trials: [
    product(7, 12, 36, false, true),
    normAndGradient(67, 20),
    layer(70, 36, 20, 4),
    layer(3, 20, 12, 4),
    attentionAndGradient(windows(18, 15, 7)),
    attentionAndGradient(tree(6, [9, 1, 5])),
    attentionOverCache([1, 9, 4], 11),
  ],
};

const CHECKS: Readonly<Record<Checked, Check>> = {
  // The same operations; which kernels compute them is the back end's style. WGSL does not promise which lanes of a
  // workgroup form a quad, so these sums are also how that is found out.
  quads: WITHOUT_WORKGROUP_MEMORY,
  direct: WITHOUT_WORKGROUP_MEMORY,
  // Small and narrow tiles, operands stored both ways.
  halves: { tolerance: 2e-3, trials: [product(19, 21, 33, false, true), product(37, 7, 140, true, false)] },
  // Rows that a narrow and a wide workgroup take, a vocabulary, a whole gradient.
  subgroups: { tolerance: 1e-5, trials: [norm(3, 19), norm(3, 77), logprobs(3, 301), globalNorm(1001)] },
};

/** Null when the operations agree with those of the reference, else one sentence. Takes one submit. @throws DeviceLostError */
export async function selfCheckTrouble(backend: Backend, checked: Checked): Promise<string | null> {
  const { tolerance, trials } = CHECKS[checked];
  try {
    const { ReferenceBackend } = await import('../reference/reference-backend');
    const [got, expected] = [await results(backend, trials), await results(new ReferenceBackend(), trials)];
    for (const [i, { label, values }] of got.entries()) {
      const right = expected[i].values;
      const largest = right.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      const wrong = values.findIndex((x, at) => !(Math.abs(x - right[at]) <= tolerance * largest));
      if (wrong >= 0)
        return `Its self-check failed: ${label} gave ${values[wrong]} instead of ${right[wrong]}.`;
    }
    return null;
  } catch (error) {
    if (error instanceof DeviceLostError) throw error;
    return `Its self-check could not run: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Everything is enqueued before the first result is read. */
async function results(backend: Backend, trials: readonly Trial[]) {
  const tensors: Tensor[] = [];
  const put: Put = (data, label) => {
    const tensor = backend.alloc(data instanceof Int32Array ? 'i32' : 'f32', data.length, label);
    backend.write(tensor, data);
    tensors.push(tensor);
    return tensor;
  };
  const outputs = trials.flatMap((trial) => trial(backend, put));
  const found = [];
  for (const output of outputs) {
    found.push({ label: output.label, values: Array.from(await backend.readFloats(output)) });
  }
  for (const tensor of tensors) backend.free(tensor);
  return found;
}
