/** The reader of safetensors against a file with every element type, bit by bit. */
import { readSafetensors, toFloats, toIntegers } from '../model/safetensors';
import type { ConformanceResult, FixtureFolder } from './files';

interface FormatsFile {
  /** Hex bits of the float32 value of each 16-bit element, by tensor. */
  readonly float32_bits: Readonly<Record<string, readonly string[]>>;
  readonly values: Readonly<Record<string, readonly (string | number | boolean)[] | number>>;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Every `NAME.json` beside a `NAME.safetensors`. */
export async function* formatCases(folder: FixtureFolder): AsyncGenerator<ConformanceResult> {
  for (const file of folder.files().filter((name) => name.endsWith('.safetensors'))) {
    const expected = await folder.json<FormatsFile>(file.replace('.safetensors', '.json'));
    const { tensors, metadata } = readSafetensors(await folder.bytes(file), file);
    let differences = 0;
    const count = (same: boolean): void => {
      if (!same) differences++;
    };
    count(tensors.size === Object.keys(expected.shapes).length);
    for (const [name, shape] of Object.entries(expected.shapes)) {
      count(String(tensors.get(name)?.shape) === String(shape));
    }
    for (const [name, bits] of Object.entries(expected.float32_bits)) {
      const tensor = tensors.get(name);
      const own = tensor ? new Uint32Array(toFloats(tensor).slice().buffer) : [];
      bits.forEach((hex, i) => {
        count(own[i] === Number.parseInt(hex, 16));
      });
    }
    for (const [name, values] of Object.entries(expected.values)) {
      const tensor = tensors.get(name);
      const listed = typeof values === 'number' ? [values] : values;
      const own = tensor && (tensor.dtype.includes('F') ? [...toFloats(tensor)] : toIntegers(tensor));
      count(own?.length === listed.length);
      listed.forEach((value, i) => {
        count(own?.[i] === Number(value));
      });
    }
    for (const [key, value] of Object.entries(expected.metadata)) count(metadata.get(key) === value);
    yield folder.exact('formats.differences', differences);
  }
}
