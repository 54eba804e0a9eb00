/** A model in the seat of the one that acts: the bundled policy, another on the engine, or one of another provider. */
import type { Policy } from '../../agent/policy';
import type { Backend } from '../../engine/backend';
import type { ActingSetup, ActiveModel } from '../models-protocol';
import type { AdapterChoice } from '../protocol';
import type { Play } from './play';

/** What is known of its size; null where nothing says it. */
export interface ActorSize {
  readonly parameters: number | null;
  readonly vocabulary: number | null;
  readonly layers: number | null;
  /** Longest prompt with completion, tokens. */
  readonly window: number;
}

export interface Actor {
  readonly size: ActorSize;
  /** How tokens are decoded, in words. */
  readonly decoding: string;
  /** Where it computes, in words, if not on the lab's own device. */
  readonly device: string | null;
  readonly play: Play;
  readonly active: ActiveModel;
  /** @throws LabRefusal `no-adapter` if the adapter asked for does not exist */
  policy(choice: AdapterChoice): Policy;
  /** From the next completion on. @throws LabRefusal `setup` */
  setUp(setup: ActingSetup): void;
  /** To another device of the lab, the one in use having gone away. On an error all is as before. */
  moveTo(backend: Backend): Promise<void>;
  /** Gives all its memory back; it acts no more. */
  close(): Promise<void>;
}
