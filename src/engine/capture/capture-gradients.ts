/**
 * Gradients of a loss over samples, by the names of the capture list, or their norms. What was accumulated
 * before is put aside on the host and added back, whatever happens: looking does not train.
 */
import type { TokenLoss, TokenSample } from '../language-model';
import type { DecoderContext } from '../model/decoder';
import { accumulateSamples, type Learning, type PassShape } from '../model/token-passes';
import type { Trainable } from '../model/trainable';
import type { Capturable } from './capturable';
import type { CapturedTensor } from './capture-pass';

/** @param asked entries of kind `gradient`; they name their parameters */
export async function captureGradients(
  context: DecoderContext,
  samples: readonly TokenSample[],
  shape: PassShape,
  learning: Learning,
  learned: Trainable,
  loss: TokenLoss,
  asked: readonly Capturable[],
): Promise<ReadonlyMap<string, CapturedTensor>> {
  const before = await learned.namedGradients();
  learned.zeroGradients();
  try {
    await accumulateSamples(context, samples, shape, learning, loss, {});
    const gradients = await learned.namedGradients();
    return new Map(
      asked.map(({ name, parameter }) => {
        const gradient = gradients.get(parameter!)!; // the list has a parameter for every gradient
        return [name, name.endsWith('_norm') ? { shape: [], data: normOf(gradient.data) } : gradient];
      }),
    );
  } finally {
    learned.zeroGradients();
    learned.addGradients(before, 'gradients');
  }
}

function normOf(data: ArrayLike<number>): Float64Array {
  let squares = 0;
  for (let i = 0; i < data.length; i++) squares += data[i] * data[i];
  return Float64Array.of(Math.sqrt(squares));
}
