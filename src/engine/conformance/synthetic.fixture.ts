/**
 * Makes fixtures folders nobody has seen: shapes, options and missing parts drawn from a seed, expected values
 * from the float64 reference back end, in the layout of `fixtures/README.md`.
 *
 * They prove that the runner takes everything from the folder. They prove no arithmetic (runner and generator
 * share the engine); the PyTorch numbers do that.
 */
import { SeededNumbers } from '../backend-parity';
import type { UpdateOptions } from '../language-model';
import { writeAdapterConfig } from '../model/adapter-config';
import { writeModelConfig } from '../model/config';
import { EngineModel } from '../model/engine-model';
import {
  type Architecture,
  LORA_MODULES,
  type LoraConfig,
  type ModelConfig,
  type NamedTensor,
  type NamedTensors,
} from '../model/model-config';
import { adapterParameters } from '../model/parameters';
import { namedFloats, readSafetensors, toFloats } from '../model/safetensors';
import { type WritableDtype, writeSafetensors } from '../model/safetensors-writer';
import { randomWeights } from '../model/tiny-model.fixture';
import { ReferenceBackend } from '../reference/reference-backend';
import { batchTotals, grpoLoss, type LossType, summariseMetrics } from '../training/grpo-loss';
import { Fields } from './fields';
import type { FixtureReader } from './files';
import { lossOptions } from './loss-options';
import { globalNorm } from './measures';

/** Files by path. */
export type SyntheticFolder = ReadonlyMap<string, Uint8Array>;

export function readerOf(folder: SyntheticFolder): FixtureReader {
  return {
    list: async () => [...folder.keys()],
    read: async (path) => {
      const bytes = folder.get(path);
      if (!bytes) throw new Error(`${path} is not in the synthetic folder`);
      return bytes;
    },
  };
}

const DTYPES: readonly WritableDtype[] = ['F32', 'F16', 'BF16'];
const ARCHITECTURES: readonly Architecture[] = ['qwen2', 'qwen3', 'llama'];
const LOSSES: readonly LossType[] = ['grpo', 'bnpo', 'dr_grpo', 'dapo', 'sapo', 'cispo'];

/** One model with everything around it; another seed, other shapes and other parts left out. */
export async function syntheticFixtures(seed: number): Promise<SyntheticFolder> {
  const maker = new Maker(seed);
  await maker.make();
  return maker.files;
}

class Maker {
  readonly files = new Map<string, Uint8Array>();
  readonly #draw: SeededNumbers;
  readonly #backend = new ReferenceBackend();

  constructor(private readonly seed: number) {
    this.#draw = new SeededNumbers(7919 * seed + 17);
  }

  async make(): Promise<void> {
    // Three steps of Adam make steps of what is rounding in an ill-conditioned draw; a fixture made by hand avoids them.
    const run = [
      'losses',
      'grad_norms',
      'state',
      'step1.change',
      'step1.change_from_given_gradients',
      'step3.change',
      'step3.weights',
    ];
    this.json('tolerances.json', {
      quantities: Object.fromEntries(run.map((name) => [`adamw.${name}`, { limit: 5e-3 }])),
    });
    const config = this.config();
    const folder = this.chance(0.3) ? `models/group/drawn-${this.seed}` : `models/drawn-${this.seed}`;
    const { weights, name } = this.weights(folder, config);
    await this.forward(folder, config, weights, name);
    const adapters = this.#draw.integer(0, 2);
    for (let i = 0; i < adapters; i++) {
      await this.adapter(`${folder}/${i === 0 ? 'adapter' : `adapters/${i}`}`, config, weights, i);
    }
    if (this.chance(0.7)) this.losses();
  }

  private chance(share: number): boolean {
    return this.#draw.next() < share;
  }

