/**
 * A model of the engine at work: the base, and adapters beside it (`EngineModel.beside`) on the same weights. The base
 * policy is the model with its adapter off; the one trained in this tab, and one that counts for less or more, have
 * adapters of their own.
 */
import type { ChatMessage, Policy } from '../../agent/policy';
import type { Backend, FastPath } from '../../engine/backend';
import type { EngineModel } from '../../engine/model/engine-model';
import type { LoraConfig } from '../../engine/model/model-config';
import type { Adapter } from '../../engine/model/peft';
import { EnginePolicy } from '../../policies/engine-policy';
import { PolicyChat } from '../../policies/policy-chat';
import type { SitePolicy } from '../../policies/site-policies';
import { LabRefusal } from '../lab-errors';
import type { ModelCard } from '../model-card';
import type { ActingSetup, ActiveModel, ModelAbilities } from '../models-protocol';
import type { AdapterChoice } from '../protocol';
import type { Actor, ActorSize } from './actor';
import { CountedSteps } from './counted-steps';
import type { EngineSource, OpenBase } from './engine-source';
import { episodeOf, type Play, systemPrompt } from './play';
import { changedSetup, checkPromptFits, type SetupChoices } from './setup';

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

export interface EngineActorOptions {
  readonly id: string;
  readonly title: string;
  /** Of its policies, as event logs name them. */
  readonly policyName: string;
  readonly source: EngineSource;
  /** The adapter that lies beside it. */
  readonly shipped: Adapter | null;
  readonly setup: ActingSetup;
  readonly choices: SetupChoices;
  /** Rollouts that act together; left out: as many as there are. */
  readonly batchRollouts?: number;
  /** Which policy of the site it is, with what its card measured; left out: none. */
  readonly site?: { readonly policy: SitePolicy; readonly card: ModelCard | null };
}

const ABILITIES: ModelAbilities = { act: true, logprobs: true, train: true, constrain: true };

export class EngineActor implements Actor {
  private trained: EngineModel | null = null;
  /** Plays adapters that count for less or more. */
  private scaled: EngineModel | null = null;
  private readonly counted = new CountedSteps();
  private setup: ActingSetup;
  private closed = false;
  /** Its chat template as the setup has it. */
  private codec: PolicyChat;
  play: Play;

  private constructor(
    private readonly options: EngineActorOptions,
    private model: EngineModel,
  ) {
    this.setup = options.setup;
    this.codec = this.codecOf(options.setup);
    this.play = this.playOf(options.setup, this.codec);
  }

  /** @throws LabRefusal `setup`; what the source throws. Nothing stays open then */
  static async open(options: EngineActorOptions, on: Omit<OpenBase, 'adapter'>): Promise<EngineActor> {
    const model = await openWith(options, on);
    try {
      return new EngineActor(options, model);
    } catch (error) {
      model.dispose();
      throw error;
    }
  }

  get source(): EngineSource {
    return this.options.source;
  }

  get size(): ActorSize {
    const { config } = this.source;
    return {
      parameters: this.model.parameterCount,
      vocabulary: config.vocabSize,
      layers: config.layers,
      window: this.model.maxPositions,
    };
  }

  get active(): ActiveModel {
    const { id, title, choices } = this.options;
    const { setup, counted } = this;
    return { id, provider: 'engine', title, can: ABILITIES, setup, choices, wellFormed: counted.wellFormed };
  }

  get decoding(): string {
    return this.model.decoding;
  }

  readonly device = null;

  /** Its way to decode as one of the faster ways, where the device offers it. */
  get decodePath(): FastPath | undefined {
    return this.model.decodePath;
  }

  /** Null: no policy of the site. */
  get site(): EngineActorOptions['site'] | null {
    return this.options.site ?? null;
  }

  /** As its files say, on the host; null: none lies beside it. */
  get shipped(): Adapter | null {
    return this.options.shipped;
  }

  get hasTrainedAdapter(): boolean {
    return this.trained !== null;
  }

  /** The base, asked with its adapter off; null once it is closed. */
  get baseModel(): EngineModel | null {
    return this.closed ? null : this.model;
  }

  setUp(setup: ActingSetup): void {
    const { choices } = this.options;
    const checked = changedSetup(this.setup, setup, choices, ABILITIES);
    const codec = checked.thinking === this.setup.thinking ? this.codec : this.codecOf(checked);
    this.play = this.playOf(checked, codec);
    this.codec = codec;
    this.setup = checked;
  }

