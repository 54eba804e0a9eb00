/** A model of another provider at work: it acts and does nothing else; what needs the engine is refused by name. */
import type { Policy } from '../../agent/policy';
import type { DrawSettings, OpenedPolicy } from '../../policies/provider';
import { LabRefusal } from '../lab-errors';
import type { ActingSetup, ActiveModel } from '../models-protocol';
import type { AdapterChoice } from '../protocol';
import type { Actor, ActorSize } from './actor';
import { CountedSteps } from './counted-steps';
import type { OpenableModel } from './openable';
import { episodeOf, type Play, systemPrompt } from './play';
import { changedSetup, checkPromptFits, type SetupChoices } from './setup';

export function drawOf({ topP, constrained, thinking, contextTokens }: ActingSetup): DrawSettings {
  return { topP, constrained, thinking, contextTokens };
}

export class ForeignActor implements Actor {
  private readonly counted = new CountedSteps();
  play: Play;

  /** @throws LabRefusal `setup` where its prompt does not fit */
  constructor(
    private readonly openable: Omit<OpenableModel, 'files' | 'fileNames'>,
    private readonly opened: OpenedPolicy,
    private readonly choices: SetupChoices,
    private setup: ActingSetup,
  ) {
    this.play = this.playOf(setup);
  }

  get size(): ActorSize {
    const { parameters, vocabulary, layers, window } = this.opened.facts;
    return { parameters, vocabulary, layers, window };
  }

  readonly decoding = 'by its provider';

  get device(): string {
    return this.opened.facts.device;
  }

  get active(): ActiveModel {
    const { id, provider, title, can } = this.openable;
    const { setup, choices, counted } = this;
    // What the policy says of itself counts: files of a model may lack what the list expects of it.
    const { logprobs } = this.opened.policy.capabilities;
    return {
      id,
      provider,
      title,
      can: { ...can, logprobs, train: false },
      setup,
      choices,
      wellFormed: counted.wellFormed,
    };
  }

  policy(choice: AdapterChoice): Policy {
    if (choice !== 'none') {
      throw new LabRefusal(
        'no-adapter',
        `${this.openable.title} has no adapter here: its provider cannot use one.`,
        'Play the base model, or open a model with the engine.',
      );
    }
    return this.counted.of(this.opened.policy, () => this.setup);
  }

  setUp(setup: ActingSetup): void {
    const checked = changedSetup(this.setup, setup, this.choices, this.openable.can);
    this.play = this.playOf(checked);
    this.setup = checked;
    this.opened.redraw(drawOf(checked));
  }

  /** It computes on none of the lab's devices. */
  async moveTo(): Promise<void> {}

  close(): Promise<void> {
    return this.opened.close();
  }

  private playOf(setup: ActingSetup): Play {
    const { policy } = this.opened;
    const system = systemPrompt(setup.prompt);
    checkPromptFits(policy.countTokens({ role: 'system', content: system }), setup);
    const { temperature, maxNewTokens } = setup;
    return { episode: episodeOf(setup, 0), temperature, maxNewTokens };
  }
}