  private pick<T>(choices: readonly T[]): T {
    return choices[this.#draw.integer(0, choices.length - 1)];
  }

  private config(): ModelConfig {
    const draw = this.#draw;
    const architecture = ARCHITECTURES[this.seed % 3];
    const kvHeads = draw.integer(1, 3);
    const heads = kvHeads * draw.integer(1, 3);
    const headDim = 2 * draw.integer(1, 6);
    return {
      architecture,
      vocabSize: draw.integer(11, 70),
      hiddenSize: architecture === 'qwen2' ? heads * headDim : draw.integer(9, 40),
      intermediateSize: draw.integer(7, 50),
      layers: draw.integer(1, 4),
      heads,
      kvHeads,
      headDim,
      ropeTheta: this.pick([500, 10_000, 1e6]),
      rmsNormEps: this.pick([1e-6, 1e-5, 1e-3]),
      tieWordEmbeddings: this.chance(0.5),
      attentionBias: architecture === 'qwen2',
      qkNorm: architecture === 'qwen3',
      maxPositions: draw.integer(16, 40),
    };
  }

  /** Writes the model's files, one or in shards; returns the weights as stored. */
  private weights(folder: string, config: ModelConfig): { weights: NamedTensors; name: string } {
    const { rope_theta, ...json } = writeModelConfig(config);
    const newer = this.chance(0.5);
    this.json(
      `${folder}/config.json`,
      newer
        ? { ...json, dtype: 'float32', rope_parameters: { rope_type: 'default', rope_theta } }
        : { ...json, rope_theta, torch_dtype: 'float32', rope_scaling: null },
    );
    const dtype = this.pick(DTYPES);
    // Activations of order one: what float32 can be held to.
    const drawn = randomWeights(config, this.seed, Math.min(0.3, 1 / Math.sqrt(config.hiddenSize)));
    const weights = namedFloats(readSafetensors(writeSafetensors(drawn, { dtype })));
    if (this.chance(0.5)) {
      this.files.set(`${folder}/model.safetensors`, writeSafetensors(weights, { dtype }));
      return { weights, name: 'model.safetensors' };
    }
    const names = [...weights.keys()];
    const half = Math.ceil(names.length / 2);
    const map: Record<string, string> = {};
    [names.slice(0, half), names.slice(half)].forEach((part, i) => {
      const file = `model-0000${i + 1}-of-00002.safetensors`;
      for (const name of part) map[name] = file;
      this.files.set(`${folder}/${file}`, writeSafetensors(only(weights, part), { dtype }));
    });
    this.json(`${folder}/model.safetensors.index.json`, { metadata: {}, weight_map: map });
    return { weights, name: this.pick(['model.safetensors', 'model.safetensors.index.json']) };
  }

  /** A single token, a few ragged sequences, and with luck one as long as the model takes. */
  private lengths(config: ModelConfig, least: number): number[] {
    const count = this.#draw.integer(1, 4);
    const lengths = Array.from({ length: count }, () => this.#draw.integer(least, 12));
    if (this.chance(0.5)) lengths[0] = config.maxPositions;
    // Somewhere a token sees another, or the gradients of queries and keys are rounding alone.
    lengths[count - 1] = Math.max(5, lengths[count - 1]);
    return lengths;
  }

  private sequences(config: ModelConfig, lengths: readonly number[]): number[][] {
    return lengths.map((length) => [...this.#draw.integers(length, 0, config.vocabSize - 1)]);
  }

  private async forward(
    folder: string,
    config: ModelConfig,
    weights: NamedTensors,
    weightsName: string,
  ): Promise<void> {
    const lengths = this.lengths(config, 1);
    const sequences = this.sequences(config, lengths);
    // One position more, for the token that follows the longest sequence.
    const roomy = { ...config, maxPositions: config.maxPositions + 1 };
    const model = await EngineModel.open({ backend: this.#backend, config: roomy, weights });
    const { hidden, logits } = await model.inspect(sequences);
    const temperature = this.pick([0.5, 0.8, 1.3]);
    const tensors = new Map<string, NamedTensor>([
      ['hidden', tensor([hidden.length / config.hiddenSize, config.hiddenSize], hidden)],
      ['logits', tensor([logits.length / config.vocabSize, config.vocabSize], logits)],
    ]);
    for (const [at, suffix] of [
      [1, ''],
      [temperature, '_warm'],
    ] as const) {
      const scores = await model.score(
        sequences.map((ids) => ({ promptIds: ids.slice(0, 1), completionIds: [...ids.slice(1), 0] })),
        { temperature: at, useAdapter: false },
      );
      const logprobs = scores.flatMap((score) => [...score.logprobs.subarray(0, -1), 0]);
      const entropies = scores.flatMap((score) => [...score.entropies]);
      tensors.set(`next_logprob${suffix}`, tensor([logprobs.length], logprobs));
      tensors.set(`entropy${suffix}`, tensor([entropies.length], entropies));
    }
    model.dispose();
    this.tensorFile(`${folder}/cases.safetensors`, tensors, padded(sequences, lengths));
    const offsets = offsetsOf(lengths);
    const decode = lengths.flatMap((length, sequence) => {
      if (length < 4) return [];
      const prefill = this.#draw.integer(1, length - 2);
      const rows = Array.from({ length: length - prefill }, (_, i) => offsets[sequence] + prefill + i);
      return [{ sequence, prefill, tokens: sequences[sequence].slice(prefill), logits_rows: rows }];
    });
    this.json(`${folder}/cases.json`, {
      config: 'config.json',
      weights: weightsName,
      tensors: 'cases.safetensors',
      temperature_tensors: ['next_logprob_warm', 'entropy_warm'],
      temperature,
      lengths,
      row_offsets: offsets,
      pad_token: 0,
      decode,
      ...(this.chance(0.7) ? { cross_entropy: await this.base(folder, config, weights, sequences) } : {}),
    });
  }

  private async base(
    folder: string,
    config: ModelConfig,
    weights: NamedTensors,
    sequences: readonly (readonly number[])[],
  ): Promise<unknown> {
    const model = await EngineModel.open({ backend: this.#backend, config, weights, trainable: 'base' });
    const batch = sequences.map((ids) => ({ ids, weights: new Float64Array(ids.length - 1).fill(1) }));
    const { loss } = await model.accumulateTokens(batch);
    const gradients = await model.gradients();
    model.dispose();
    this.tensorFile(`${folder}/base_grads.safetensors`, gradients);
    return { loss, grad_norm: globalNorm(gradients), gradients: 'base_grads.safetensors' };
  }

  private async adapter(
    folder: string,
    config: ModelConfig,
    weights: NamedTensors,
    index: number,
  ): Promise<void> {
    const draw = this.#draw;
    const modules = LORA_MODULES.filter(() => this.chance(0.6));
    const lora: LoraConfig = {
      r: this.chance(0.2) ? config.hiddenSize + 3 : draw.integer(1, 6),
      alpha: draw.integer(1, 9),
      rslora: this.chance(0.5),
      targetModules: modules.length > 0 ? modules : ['v_proj'],
    };
    this.json(`${folder}/adapter_config.json`, { ...writeAdapterConfig(lora, '..') });
    const dtype = this.pick(DTYPES);
    const drawn = new Map(
      adapterParameters(config, lora).map(({ name, shape }) => {
        return [name, { shape, data: draw.normal(shape[0] * shape[1], 0.2) }] as const;
      }),
    );
    this.files.set(`${folder}/adapter_model.safetensors`, writeSafetensors(drawn, { dtype }));
    const initial = rounded(drawn, dtype);

    const lengths = this.lengths(config, 3);
    const sequences = this.sequences(config, lengths);
    const prompts = lengths.map((length, b) => {
      // One completion may be empty, one prompt a single token.
      if (b === 0 && lengths.length > 1 && this.chance(0.3)) return length;
      return draw.integer(b === lengths.length - 1 ? 2 : 1, length - 1);
    });
    const samples = sequences.map((ids, b) => ({
      promptIds: ids.slice(0, prompts[b]),
      completionIds: ids.slice(prompts[b]),
    }));
    const model = await EngineModel.open({ backend: this.#backend, config, weights, adapter: lora });
    model.loadAdapterTensors(initial);

    const { logits } = await model.inspect([sequences[0]]);
    const temperature = this.pick([1, 0.7]);
    const adapted = await model.score(samples, { temperature: 1, useAdapter: true });
    const fresh = await model.score(samples, { temperature, useAdapter: true });
    const reference = await model.score(samples, { temperature, useAdapter: false });
    const onRows = (value: (b: number, t: number) => number) => {
      const rows = lengths.flatMap((length, b) =>
        Array.from({ length }, (_, t) =>
          t < prompts[b] - 1 || t >= length - 1 ? 0 : value(b, t - prompts[b] + 1),
        ),
      );
      return tensor([rows.length], rows);
    };
    const old = fresh.map(({ logprobs }) =>
      logprobs.map((value) => Math.fround(value + 0.2 * (draw.next() - 0.5))),
    );
    // An empty completion carries no loss, whatever its advantage.
    const advantages = draw.normal(lengths.length).map((a, b) => (prompts[b] === lengths[b] ? 0 : a));
    const pgWeights = onRows(() => Math.fround(draw.next() * 2 - 0.8));
    const tensors = new Map<string, NamedTensor>([
      ['logits', tensor([lengths[0], config.vocabSize], logits)],
      ['next_logprob', onRows((b, t) => adapted[b].logprobs[t])],
      ['grpo.new_logprob', onRows((b, t) => fresh[b].logprobs[t])],
      ['grpo.ref_logprob', onRows((b, t) => reference[b].logprobs[t])],
      ['grpo.old_logprob', onRows((b, t) => old[b][t])],
      ['pg.weights', pgWeights],
      ['advantages', { shape: [lengths.length], data: advantages }],
    ]);
    this.tensorFile(`${folder}/train.safetensors`, tensors, padded(sequences, lengths));

    const lossType = LOSSES[(this.seed + index) % LOSSES.length];
    const options = {
      loss_type: lossType,
      beta: this.pick([0, 0.04]),
      epsilon: 0.15,
      epsilon_high: lossType === 'cispo' ? 1.1 : 0.25,
      entropy_coef: this.pick([0, 0.01]),
      ...(lossType === 'dr_grpo' ? { max_completion_length: 19 } : {}),
      ...(this.chance(0.3) ? { num_items_in_batch: 23 } : {}),
    };
    const accumulate = {
      pg: async () => {
        const { data } = pgWeights;
        const total = data.reduce((sum, w) => sum + Math.abs(w), 0);
        const offsets = offsetsOf(lengths);
        let loss = 0;
        await model.accumulate(samples, { temperature: 1 }, (scores, indices) =>
          scores.map(({ logprobs }, i) => {
            const from = offsets[indices[i]] + prompts[indices[i]] - 1;
            const dLogprobs = logprobs.map((_, t) => -data[from + t] / total);
            loss += logprobs.reduce((sum, logprob, t) => sum + dLogprobs[t] * logprob, 0);
            return { dLogprobs };
          }),
        );
        return loss;
      },
      grpo: async () => {
        const given = lossOptions(new Fields(options, 'drawn options'));
        const totals = batchTotals(
          samples.map(({ completionIds }) => ({ logprobs: completionIds, mask: null })),
        );
        let total = 0;
        await model.accumulate(samples, { temperature }, (scores, indices) => {
          const rows = scores.map((score, i) => ({
            ...score,
            oldLogprobs: old[indices[i]],
            refLogprobs: reference[indices[i]].logprobs,
            mask: null,
            advantage: advantages[indices[i]],
          }));
          const items = options.num_items_in_batch ?? totals.items;
          const { loss, gradients } = grpoLoss(rows, given, { ...totals, items });
          total += loss;
          return gradients.map(({ dLogprobs, dEntropies }) => ({
            dLogprobs,
            dEntropies: dEntropies ?? undefined,
          }));
        });
        return total;
      },
    };
    const losses: Record<string, unknown> = {};
    for (const name of ['pg', 'grpo'] as const) {
      const loss = await accumulate[name]();
      const gradients = await model.gradients();
      model.zeroGradients();
      const file = `grads_${name}.safetensors`;
      this.tensorFile(`${folder}/${file}`, gradients);
      losses[name] = { loss, grad_norm: globalNorm(gradients), gradients: file };
    }
    const learned = this.pick(['pg', 'grpo'] as const);
    const optimiser: UpdateOptions = {
      lr: 1e-3,
      beta1: 0.85,
      beta2: 0.97,
      // Larger than the rounding of a gradient, which Adam would otherwise make steps of.
      eps: 1e-3,
      weightDecay: this.pick([0, 0.1]),
      maxGradNorm: this.pick([0.3, 100]),
    };
    const steps = [];
    const after: Record<string, string> = {};
    for (let t = 1; t <= 3; t++) {
      const loss = await accumulate[learned]();
      steps.push({ loss, grad_norm: (await model.update(optimiser)).gradNorm });
      if (t === 2) continue;
      after[t] = `adamw_step${t}.safetensors`;
      this.tensorFile(`${folder}/${after[t]}`, await model.adapterTensors());
    }
    const { expAvg, expAvgSq } = await model.moments();
    this.tensorFile(`${folder}/adamw_state3.safetensors`, new Map([...expAvg, ...expAvgSq]));
    model.dispose();
    this.json(`${folder}/train.json`, {
      config: 'adapter_config.json',
      adapter: 'adapter_model.safetensors',
      tensors: 'train.safetensors',
      lengths,
      prompt_lengths: prompts,
      row_offsets: offsetsOf(lengths),
      logits_of_sequences: [0],
      pg: losses.pg,
      grpo: { ...(losses.grpo as object), options, temperature },
      adamw: {
        loss: learned,
        lr: optimiser.lr,
        betas: [optimiser.beta1, optimiser.beta2],
        eps: optimiser.eps,
        weight_decay: optimiser.weightDecay,
        max_grad_norm: optimiser.maxGradNorm,
        steps,
        weights: after,
        state: 'adamw_state3.safetensors',
      },
    });
  }

  /** One drawn batch under each loss type. */
  private losses(): void {
    const draw = this.#draw;
    const [rows, width] = [draw.integer(1, 5), draw.integer(1, 7)];
    const table = (spread: number, mean: number) =>
      Array.from({ length: rows }, () => [...draw.normal(width, spread, mean)]);
    const fresh = table(0.5, -1.5);
    const nudged = () =>
      fresh.map((row) => row.map((value) => Math.fround(value + 0.6 * (draw.next() - 0.5))));
    const batch = {
      new: fresh,
      old: this.chance(0.8) ? nudged() : null,
      ref: nudged(),
      entropy: table(0.1, 1),
      mask: fresh.map((row) => row.map(() => (this.chance(0.8) ? 1 : 0))),
    };
    const advantages = [...draw.normal(rows)];
    const cases = LOSSES.map((loss_type) => {
      const options = {
        loss_type,
        beta: 0.1,
        epsilon: 0.1,
        epsilon_high: loss_type === 'cispo' ? 1.05 : 0.12,
      };
      const lossRows = fresh.map((logprobs, i) => ({
        logprobs,
        oldLogprobs: batch.old?.[i] ?? null,
        refLogprobs: batch.ref[i],
        entropies: batch.entropy[i],
        mask: batch.mask[i],
        advantage: advantages[i],
      }));
      const given = lossOptions(new Fields(options, 'drawn options'));
      const { loss, gradients, metrics } = grpoLoss(lossRows, given, batchTotals(lossRows));
      const dloss_dlogprob = gradients.map(({ dLogprobs }) => [...dLogprobs]);
      const expected = { advantages, loss, dloss_dlogprob, metrics: summariseMetrics(metrics) };
      return { name: loss_type, batch: 'drawn', options, expected };
    });
    this.json('grpo/cases.json', { batches: { drawn: batch }, loss_cases: cases });
  }

  private json(path: string, value: unknown): void {
    this.files.set(path, new TextEncoder().encode(JSON.stringify(value)));
  }

  private tensorFile(path: string, floats: NamedTensors, ids?: Integers): void {
    this.files.set(
      path,
      ids ? withIntegers(writeSafetensors(floats), 'input_ids', ids) : writeSafetensors(floats),
    );
  }
}

interface Integers {
  readonly shape: readonly number[];
  readonly values: Int32Array;
}

function padded(sequences: readonly (readonly number[])[], lengths: readonly number[]): Integers {
  const width = Math.max(...lengths);
  const values = new Int32Array(sequences.length * width);
  sequences.forEach((ids, b) => {
    values.set(ids, b * width);
  });
  return { shape: [sequences.length, width], values };
}

function offsetsOf(lengths: readonly number[]): number[] {
  return lengths.map((_, b) => lengths.slice(0, b).reduce((sum, length) => sum + length, 0));
}

function tensor(shape: readonly number[], values: ArrayLike<number>): NamedTensor {
  return { shape, data: Float32Array.from(values) };
}

function only(tensors: NamedTensors, names: readonly string[]): NamedTensors {
  return new Map([...tensors].filter(([name]) => names.includes(name)));
}

/** What a reader gets back of tensors stored as `dtype`. */
function rounded(tensors: NamedTensors, dtype: WritableDtype): NamedTensors {
  const { tensors: stored } = readSafetensors(writeSafetensors(tensors, { dtype }));
  return new Map(
    [...tensors].map(([name, { shape }]) => {
      const found = stored.get(name);
      if (!found) throw new Error(`${name} was not written.`);
      return [name, { shape, data: toFloats(found) }];
    }),
  );
}

/** A file with an I32 tensor behind what it has: the writer takes floats only. */
export function withIntegers(plain: Uint8Array, name: string, ids: Integers): Uint8Array {
  const headerBytes = Number(new DataView(plain.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(plain.subarray(8, 8 + headerBytes)));
  const end = plain.length - 8 - headerBytes;
  header[name] = { dtype: 'I32', shape: ids.shape, data_offsets: [end, end + ids.values.byteLength] };
  const encoded = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + encoded.length + end + ids.values.byteLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(encoded.length), true);
  file.set(encoded, 8);
  file.set(plain.subarray(8 + headerBytes), 8 + encoded.length);
  file.set(new Uint8Array(ids.values.buffer), 8 + encoded.length + end);
  return file;
}
