/**
 * The parameters under training, their gradient and their AdamW moments: four flat tensors of the
 * same layout, so that a global-norm clip and an optimiser step are one operation each.
 */
import type { Backend, FloatArray, Tensor } from '../backend';
import { EngineError, NonFiniteError } from '../errors';
import type { AdapterState, UpdateOptions } from '../language-model';
import { allocAll } from './alloc-all';
import type { NamedTensors } from './model-config';
import type { ParameterLayout } from './parameters';

/** A saved state that belongs to another model or adapter, or is damaged. */
export class TrainingStateError extends EngineError {}

/** AdamW moments under parameter names: `<name>.exp_avg` and `<name>.exp_avg_sq`, as PyTorch calls them. */
export interface NamedMoments {
  readonly expAvg: NamedTensors;
  readonly expAvgSq: NamedTensors;
}

export class Trainable {
  readonly #backend: Backend;
  readonly #params: Tensor;
  readonly #grads: Tensor;
  readonly #m: Tensor;
  readonly #v: Tensor;
  readonly #clip: Tensor;
  #kept: readonly Tensor[] = [];
  #updates = 0;

  /** @param initial flat, as `layout.flatten` returns it; finite */
  constructor(
    backend: Backend,
    readonly layout: ParameterLayout,
    initial: Float32Array,
    private readonly what: string,
  ) {
    const length = layout.flatLength;
    this.#backend = backend;
    [this.#params, this.#grads, this.#m, this.#v, this.#clip] = allocAll(backend, [
      { label: `${what}.params`, length, use: 'weight' },
      { label: `${what}.grads`, length, use: 'activation' },
      { label: `${what}.m`, length, use: 'activation' },
      { label: `${what}.v`, length, use: 'activation' },
      { label: `${what}.clip`, length: 2, use: 'activation' },
    ]);
    backend.write(this.#params, initial);
  }

  /** AdamW updates so far. */
  get updates(): number {
    return this.#updates;
  }

  /** All parameters, at the offsets of `layout`. */
  get flatParameters(): Tensor {
    return this.#params;
  }

