/**
 * The models of a lab: the bundled policy with the adapter shipped beside it, and the one trained in this
 * tab. Both are views of the same base weights on one back end; the base policy is either with its
 * adapter off.
 */
import type { ChatMessage } from '../agent/policy';
import type { Backend, FastPath } from '../engine/backend';
import { EngineError } from '../engine/errors';
import { type BaseIdentity, baseFingerprint } from '../engine/model/base-fingerprint';
import { EngineModel } from '../engine/model/engine-model';
import type { LoraConfig, ModelConfig } from '../engine/model/model-config';
import {
  MissingFileError,
  type OpenedModel,
  openAdapterFolder,
  openModelFolder,
  type ReadFile,
} from '../engine/model/model-folder';
import type { EngineModelOptions } from '../engine/model/model-options';
import type { Adapter } from '../engine/model/peft';
import { EnginePolicy } from '../policies/engine-policy';
import type { HiddenStateModel } from '../policies/hidden-state-embedder';
import { crc32 } from '../storage/checksum';
import { hexadecimal } from '../storage/hexadecimal';
import { BUNDLED_PLAY, type Play } from './acting/play';
import { LabRefusal, toLabError } from './lab-errors';
import type { AdapterChoice, LabError } from './protocol';
import type { TokenTexts } from './runs/trajectories';

/** The model every view shares, with the adapter that lies beside it if one does. */
interface Playing {
  readonly model: EngineModel;
  readonly shipped: Adapter | null;
}

/** A policy opened up: the model behind it, and what its token ids say. */
export interface InsidePolicy {
  readonly model: EngineModel;
  readonly useAdapter: boolean;
  readonly tokenText: (id: number) => string;
  /** As the policy writes it: tags of the protocol are tokens of their own. */
  readonly encode: (text: string) => readonly number[];
  /** Up to where the policy begins to write. */
  readonly encodeChat: (messages: readonly ChatMessage[]) => readonly number[];
}

type Decode = EngineModelOptions['decode'];

/** Where the files of a part of the site lie. */
export type SiteFolders = (part: 'policy' | 'adapter') => ReadFile;

export class LabModels {
  private trained: EngineModel | null = null;
  /** Plays adapters that count for less or more. */
  private scaled: EngineModel | null = null;
  /** What the base is, by name and by its weights. */
  readonly base: () => BaseIdentity;

  private constructor(
    private device: Backend,
    private readonly opened: OpenedModel,
    private playing: Playing,
    private readonly decode: Decode,
    /** CRC-32 of the tokenizer's file, eight hexadecimal digits. */
    readonly tokenizer: string,
  ) {
    this.base = identityOf(opened);
  }

  /** An adapter that is there and cannot be used is told and left out. */
  static async open(
    folders: SiteFolders,
    backend: Backend,
    say: (stage: 'model' | 'adapter', text: string) => void,
    tell: (error: LabError) => void,
    decode: Decode = 'fused',
  ): Promise<LabModels> {
    say('model', "Reading the policy's weights");
    const folder = folders('policy');
    let tokenizerCrc = 0;
    const noting = async (name: string) => {
      const bytes = await folder(name);
      if (name === 'tokenizer.json') tokenizerCrc = crc32(bytes);
      return bytes;
    };
    const opened = await openModelFolder(Object.assign(noting, { ranges: folder.ranges }));
    say('adapter', 'Reading the trained adapter');
    const shipped = await readShipped(opened.config, folders('adapter'), identityOf(opened), tell);
    const playing = await openPlaying(backend, opened, shipped, decode);
    return new LabModels(backend, opened, playing, decode, hexadecimal(tokenizerCrc));
  }

  /** How it plays. */
  get play(): Play {
    return BUNDLED_PLAY;
  }

  /** The shapes that adapters are checked against. */
  get config(): ModelConfig {
    return this.opened.config;
  }

  /** What token ids say. */
  get texts(): TokenTexts {
    const { chat, tokenizer } = this.opened;
    return { tokenText: (id) => chat.tokenText(id), decode: (ids) => tokenizer.decode(ids) };
  }

  get backend(): Backend {
    return this.device;
  }

  get hasShippedAdapter(): boolean {
    return this.playing.shipped !== null;
  }

  private get shared(): EngineModel {
    return this.playing.model;
  }

  /**
   * Moves to another device, the one in use having gone away: base and shipped adapter are uploaded again. What
   * was trained was on the old device only; until `adopt` is called there is none. On an error all is as before.
   */
  async moveTo(backend: Backend): Promise<void> {
    const playing = await openPlaying(backend, this.opened, this.playing.shipped, this.decode);
    const gone = this.device;
    this.device = backend;
    this.playing = playing;
    this.trained = null;
    this.scaled = null;
    // Frees what a lost device may still hold of host memory.
    if (gone !== backend) gone.dispose();
  }

  /** How the policy at play decodes tokens, in words. */
  get decoding(): string {
    return this.shared.decoding;
  }

