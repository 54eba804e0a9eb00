/** Protocol Buffers taken apart and put together again: no more of it than to change a field of an ONNX file. */
import { Message } from '../../engine/onnx/protobuf';

/** A field of a message with its key, as it stands in the file. */
export interface Field {
  readonly number: number;
  readonly whole: Uint8Array;
  /** Of fields that have a length. */
  readonly content: Uint8Array;
}

/** The message with the content of each field of this number changed. */
export function replaced(
  message: Uint8Array,
  number: number,
  change: (content: Uint8Array) => Uint8Array,
): Uint8Array {
  return join(
    fieldsOf(message).map((field) =>
      field.number === number ? new Message().bytes(number, change(field.content)).encode() : field.whole,
    ),
  );
}

/** The fields of a message, in their order. */
export function fieldsOf(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < message.length; ) {
    const start = at;
    const varint = () => {
      let value = 0;
      for (let shift = 1; ; shift *= 128) {
        const byte = message[at++];
        value += (byte & 0x7f) * shift;
        if (byte < 0x80) return value;
      }
    };
    const key = varint();
    const wire = key & 7;
    const length = wire === 2 ? varint() : 0;
    const content = at;
    if (wire === 0) varint();
    else at += wire === 2 ? length : wire === 5 ? 4 : 8;
    fields.push({
      number: key >>> 3,
      whole: message.subarray(start, at),
      content: message.subarray(content, at),
    });
  }
  return fields;
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
