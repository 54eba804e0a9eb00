/**
 * An adapter folder's cases: logits with the adapter on, two losses with their gradients for A and B, and
 * AdamW runs, from the model's own gradients and from stored ones. What `train.json` does not have is not
 * measured; the grpo loss runs on the host's path and on the device's.
 */
import type { Backend } from '../backend';
import type { UpdateOptions } from '../language-model';
import { readAdapterConfig } from '../model/adapter-config';
import { EngineModel } from '../model/engine-model';
import type { NamedTensors } from '../model/model-config';
import type { Fields } from './fields';
import type { FixtureFolder } from './files';
import { inspectAll } from './forward-cases';
import { changes, globalNorm, largestError, relativeError } from './measures';
import type { LoadedModel } from './model-files';
import type { ConformanceResult, ResultLabels } from './results';
import { type LossName, TrainingBatch } from './training-batch';

/** An AdamW step that leaves the gradient, unscaled, in the first moment and the weights where they are. */
const SHOW_GRADIENT: UpdateOptions = {
  lr: 0,
  beta1: 0,
  beta2: 0.999,
  eps: 1e-8,
  weightDecay: 0,
  maxGradNorm: 0,
};

export async function* adapterCases(
  backend: Backend,
  folder: FixtureFolder,
  loaded: LoadedModel,
): AsyncGenerator<ConformanceResult> {
  const train = await folder.json('train.json');
  const configName = train.text('config', 'adapter_config.json');
  const adapter = readAdapterConfig((await folder.json(configName)).json, `${folder.path}/${configName}`);
  const adapterName = train.text('adapter', 'adapter_model.safetensors');
  const initial = (await folder.tensors(adapterName)).named();
  const batch = await TrainingBatch.open(folder, train);
  const model = await EngineModel.open({ backend, ...loaded, adapter });
  try {
    model.loadAdapterTensors(initial, `${folder.path}/${adapterName}`);
    const cases = new AdapterCases(folder, model, batch, initial);
    yield* cases.logits();
    yield* cases.scores();
    for (const name of ['pg', 'grpo'] as const) if (train.has(name)) yield* cases.loss(name);
    if (train.has('grpo')) yield* cases.deviceLoss();
    const adamw = train.optionalObject('adamw');
    if (adamw) yield* cases.optimiser(adamw);
  } finally {
    model.dispose();
  }
}

class AdapterCases {
  constructor(
    private readonly folder: FixtureFolder,
    private readonly model: EngineModel,
    private readonly batch: TrainingBatch,
    private readonly initial: NamedTensors,
  ) {}

  async *logits(): AsyncGenerator<ConformanceResult> {
    const { folder, model, batch } = this;
    if (!batch.tensors.has('logits')) return;
    yield await folder.measure('lora.logits', async () => {
      const all = batch.samples.map(({ promptIds, completionIds }) => [...promptIds, ...completionIds]);
      const chosen = batch.train.numbers('logits_of_sequences', [...all.keys()]);
      const { logits } = await inspectAll(
        model,
        chosen.map((b) => all[b] ?? []),
      );
      return relativeError(logits, batch.tensors.floats('logits'), 'logits');
    });
  }

  /** Adapter on at temperature 1 and at the loss's; adapter off as the reference policy. */
  async *scores(): AsyncGenerator<ConformanceResult> {
    const { folder, model, batch } = this;
    const adapted = (temperature: number) => model.score(batch.samples, { temperature, useAdapter: true });
    for (const [name, scores, detail] of [
      ['next_logprob', () => adapted(1), 'adapter on'],
      ['grpo.new_logprob', () => adapted(batch.temperature), `adapter on, temperature ${batch.temperature}`],
      ['grpo.ref_logprob', () => batch.reference(model), `adapter off, temperature ${batch.temperature}`],
    ] as const) {
      if (!batch.tensors.has(name)) continue;
      const measure = async () =>
        relativeError(
          (await scores()).flatMap(({ logprobs }) => [...logprobs]),
          batch.perCompletion(name).flatMap((values) => [...values]),
          name,
        );
      yield await folder.measure('forward.next_logprob', measure, { detail });
    }
  }

  /** Loss, gradients and their norm as accumulated for a loss on the host. */
  async *loss(name: LossName): AsyncGenerator<ConformanceResult> {
    const { model, batch } = this;
    const labels: ResultLabels = name === 'grpo' ? { path: 'host' } : {};
    model.zeroGradients();
    yield* this.lossResults(
      name,
      () => batch.accumulate(model, name),
      () => model.gradients(),
      labels,
    );
    model.zeroGradients();
  }

  async *deviceLoss(): AsyncGenerator<ConformanceResult> {
    const { model, batch } = this;
    yield* this.lossResults(
      'grpo',
      async () => (await batch.deviceUpdate(model, SHOW_GRADIENT)).loss,
      async () => {
        const { expAvg } = await model.moments();
        return new Map([...expAvg].map(([name, tensor]) => [name.replace(/\.exp_avg$/, ''), tensor]));
      },
      { path: 'device' },
    );
  }

