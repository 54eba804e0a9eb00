/**
 * The fixtures' folder as the conformance cases see it: JSON, named tensors, packed batches, limits.
 * Names, shapes and options come from the files themselves; nothing about them is written in the code.
 */
import { ModelFileError } from '../errors';
import { readJsonObject } from '../model/json-file';
import type { NamedTensors } from '../model/model-config';
import { readSafetensors, type StoredTensor, toFloats, toIntegers } from '../model/safetensors';
import { Fields } from './fields';
import { type ConformanceResult, problemOf, type ResultLabels } from './results';
import { Tolerances } from './tolerances';

/** How a runner reaches the files: from disk in Node, over HTTP in a page. Paths use `/`. */
export interface FixtureReader {
  /** Every file below the fixtures' root. */
  list(): Promise<readonly string[]>;
  read(path: string): Promise<Uint8Array>;
}

const TOLERANCES = 'tolerances.json';

/** One folder of fixtures. */
export class FixtureFolder {
  private constructor(
    private readonly reader: FixtureReader,
    private readonly paths: ReadonlySet<string>,
    private readonly tolerances: Tolerances,
    readonly path: string,
  ) {}

  /**
   * The root. A `tolerances.json` that cannot be used is told as a failure of its own; the recommended limits hold then.
   */
  static async open(
    reader: FixtureReader,
  ): Promise<{ readonly root: FixtureFolder; readonly failure: ConformanceResult | undefined }> {
    const paths = new Set(await reader.list());
    let limits = Tolerances.read(undefined);
    let problem: unknown;
    if (paths.has(TOLERANCES)) {
      try {
        limits = Tolerances.read(readJsonObject(await reader.read(TOLERANCES), TOLERANCES));
      } catch (cause) {
        problem = cause;
      }
    }
    const root = new FixtureFolder(reader, paths, limits, '');
    const failure = problem === undefined ? undefined : { ...root.failed('open', problem), case: TOLERANCES };
    return { root, failure };
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
    return new FixtureFolder(this.reader, this.paths, this.tolerances, this.resolve(name));
  }

  /** Names of the files directly in this folder, in order. */
  files(): string[] {
    const prefix = this.path && `${this.path}/`;
    return [...this.paths]
      .filter((path) => path.startsWith(prefix) && !path.slice(prefix.length).includes('/'))
      .map((path) => path.slice(prefix.length))
      .sort();
  }

  /** `file` may lead elsewhere: `../model.safetensors`. */
  has(file: string): boolean {
    return this.paths.has(this.resolve(file));
  }

  /** @throws ModelFileError `file-missing` */
  async bytes(file: string): Promise<Uint8Array> {
    const path = this.resolve(file);
    if (!this.paths.has(path)) throw new ModelFileError('file-missing', `The folder has no ${path}.`);
    return this.reader.read(path);
  }

  /** @throws ModelFileError naming the file */
  async json(file: string): Promise<Fields> {
    const path = this.resolve(file);
    return new Fields(readJsonObject(await this.bytes(file), path), path);
  }

  /** @throws ModelFileError naming the file */
  async tensors(file: string): Promise<FixtureTensors> {
    const path = this.resolve(file);
    return new FixtureTensors(readSafetensors(await this.bytes(file), path).tensors, path);
  }

  /** Runs one measurement. What it throws becomes a failed result that says why. */
  async measure(
    quantity: string,
    run: () => number | Promise<number>,
    labels: ResultLabels = {},
  ): Promise<ConformanceResult> {
    try {
      const tolerance = this.tolerances.limit(quantity);
      const error = await run();
      return { case: this.path, quantity, ...labels, error, tolerance, pass: error <= tolerance };
    } catch (cause) {
      return this.failed(quantity, cause, labels);
    }
  }

  /** A quantity, or with `open` all of them, that cannot be measured. */
  failed(quantity: string, cause: unknown, labels: ResultLabels = {}): ConformanceResult {
    const problem = problemOf(cause);
    let tolerance = 0;
    if (problem.code !== 'no-tolerance') tolerance = this.tolerances.limit(quantity);
    return { case: this.path, quantity, ...labels, error: Infinity, tolerance, pass: false, problem };
  }

  private resolve(name: string): string {
    const parts: string[] = this.path ? this.path.split('/') : [];
    for (const part of name.split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '.' && part !== '') parts.push(part);
    }
    return parts.join('/');
  }
}

/** The tensors of one file by name. */
export class FixtureTensors {
  constructor(
    readonly stored: ReadonlyMap<string, StoredTensor>,
    private readonly file: string,
  ) {}

  has(name: string): boolean {
    return this.stored.has(name);
  }

  /** @throws ModelFileError `missing-tensor` */
  floats(name: string): Float32Array {
    return toFloats(this.get(name));
  }

  /** `[rows]` values, one for each row of the packed batch. @throws ModelFileError */
  rows(name: string, rows: number): Float32Array {
    const values = this.floats(name);
    if (values.length !== rows) {
      throw new ModelFileError(
        'fixture-shape',
        `${this.file}: tensor "${name}" has shape [${this.get(name).shape}], the batch has ${rows} rows.`,
      );
    }
    return values;
  }

  integers(name: string): number[] {
    return toIntegers(this.get(name));
  }

  /** A list that the JSON file gives, or else the tensor of this name. @throws ModelFileError if neither does */
  numbersOr(fields: Fields, name: string): readonly number[] {
    return fields.has(name) || !this.has(name) ? fields.numbers(name) : this.integers(name);
  }

  /** Right-padded `[B, T]` rows cut to their lengths. @throws ModelFileError */
  sequences(name: string, lengths: readonly number[]): number[][] {
    const ids = this.integers(name);
    const { shape } = this.get(name);
    const [batch, width] = shape;
    if (shape.length !== 2 || batch !== lengths.length || lengths.some((length) => length > width)) {
      throw new ModelFileError(
        'fixture-shape',
        `${this.file}: tensor "${name}" has shape [${shape}], which does not hold ${lengths.length} sequences ` +
          `of up to ${Math.max(0, ...lengths)} tokens.`,
      );
    }
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

/** Every file read through the reader returned is added to `read`. */
export function watchedReader(reader: FixtureReader, read: Set<string>): FixtureReader {
  return {
    list: () => reader.list(),
    read: (path) => {
      read.add(path);
      return reader.read(path);
    },
  };
}
