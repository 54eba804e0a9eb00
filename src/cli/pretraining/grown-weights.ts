/**
 * A model grown from a smaller one, computing the same function: layers are added that write nothing yet (their residual
 * outputs are zero), and a new token begins as the mean of the two it is merged from. What the smaller one learned,
 * copying unknown names above all, need not be learned again. Widths stay as they are.
 */
import type { TrainedTokenizer } from '../../engine/model/bpe-trainer';
import type { ModelConfig, NamedTensor, NamedTensors } from '../../engine/model/model-config';
import { UsageError } from '../arguments';

const EMBEDDING = 'model.embed_tokens.weight';
const RESIDUAL_OUTPUT = /\.(?:o_proj|down_proj)\.weight$/;

/**
 * @param initial freshly drawn weights of the whole grown model; what it has beyond `smaller` is kept of it
 * @param vocabulary of the grown model, whose first tokens are those of `smaller`
 * @throws UsageError if the widths differ or the smaller model is the larger one
 */
export function grownWeights(
  smaller: { readonly config: ModelConfig; readonly weights: NamedTensors },
  grown: ModelConfig,
  initial: NamedTensors,
  vocabulary: TrainedTokenizer,
): NamedTensors {
  const { config, weights } = smaller;
  for (const size of ['hiddenSize', 'intermediateSize', 'heads', 'kvHeads', 'headDim'] as const) {
    if (config[size] === grown[size]) continue;
    throw new UsageError(
      `A model can grow in layers and tokens only: ${size} is ${config[size]} in the one to go on from and ${grown[size]} in the recipe.`,
    );
  }
  if (config.layers > grown.layers || config.vocabSize > grown.vocabSize) {
    throw new UsageError(
      'The model to go on from is larger than the recipe. Give the recipe more layers or tokens.',
    );
  }
  const tensors = new Map<string, NamedTensor>();
  for (const [name, tensor] of initial) {
    const known = weights.get(name);
    if (name === EMBEDDING && known) tensors.set(name, grownEmbedding(known, tensor, vocabulary));
    else if (known) tensors.set(name, known);
    else if (RESIDUAL_OUTPUT.test(name)) {
      tensors.set(name, { shape: tensor.shape, data: new Float32Array(tensor.data.length) });
    } else tensors.set(name, tensor);
  }
  return tensors;
}

/** [vocabulary, hidden]: the known rows, then each new token's mean of its two parts. */
function grownEmbedding(known: NamedTensor, initial: NamedTensor, vocabulary: TrainedTokenizer): NamedTensor {
  const [, hidden = 0] = initial.shape;
  const data = Float32Array.from(initial.data);
  data.set(known.data);
  const { vocab, merges } = vocabulary.model;
  const firstNew = known.data.length / hidden;
  for (const merge of merges) {
    const [left = '', right = ''] = merge.split(' ');
    const id = vocab[left + right];
    if (id < firstNew) continue;
    for (let i = 0; i < hidden; i++) {
      data[id * hidden + i] = (data[vocab[left] * hidden + i] + data[vocab[right] * hidden + i]) / 2;
    }
  }
  return { shape: initial.shape, data };
}
