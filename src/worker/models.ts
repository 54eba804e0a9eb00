/**
 * The models of a lab: the bundled policy with the adapter shipped beside it, and the one trained in this
 * tab. Both are views of the same base weights on one back end; the base policy is either with its
 * adapter off.
 */
import type { Backend } from '../engine/backend';
import { EngineError } from '../engine/errors';
import { type BaseIdentity, baseFingerprint } from '../engine/model/base-fingerprint';
import { EngineModel, type EngineModelOptions } from '../engine/model/engine-model';
import type { LoraConfig } from '../engine/model/model-config';
import {
  folderAt,
  MissingFileError,
  type OpenedModel,
  openAdapterFolder,
  openModelFolder,
} from '../engine/model/model-folder';
import { EnginePolicy } from '../policies/engine-policy';
import { LabRefusal, toLabError } from './lab-errors';
import type { AdapterChoice, LabError } from './protocol';

export class LabModels {
  private trained: EngineModel | null = null;
  /** What the base is, by name and by its weights. */
  readonly base: () => BaseIdentity;

  private constructor(
    readonly backend: Backend,
    private readonly opened: OpenedModel,
    private readonly play: EngineModel,
    readonly hasShippedAdapter: boolean,
  ) {
    this.base = identityOf(opened);
  }

  /**
   * `site`: address of the folder that holds `policy/` and `adapter/`. An adapter that is there and cannot
   * be used is told and left out.
   */
  static async open(
    site: string,
    backend: Backend,
    say: (stage: 'model' | 'adapter', text: string) => void,
    tell: (error: LabError) => void,
  ): Promise<LabModels> {
    say('model', "Reading the policy's weights");
    const opened = await openModelFolder(folderAt(new URL('policy', site)));
    say('adapter', 'Reading the trained adapter');
    const base = { backend, config: opened.config, weights: opened.weights, trainable: 'adapter' } as const;
    const shipped = await openShipped(site, base, identityOf(opened), tell);
    return new LabModels(backend, opened, shipped ?? (await EngineModel.open(base)), shipped !== null);
  }

  get parameters(): number {
    return this.play.parameterCount;
  }

  get layers(): number {
    return this.opened.config.layers;
  }

  get vocabulary(): number {
    return this.opened.config.vocabSize;
  }

  get window(): number {
    return this.play.maxPositions;
  }

  /** Throws `LabRefusal` `no-adapter` if the adapter asked for does not exist. */
  policy(choice: AdapterChoice): EnginePolicy {
    switch (choice) {
      case 'none':
        return new EnginePolicy('bundled', this.play, this.opened.chat, false);
      case 'shipped':
        if (!this.hasShippedAdapter) {
          throw new LabRefusal('no-adapter', 'No trained adapter lies beside the policy.', 'Train one here.');
        }
        return new EnginePolicy('bundled+shipped', this.play, this.opened.chat, true);
      case 'trained':
        if (!this.trained) {
          throw new LabRefusal(
            'no-adapter',
            'Nothing has been trained in this tab yet.',
            'Press Train first.',
          );
        }
        return this.policyOf(this.trained);
    }
  }

  /** True once `adopt` was called. */
  get hasTrainedAdapter(): boolean {
    return this.trained !== null;
  }

  /** A model with a new adapter, nobody's yet: to be adopted, or disposed of. */
  async withNewAdapter(lora: LoraConfig, seed: number): Promise<EngineModel> {
    return EngineModel.open({
      backend: this.backend,
      config: this.opened.config,
      weights: this.opened.weights,
      adapter: lora,
      adapterSeed: seed,
      trainable: 'adapter',
    });
  }

  /** The policy of a model made by `withNewAdapter`. */
  policyOf(model: EngineModel): EnginePolicy {
    return new EnginePolicy('bundled+trained', model, this.opened.chat, true);
  }

  /** Makes it the one trained in this tab, in place of the one before. */
  adopt(model: EngineModel): void {
    this.trained?.dispose();
    this.trained = model;
  }
}

/** Name and fingerprint, computed at the first call: it reads every weight. */
function identityOf({ config, weights }: OpenedModel): () => BaseIdentity {
  let fingerprint: string | undefined;
  return () => {
    fingerprint ??= baseFingerprint(config, weights);
    return { name: 'policy', fingerprint };
  };
}

/** The model with the adapter that lies beside it; null if none does, or none that can be used. */
async function openShipped(
  site: string,
  base: EngineModelOptions,
  here: () => BaseIdentity,
  tell: (error: LabError) => void,
): Promise<EngineModel | null> {
  let model: EngineModel | undefined;
  try {
    const folder = folderAt(new URL('adapter', site));
    const { lora, tensors } = await openAdapterFolder(base.config, folder, here);
    model = await EngineModel.open({ ...base, adapter: lora });
    model.loadAdapterTensors(tensors);
    return model;
  } catch (error) {
    model?.dispose();
    if (!(error instanceof EngineError)) throw error;
    if (!(error instanceof MissingFileError)) {
      const shown = toLabError(error);
      tell({ ...shown, message: `The adapter shipped with this site cannot be used: ${shown.message}` });
    }
    return null;
  }
}
