/**
 * A sentence encoder of some kilobytes, made here to the last bit: a BERT-like folder that transformers.js loads, and
 * the same function in plain TypeScript.
 *
 *     state[t] = tanh((E[id t] + P[t] + T[0]) W)          a text's vector: the mean over its tokens, of unit length
 *
 * Words of the vocabulary that mean the same share their row of E, so it knows synonyms, in the smallest way.
 */
import { OnnxGraph } from '../../../engine/onnx/graph';
import { mix } from '../../hashing';

export const TINY_DIMENSION = 24;
export const TINY_MAX_TOKENS = 32;
const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'];
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz0123456789.,?'];
const MEANINGS = [
  ['lives', 'home', 'dwells'],
  ['doctor', 'physician'],
  ['car', 'vehicle'],
];
const VOCABULARY = [...SPECIAL, ...LETTERS, ...LETTERS.map((letter) => `##${letter}`), ...MEANINGS.flat()];
const IDS = new Map(VOCABULARY.map((token, id) => [token, id]));

function numbers(count: number, seed: number, scale: number): Float32Array {
  let state = mix(seed);
  return Float32Array.from({ length: count }, () => {
    state = mix(state + 0x9e3779b9);
    return ((state / 2 ** 32) * 2 - 1) * scale;
  });
}

interface TinyWeights {
  readonly words: Float32Array;
  readonly positions: Float32Array;
  readonly types: Float32Array;
  readonly product: Float32Array;
}

function weightsOf(seed: number): TinyWeights {
  const d = TINY_DIMENSION;
  const words = numbers(VOCABULARY.length * d, seed, 1);
  for (const [first, ...others] of MEANINGS) {
    const row = (word: string) => (IDS.get(word) ?? 0) * d;
    for (const other of others) words.copyWithin(row(other), row(first), row(first) + d);
  }
  return {
    words,
    positions: numbers(TINY_MAX_TOKENS * d, seed + 1, 0.1),
    types: numbers(2 * d, seed + 2, 0.1),
    product: numbers(d * d, seed + 3, 0.7),
  };
}

function onnxOf({ words, positions, types, product }: TinyWeights, dimension: number): Uint8Array {
  const graph = new OnnxGraph();
  const shape = ['batch_size', 'sequence_length'];
  for (const name of ['input_ids', 'attention_mask', 'token_type_ids']) graph.input(name, 'int64', shape);
  const d = TINY_DIMENSION;
  graph.constant('zero', [0], []);
  graph.constant('one', [1], []);
  graph.constant('words', words, [VOCABULARY.length, d]);
  graph.constant('positions', positions, [TINY_MAX_TOKENS, d]);
  graph.constant('types', types, [2, d]);
  graph.constant('product', product, [d, d]);
  const size = graph.node('Shape', ['input_ids'], 'size');
  const length = graph.node('Gather', [size, 'one'], 'length', { axis: 0 });
  const places = graph.node('Range', ['zero', length, 'one'], 'places');
  const of = (table: string, index: string) =>
    graph.node('Gather', [table, index], `${table}.row`, { axis: 0 });
  const sum = graph.node('Add', [of('words', 'input_ids'), of('positions', places)], 'sum');
  const all = graph.node('Add', [sum, of('types', 'token_type_ids')], 'all');
  graph.node('Tanh', [graph.node('MatMul', [all, 'product'], 'mixed')], 'last_hidden_state');
  graph.output('last_hidden_state', 'float', [...shape, dimension]);
  return graph.encode({ name: 'tiny-encoder', opset: 17 });
}

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** The files of the folder by name. @param options.says dimension that config.json claims */
export function tinyEncoder(
  seed = 7,
  options: { readonly says?: number } = {},
): ReadonlyMap<string, Uint8Array> {
  const special = (id: number, content: string) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  const tokenizer = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map((content, id) => special(id, content)),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
      ],
      pair: [],
      special_tokens: {
        '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
        '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
      },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(IDS),
    },
  };
  const tokenizerConfig = {
    tokenizer_class: 'BertTokenizer',
    do_lower_case: true,
    model_max_length: TINY_MAX_TOKENS,
    pad_token: '[PAD]',
    unk_token: '[UNK]',
    cls_token: '[CLS]',
    sep_token: '[SEP]',
  };
  const config = {
    model_type: 'bert',
    architectures: ['BertModel'],
    hidden_size: options.says ?? TINY_DIMENSION,
    max_position_embeddings: TINY_MAX_TOKENS,
    vocab_size: VOCABULARY.length,
  };
  return new Map([
    ['config.json', json(config)],
    ['tokenizer.json', json(tokenizer)],
    ['tokenizer_config.json', json(tokenizerConfig)],
    ['onnx/model.onnx', onnxOf(weightsOf(seed), TINY_DIMENSION)],
  ]);
}

export function asBlobs(files: ReadonlyMap<string, Uint8Array>): Map<string, Blob> {
  return new Map([...files].map(([name, bytes]) => [name, new Blob([bytes.slice()])]));
}

/** WordPiece as BERT has it, for ASCII: longest first, within words of letters and digits; marks stand alone. */
function idsOf(text: string): readonly number[] {
  const ids: number[] = [];
  for (const [word] of text.toLowerCase().matchAll(/[a-z0-9]+|[^\sa-z0-9]/g)) {
    for (let at = 0; at < word.length; ) {
      let end = word.length;
      const piece = () => (at > 0 ? '##' : '') + word.slice(at, end);
      while (end > at && !IDS.has(piece())) end--;
      if (end === at) throw new RangeError(`"${word}" has a character that is not in the vocabulary`);
      ids.push(IDS.get(piece()) ?? 1);
      at = end;
    }
  }
  // transformers.js cuts a long text's end off, [SEP] with it.
  return [2, ...ids, 3].slice(0, TINY_MAX_TOKENS);
}

/** The encoder in plain TypeScript, in float64: a unit vector. */
export function tinyVector(text: string, seed = 7): Float64Array {
  const { words, positions, types, product } = weightsOf(seed);
  const d = TINY_DIMENSION;
  const sum = new Float64Array(d);
  idsOf(text).forEach((id, t) => {
    for (let j = 0; j < d; j++) {
      let mixed = 0;
      for (let i = 0; i < d; i++) {
        mixed += (words[id * d + i] + positions[t * d + i] + types[i]) * product[i * d + j];
      }
      sum[j] += Math.tanh(mixed);
    }
  });
  const norm = Math.hypot(...sum);
  return sum.map((value) => value / norm);
}
