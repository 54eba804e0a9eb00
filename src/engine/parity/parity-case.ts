/**
 * A case of the parity list: draws inputs, runs operations on a back end, returns what they wrote.
 *
 * Outputs are views with guard elements on both sides; a case fails if an operation touches those.
 */
import { type Backend, type FloatArray, type Tensor, VIEW_ALIGNMENT } from '../backend';
import { SeededNumbers } from './seeded-numbers';

/** Relative error ||a - b|| / ||b|| that float32 arithmetic in any reasonable order stays below. */
export const PARITY_TOLERANCE = 2e-6;

export type ParityOutputs = ReadonlyMap<string, FloatArray | Int32Array>;

export interface ParityCase {
  readonly name: string;
  /** Limit on the relative error of each float output; integer outputs must be equal. */
  readonly tolerance: number;
  run(backend: Backend): Promise<ParityOutputs>;
}

/** Raised when an operation wrote outside of its output. */
export class GuardDamagedError extends Error {}

const GUARD = 7;

interface Watched {
  readonly name: string;
  readonly parent: Tensor;
  readonly view: Tensor;
}

/** Allocates a case's tensors, remembers its outputs and frees everything at the end. */
export class Desk {
  private readonly owned: Tensor[] = [];
  private readonly watched: Watched[] = [];

  constructor(
    readonly backend: Backend,
    readonly numbers: SeededNumbers,
  ) {}

  floats(data: Float32Array, use: 'weight' | 'activation' = 'activation'): Tensor {
    const tensor = this.backend.alloc('f32', data.length, 'parity input', use);
    this.owned.push(tensor);
    this.backend.write(tensor, data);
    return tensor;
  }

  normal(length: number, spread = 1, mean = 0): Tensor {
    return this.floats(this.numbers.normal(length, spread, mean));
  }

  /** What an accumulating output holds before: away from zero, so that a single element does not cancel. */
  addend(length: number): Float32Array {
    return this.numbers.normal(length, 1, 5);
  }

  ints(data: Int32Array | readonly number[]): Tensor {
    const tensor = this.backend.alloc('i32', data.length, 'parity indices');
    this.owned.push(tensor);
    this.backend.write(tensor, Int32Array.from(data));
    return tensor;
  }

  /** A guarded view whose content is returned under `name`; starts with `initial` or with noise that must be overwritten. */
  output(name: string, length: number, initial?: Float32Array, type: 'f32' | 'i32' = 'f32'): Tensor {
    const inside = Math.ceil(length / VIEW_ALIGNMENT) * VIEW_ALIGNMENT;
    const parent = this.backend.alloc(type, inside + 2 * VIEW_ALIGNMENT, `parity ${name}`);
    this.owned.push(parent);
    const all = type === 'f32' ? new Float32Array(parent.length) : new Int32Array(parent.length);
    all.fill(GUARD);
    this.backend.write(parent, all);
    const view = this.backend.view(parent, VIEW_ALIGNMENT, length, name);
    if (type === 'f32') this.backend.write(view, initial ?? this.numbers.normal(length, 100));
    this.watched.push({ name, parent, view });
    return view;
  }

  async finish(): Promise<ParityOutputs> {
    const outputs = new Map<string, FloatArray | Int32Array>();
    for (const { name, parent, view } of this.watched) {
      const read = (tensor: Tensor) =>
        tensor.type === 'f32' ? this.backend.readFloats(tensor) : this.backend.readInts(tensor);
      const all = await read(parent);
      const last = VIEW_ALIGNMENT + view.length;
      for (let i = 0; i < all.length; i++) {
        if ((i < VIEW_ALIGNMENT || i >= last) && all[i] !== GUARD) {
          throw new GuardDamagedError(`${name}: element ${i - VIEW_ALIGNMENT} of ${view.length} was written`);
        }
      }
      outputs.set(name, await read(view));
    }
    for (const tensor of this.owned) this.backend.free(tensor);
    return outputs;
  }
}

/** ||a - b|| / ||b||, or ||a|| where b is zero; NaN anywhere gives Infinity. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    size += b[i] ** 2;
  }
  const error = Math.sqrt(difference) / (size > 0 ? Math.sqrt(size) : 1);
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}

/**
 * What an output of so many numbers may be off by. The case's tolerance is for many, whose roundings average out; a
 * single one may be what is left of large terms that cancelled, and 1 in some ten thousand random cases is.
 */
const limitOf = (tolerance: number, length: number): number => tolerance * (1 + 3 / Math.sqrt(length));

/** One line for each output that differs by more than the case allows; empty when the back ends agree. */
export function disagreements(
  parity: ParityCase,
  actual: ParityOutputs,
  expected: ParityOutputs,
): readonly string[] {
  const lines: string[] = [];
  for (const [name, want] of expected) {
    const got = actual.get(name);
    const error = got ? relativeError(got, want) : Number.POSITIVE_INFINITY;
    const limit = want instanceof Int32Array ? 0 : limitOf(parity.tolerance, want.length);
    if (error > limit)
      lines.push(
        `${parity.name}: ${name} is off by ${error.toExponential(2)} (limit ${limit.toExponential(2)})`,
      );
  }
  return lines;
}

type Body = (desk: Desk) => void;

export class CaseList {
  readonly cases: ParityCase[] = [];

  constructor(private readonly seed: number) {}

  add(name: string, body: Body, tolerance = PARITY_TOLERANCE): void {
    const seed = this.seed * 7919 + this.cases.length;
    this.cases.push({
      name,
      tolerance,
      run: async (backend) => {
        const desk = new Desk(backend, new SeededNumbers(seed));
        body(desk);
        return desk.finish();
      },
    });
  }
}