  parameter(name: string): Tensor {
    return this.slice(this.#params, name);
  }

  gradient(name: string): Tensor {
    return this.slice(this.#grads, name);
  }

  zeroGradients(): void {
    this.#backend.fill(this.#grads, 0);
  }

  /**
   * Clips to the global norm, applies AdamW and clears the gradient.
   * @returns the norm before clipping
   * @throws NonFiniteError when it is not finite; nothing has changed then, the gradient included
   */
  async update(options: UpdateOptions): Promise<{ readonly gradNorm: number }> {
    const { maxGradNorm, ...adam } = options;
    this.#backend.clipFactor({ out: this.#clip, x: this.#grads, maxNorm: maxGradNorm });
    const gradNorm = (await this.#backend.readFloats(this.#clip))[0];
    if (!Number.isFinite(gradNorm)) {
      throw new NonFiniteError(
        'non-finite-gradient',
        `The gradient norm of update ${this.#updates + 1} is ${gradNorm}${await this.brokenGradient()}; nothing was ` +
          'changed. Call zeroGradients and go on with a lower learning rate, or from an earlier checkpoint.',
      );
    }
    this.adamW(adam, this.#clip);
    return { gradNorm };
  }

  /** In words, the first gradient that is not finite; nothing if each is and only their norm overflows. */
  private async brokenGradient(): Promise<string> {
    for (const [name, { data }] of await this.namedGradients()) {
      const at = data.findIndex((value) => !Number.isFinite(value));
      if (at >= 0) return `: the gradient of "${name}" is ${data[at]} at element ${at}`;
    }
    return '';
  }

  /**
   * The same without waiting: `record` (`[2]`) receives norm and clip factor, and where the norm is not finite
   * the parameters stay as they are. Whoever reads the record decides.
   */
  enqueueUpdate(options: UpdateOptions, record: Tensor): void {
    const { maxGradNorm, ...adam } = options;
    this.#backend.clipFactor({ out: record, x: this.#grads, maxNorm: maxGradNorm });
    this.adamW(adam, record);
  }

  /**
   * Copies parameters, moments and update count aside on the device. The function returned puts them back
   * and clears the gradient; it is good until the next `keep`.
   */
  keep(): () => void {
    const sources = [this.#params, this.#m, this.#v];
    if (this.#kept.length === 0) {
      this.#kept = sources.map((tensor) =>
        this.#backend.alloc('f32', tensor.length, `${tensor.label}.kept`, 'activation'),
      );
    }
    const updates = this.#updates;
    sources.forEach((tensor, i) => {
      this.#backend.copy(this.#kept[i], tensor);
    });
    return () => {
      sources.forEach((tensor, i) => {
        this.#backend.copy(tensor, this.#kept[i]);
      });
      this.#updates = updates;
      this.zeroGradients();
    };
  }

  private adamW(adam: Omit<UpdateOptions, 'maxGradNorm'>, clip: Tensor): void {
    this.#backend.adamW({
      param: this.#params,
      grad: this.#grads,
      m: this.#m,
      v: this.#v,
      clip,
      length: this.layout.flatLength,
      step: this.#updates + 1,
      ...adam,
    });
    this.#updates++;
    this.zeroGradients();
  }

  /** The flat parameters, padding included. */
  readParameters(): Promise<FloatArray> {
    return this.#backend.readFloats(this.#params);
  }

  async namedParameters(): Promise<NamedTensors> {
    return this.layout.unflatten(await this.readParameters());
  }

  async namedGradients(): Promise<NamedTensors> {
    return this.layout.unflatten(await this.#backend.readFloats(this.#grads));
  }

  async namedMoments(): Promise<NamedMoments> {
    const [m, v] = await Promise.all([this.#backend.readFloats(this.#m), this.#backend.readFloats(this.#v)]);
    return {
      expAvg: this.layout.unflatten(m, (name) => `${name}.exp_avg`),
      expAvgSq: this.layout.unflatten(v, (name) => `${name}.exp_avg_sq`),
    };
  }

  /** Replaces the parameters and starts the optimiser afresh. Errors as `ParameterLayout.flatten`. */
  loadParameters(named: NamedTensors, what: string): void {
    this.#backend.write(this.#params, this.layout.flatten(named, what));
    this.#backend.fill(this.#m, 0);
    this.#backend.fill(this.#v, 0);
    this.#updates = 0;
    this.zeroGradients();
  }

  /** Adds host gradients, by name, to those accumulated. Errors as `ParameterLayout.flatten`. */
  addGradients(named: NamedTensors, what: string): void {
    const flat = this.layout.flatten(named, what);
    const upload = this.#backend.alloc('f32', flat.length, `${this.what}.upload`, 'activation');
    this.#backend.write(upload, flat);
    this.#backend.addScaled(this.#grads, upload, 1);
    this.#backend.free(upload);
  }

  async exportState(): Promise<AdapterState> {
    const [params, m, v] = await Promise.all([
      this.#backend.readFloats(this.#params),
      this.#backend.readFloats(this.#m),
      this.#backend.readFloats(this.#v),
    ]);
    return {
      params: Float32Array.from(params),
      m: Float32Array.from(m),
      v: Float32Array.from(v),
      updates: this.#updates,
    };
  }

  /**
   * Goes on from a saved state; the gradient is cleared.
   * @throws TrainingStateError, before anything is written, for a state of another layout or with
   *   numbers no run of AdamW leaves behind
   */
  importState(state: AdapterState): void {
    for (const part of ['params', 'm', 'v'] as const) {
      const data = state[part];
      if (data.length !== this.layout.flatLength) {
        throw new TrainingStateError(
          'state-length',
          `The saved ${part} have ${data.length} numbers, this model needs ${this.layout.flatLength}: ` +
            'the checkpoint belongs to another model or adapter configuration.',
        );
      }
      if (!data.every(Number.isFinite) || (part === 'v' && data.some((value) => value < 0))) {
        throw new TrainingStateError(
          'state-damaged',
          `The saved ${part} hold numbers that training cannot have left; use an earlier checkpoint.`,
        );
      }
    }
    if (!Number.isInteger(state.updates) || state.updates < 0) {
      throw new TrainingStateError('state-damaged', `The saved update count is ${state.updates}.`);
    }
    this.#backend.write(this.#params, state.params);
    this.#backend.write(this.#m, state.m);
    this.#backend.write(this.#v, state.v);
    this.#updates = state.updates;
    this.zeroGradients();
  }

  dispose(): void {
    const own = [this.#params, this.#grads, this.#m, this.#v, this.#clip];
    for (const tensor of [...own, ...this.#kept]) this.#backend.free(tensor);
  }

  private slice(tensor: Tensor, name: string): Tensor {
    const slot = this.layout.slots.get(name);
    if (!slot) throw new TrainingStateError('no-such-parameter', `There is no parameter "${name}".`);
    return this.#backend.view(tensor, slot.offset, slot.length, name);
  }
}
