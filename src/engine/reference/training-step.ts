/**
 * One training step from beginning to end, as plainly as it can be said:
 *
 *     forward:  log p of every token          (`transformer.ts`)
 *     loss:     L = sum over tokens of c · log p
 *     backward: dL/dparameter, added up over the sequences
 *     update:   clip the norm over all of them, then AdamW    (`optimiser.ts`)
 *
 * The numbers c say what kind of training it is. Pretraining and fine-tuning: c = -1 / tokens, so that the text
 * becomes more likely. Policy gradient (REINFORCE): c = -advantage / tokens for what the policy wrote, 0 for what
 * it was given. GRPO adds the clipped ratio and the KL term and arrives at such a number for each token too
 * (`training/grpo-loss.ts`).
 *
 * The engine does this for ragged batches with shared prefixes on any device; `training-step.test.ts` compares.
 */
import { EngineError } from '../errors';
import type { UpdateOptions } from '../language-model';
import type { LoraConfig, ModelConfig, NamedTensors } from '../model/model-config';
import { adapterParameters, baseParameters, ParameterLayout } from '../model/parameters';
import { floats, ReferenceTensor } from './buffers';
import { adamW, clipFactor } from './optimiser';
import { type Parameter, Transformer } from './transformer';

export interface WeightedSequence {
  /** At least two tokens. */
  readonly ids: readonly number[];
  /** c of each token but the first. */
  readonly weights: readonly number[];
}

export interface StepResult {
  /** Sum over all sequences, before the update. */
  readonly loss: number;
  /** Over all parameters that learn, before clipping. */
  readonly gradNorm: number;
}

/** Weights that learn: all of a model, or with `lora` the adapter alone. */
export class PlainTrainer {
  readonly #config: ModelConfig;
  readonly #lora: LoraConfig | null;
  readonly #layout: ParameterLayout;
  /** What learns lies in one flat tensor, and its gradient and the two moments in three more. */
  readonly #flat: { readonly [what in 'param' | 'grad' | 'm' | 'v']: ReferenceTensor };
  readonly #parameters = new Map<string, Parameter>();
  #steps = 0;

  /**
   * @param weights of the base model by file name
   * @param adapter A and B by PEFT name
   */
  constructor(config: ModelConfig, weights: NamedTensors, lora: LoraConfig | null, adapter?: NamedTensors) {
    this.#config = config;
    this.#lora = lora;
    this.#layout = new ParameterLayout(lora ? adapterParameters(config, lora) : baseParameters(config));
    const { flatLength, slots } = this.#layout;
    const flat = (what: string) => ReferenceTensor.allocate('f32', flatLength, what);
    this.#flat = { param: flat('parameters'), grad: flat('gradients'), m: flat('m'), v: flat('v') };
    const learning = lora ? adapter : weights;
    if (!learning) throw new EngineError('no-adapter', 'Give the matrices of the adapter that is to learn.');
    floats(this.#flat.param).set(this.#layout.flatten(learning, 'weights'));
    for (const { name, offset, length } of slots.values()) {
      const [value, gradient] = [this.#flat.param, this.#flat.grad].map((all) =>
        all.view(offset, length, name),
      );
      this.#parameters.set(name, { value, gradient });
    }
    if (!lora) return;
    for (const [name, { data }] of weights) {
      const value = ReferenceTensor.allocate('f32', data.length, name);
      floats(value).set(data);
      this.#parameters.set(name, { value });
    }
  }

  /** One whole step. */
  step(
    sequences: readonly WeightedSequence[],
    options: UpdateOptions & { readonly temperature: number },
  ): StepResult {
    const loss = this.accumulate(sequences, options.temperature);
    return { loss, gradNorm: this.update(options) };
  }

  /** Forward, loss and backward; gradients add up until `update`. Returns the loss. */
  accumulate(sequences: readonly WeightedSequence[], temperature: number): number {
    let loss = 0;
    for (const { ids, weights } of sequences) {
      const model = new Transformer(this.#config, (name) => this.parameter(name), this.#lora);
      const { value, gradient } = model.logprobs(ids, temperature);
      const [logprobs, slopes] = [floats(value), floats(gradient)];
      weights.forEach((c, t) => {
        loss += c * logprobs[t];
        slopes[t] = c;
      });
      model.backward();
    }
    return loss;
  }

  /** Clips, moves the parameters a little and clears the gradient. Returns the norm before clipping. */
  update(options: UpdateOptions): number {
    const clip = ReferenceTensor.allocate('f32', 2, 'norm and clip factor');
    clipFactor({ out: clip, x: this.#flat.grad, maxNorm: options.maxGradNorm });
    this.#steps++;
    adamW({ ...this.#flat, ...options, clip, length: this.#layout.flatLength, step: this.#steps });
    floats(this.#flat.grad).fill(0);
    return floats(clip)[0];
  }

  /** What learns, by name, float64. */
  values(): ReadonlyMap<string, Float64Array> {
    return this.named(this.#flat.param);
  }

  gradients(): ReadonlyMap<string, Float64Array> {
    return this.named(this.#flat.grad);
  }

  private named(all: ReferenceTensor): ReadonlyMap<string, Float64Array> {
    const slots = [...this.#layout.slots.values()];
    return new Map(
      slots.map(({ name, offset, length }) => [name, floats(all).slice(offset, offset + length)]),
    );
  }

  private parameter(name: string): Parameter {
    const found = this.#parameters.get(name);
    if (!found) throw new EngineError('missing-parameter', `"${name}" is not among the given weights.`);
    return found;
  }
}
