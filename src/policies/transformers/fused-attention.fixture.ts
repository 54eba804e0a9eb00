/**
 * A causal language model of some kilobytes with the attention of the hub's exports: ONNX Runtime's own
 * `com.microsoft.GroupQueryAttention`, which rotates, appends to the cache and masks by itself, and logits for every
 * token. One layer, random weights:
 *
 *     x = E[id];  x += GQA(x Wq, x Wk, x Wv) Wo;  logits = x E^T
 *
 * Source: onnxruntime, `docs/ContribOperators.md`; onnx.proto, NodeProto.op_type (4), domain (7), ModelProto.opset_import (8).
 */
import { SeededNumbers } from '../../engine/backend-parity';
import { OnnxGraph } from '../../engine/onnx/graph';
import { Message } from '../../engine/onnx/protobuf';
import { fieldsOf, join, replaced } from './protobuf-surgery.fixture';

export const FUSED = { vocabulary: 64, dimension: 32, heads: 4, kvHeads: 2, headDim: 16, positions: 128 };

const CONFIG = {
  model_type: 'llama',
  vocab_size: FUSED.vocabulary,
  hidden_size: FUSED.dimension,
  num_hidden_layers: 1,
  num_attention_heads: FUSED.heads,
  num_key_value_heads: FUSED.kvHeads,
  head_dim: FUSED.headDim,
  max_position_embeddings: FUSED.positions,
};

/** The files that the worker asks for. */
export function fusedModel(): ReadonlyMap<string, Uint8Array> {
  return new Map([
    ['config.json', new TextEncoder().encode(JSON.stringify(CONFIG))],
    ['onnx/model.onnx', withDomain(graphOf().encode({ name: 'fused', opset: 17 }))],
  ]);
}

function graphOf(): OnnxGraph {
  const { vocabulary, dimension, heads, kvHeads, headDim, positions } = FUSED;
  const numbers = new SeededNumbers(3);
  const graph = new OnnxGraph();
  const matrix = (name: string, rows: number, columns: number) =>
    graph.constant(name, numbers.normal(rows * columns, 0.4), [rows, columns]);
  graph.input('input_ids', 'int64', ['batch_size', 'sequence_length']);
  graph.input('attention_mask', 'int64', ['batch_size', 'total_sequence_length']);
  const past = ['batch_size', kvHeads, 'past_sequence_length', headDim];
  graph.input('past_key_values.0.key', 'float', past);
  graph.input('past_key_values.0.value', 'float', past);

  graph.constant('one', [1], []);
  graph.constant('axis.1', [1]);
  const summed = graph.node('ReduceSum', ['attention_mask', 'axis.1'], 'lengths', { keepdims: 0 });
  const lasts = graph.node('Sub', [summed, 'one'], 'lasts');
  const lengths = graph.node('Cast', [lasts], 'seqlens_k', { to: 6 });
  const shape = graph.node('Shape', ['attention_mask'], 'mask.shape');
  const total = graph.node(
    'Cast',
    [graph.node('Gather', [shape, 'one'], 'total.long', { axis: 0 })],
    'total',
    { to: 6 },
  );
  const angles = (of: (angle: number) => number) =>
    Float32Array.from({ length: (positions * headDim) / 2 }, (_, i) => {
      const half = headDim / 2;
      return of(Math.floor(i / half) / 100 ** ((i % half) / half));
    });
  graph.constant('cos', angles(Math.cos), [positions, headDim / 2]);
  graph.constant('sin', angles(Math.sin), [positions, headDim / 2]);

  const embedding = matrix('embedding', vocabulary, dimension);
  const x = graph.node('Gather', [embedding, 'input_ids'], 'x', { axis: 0 });
  const project = (name: string, size: number) =>
    graph.node('MatMul', [x, matrix(`${name}.weight`, dimension, size)], name);
  const [q, k, v] = [
    project('q', heads * headDim),
    project('k', kvHeads * headDim),
    project('v', kvHeads * headDim),
  ];
  graph.nodes(
    'GroupQueryAttention',
    [q, k, v, 'past_key_values.0.key', 'past_key_values.0.value', lengths, total, 'cos', 'sin'],
    ['attended', 'present.0.key', 'present.0.value'],
    { num_heads: heads, kv_num_heads: kvHeads, do_rotary: 1 },
  );
  const out = graph.node('MatMul', ['attended', matrix('o.weight', heads * headDim, dimension)], 'o');
  const mixed = graph.node('Add', [x, out], 'mixed');
  const head = graph.node('Transpose', [embedding], 'head', { perm: [1, 0] });
  graph.node('MatMul', [mixed, head], 'logits');
  graph.output('logits', 'float', ['batch_size', 'sequence_length', vocabulary]);
  const present = ['batch_size', kvHeads, 'total_sequence_length', headDim];
  graph.output('present.0.key', 'float', present);
  graph.output('present.0.value', 'float', present);
  return graph;
}

/** Says whose operator the attention is, which the writer of our own exports never needs to. */
function withDomain(model: Uint8Array): Uint8Array {
  const domain = 'com.microsoft';
  const isFused = (node: Uint8Array) =>
    fieldsOf(node).some(
      ({ number, content }) => number === 4 && new TextDecoder().decode(content) === 'GroupQueryAttention',
    );
  const named = replaced(model, 7, (graph) =>
    replaced(graph, 1, (node) =>
      isFused(node) ? join([node, new Message().string(7, domain).encode()]) : node,
    ),
  );
  const imported = new Message().message(8, new Message().string(1, domain).integer(2, 1));
  return join([named, imported.encode()]);
}
