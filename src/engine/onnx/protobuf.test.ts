/** The encoder against a reader written from the specification alone. */
import { expect, it } from 'vitest';
import { Message } from './protobuf';

type Field = readonly [field: number, wireType: number, value: bigint | Uint8Array];

function read(bytes: Uint8Array): Field[] {
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number) => {
    at += length;
    return bytes.slice(at - length, at);
  };
  const fields: Field[] = [];
  while (at < bytes.length) {
    const key = Number(varint());
    const type = key & 7;
    fields.push([key >> 3, type, type === 0 ? varint() : take(type === 5 ? 4 : Number(varint()))]);
  }
  expect(at).toBe(bytes.length);
  return fields;
}

const text = (value: string) => new TextEncoder().encode(value);

it('writes the examples of the specification', () => {
  expect([...new Message().integer(1, 150).encode()]).toEqual([0x08, 0x96, 0x01]);
  expect([...new Message().string(2, 'testing').encode()]).toEqual([0x12, 7, ...text('testing')]);
  const inner = new Message().integer(1, 150);
  expect([...new Message().message(3, inner).encode()]).toEqual([0x1a, 3, 0x08, 0x96, 0x01]);
  expect([...new Message().integers(6, [3, 270, 86942]).encode()]).toEqual([
    0x32, 6, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05,
  ]);
});

it('integers of every length come back, negative ones as 64-bit two’s complement', () => {
  for (let bit = 0n; bit < 63n; bit++) {
    for (const value of [1n << bit, (1n << bit) - 1n, -(1n << bit)]) {
      const [[field, type, found]] = read(new Message().integer(2047, value).encode());
      expect([field, type, BigInt.asIntN(64, found as bigint)]).toEqual([2047, 0, value]);
    }
  }
});

it('nested messages keep their order, lengths and bytes', () => {
  const long = new Uint8Array(300).map((_, i) => i);
  const message = new Message()
    .message(1, new Message().bytes(2, long).message(3, new Message()))
    .float(4, 0.1)
    .string(5, 'ü');
  const encoded = message.encode();
  expect(encoded.length).toBe(message.byteLength);
  const [outer, float, words] = read(encoded);
  expect(read(outer[2] as Uint8Array)).toEqual([
    [2, 2, long],
    [3, 2, new Uint8Array()],
  ]);
  expect(new DataView((float[2] as Uint8Array).buffer).getFloat32(0, true)).toBe(Math.fround(0.1));
  expect(words).toEqual([5, 2, text('ü')]);
});
