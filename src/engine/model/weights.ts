/**
 * From a safetensors file to the tensors of one model: every expected name with its exact shape,
 * nothing else, every value finite. Two leniencies, because real checkpoints need them: rotary
 * frequency buffers of old exports are skipped, and a tied model may repeat its embedding as
 * `lm_head.weight` if it is the same.
 *
 * Sharded checkpoints (`model.safetensors.index.json`) are refused by the folder reader.
 */
import { ModelFileError } from '../errors';
import type { ModelConfig, NamedTensor, NamedTensors } from './model-config';
import { baseParameters, checkTensors } from './parameters';
import { type SafetensorsFile, type StoredTensor, toFloats } from './safetensors';

const EMBEDDING = 'model.embed_tokens.weight';
const HEAD = 'lm_head.weight';

/** What old exports stored although it follows from the configuration. */
const BUFFER = /(^|\.)(rotary_emb\.(inv_freq|cos_cached|sin_cached)|attn\.(bias|masked_bias))$/;

/**
 * The model's weights as float32, by Hugging Face name, in the order of the forward pass.
 * @throws ModelFileError `unexpected-tensor`, `missing-tensor`, `tensor-shape`, `tensor-dtype`, `tied-head`
 * @throws NonFiniteError naming tensor and element
 */
export function loadWeights(
  config: ModelConfig,
  file: SafetensorsFile,
  fileName = 'model.safetensors',
): NamedTensors {
  const expected = baseParameters(config);
  const wanted = new Set(expected.map(({ name }) => name));
  const found = new Map<string, NamedTensor>();
  for (const [name, tensor] of file.tensors) {
    if (!wanted.has(name) && BUFFER.test(name)) continue;
    if (config.tieWordEmbeddings && name === HEAD) {
      checkTiedHead(tensor, file.tensors.get(EMBEDDING), fileName);
      continue;
    }
    found.set(name, floatTensor(tensor, fileName));
  }
  checkTensors(expected, found, fileName);
  return new Map(expected.map(({ name }) => [name, found.get(name) as NamedTensor]));
}

/**
 * A stored floating-point tensor as float32.
 * @throws ModelFileError `tensor-dtype` if it holds integers
 */
export function floatTensor(tensor: StoredTensor, fileName: string): NamedTensor {
  if (!tensor.dtype.includes('F')) {
    throw new ModelFileError(
      'tensor-dtype',
      `${fileName}: tensor "${tensor.name}" is ${tensor.dtype}; expected F32, F16, BF16 or F64. Quantised models are not implemented.`,
    );
  }
  return { shape: tensor.shape, data: toFloats(tensor) };
}

function checkTiedHead(head: StoredTensor, embedding: StoredTensor | undefined, fileName: string): void {
  const same =
    embedding !== undefined &&
    head.dtype === embedding.dtype &&
    head.bytes.length === embedding.bytes.length &&
    head.bytes.every((byte, i) => byte === embedding.bytes[i]);
  if (!same) {
    throw new ModelFileError(
      'tied-head',
      `${fileName}: the configuration ties the output matrix to the embedding, but "${HEAD}" differs from "${EMBEDDING}". ` +
        'Set tie_word_embeddings to false, or remove the tensor.',
    );
  }
}
