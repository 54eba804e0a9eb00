/**
 * The profile of a back end that computes when it is called: a clock around each operation.
 *
 * While a profile is taken the operations of that one object are shadowed by timed ones; afterwards
 * the shadows are removed, so nothing is paid when nobody looks. An operation that calls others
 * (a linear layer made of products) is counted as one.
 */
import type { Backend, KernelProfile, Tensor } from './backend';
import { KernelTotals } from './kernel-totals';

/** What moves data or waits; everything else computes. */
const NOT_OPERATIONS: ReadonlySet<string> = new Set([
  'constructor',
  'alloc',
  'view',
  'free',
  'write',
  'readFloats',
  'readInts',
  'flush',
  'dispose',
  'startProfile',
  'stopProfile',
]);

type Operation = (...args: unknown[]) => unknown;

export class HostProfile {
  #totals: KernelTotals | undefined;
  #shadowed: readonly string[] = [];
  #inside = false;

  /** @param backend its prototype's public methods are the operations */
  constructor(private readonly backend: Backend) {}

  start(): void {
    this.stop();
    const totals = new KernelTotals();
    this.#totals = totals;
    const names = Object.getOwnPropertyNames(Object.getPrototypeOf(this.backend));
    this.#shadowed = names.filter((name) => !NOT_OPERATIONS.has(name) && isOperation(this.backend, name));
    for (const name of this.#shadowed) {
      const plain = Reflect.get(this.backend, name) as Operation;
      const timed: Operation = (...args) => {
        if (this.#inside) return plain.apply(this.backend, args);
        this.#inside = true;
        const start = performance.now();
        try {
          const result = plain.apply(this.backend, args);
          const ms = performance.now() - start;
          const { bytes, flops } = workOf(name, args);
          // Operations return nothing; a method that does return something only serves them.
          if (result === undefined) totals.add(name, bytes, flops, ms);
          return result;
        } finally {
          this.#inside = false;
        }
      };
      Object.defineProperty(this.backend, name, { value: timed, configurable: true });
    }
  }

  stop(): readonly KernelProfile[] {
    for (const name of this.#shadowed) Reflect.deleteProperty(this.backend, name);
    this.#shadowed = [];
    const profile = this.#totals?.profile() ?? [];
    this.#totals = undefined;
    return profile;
  }
}

/** Accessors and fields are not. */
function isOperation(backend: Backend, name: string): boolean {
  return typeof Object.getOwnPropertyDescriptor(Object.getPrototypeOf(backend), name)?.value === 'function';
}

function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && 'length' in value && 'offset' in value;
}

function workOf(name: string, args: readonly unknown[]): { readonly bytes: number; readonly flops: number } {
  const fields: Record<string, unknown> = {};
  let bytes = 0;
  const visit = (value: unknown): void => {
    if (isTensor(value)) bytes += 4 * value.length;
    else if (typeof value === 'object' && value !== null) {
      Object.assign(fields, value);
      for (const inner of Object.values(value)) visit(inner);
    }
  };
  for (const arg of args) visit(arg);
  return { bytes, flops: flopsOf(name, fields) };
}

function flopsOf(name: string, fields: Readonly<Record<string, unknown>>): number {
  const size = (key: string): number => (typeof fields[key] === 'number' ? fields[key] : 0);
  const given = (key: string): number => Number(fields[key] !== undefined);
  if (name === 'matmul') return 2 * size('m') * size('n') * size('k');
  const low = 2 * size('rows') * size('r') * (size('inDim') + size('outDim'));
  const product = 2 * size('rows') * size('inDim') * size('outDim');
  if (name === 'linear') return product + low;
  if (name === 'linearBackward') return product * (given('dx') + given('dWeight')) + low * (1 + given('dx'));
  return 0;
}
