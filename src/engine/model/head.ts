/**
 * From hidden states to log-probabilities of given tokens, and back.
 *
 * Logits are by far the widest activation (a real vocabulary is a thousand times a head), so they
 * exist for a slice of rows at a time. When one slice holds all rows the backward pass turns the
 * logits that are still there into their gradient; otherwise it computes each slice again.
 *
 * Where sequences share rows (`token-tree.ts`) a hidden state may be scored several times, for the same
 * token or for others: states are then picked row by row, and their gradients summed back.
 */
import type { Tensor } from '../backend';
import { VIEW_ALIGNMENT } from '../backend';
import type { DecoderContext, HiddenStates } from './decoder';
import type { DecoderWeights } from './decoder-weights';
import { tableProduct, tableProductBackward } from './row-table';

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

/** What is scored: a token for each hidden state, or for each of the picked ones. */
export interface HeadTargets {
  readonly targets: Int32Array;
  /** For each target the row of the hidden states it follows; left out: target r follows state r. */
  readonly picks?: Int32Array;
}

export class TokenHead {
  readonly #slice: number;
  /** Rows scored: as many as targets. */
  readonly #rows: number;
  readonly #states: HiddenStates;

  constructor(
    private readonly context: DecoderContext,
    private readonly source: HiddenStates,
    private readonly wanted: HeadTargets,
    private readonly temperature: number,
    logitElements = LOGIT_ELEMENTS,
  ) {
    this.#rows = wanted.targets.length;
    this.#states = wanted.picks ? this.picked(wanted.picks) : source;
    const fits = Math.max(1, Math.floor(logitElements / context.config.vocabSize));
    // Slices start at aligned rows, so that every per-row tensor can be viewed there.
    this.#slice = fits >= this.#rows ? this.#rows : Math.max(VIEW_ALIGNMENT, fits - (fits % VIEW_ALIGNMENT));
  }

  /** Log-probs and entropies of all rows. */
  measure(): TokenMeasures {
    const { scratch, backend } = this.context;
    const rows = this.#rows;
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
   * dL/dhidden, of the states before picking, from dL/dlogprob (and dL/dentropy) of all rows; after `measure`.
   * @param gradients where dL/dW of the head adds up in full training
   */
  backward(
    measures: TokenMeasures,
    dLogprob: Tensor,
    dEntropy: Tensor | undefined,
    gradients?: Pick<DecoderWeights, 'head'>,
  ): Tensor {
    const { scratch, backend, config, weights } = this.context;
    const { hiddenSize, vocabSize: vocab } = config;
    const rows = this.#rows;
    const { hidden } = this.#states;
    const dHidden = scratch.floats(this.wanted.picks ? 'd.picked' : 'd.hidden', rows * hiddenSize);
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
      tableProductBackward(this.context, weights.head, logits, count, slice);
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
    return this.wanted.picks ? this.unpicked(this.wanted.picks, dHidden) : dHidden;
  }

  private picked(picks: Int32Array): HiddenStates {
    const { scratch, backend, config } = this.context;
    const rows = picks.length;
    const index = scratch.ints('head.picks', rows);
    backend.write(index, picks);
    const out = scratch.floats('head.picked', rows * config.hiddenSize);
    backend.gatherRows({ out, x: this.source.hidden, index, rows, dim: config.hiddenSize });
    return { hidden: out, rows };
  }

  /** Gradients of picked states summed into those of the states they were picked from. */
  private unpicked(picks: Int32Array, dPicked: Tensor): Tensor {
    const { scratch, backend, config } = this.context;
    const { rows } = this.source;
    const { starts, index } = byTarget(picks, rows);
    const [deviceStarts, deviceIndex] = scratch.uploadInts('head.unpick', [starts, index]);
    const out = scratch.floats('d.hidden', rows * config.hiddenSize);
    const dim = config.hiddenSize;
    backend.sumPicked({ out, x: dPicked, starts: deviceStarts, index: deviceIndex, rows, dim });
    return out;
  }

  private uploadTargets(): void {
    this.context.backend.write(this.deviceTargets(), this.wanted.targets);
  }

  private deviceTargets(): Tensor {
    return this.context.scratch.ints('head.targets', this.#rows);
  }

  private lse(): Tensor {
    return this.context.scratch.floats('head.lse', this.#rows);
  }

  private logits(start: number, count: number): Tensor {
    const { hiddenSize } = this.context.config;
    const hidden = this.context.backend.view(this.#states.hidden, start * hiddenSize, count * hiddenSize);
    return logitsOf(this.context, hidden, count);
  }

  private forEachSlice(visit: (start: number, count: number) => void): void {
    for (let start = 0; start < this.#rows; start += this.#slice) {
      visit(start, Math.min(this.#slice, this.#rows - start));
    }
  }
}

/** The places of each value 0 .. range - 1 in `picks`, ascending: those of v are index[starts[v] .. starts[v + 1]]. */
function byTarget(picks: Int32Array, range: number): { starts: Int32Array; index: Int32Array } {
  const starts = new Int32Array(range + 1);
  for (const pick of picks) starts[pick + 1]++;
  for (let v = 0; v < range; v++) starts[v + 1] += starts[v];
  const next = starts.slice(0, range);
  const index = new Int32Array(picks.length);
  picks.forEach((pick, place) => {
    index[next[pick]++] = place;
  });
  return { starts, index };
}

/** `[rows, vocab]` logits of `[rows, hidden]` states, in scratch memory. */
export function logitsOf(context: DecoderContext, hidden: Tensor, rows: number): Tensor {
  const { scratch, config, weights } = context;
  const out = scratch.floats('logits', rows * config.vocabSize);
  tableProduct(context, weights.head, hidden, rows, out);
  return out;
}