  private async *lossResults(
    name: LossName,
    compute: () => Promise<number>,
    gradients: () => Promise<NamedTensors>,
    labels: ResultLabels,
  ): AsyncGenerator<ConformanceResult> {
    const { folder, batch } = this;
    const expected = batch.train.object(name);
    let own: NamedTensors = new Map();
    const loss = await folder.measure(
      `lora.${name}.loss`,
      async () => {
        const value = await compute();
        own = await gradients();
        return expected.has('loss') ? Math.abs(value - expected.number('loss')) : 0;
      },
      labels,
    );
    if (expected.has('loss') || !loss.pass) yield loss;
    if (loss.problem) return;
    const file = expected.optionalText('gradients');
    if (file !== undefined) {
      yield await folder.measure(
        `lora.${name}.gradients`,
        async () => largestError(own, (await folder.tensors(file)).named()),
        labels,
      );
    }
    if (expected.has('grad_norm')) {
      const detail = `of ${name}`;
      yield await folder.measure(
        'lora.grad_norm',
        () => relativeError([globalNorm(own)], [expected.number('grad_norm')]),
        { detail, ...labels },
      );
    }
  }

  /** AdamW on the named loss along the host's path and, for grpo, the device's; then AdamW alone. */
  async *optimiser(adamw: Fields): AsyncGenerator<ConformanceResult> {
    const { model, batch } = this;
    const name = adamw.choice('loss', ['pg', 'grpo'] as const);
    const options = updateOptions(adamw);
    const labels: ResultLabels = name === 'grpo' ? { path: 'host' } : {};
    const onHost = async () => {
      const loss = await batch.accumulate(model, name);
      return { loss, gradNorm: (await model.update(options)).gradNorm };
    };
    yield* this.steps(adamw, onHost, labels);
    if (name === 'grpo') {
      yield* this.steps(adamw, () => batch.deviceUpdate(model, options), { path: 'device' });
    }
    yield* this.givenGradients(adamw, name, options);
  }

  private async *steps(
    adamw: Fields,
    step: () => Promise<{ readonly loss: number; readonly gradNorm: number }>,
    labels: ResultLabels,
  ): AsyncGenerator<ConformanceResult> {
    const { folder, model, initial } = this;
    model.loadAdapterTensors(initial);
    const files = adamw.optionalObject('weights');
    const expected = adamw.objects('steps');
    const stored = Object.keys(files?.json ?? {}).map(Number);
    const count = Math.max(expected.length, ...stored);
    const losses: number[] = [];
    const norms: number[] = [];
    for (let t = 1; t <= count; t++) {
      try {
        const { loss, gradNorm } = await step();
        losses.push(loss);
        norms.push(gradNorm);
      } catch (cause) {
        yield folder.failed('adamw.losses', cause, labels);
        return;
      }
      const file = files?.optionalText(String(t));
      if (file === undefined) continue;
      const own = await model.adapterTensors();
      const weights = async () => largestError(own, (await folder.tensors(file)).named());
      yield await folder.measure(`adamw.step${t}.weights`, weights, labels);
      yield await folder.measure(`adamw.step${t}.change`, () => this.changeError(own, file), labels);
    }
    if (expected.length > 0) {
      yield await folder.measure(
        'adamw.losses',
        () => Math.max(...expected.map((e, i) => Math.abs(losses[i] - e.number('loss')))),
        labels,
      );
      yield await folder.measure(
        'adamw.grad_norms',
        () => Math.max(...expected.map((e, i) => relativeError([norms[i]], [e.number('grad_norm')]))),
        labels,
      );
    }
    const state = adamw.optionalText('state');
    if (state === undefined) return;
    yield await folder.measure(
      'adamw.state',
      async () => {
        const { expAvg, expAvgSq } = await model.moments();
        return largestError(new Map([...expAvg, ...expAvgSq]), (await folder.tensors(state)).named());
      },
      labels,
    );
  }

  /** The optimiser alone: one step from the stored gradients. */
  private async *givenGradients(
    adamw: Fields,
    name: LossName,
    options: UpdateOptions,
  ): AsyncGenerator<ConformanceResult> {
    const { folder, model, batch, initial } = this;
    const after = adamw.optionalObject('weights')?.optionalText('1');
    const gradients = batch.train.optionalObject(name)?.optionalText('gradients');
    if (after === undefined || gradients === undefined) return;
    yield await folder.measure('adamw.step1.change_from_given_gradients', async () => {
      model.loadAdapterTensors(initial);
      model.addGradients((await folder.tensors(gradients)).named());
      await model.update(options);
      return this.changeError(await model.adapterTensors(), after);
    });
  }

  /** Error of (after - before): the weights themselves move little. */
  private async changeError(own: NamedTensors, file: string): Promise<number> {
    const expected = (await this.folder.tensors(file)).named();
    return largestError(changes(own, this.initial), changes(expected, this.initial));
  }
}

/** Absent fields are PyTorch's defaults of AdamW; without `max_grad_norm` nothing is clipped. */
function updateOptions(adamw: Fields): UpdateOptions {
  const [beta1 = 0.9, beta2 = 0.999] = adamw.numbers('betas', []);
  return {
    lr: adamw.number('lr', 1e-3),
    beta1,
    beta2,
    eps: adamw.number('eps', 1e-8),
    weightDecay: adamw.number('weight_decay', 0.01),
    maxGradNorm: adamw.number('max_grad_norm', 0),
  };
}