  policy(choice: AdapterChoice): Policy {
    const model = this.modelOf(choice);
    const { policyName } = this.options;
    const policy =
      choice === 'trained'
        ? this.policyOf(model)
        : new EnginePolicy(
            choice === 'none' ? policyName : `${policyName}+shipped`,
            model,
            this.codec,
            choice === 'shipped',
          );
    return this.counted.of(policy, () => this.setup);
  }

  inside(choice: AdapterChoice): InsidePolicy {
    const { chat } = this.source;
    return {
      model: this.modelOf(choice),
      useAdapter: choice !== 'none',
      tokenText: (id) => chat.tokenText(id),
      encode: (text) => chat.tokenizer.encode(text, 'content'),
      encodeChat: (messages) => this.codec.encodeChat(messages, { addGenerationPrompt: true }),
    };
  }

  /**
   * The policy whose adapter's change is multiplied by `strength`: s (x A^T) (strength B)^T. The one asked for
   * before must not play any more. Throws as `policy` does.
   */
  async withStrength(choice: 'shipped' | 'trained', strength: number): Promise<Policy> {
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
    const { policyName } = this.options;
    const policy = new EnginePolicy(`${policyName}+${choice}*${strength}`, player, this.codec, true);
    // Drawn as the episodes it is compared with.
    return this.counted.of(policy, () => this.setup);
  }

  /** A model with a new adapter, nobody's yet: to be adopted, or disposed of. */
  async withNewAdapter(lora: LoraConfig, seed: number): Promise<EngineModel> {
    // What the base's own passes left in memory is room for those of the new one.
    await this.model.rest();
    return this.model.beside(lora, seed, () => this.source.onHost());
  }

  /** The policy of a model made by `withNewAdapter`, which draws from the model itself: what training learns from. */
  policyOf(model: EngineModel): EnginePolicy {
    return new EnginePolicy(`${this.options.policyName}+trained`, model, this.codec, true);
  }

  /** Makes it the one trained in this tab, in place of the one before. */
  adopt(model: EngineModel | null): void {
    this.trained?.dispose();
    this.trained = model;
  }

  /** What was trained was on the old device only; until `adopt` is called there is none. */
  async moveTo(backend: Backend): Promise<void> {
    this.model = await openWith(this.options, { backend });
    this.trained = null;
    this.scaled = null;
    this.closed = false;
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    for (const model of [this.scaled, this.trained, this.model]) model?.dispose();
    this.trained = null;
    this.scaled = null;
  }

  private modelOf(choice: AdapterChoice): EngineModel {
    if (choice === 'shipped' && !this.shipped) {
      throw new LabRefusal('no-adapter', 'No trained adapter lies beside the policy.', 'Train one here.');
    }
    if (choice !== 'trained') return this.model;
    if (this.trained) return this.trained;
    throw new LabRefusal('no-adapter', 'Nothing has been trained in this tab yet.', 'Press Train first.');
  }

  private codecOf({ thinking }: ActingSetup): PolicyChat {
    return new PolicyChat(this.source.chat, { thinking });
  }

  /** @throws LabRefusal `setup` where its prompt does not fit */
  private playOf(setup: ActingSetup, codec: PolicyChat): Play {
    const system: ChatMessage = { role: 'system', content: systemPrompt(setup.prompt) };
    const { batchRollouts, site } = this.options;
    const own = site?.policy.episode;
    checkPromptFits(codec.countTokens(system), setup, own);
    const { temperature, maxNewTokens } = setup;
    const episode = episodeOf(setup, overheadOf(codec, system), own);
    return { episode, temperature, maxNewTokens, ...(batchRollouts !== undefined && { batchRollouts }) };
  }
}

/** Tokens of a prompt that its messages, counted one by one, do not tell of. */
function overheadOf(codec: PolicyChat, system: ChatMessage): number {
  const user: ChatMessage = { role: 'user', content: 'Hello.' };
  const prompt = codec.encodeChat([system, user], { addGenerationPrompt: true }).length;
  return Math.max(0, prompt - codec.countTokens(system) - codec.countTokens(user));
}

async function openWith(
  { source, shipped }: EngineActorOptions,
  on: Omit<OpenBase, 'adapter'>,
): Promise<EngineModel> {
  const model = await source.open({ ...on, adapter: shipped?.lora });
  if (shipped) model.loadAdapterTensors(shipped.tensors);
  return model;
}
