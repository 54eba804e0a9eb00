/** Metadata: what it may be, copies of it, and which entries a filter picks. */
import { MemoryArgumentError } from './errors';
import type { JsonValue, Metadata } from './memory';

/** Deeper values could not be serialised everywhere without overflowing a stack. */
const MAX_DEPTH = 64;

/** Throws `MemoryArgumentError` unless it is JSON: what is stored must come back, and go out, as it is. */
export function checkMetadata(metadata: Metadata): void {
  const fault = isPlain(metadata) ? faultOf(metadata, 1) : 'it is no object';
  if (fault === undefined) return;
  throw new MemoryArgumentError(
    'metadata',
    `This metadata cannot be stored: ${fault}. Use text, finite numbers, true, false, null, and lists and objects of these.`,
  );
}

/** The caller may go on changing its object; what was stored must not. */
export function ownCopy(metadata: Metadata | undefined): Metadata {
  if (!metadata) return {};
  checkMetadata(metadata);
  return structuredClone(metadata);
}

/** Every key of the filter must be there with an equal value (deep, arrays in order). */
export function matches(metadata: Metadata, filter: Metadata): boolean {
  return Object.keys(filter).every(
    (key) => Object.hasOwn(metadata, key) && equalJson(metadata[key], filter[key]),
  );
}

function equalJson(a: JsonValue, b: JsonValue): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equalJson((a as Metadata)[key], (b as Metadata)[key]))
  );
}

/** What is no JSON about it, in words. */
function faultOf(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return undefined;
  if (typeof value === 'number') {
    return Number.isFinite(value) ? undefined : `it holds the number ${value}`;
  }
  if (!Array.isArray(value) && !isPlain(value)) return `it holds a value of type ${typeof value}`;
  if (depth > MAX_DEPTH) return `it is nested more than ${MAX_DEPTH} deep`;
  for (const part of Array.isArray(value) ? value : Object.values(value)) {
    const fault = faultOf(part, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  // That of an object from another window is another `Object.prototype`, but stands as high.
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
