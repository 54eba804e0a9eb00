/**
 * From hidden states to log-probabilities of given tokens, and back.
 *
 * Logits are by far the widest activation (a real vocabulary is a thousand times a head), so they
 * exist for a slice of rows at a time. When one slice holds all rows the backward pass turns the
 * logits that are still there into their gradient; otherwise it computes each slice again.
 */
import type { Tensor } from '../backend';
import { VIEW_ALIGNMENT } from '../backend';
import type { DecoderContext, HiddenStates } from './decoder';
import type { DecoderWeights } from './decoder-weights';

/** Logits kept at once: 64 MiB of float32. */
const LOGIT_ELEMENTS = 2 ** 24;

export interface TokenMeasures {
  /** `[rows]` each, on the device. */
  readonly logprob: Tensor;
  readonly entropy: Tensor;
  /** Both in one buffer, for one readback: log-probs from 0, entropies from `entropyOffset`. */
  readonly both: Tensor;
  readonly entropyOffset: number;
}

export class TokenHead {
  readonly #slice: number;

  constructor(
    private readonly context: DecoderContext,
    private readonly states: HiddenStates,
    /** The token whose log-prob is wanted, for each row. */
    private readonly targets: Int32Array,
    private readonly temperature: number,
    logitElements = LOGIT_ELEMENTS,
  ) {
    const fits = Math.max(1, Math.floor(logitElements / context.config.vocabSize));
    // Slices start at aligned rows, so that every per-row tensor can be viewed there.
    this.#slice =
      fits >= states.rows ? states.rows : Math.max(VIEW_ALIGNMENT, fits - (fits % VIEW_ALIGNMENT));
  }

  /** Log-probs and entropies of all rows. */
  measure(): TokenMeasures {
    const { scratch, backend } = this.context;
    const { rows } = this.states;
    const entropyOffset = Math.ceil(rows / VIEW_ALIGNMENT) * VIEW_ALIGNMENT;
    const both = scratch.floats('head.measures', entropyOffset + rows);
    const logprob = backend.view(both, 0, rows, 'head.logprob');
    const entropy = backend.view(both, entropyOffset, rows, 'head.entropy');
    this.uploadTargets();
    this.forEachSlice((start, count) => {
      backend.tokenLogprobs({
        logprob: backend.view(logprob, start, count),
        entropy: backend.view(entropy, start, count),
        lse: backend.view(this.lse(), start, count),
        logits: this.logits(start, count),
        targets: backend.view(this.deviceTargets(), start, count),
        rows: count,
        vocab: this.context.config.vocabSize,
        temperature: this.temperature,
      });
    });
    return { logprob, entropy, both, entropyOffset };
  }

  /**
   * dL/dhidden from dL/dlogprob (and dL/dentropy) of all rows; after `measure`.
   * @param gradients where dL/dW of the head adds up in full training
   */
  backward(
    measures: TokenMeasures,
    dLogprob: Tensor,
    dEntropy: Tensor | undefined,
    gradients?: DecoderWeights,
  ): Tensor {
    const { scratch, backend, config, weights } = this.context;
    const { hiddenSize, vocabSize: vocab } = config;
    const { rows, hidden } = this.states;
    const dHidden = scratch.floats('d.hidden', rows * hiddenSize);
    this.forEachSlice((start, count) => {
      const whole = count === rows;
      const logits = whole ? scratch.floats('logits', rows * vocab) : this.logits(start, count);
      backend.tokenLogprobsBackward({
        logits,
        targets: backend.view(this.deviceTargets(), start, count),
        lse: backend.view(this.lse(), start, count),
        entropy: backend.view(measures.entropy, start, count),
        dLogprob: backend.view(dLogprob, start, count),
        dEntropy: dEntropy && backend.view(dEntropy, start, count),
        rows: count,
        vocab,
        temperature: this.temperature,
      });
      const slice = backend.view(dHidden, start * hiddenSize, count * hiddenSize);
      backend.matmul({ out: slice, a: logits, b: weights.head, m: count, n: hiddenSize, k: vocab });
      if (gradients) {
        backend.matmul({
          out: gradients.head,
          a: logits,
          b: backend.view(hidden, start * hiddenSize, count * hiddenSize),
          m: vocab,
          n: hiddenSize,
          k: count,
          transposeA: true,
          accumulate: true,
        });
      }
    });
    return dHidden;
  }

  private uploadTargets(): void {
    this.context.backend.write(this.deviceTargets(), this.targets);
  }

  private deviceTargets(): Tensor {
    return this.context.scratch.ints('head.targets', this.states.rows);
  }

  private lse(): Tensor {
    return this.context.scratch.floats('head.lse', this.states.rows);
  }

  private logits(start: number, count: number): Tensor {
    const { hiddenSize } = this.context.config;
    const hidden = this.context.backend.view(this.states.hidden, start * hiddenSize, count * hiddenSize);
    return logitsOf(this.context, hidden, count);
  }

  private forEachSlice(visit: (start: number, count: number) => void): void {
    for (let start = 0; start < this.states.rows; start += this.#slice) {
      visit(start, Math.min(this.#slice, this.states.rows - start));
    }
  }
}

/** `[rows, vocab]` logits of `[rows, hidden]` states, in scratch memory. */
export function logitsOf(context: DecoderContext, hidden: Tensor, rows: number): Tensor {
  const { backend, scratch, config, weights } = context;
  const out = scratch.floats('logits', rows * config.vocabSize);
  const { vocabSize: n, hiddenSize: k } = config;
  backend.matmul({ out, a: hidden, b: weights.head, m: rows, n, k, transposeB: true });
  return out;
}
