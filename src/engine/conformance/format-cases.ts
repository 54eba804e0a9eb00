/** The reader of safetensors against files with every element type, bit by bit. */
import { readSafetensors, toFloats, toIntegers } from '../model/safetensors';
import type { Fields } from './fields';
import type { FixtureFolder } from './files';
import type { ConformanceResult } from './results';

/** Every `NAME.json` beside a `NAME.safetensors`; one without the other is a failure, any other file nothing. */
export async function* formatCases(folder: FixtureFolder): AsyncGenerator<ConformanceResult> {
  const parts = folder.files().filter((name) => /\.(json|safetensors)$/.test(name));
  for (const name of new Set(parts.map((part) => part.replace(/\.(json|safetensors)$/, '')))) {
    yield await folder.measure(
      'formats.differences',
      async () => {
        const expected = await folder.json(`${name}.json`);
        return differences(await folder.bytes(`${name}.safetensors`), name, expected);
      },
      { detail: name },
    );
  }
}

/** Values, shapes, bits and metadata that are not as listed. */
function differences(bytes: Uint8Array, name: string, expected: Fields): number {
  const { tensors, metadata } = readSafetensors(bytes, `${name}.safetensors`);
  let count = 0;
  const check = (same: boolean): void => {
    if (!same) count++;
  };
  const shapes = expected.optionalObject('shapes');
  if (shapes) check(tensors.size === Object.keys(shapes.json).length);
  for (const tensor of Object.keys(shapes?.json ?? {})) {
    check(String(tensors.get(tensor)?.shape) === String(shapes?.numbers(tensor)));
  }
  const patterns = expected.optionalObject('float32_bits');
  for (const tensor of Object.keys(patterns?.json ?? {})) {
    const stored = tensors.get(tensor);
    const own = stored ? new Uint32Array(toFloats(stored).slice().buffer) : [];
    const bits = patterns?.strings(tensor) ?? [];
    check(own.length === bits.length);
    bits.forEach((hex, i) => {
      check(own[i] === Number.parseInt(hex, 16));
    });
  }
  // Integers beyond 2^53 would be strings, booleans are 0 and 1, a scalar is a bare number.
  for (const [tensor, values] of Object.entries(expected.optionalObject('values')?.json ?? {})) {
    const stored = tensors.get(tensor);
    const listed: readonly unknown[] = Array.isArray(values) ? values : [values];
    const own = stored && (stored.dtype.includes('F') ? [...toFloats(stored)] : toIntegers(stored));
    check(own?.length === listed.length);
    listed.forEach((value, i) => {
      check(own?.[i] === Number(value));
    });
  }
  const labels = expected.optionalObject('metadata');
  for (const key of Object.keys(labels?.json ?? {})) check(metadata.get(key) === labels?.text(key));
  return count;
}