  /** The faster ways of device and model, with what came of each. */
  get fastPaths(): readonly FastPath[] {
    const { decodePath } = this.shared;
    return [...(this.device.info.fastPaths ?? []), ...(decodePath ? [decodePath] : [])];
  }

  get parameters(): number {
    return this.shared.parameterCount;
  }

  get layers(): number {
    return this.opened.config.layers;
  }

  get vocabulary(): number {
    return this.opened.config.vocabSize;
  }

  get window(): number {
    return this.shared.maxPositions;
  }

  /** Throws `LabRefusal` `no-adapter` if the adapter asked for does not exist. */
  policy(choice: AdapterChoice): EnginePolicy {
    const model = this.modelOf(choice);
    if (choice === 'trained') return this.policyOf(model);
    const id = choice === 'none' ? 'bundled' : 'bundled+shipped';
    return new EnginePolicy(id, model, this.opened.chat, choice === 'shipped');
  }

  /** The model behind `policy`. Throws as that does. */
  inside(choice: AdapterChoice): InsidePolicy {
    const { chat, tokenizer } = this.opened;
    return {
      model: this.modelOf(choice),
      useAdapter: choice !== 'none',
      tokenText: (id) => chat.tokenText(id),
      encode: (text) => tokenizer.encode(text, 'content'),
      encodeChat: (messages) => chat.encodeChat(messages, { addGenerationPrompt: true }),
    };
  }

  private modelOf(choice: AdapterChoice): EngineModel {
    if (choice === 'shipped' && !this.hasShippedAdapter) {
      throw new LabRefusal('no-adapter', 'No trained adapter lies beside the policy.', 'Train one here.');
    }
    if (choice !== 'trained') return this.shared;
    if (this.trained) return this.trained;
    throw new LabRefusal('no-adapter', 'Nothing has been trained in this tab yet.', 'Press Train first.');
  }

  /**
   * The policy whose adapter's change is multiplied by `strength`: s (x A^T) (strength B)^T. The one asked for
   * before must not play any more. Throws as `policy` does.
   */
  async withStrength(choice: 'shipped' | 'trained', strength: number): Promise<EnginePolicy> {
    const model = this.modelOf(choice);
    const lora = model.adapterConfig as LoraConfig; // a model chosen by its adapter has one
    const tensors = await model.adapterTensors();
    const scaled = new Map(
      [...tensors].map(([name, { shape, data }]) => [
        name,
        name.includes('.lora_B.') ? { shape, data: data.map((value) => value * strength) } : { shape, data },
      ]),
    );
    if (JSON.stringify(this.scaled?.adapterConfig) !== JSON.stringify(lora)) {
      this.scaled?.dispose();
      this.scaled = null;
      this.scaled = await this.withNewAdapter(lora, 0);
    }
    const player = this.scaled as EngineModel; // opened above if it was not
    player.loadAdapterTensors(scaled);
    return new EnginePolicy(`bundled+${choice}*${strength}`, player, this.opened.chat, true);
  }

  /** True once `adopt` was called. */
  get hasTrainedAdapter(): boolean {
    return this.trained !== null;
  }

  /** Of the base, for an embedder; asks whatever device the model is on by then, and waits its turn there. */
  hiddenStates(): HiddenStateModel {
    const { config, tokenizer } = this.opened;
    return {
      capture: (samples, names) => this.shared.capture(samples, names, { useAdapter: false }),
      encode: (text) => tokenizer.encode(text, 'none'),
      hiddenSize: config.hiddenSize,
      maxPositions: this.window,
      fingerprint: this.base().fingerprint ?? 'unknown',
    };
  }

  /** A model with a new adapter, nobody's yet: to be adopted, or disposed of. */
  async withNewAdapter(lora: LoraConfig, seed: number): Promise<EngineModel> {
    return EngineModel.open({
      backend: this.device,
      config: this.opened.config,
      weights: this.opened.weights,
      adapter: lora,
      adapterSeed: seed,
      decode: this.decode,
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

async function openPlaying(
  backend: Backend,
  { config, weights }: OpenedModel,
  shipped: Adapter | null,
  decode: Decode,
): Promise<Playing> {
  const model = await EngineModel.open({ backend, config, weights, adapter: shipped?.lora, decode });
  if (shipped) model.loadAdapterTensors(shipped.tensors);
  return { model, shipped };
}

/** The adapter that lies beside the model; null if none does, or none that can be used. */
async function readShipped(
  config: ModelConfig,
  folder: ReadFile,
  here: () => BaseIdentity,
  tell: (error: LabError) => void,
): Promise<Adapter | null> {
  try {
    return await openAdapterFolder(config, folder, here);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    if (!(error instanceof MissingFileError)) {
      const shown = toLabError(error);
      tell({ ...shown, message: `The adapter shipped with this site cannot be used: ${shown.message}` });
    }
    return null;
  }
}
