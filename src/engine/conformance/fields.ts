/**
 * Typed reading of the fixtures' JSON: each field is there with the right type, or an error says which file
 * and field. Null counts as absent, as the fixtures use it for "not given".
 */
import { ModelFileError } from '../errors';
import { isJsonObject, type JsonObject } from '../model/json-file';

export class Fields {
  constructor(
    readonly json: JsonObject,
    /** File and path within it, for messages. */
    readonly where: string,
  ) {}

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** A finite number; `fallback` where the field is absent. */
  number(name: string, fallback?: number): number {
    return this.optionalNumber(name) ?? fallback ?? this.refuse(name, 'a number');
  }

  optionalNumber(name: string): number | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    return typeof value === 'number' && Number.isFinite(value) ? value : this.refuse(name, 'a number');
  }

  text(name: string, fallback?: string): string {
    return this.optionalText(name) ?? fallback ?? this.refuse(name, 'a string');
  }

  optionalText(name: string): string | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    return typeof value === 'string' ? value : this.refuse(name, 'a string');
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.get(name) ?? fallback;
    return typeof value === 'boolean' ? value : this.refuse(name, 'true or false');
  }

  /** One of `choices`; an unknown one is refused by name. */
  choice<T extends string>(name: string, choices: readonly T[], fallback?: T): T {
    const value = this.get(name) ?? fallback;
    const found = choices.find((choice) => choice === value);
    return found ?? this.refuse(name, `one of ${choices.join(', ')}`);
  }

  numbers(name: string, fallback?: readonly number[]): readonly number[] {
    const value = this.get(name) ?? fallback;
    if (!isList(value, (entry) => typeof entry === 'number')) return this.refuse(name, 'a list of numbers');
    return value as readonly number[];
  }

  /** Numbers, or null for what is not given. */
  gappyNumbers(name: string): readonly (number | null)[] {
    const value = this.get(name);
    if (!isList(value, (entry) => entry === null || typeof entry === 'number')) {
      return this.refuse(name, 'a list of numbers or null');
    }
    return value as readonly (number | null)[];
  }

  strings(name: string): readonly string[] {
    const value = this.get(name) ?? [];
    if (!isList(value, (entry) => typeof entry === 'string')) return this.refuse(name, 'a list of strings');
    return value as readonly string[];
  }

  /** `[row][token]` */
  matrix(name: string): readonly (readonly number[])[] {
    const value = this.get(name);
    const isRow = (row: unknown) => isList(row, (entry) => typeof entry === 'number');
    if (!isList(value, isRow)) return this.refuse(name, 'a list of lists of numbers');
    return value as readonly (readonly number[])[];
  }

  object(name: string): Fields {
    return this.optionalObject(name) ?? this.refuse(name, 'an object');
  }

  optionalObject(name: string): Fields | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (!isJsonObject(value)) return this.refuse(name, 'an object');
    return new Fields(value, `${this.where} ${name}`);
  }

  /** The objects of a list; none where the field is absent. */
  objects(name: string): readonly Fields[] {
    const value = this.get(name) ?? [];
    if (!isList(value, isJsonObject)) return this.refuse(name, 'a list of objects');
    return (value as readonly JsonObject[]).map((json, i) => new Fields(json, `${this.where} ${name}[${i}]`));
  }

  private get(name: string): unknown {
    return Object.hasOwn(this.json, name) ? (this.json[name] ?? undefined) : undefined;
  }

  private refuse(name: string, expected: string): never {
    const value = JSON.stringify(this.get(name))?.slice(0, 60) ?? 'missing';
    throw new ModelFileError('fixture-field', `${this.where}: "${name}" is ${value}; expected ${expected}.`);
  }
}

function isList(value: unknown, accepts: (entry: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(accepts);
}
