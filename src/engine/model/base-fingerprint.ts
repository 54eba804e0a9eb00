/**
 * A name for a base model that follows from what it computes: 64 bits over its configuration and every weight.
 *
 * An adapter is a change to certain weights; on others of the same shape it loads without a murmur and
 * talks nonsense. So adapters and checkpoints carry the fingerprint of the base they were trained on, and a
 * mismatch is refused. It is taken of the float32 values the engine computes with, tensor by tensor in
 * the order of their names: a model has the same fingerprint in one file or in shards, stored as BF16 or
 * widened to F32. It guards against mistakes, not against malice.
 *
 * The mixing step is that of MurmurHash3 (Austin Appleby, public domain), two lanes with different seeds.
 */
import { ModelFileError } from '../errors';
import type { ModelConfig, NamedTensors } from './model-config';
import { toFloats } from './safetensors';
import type { WeightCatalogue } from './weight-catalogue';
import type { WeightSource } from './weight-source';
import { pieces } from './weight-stream';

/** What the adapter or checkpoint at hand was trained on is not what it is put on. */
export class BaseMismatchError extends ModelFileError {
  constructor(what: string, made: BaseIdentity, here: BaseIdentity) {
    super(
      'base-mismatch',
      `${what} was trained on ${words(made)}; the model here is ${words(here)}. ` +
        'Open the model it belongs to, or train a new one on this model.',
    );
  }
}

/** A base model by the name it goes by, if any, and by its numbers. */
export interface BaseIdentity {
  readonly name: string | null;
  /** Null for what was made elsewhere and does not say. */
  readonly fingerprint: string | null;
}

function words({ name, fingerprint }: BaseIdentity): string {
  return `${name === null ? 'a model without a name' : `"${name}"`} (fingerprint ${fingerprint ?? 'unknown'})`;
}

/**
 * Sixteen hexadecimal digits. About a second for each GB of weights.
 * @param weights every base tensor by Hugging Face name
 */
export function baseFingerprint(config: ModelConfig, weights: NamedTensors): string {
  const hash = begun(config);
  for (const [name, { data }] of [...weights].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.text(name);
    hash.words(new Uint32Array(data.buffer, data.byteOffset, data.length));
  }
  return hash.digest();
}

/**
 * Short fingerprint of the weights that act, as lines of evidence tell it: of the base, and after a plus of the adapter if
 * one is on. It guards against mistakes, not against malice.
 * @param base as `baseFingerprint` gives it; null: unknown
 * @param adapter its tensors by PEFT name; null: none is on
 */
export function actingFingerprint(
  config: ModelConfig,
  base: string | null,
  adapter: NamedTensors | null,
): string {
  const parts = [base ?? 'unknown', ...(adapter ? [baseFingerprint(config, adapter)] : [])];
  return parts.map(shortFingerprint).join('+');
}

/** Eight of its sixteen digits. */
export const shortFingerprint = (fingerprint: string): string => fingerprint.slice(0, 8);

/**
 * `baseFingerprint` of weights that are read from their files once more instead of being held.
 * @throws ModelFileError, LoadAbortedError
 */
export async function storedFingerprint(
  config: ModelConfig,
  source: WeightSource,
  catalogue: WeightCatalogue,
  signal?: AbortSignal,
): Promise<string> {
  const hash = begun(config);
  for (const tensor of [...catalogue.tensors].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    hash.text(tensor.name);
    for await (const { bytes, element } of pieces(source, tensor, { signal })) {
      const data = toFloats({ ...tensor, shape: [], bytes });
      hash.words(new Uint32Array(data.buffer, data.byteOffset, data.length), element);
    }
  }
  return hash.digest();
}

function begun(config: ModelConfig): WordHash {
  const hash = new WordHash();
  const fields = Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1));
  // The longest sequence changes no number that the model computes.
  hash.text(JSON.stringify(fields.filter(([name]) => name !== 'maxPositions')));
  return hash;
}

/** @throws BaseMismatchError if both say what the base is and say different things */
export function checkBase(what: string, made: BaseIdentity, here: BaseIdentity): void {
  if (made.fingerprint === null || here.fingerprint === null) return;
  if (made.fingerprint !== here.fingerprint) throw new BaseMismatchError(what, made, here);
}

class WordHash {
  #a = 0x9747b28c;
  #b = 0x3c6ef372;
  #count = 0;

  text(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.words(Uint32Array.of(bytes.length));
    this.words(Uint32Array.from(bytes));
  }

  /** @param first place of the first word in what is hashed piece by piece */
  words(words: Uint32Array, first = 0): void {
    let a = this.#a;
    let b = this.#b;
    for (let i = 0; i < words.length; i++) {
      let k = Math.imul(words[i], 0xcc9e2d51);
      k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
      a ^= k;
      a = (Math.imul((a << 13) | (a >>> 19), 5) + 0xe6546b64) | 0;
      b ^= k + first + i;
      b = (Math.imul((b << 17) | (b >>> 15), 9) + 0x52dce729) | 0;
    }
    this.#a = a;
    this.#b = b;
    this.#count += words.length;
  }

  digest(): string {
    return [finish(this.#a ^ this.#count), finish(this.#b ^ this.#a)]
      .map((lane) => lane.toString(16).padStart(8, '0'))
      .join('');
  }
}

/** Spreads every bit over all of them. */
function finish(lane: number): number {
  let h = lane ^ (lane >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
