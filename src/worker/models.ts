/**
 * The models of a lab: the bundled policy with the adapter shipped beside it, and the one trained in this
 * tab. Both are views of the same base weights on one back end; the base policy is either with its
 * adapter off.
 */
import type { Backend } from '../engine/backend';
import { EngineModel } from '../engine/model/engine-model';
import type { LoraConfig } from '../engine/model/model-config';
import {
  folderAt,
  MissingFileError,
  type OpenedModel,
  openAdapterFolder,
  openModelFolder,
} from '../engine/model/model-folder';
import type { Adapter } from '../engine/model/peft';
import { EnginePolicy } from '../policies/engine-policy';
import { LabRefusal } from './lab-errors';
import type { AdapterChoice } from './protocol';

export class LabModels {
  private trained: EngineModel | null = null;

  private constructor(
    readonly backend: Backend,
    private readonly opened: OpenedModel,
    private readonly play: EngineModel,
    readonly hasShippedAdapter: boolean,
  ) {}

  /** `site`: address of the folder that holds `policy/` and `adapter/`. */
  static async open(
    site: string,
    backend: Backend,
    say: (stage: 'model' | 'adapter', text: string) => void,
  ): Promise<LabModels> {
    say('model', "Reading the policy's weights");
    const opened = await openModelFolder(folderAt(new URL('policy', site)));
    say('adapter', 'Reading the trained adapter');
    const shipped = await readShipped(site, opened);
    const play = await EngineModel.open({
      backend,
      config: opened.config,
      weights: opened.weights,
      adapter: shipped?.lora,
      trainable: 'adapter',
    });
    if (shipped) play.loadAdapterTensors(shipped.tensors);
    return new LabModels(backend, opened, play, shipped !== null);
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
        return new EnginePolicy('bundled+trained', this.trained, this.opened.chat, true);
    }
  }

  /** A new adapter to train, in place of the one trained before. */
  async renewTrained(lora: LoraConfig, seed: number): Promise<EnginePolicy> {
    this.trained?.dispose();
    this.trained = await EngineModel.open({
      backend: this.backend,
      config: this.opened.config,
      weights: this.opened.weights,
      adapter: lora,
      adapterSeed: seed,
      trainable: 'adapter',
    });
    return this.policy('trained');
  }
}

async function readShipped(site: string, opened: OpenedModel): Promise<Adapter | null> {
  try {
    return await openAdapterFolder(opened.config, folderAt(new URL('adapter', site)));
  } catch (error) {
    if (error instanceof MissingFileError) return null;
    throw error;
  }
}
