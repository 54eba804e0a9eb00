/**
 * Finds where numbers stop being finite: runs a computation again on a back end that measures every weight it
 * reads and every tensor it writes, and names the first that holds NaN or infinity.
 *
 * In ordinary work nothing is watched but what is read anyway (log-probs, sums, the gradient's norm), so the
 * check is free and the message knows only that something broke. This is the second look, taken after it
 * did. Each measurement is the norm of a tensor, one operation of the seam into a slot of its own: nothing is copied
 * but eight bytes, whatever the model's size. A tensor whose squares overflow float32 counts as broken too.
 *
 * Limits: operations that the table does not list are not watched.
 */
import { type Backend, type Tensor, VIEW_ALIGNMENT } from '../backend';
import { NonFiniteError } from '../errors';
import type { DecoderContext } from './decoder';
import { Scratch } from './scratch';

/** Tensors an operation reads that may be weights, and those it writes, by the names of its arguments (`lora.` for those in it). */
const WATCHED: Readonly<
  Record<string, { readonly reads?: readonly string[]; readonly writes: readonly string[] }>
> = {
  gatherRows: { reads: ['x'], writes: ['out'] },
  matmul: { reads: ['b'], writes: ['out'] },
  linear: { reads: ['weight', 'bias', 'lora.a', 'lora.b'], writes: ['out', 'gated.out'] },
  linearBackward: { writes: ['dx', 'dWeight', 'dBias', 'lora.dA', 'lora.dB'] },
  dequantise: { reads: ['scales'], writes: ['out'] },
  rmsNorm: { reads: ['weight'], writes: ['out'] },
  rmsNormBackward: { writes: ['dx', 'dWeight'] },
  rope: { writes: ['x'] },
  attention: { writes: ['out'] },
  attentionBackward: { writes: ['dq', 'dk', 'dv'] },
  swiGlu: { writes: ['out'] },
  swiGluBackward: { writes: ['dGate', 'dUp'] },
  tokenLogprobs: { writes: ['logprob'] },
  tokenLogprobsBackward: { writes: ['logits'] },
  policyLoss: { writes: ['gradients'] },
};

/** Measurements that share one tensor. */
const SLOTS = 256;

interface Measurement {
  readonly what: string;
  /** Which tensor of records, and the slot in it. */
  readonly record: number;
  readonly slot: number;
}

export class NonFiniteTrace {
  /** The back end to compute with. */
  readonly backend: Backend;
  readonly #measurements: Measurement[] = [];
  readonly #records: Tensor[] = [];
  /** The module last computed, for tensors that have no name of their own. */
  #module = 'the embedding';

  constructor(private readonly inner: Backend) {
    this.backend = new Proxy(inner, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        const watched = Object.hasOwn(WATCHED, key) ? WATCHED[String(key)] : undefined;
        return (...args: unknown[]) => {
          if (!watched) return value.apply(target, args);
          const given = args[0] as Readonly<Record<string, unknown>>;
          for (const name of watched.reads ?? []) this.measure(given, name, ({ label }) => `"${label}"`);
          this.remember(given);
          value.apply(target, args);
          for (const name of watched.writes) {
            this.measure(given, name, (tensor) => this.describe(String(key), name, tensor));
          }
        };
      },
    });
  }

  /** The first tensor, in the order of computation, that is not finite; null if all were. */
  async first(): Promise<string | null> {
    const values = await Promise.all(this.#records.map((record) => this.inner.readFloats(record)));
    const found = this.#measurements.find(
      ({ record, slot }) => !Number.isFinite(values[record][slot * VIEW_ALIGNMENT]),
    );
    return found?.what ?? null;
  }

  dispose(): void {
    for (const record of this.#records) this.inner.free(record);
  }

  private measure(
    given: Readonly<Record<string, unknown>>,
    name: string,
    describe: (tensor: Tensor) => string,
  ): void {
    const tensor = argument(given, name);
    if (tensor?.type !== 'f32' || tensor.length === 0) return;
    const slot = this.#measurements.length % SLOTS;
    if (slot === 0) {
      this.#records.push(this.inner.alloc('f32', SLOTS * VIEW_ALIGNMENT, 'trace', 'activation'));
    }
    const record = this.#records.length - 1;
    const out = this.inner.view(this.#records[record], slot * VIEW_ALIGNMENT, 2, 'trace.slot');
    this.inner.clipFactor({ out, x: tensor, maxNorm: 0 });
    this.#measurements.push({ what: describe(tensor), record, slot });
  }

  private remember(given: Readonly<Record<string, unknown>>): void {
    const weight = argument(given, 'weight');
    if (weight) this.#module = weight.label.replace(/\.weight$/, '');
  }

  private describe(operation: string, name: string, tensor: Tensor): string {
    if (/^d[A-Z]/.test(name) || name.startsWith('lora.d')) {
      return name.endsWith('dA') || name.endsWith('dB') || name === 'dWeight' || name === 'dBias'
        ? `the gradient of "${tensor.label}"`
        : `the gradient "${tensor.label}" behind ${this.#module}`;
    }
    if (name === 'dx') return `the gradient of the input of ${this.#module}`;
    if (operation === 'linear' || operation === 'rmsNorm') return `the output of ${this.#module}`;
    return `"${tensor.label}" (${operation}, after ${this.#module})`;
  }
}

/**
 * The error with the tensor's name, after a second look.
 * @param again what broke, to be done once more with this context; its errors are those of the first time
 */
export async function namingTensor(
  context: DecoderContext,
  error: NonFiniteError,
  again: (traced: DecoderContext) => Promise<unknown>,
): Promise<NonFiniteError> {
  const trace = new NonFiniteTrace(context.backend);
  const scratch = new Scratch(trace.backend);
  try {
    await again({ ...context, backend: trace.backend, scratch }).catch((second: unknown) => {
      if (!(second instanceof NonFiniteError)) throw second;
    });
    const first = await trace.first();
    if (first === null) return error;
    const message = `${error.message} The first tensor that is not finite: ${first}.`;
    return new NonFiniteError(error.code, message, { cause: error });
  } finally {
    scratch.dispose();
    trace.dispose();
  }
}

function argument(given: Readonly<Record<string, unknown>>, name: string): Tensor | undefined {
  const [first, second] = name.split('.');
  const value = given[first];
  if (second === undefined) return value as Tensor | undefined;
  return (value as Readonly<Record<string, Tensor | undefined>> | undefined)?.[second];
}
