/**
 * The fixtures' folder as the conformance cases see it: JSON, named tensors, packed batches, and the
 * error measures of its README. Names, shapes and options come from the files themselves.
 */
import { ModelFileError } from '../errors';
import type { NamedTensors } from '../model/model-config';
import { readSafetensors, type StoredTensor, toFloats, toIntegers } from '../model/safetensors';

/** How a runner reaches the files: from disk in Node, over HTTP in a page. Paths use `/`. */
export interface FixtureReader {
  /** Every path below the fixtures' root. */
  list(): Promise<readonly string[]>;
  read(path: string): Promise<Uint8Array>;
}

export interface ConformanceResult {
  /** Folder of the case, e.g. `models/qwen2/adapter`. */
  readonly case: string;
  /** As in `tolerances.json`. */
  readonly quantity: string;
  readonly error: number;
  readonly tolerance: number;
  readonly pass: boolean;
}

interface ToleranceFile {
  readonly quantities: Readonly<Record<string, { readonly limit: number }>>;
}

/** One folder of fixtures. */
export class FixtureFolder {
  private constructor(
    private readonly reader: FixtureReader,
    private readonly paths: ReadonlySet<string>,
    private readonly tolerances: ToleranceFile,
    readonly path: string,
  ) {}

  static async open(reader: FixtureReader): Promise<FixtureFolder> {
    const tolerances = JSON.parse(text(await reader.read('tolerances.json'))) as ToleranceFile;
    return new FixtureFolder(reader, new Set(await reader.list()), tolerances, '');
  }

  /** Folders directly below, in order. */
  folders(): FixtureFolder[] {
    const prefix = this.path && `${this.path}/`;
    const names = [...this.paths]
      .filter((path) => path.startsWith(prefix) && path.slice(prefix.length).includes('/'))
      .map((path) => path.slice(prefix.length).split('/')[0]);
    return [...new Set(names)].sort().map((name) => this.folder(name));
  }

  folder(name: string): FixtureFolder {
    const path = this.path ? `${this.path}/${name}` : name;
    return new FixtureFolder(this.reader, this.paths, this.tolerances, path);
  }

  /** Names of the files directly in this folder. */
  files(): string[] {
    const prefix = this.path && `${this.path}/`;
    return [...this.paths]
      .filter((path) => path.startsWith(prefix) && !path.slice(prefix.length).includes('/'))
      .map((path) => path.slice(prefix.length));
  }

  has(file: string): boolean {
    return this.paths.has(`${this.path}/${file}`);
  }

  bytes(file: string): Promise<Uint8Array> {
    return this.reader.read(`${this.path}/${file}`);
  }

  /** The JSON file as `T`; fixtures are the project's own, so their shape is taken on trust. */
  async json<T>(file: string): Promise<T> {
    return JSON.parse(text(await this.bytes(file))) as T;
  }

  async tensors(file: string): Promise<FixtureTensors> {
    return new FixtureTensors(readSafetensors(await this.bytes(file), file).tensors, file);
  }

  /** Measured against the limit for `quantity`. */
  result(quantity: string, error: number): ConformanceResult {
    const tolerance = this.tolerances.quantities[quantity]?.limit;
    if (tolerance === undefined) {
      throw new ModelFileError('no-tolerance', `tolerances.json has no limit for "${quantity}".`);
    }
    return { case: this.path, quantity, error, tolerance, pass: error <= tolerance };
  }

  /** For what must agree in every bit. */
  exact(quantity: string, differences: number): ConformanceResult {
    return { case: this.path, quantity, error: differences, tolerance: 0, pass: differences === 0 };
  }
}

/** The tensors of one file by name. */
export class FixtureTensors {
  constructor(
    readonly stored: ReadonlyMap<string, StoredTensor>,
    private readonly file: string,
  ) {}

  floats(name: string): Float32Array {
    return toFloats(this.get(name));
  }

  integers(name: string): number[] {
    return toIntegers(this.get(name));
  }

  /** Right-padded `[B, T]` rows cut to their lengths. */
  sequences(name: string, lengths: readonly number[]): number[][] {
    const ids = this.integers(name);
    const width = this.get(name).shape[1];
    return lengths.map((length, b) => ids.slice(b * width, b * width + length));
  }

  named(): NamedTensors {
    return new Map(
      [...this.stored].map(([name, tensor]) => [name, { shape: tensor.shape, data: toFloats(tensor) }]),
    );
  }

  private get(name: string): StoredTensor {
    const tensor = this.stored.get(name);
    if (!tensor) throw new ModelFileError('missing-tensor', `${this.file} has no tensor "${name}".`);
    return tensor;
  }
}

/** ||a - b|| / ||b||; infinite where lengths differ or a number is not finite. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    norm += b[i] ** 2;
  }
  const error = Math.sqrt(difference) / Math.sqrt(norm);
  if (difference === 0) return 0;
  return Number.isFinite(error) ? error : Infinity;
}

/** The largest relative error of a set of tensors, over the names in `expected`. */
export function largestError(actual: NamedTensors, expected: NamedTensors): number {
  let largest = 0;
  for (const [name, { data }] of expected) {
    const own = actual.get(name);
    largest = Math.max(largest, own ? relativeError(own.data, data) : Infinity);
  }
  return largest;
}

/** after - before, tensor by tensor, over the names in `after`. */
export function changes(after: NamedTensors, before: NamedTensors): NamedTensors {
  return new Map(
    [...after].map(([name, { shape, data }]) => {
      const start = before.get(name)?.data;
      return [name, { shape, data: data.map((value, i) => value - (start?.[i] ?? Number.NaN)) }];
    }),
  );
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
