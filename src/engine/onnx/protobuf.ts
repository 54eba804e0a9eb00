/**
 * Encoder for the wire format of Protocol Buffers: enough to write any message, nothing to read one.
 *
 * A message is a sequence of fields, each a key and a value. The key is a varint, field * 8 + wire type:
 * 0 a varint (integers, enums), 2 a length and so many bytes (strings, bytes, messages, packed
 * lists), 5 four bytes (float). A varint holds 7 bits a byte, lowest first, the top bit set while more
 * follow; a negative int64 is its two's complement of 64 bits, ten bytes long.
 *
 * Messages are kept as lists of chunks and joined once, so that the weights of a model, which
 * lie three messages deep, are copied once. Limit: protobuf readers take messages of less than 2 GiB.
 *
 * Source: protobuf.dev, "Encoding".
 */

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

const MASK64 = (1n << 64n) - 1n;
const utf8 = new TextEncoder();

/** One message under construction; fields are written in the order of the calls. */
export class Message {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  /** Bytes of the encoded message. */
  get byteLength(): number {
    return this.#length;
  }

  /** int32, int64, enum or bool. */
  integer(field: number, value: number | bigint): this {
    this.push(key(field, VARINT));
    this.push(varint(value));
    return this;
  }

  /** float, rounded to 32 bits. */
  float(field: number, value: number): this {
    this.push(key(field, FIXED32));
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.push(bytes);
    return this;
  }

  string(field: number, value: string): this {
    return this.bytes(field, utf8.encode(value));
  }

  /** Not copied until `encode`. */
  bytes(field: number, value: Uint8Array): this {
    this.push(key(field, BYTES));
    this.push(varint(value.length));
    this.push(value);
    return this;
  }

  message(field: number, value: Message): this {
    this.push(key(field, BYTES));
    this.push(varint(value.#length));
    for (const chunk of value.#chunks) this.push(chunk);
    return this;
  }

  /** repeated int64, packed: one field for the whole list. */
  integers(field: number, values: readonly (number | bigint)[]): this {
    const packed = new Message();
    for (const value of values) packed.push(varint(value));
    return this.message(field, packed);
  }

  encode(): Uint8Array {
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }

  private push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }
}

function key(field: number, wireType: number): Uint8Array {
  return varint(field * 8 + wireType);
}

function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt(value) & MASK64;
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}
