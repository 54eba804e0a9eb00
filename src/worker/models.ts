/**
 * The seat of the model that acts, with the device of the engine. At first the bundled policy sits there, with the
 * adapter shipped beside it; another can take its place, and the bundled one comes back when that is closed or fails.
 * What only the engine can do is refused by name while a model of another provider acts.
 */
import type { Policy } from '../agent/policy';
import type { Backend, FastPath } from '../engine/backend';
import type { BaseIdentity } from '../engine/model/base-fingerprint';
import type { EngineModel } from '../engine/model/engine-model';
import type { LoraConfig, ModelConfig } from '../engine/model/model-config';
import type { Adapter } from '../engine/model/peft';
import type { EnginePolicy } from '../policies/engine-policy';
import type { HiddenStateModel } from '../policies/hidden-state-embedder';
import { BUNDLED_POLICY, type SitePolicy } from '../policies/site-policies';
import type { Actor, ActorSize } from './acting/actor';
import { EngineActor, type InsidePolicy } from './acting/engine-actor';
import type { Play } from './acting/play';
import { readSite, type SiteFiles, type SiteReading, siteOpening } from './acting/site-actor';
import { LabRefusal } from './lab-errors';
import type { ActingSetup, ActiveModel } from './models-protocol';
import type { AdapterChoice } from './protocol';
import type { TokenTexts } from './runs/trajectories';

export type { InsidePolicy } from './acting/engine-actor';

export class LabModels {
  private constructor(
    private device: Backend,
    private readonly reading: SiteReading,
    private readonly bundled: SiteFiles,
    private actor: Actor,
  ) {}

  /** With the bundled policy. */
  static async open(
    reading: SiteReading,
    backend: Backend,
    say: (stage: 'model' | 'adapter', text: string) => void,
  ): Promise<LabModels> {
    const bundled = await readSite(BUNDLED_POLICY, reading, say);
    return new LabModels(backend, reading, bundled, await siteOpening(bundled)(backend));
  }

  /**
   * What opens a policy of the site, its files read; those of the bundled one are held.
   * @throws LabRefusal `setup`; what opening a model's folder throws
   */
  async site(
    policy: SitePolicy,
    asked: Partial<ActingSetup>,
    say: (text: string) => void,
  ): Promise<(backend: Backend) => Promise<Actor>> {
    const { bundled, reading } = this;
    const held = policy.id === bundled.policy.id;
    return siteOpening(held ? bundled : await readSite(policy, reading, (_, text) => say(text)), asked);
  }

  /** Frees what acts, then opens another in its place. On an error the bundled one acts again, and the error is thrown. */
  async seat(open: (backend: Backend) => Promise<Actor>): Promise<void> {
    await this.actor.close();
    try {
      this.actor = await open(this.device);
    } catch (error) {
      this.actor = await siteOpening(this.bundled)(this.device);
      throw error;
    }
  }

  /** From the next completion on. @throws LabRefusal `setup` */
  setUp(setup: ActingSetup): void {
    this.actor.setUp(setup);
  }

  get active(): ActiveModel {
    return this.actor.active;
  }

  /** Which policy of the site acts, and its card; null: none. */
  get actingSite(): EngineActor['site'] {
    return this.actor instanceof EngineActor ? this.actor.site : null;
  }

  /** How it plays. */
  get play(): Play {
    return this.actor.play;
  }

  get size(): ActorSize {
    return this.actor.size;
  }

  /** The shapes that adapters are checked against. */
  get config(): ModelConfig {
    return this.engine('The shape of its layers').source.config;
  }

  /** What the base is, by name and by its weights. */
  readonly base = (): BaseIdentity => this.engine('What a run is trained on').source.base();

  /** Fingerprint of the base that runs can belong to now; null while a model of another provider acts. */
  get baseHere(): string | null {
    return this.onEngine ? this.base().fingerprint : null;
  }

  /** CRC-32 of the tokenizer's file, eight hexadecimal digits. */
  get tokenizer(): string {
    return this.engine('Its tokenizer').source.tokenizer;
  }

  /** What token ids say. */
  get texts(): TokenTexts {
    const { chat } = this.engine('The text of its tokens').source;
    return { tokenText: (id) => chat.tokenText(id), decode: (ids) => chat.tokenizer.decode(ids) };
  }

  /** The engine's, whoever acts. */
  get backend(): Backend {
    return this.device;
  }

