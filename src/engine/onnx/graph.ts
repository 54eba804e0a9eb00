/**
 * An ONNX graph under construction, and its bytes: nodes in the order of computation, named constants,
 * typed inputs and outputs. Nothing is inferred or checked but that names are given once; a runtime that
 * loads the file does the rest.
 *
 * Field numbers and enum values are those of `onnx.proto` (IR version 8). Tensor data is little endian, as ONNX
 * wants it and as every machine with a browser stores it.
 *
 * Source: onnx.ai, "Open Neural Network Exchange Intermediate Representation (ONNX IR) Specification".
 */
import { EngineError, UnsupportedModelError } from '../errors';
import { Message } from './protobuf';

/** A graph that names a value twice; a bug in whoever builds it. */
export class OnnxGraphError extends EngineError {}

/** `TensorProto.DataType` of the types used here. */
const ELEMENT = { float: 1, int64: 7, bool: 9 } as const;
export type OnnxElement = keyof typeof ELEMENT;

/** `AttributeProto.AttributeType`. */
const ATTRIBUTE = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** Integers unless wrapped: ONNX tells 1 from 1.0. */
export type OnnxAttribute = number | readonly number[] | string | { readonly float: number };

/** A number, or the name of a size that the caller chooses. */
export type OnnxDim = number | string;

const IR_VERSION = 8;
const PROTOBUF_LIMIT = 2 ** 31 - 1;

export class OnnxGraph {
  readonly #names = new Set<string>();
  readonly #nodes: Message[] = [];
  readonly #initializers: Message[] = [];
  readonly #inputs: Message[] = [];
  readonly #outputs: Message[] = [];

  /** An input of the graph. @returns its name */
  input(name: string, element: OnnxElement, shape: readonly OnnxDim[]): string {
    this.#inputs.push(valueInfo(name, element, shape));
    return this.claim(name);
  }

  /** Declares a value computed by some node to be an output of the graph. */
  output(name: string, element: OnnxElement, shape: readonly OnnxDim[]): void {
    this.#outputs.push(valueInfo(name, element, shape));
  }

  /** A constant; the data is not copied until `encode`. @returns its name */
  constant(
    name: string,
    data: Float32Array | readonly (number | bigint)[],
    shape: readonly number[] = [data.length],
  ): string {
    const floats = data instanceof Float32Array;
    const raw = floats ? data : BigInt64Array.from(data, BigInt);
    const tensor = new Message().integers(1, shape).integer(2, floats ? ELEMENT.float : ELEMENT.int64);
    tensor.string(8, name).bytes(9, new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength));
    this.#initializers.push(tensor);
    return this.claim(name);
  }

  /**
   * A node with one output. Inputs called '' are left out (ONNX's way to skip an optional one).
   * @param domain '' for ONNX's own operators
   * @returns the output's name
   */
  node(
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string {
    return this.nodes(operator, inputs, [output], attributes)[0];
  }

  /** The same for several outputs. */
  nodes(
    operator: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): readonly string[] {
    const node = new Message();
    for (const name of inputs) node.string(1, name);
    for (const name of outputs) node.string(2, this.claim(name));
    node.string(3, outputs[0]).string(4, operator);
    for (const [name, value] of Object.entries(attributes)) node.message(5, attribute(name, value));
    this.#nodes.push(node);
    return outputs;
  }

  /**
   * The bytes of a model file.
   * @param opset version of ONNX's own operators
   * @throws UnsupportedModelError if protobuf cannot hold the result
   */
  encode(options: {
    readonly name: string;
    readonly opset: number;
    readonly metadata?: Readonly<Record<string, string>>;
  }): Uint8Array {
    const graph = new Message();
    for (const node of this.#nodes) graph.message(1, node);
    graph.string(2, options.name);
    for (const tensor of this.#initializers) graph.message(5, tensor);
    for (const input of this.#inputs) graph.message(11, input);
    for (const output of this.#outputs) graph.message(12, output);
    const model = new Message().integer(1, IR_VERSION).string(2, 'agemem-lab').message(7, graph);
    model.message(8, new Message().string(1, '').integer(2, options.opset));
    for (const [key, value] of Object.entries(options.metadata ?? {})) {
      model.message(14, new Message().string(1, key).string(2, value));
    }
    if (model.byteLength > PROTOBUF_LIMIT) {
      throw new UnsupportedModelError(
        'onnx-too-large',
        `The ONNX file would have ${(model.byteLength / 2 ** 30).toFixed(2)} GiB; one file holds less than 2. ` +
          'External data files are not written yet: export a smaller model, or give the model folder itself on.',
      );
    }
    return model.encode();
  }

  private claim(name: string): string {
    if (this.#names.has(name)) {
      throw new OnnxGraphError('onnx-name', `The graph already has a value called "${name}".`);
    }
    this.#names.add(name);
    return name;
  }
}

function attribute(name: string, value: OnnxAttribute): Message {
  const message = new Message().string(1, name);
  if (typeof value === 'string') return message.string(4, value).integer(20, ATTRIBUTE.string);
  if (typeof value === 'number') return message.integer(3, value).integer(20, ATTRIBUTE.int);
  if (isList(value)) return message.integers(8, value).integer(20, ATTRIBUTE.ints);
  return message.float(2, value.float).integer(20, ATTRIBUTE.float);
}

function isList(value: OnnxAttribute): value is readonly number[] {
  return Array.isArray(value);
}

function valueInfo(name: string, element: OnnxElement, shape: readonly OnnxDim[]): Message {
  const dims = new Message();
  for (const dim of shape) {
    dims.message(1, typeof dim === 'number' ? new Message().integer(1, dim) : new Message().string(2, dim));
  }
  const tensor = new Message().integer(1, ELEMENT[element]).message(2, dims);
  return new Message().string(1, name).message(2, new Message().message(1, tensor));
}
