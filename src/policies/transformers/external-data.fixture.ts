/**
 * An ONNX model with some of its weights in a file beside it, as exports of large models have them: made from a whole
 * one by moving raw data out of the tensors. Reads no more of Protocol Buffers than that takes.
 *
 * Source: onnx.proto, ModelProto.graph (7), GraphProto.initializer (5), TensorProto.name (8), raw_data (9),
 * external_data (13), data_location (14).
 */
import { Message } from '../../engine/onnx/protobuf';
import { fieldsOf, join, replaced } from './protobuf-surgery.fixture';

const GRAPH = 7;
const INITIALIZER = 5;
const NAME = 8;
const RAW = 9;
const EXTERNAL = 13;
const LOCATION = 14;

/**
 * @param dataFile the name beside the model, e.g. `model.onnx_data`
 * @param least bytes from which on a tensor is moved
 */
export function withExternalData(
  model: Uint8Array,
  dataFile: string,
  least: number,
): { readonly model: Uint8Array; readonly data: Uint8Array } {
  const moved: Uint8Array[] = [];
  let at = 0;
  const tensor = (content: Uint8Array): Uint8Array => {
    const fields = fieldsOf(content);
    const raw = fields.find(({ number }) => number === RAW);
    if (!raw || raw.content.length < least) return content;
    const entries: readonly (readonly [string, string])[] = [
      ['location', dataFile],
      ['offset', String(at)],
      ['length', String(raw.content.length)],
    ];
    const end = new Message();
    for (const [key, value] of entries) end.message(EXTERNAL, new Message().string(1, key).string(2, value));
    end.integer(LOCATION, 1);
    moved.push(raw.content);
    at += raw.content.length;
    return join([...fields.filter((field) => field !== raw).map(({ whole }) => whole), end.encode()]);
  };
  return {
    model: replaced(model, GRAPH, (graph) => replaced(graph, INITIALIZER, tensor)),
    data: join(moved),
  };
}

/** Names of tensors that lie elsewhere. */
export function movedTensors(model: Uint8Array): readonly string[] {
  const graph = fieldsOf(model).find(({ number }) => number === GRAPH);
  return fieldsOf(graph?.content ?? new Uint8Array())
    .filter(({ number }) => number === INITIALIZER)
    .map(({ content }) => fieldsOf(content))
    .filter((fields) => fields.some(({ number }) => number === LOCATION))
    .map((fields) => new TextDecoder().decode(fields.find(({ number }) => number === NAME)?.content));
}