  /** True while the engine computes for the model that acts. */
  get onEngine(): boolean {
    return this.actor instanceof EngineActor;
  }

  get hasShippedAdapter(): boolean {
    return this.shippedHere !== null;
  }

  /** What lies beside the model that acts, on the host. */
  get shippedHere(): Adapter | null {
    return this.actor instanceof EngineActor ? this.actor.shipped : null;
  }

  /** The shape of the bundled policy, whoever acts. */
  get bundledShape(): ModelConfig {
    return this.bundled.source.config;
  }

  /** What lies beside the bundled policy, whoever acts; null: nothing that can be used. */
  get shipped(): Adapter | null {
    return this.bundled.shipped;
  }

  /** True once `adopt` was called. */
  get hasTrainedAdapter(): boolean {
    return this.actor instanceof EngineActor && this.actor.hasTrainedAdapter;
  }

  /**
   * Moves to another device, the one in use having gone away: base and shipped adapter are uploaded again. What
   * was trained was on the old device only; until `adopt` is called there is none. On an error all is as before.
   */
  async moveTo(backend: Backend): Promise<void> {
    await this.actor.moveTo(backend);
    const gone = this.device;
    this.device = backend;
    // Frees what a lost device may still hold of host memory.
    if (gone !== backend) gone.dispose();
  }

  /** How the policy at play decodes tokens, in words. */
  get decoding(): string {
    return this.actor.decoding;
  }

  /** Where it computes, in words, if not on the engine's device. */
  get foreignDevice(): string | null {
    return this.actor.device;
  }

  /** The faster ways of device and model, with what came of each. */
  get fastPaths(): readonly FastPath[] {
    const path = this.actor instanceof EngineActor ? this.actor.decodePath : undefined;
    return [...(this.device.info.fastPaths ?? []), ...(path ? [path] : [])];
  }

  /** @throws LabRefusal `needs-engine` */
  get layers(): number {
    return this.config.layers;
  }

  get window(): number {
    return this.actor.size.window;
  }

  /** Throws `LabRefusal` `no-adapter` if the adapter asked for does not exist. */
  policy(choice: AdapterChoice): Policy {
    return this.actor.policy(choice);
  }

  /** The model behind `policy`. Throws as that does, and `LabRefusal` `needs-engine`. */
  inside(choice: AdapterChoice): InsidePolicy {
    return this.engine('Looking inside').inside(choice);
  }

  /** See `EngineActor`. */
  async withStrength(choice: 'shipped' | 'trained', strength: number): Promise<Policy> {
    return this.engine('The strength of an adapter').withStrength(choice, strength);
  }

  /**
   * Of the base, for an embedder; asks whatever device the model is on by then, and waits its turn there. Null while a
   * model of another provider acts. What was made for a model that acts no more computes nothing.
   */
  hiddenStates(): HiddenStateModel | null {
    const { actor } = this;
    if (!(actor instanceof EngineActor) || !actor.baseModel) return null;
    const { config, chat, base } = actor.source;
    return {
      capture: async (samples, names) => {
        const model = actor.baseModel;
        if (!model) throw new LabRefusal('model-closed', GONE, 'Open it again, or choose another embedder.');
        return model.capture(samples, names, { useAdapter: false });
      },
      encode: (text) => chat.tokenizer.encode(text, 'none'),
      hiddenSize: config.hiddenSize,
      maxPositions: actor.size.window,
      fingerprint: base().fingerprint ?? 'unknown',
    };
  }

  /** A model with a new adapter, nobody's yet: to be adopted, or disposed of. */
  async withNewAdapter(lora: LoraConfig, seed: number): Promise<EngineModel> {
    return this.engine('Training').withNewAdapter(lora, seed);
  }

  /** The policy of a model made by `withNewAdapter`. */
  policyOf(model: EngineModel): EnginePolicy {
    return this.engine('Training').policyOf(model);
  }

  /** Makes it the one trained in this tab, in place of the one before. Null: there is none any more. */
  adopt(model: EngineModel | null): void {
    this.engine('Training').adopt(model);
  }

  private engine(what: string): EngineActor {
    const { actor } = this;
    if (actor instanceof EngineActor) return actor;
    throw new LabRefusal(
      'needs-engine',
      `${what} needs the engine; ${actor.active.title} is computed by another library, which acts and does nothing else.`,
      'Open this model, or another, with the engine on the page “Models”.',
    );
  }
}

const GONE = 'The model whose hidden states this memory is searched with acts no more.';
