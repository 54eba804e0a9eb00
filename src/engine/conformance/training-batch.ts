/**
 * The training batch of an adapter folder, ready for the engine: `train.json` and its tensors as samples
 * (prompt, completion), with per-token values cut to the completions, and the two losses on it.
 *
 * `pg`: L = sum w (-logprob) / sum |w|, on the host. `grpo`: the TRL loss named in the file, on the host through
 * `grpo-loss.ts` or as the device's own operation through `EngineModel.updatePolicy`.
 */
import type { PolicyBatch, PolicyUpdate, TokenSample, TokenScores, UpdateOptions } from '../language-model';
import type { EngineModel } from '../model/engine-model';
import {
  type BatchTotals,
  batchTotals,
  type GrpoLossOptions,
  grpoLoss,
  type LossRow,
} from '../training/grpo-loss';
import type { Fields } from './fields';
import type { FixtureFolder, FixtureTensors } from './files';
import { lossOptions } from './loss-options';

export type LossName = 'pg' | 'grpo';

export class TrainingBatch {
  readonly lengths: readonly number[];
  readonly promptLengths: readonly number[];
  readonly samples: readonly TokenSample[];
  /** First packed row of each sequence. */
  readonly #offsets: readonly number[];
  /** Adapter off, at the temperature of the grpo loss: the frozen base, so the same for every step. */
  #reference: readonly TokenScores[] | undefined;

  private constructor(
    readonly train: Fields,
    readonly tensors: FixtureTensors,
  ) {
    this.lengths = tensors.numbersOr(train, 'lengths');
    this.promptLengths = tensors.numbersOr(train, 'prompt_lengths');
    const sequences = tensors.sequences('input_ids', this.lengths);
    this.samples = sequences.map((ids, b) => ({
      promptIds: ids.slice(0, this.promptLengths[b]),
      completionIds: ids.slice(this.promptLengths[b]),
    }));
    let at = 0;
    this.#offsets = this.lengths.map((length) => {
      at += length;
      return at - length;
    });
  }

  static async open(folder: FixtureFolder, train: Fields): Promise<TrainingBatch> {
    return new TrainingBatch(train, await folder.tensors(train.text('tensors', 'train.safetensors')));
  }

  get rows(): number {
    return this.lengths.reduce((sum, length) => sum + length, 0);
  }

  /** Packed per-row values, cut to the rows that predict completion tokens, sequence by sequence. */
  perCompletion(name: string): Float32Array[] {
    const values = this.tensors.rows(name, this.rows);
    return this.lengths.map((length, b) => {
      const start = this.#offsets[b];
      return values.subarray(start + this.promptLengths[b] - 1, start + length - 1);
    });
  }

  get temperature(): number {
    return this.train.optionalObject('grpo')?.number('temperature', 1) ?? 1;
  }

  /** Log-probs with the adapter off. */
  async reference(model: EngineModel): Promise<readonly TokenScores[]> {
    this.#reference ??= await model.score(this.samples, { temperature: this.temperature, useAdapter: false });
    return this.#reference;
  }

  /** Accumulates the gradient of a loss over the whole batch on the host's path. @returns the loss */
  accumulate(model: EngineModel, name: LossName): Promise<number> {
    return name === 'pg' ? this.policyGradient(model) : this.grpo(model);
  }

  /** One whole update of the grpo loss, computed by the device's own operation. */
  async deviceUpdate(model: EngineModel, optimiser: UpdateOptions): Promise<PolicyUpdate> {
    const { options, totals, old } = this.grpoParts();
    const batch: PolicyBatch = {
      samples: this.samples,
      sampledLogprobs: old ?? this.samples.map(({ completionIds }) => new Float32Array(completionIds.length)),
      masks: this.masks() ?? this.samples.map(() => null),
      advantages: [...this.tensors.floats('advantages')],
    };
    const result = await model.updatePolicy(batch, {
      temperature: this.temperature,
      loss: options,
      totals,
      iterations: 1,
      offPolicy: old !== null,
      useReference: true,
      optimiser,
    });
    return result.updates[0];
  }

  private async policyGradient(model: EngineModel): Promise<number> {
    const weights = this.perCompletion('pg.weights');
    const total = weights.flatMap((row) => [...row]).reduce((sum, w) => sum + Math.abs(w), 0);
    let loss = 0;
    await model.accumulate(this.samples, { temperature: 1 }, (scores, indices) =>
      scores.map(({ logprobs }, i) => {
        const row = weights[indices[i]];
        logprobs.forEach((logprob, t) => {
          loss -= (row[t] * logprob) / total;
        });
        return { dLogprobs: Float64Array.from(row, (w) => -w / total) };
      }),
    );
    return loss;
  }

  private async grpo(model: EngineModel): Promise<number> {
    const reference = await this.reference(model);
    const { options, totals, old } = this.grpoParts();
    const masks = this.masks();
    const advantages = this.tensors.floats('advantages');
    const row = (scores: TokenScores, sample: number): LossRow => ({
      logprobs: scores.logprobs,
      entropies: scores.entropies,
      oldLogprobs: old?.[sample] ?? null,
      refLogprobs: reference[sample].logprobs,
      mask: masks?.[sample] ?? null,
      advantage: advantages[sample],
    });
    let total = 0;
    await model.accumulate(this.samples, { temperature: this.temperature }, (scores, indices) => {
      const rows = scores.map((score, i) => row(score, indices[i]));
      const { loss, gradients } = grpoLoss(rows, options, totals);
      total += loss;
      return gradients.map(({ dLogprobs, dEntropies }) => ({
        dLogprobs,
        dEntropies: dEntropies ?? undefined,
      }));
    });
    return total;
  }

  /** What the loss needs besides the model. Without stored old log-probs the policy is the one that sampled. */
  private grpoParts(): {
    readonly options: GrpoLossOptions;
    readonly totals: BatchTotals;
    readonly old: readonly Float32Array[] | null;
  } {
    const given = this.train.object('grpo').object('options');
    const masks = this.masks();
    const totals = batchTotals(
      this.samples.map(({ completionIds }, i) => ({ logprobs: completionIds, mask: masks?.[i] ?? null })),
    );
    const old = this.tensors.has('grpo.old_logprob') ? this.perCompletion('grpo.old_logprob') : null;
    const items = given.number('num_items_in_batch', totals.items);
    return { options: lossOptions(given), totals: { ...totals, items }, old };
  }

  /** Null where the folder stores none: every completion token counts. */
  private masks(): readonly Float32Array[] | null {
    return this.tensors.has('mask') ? this.perCompletion('mask') : null;
  }
}
