/** What an episode is given: its task and world, the memory it writes to, how tokens are counted, how it is played. */
import type { LongTermMemory } from '../memory/memory';
import type { Task, TaskEnvironment, TaskMessage } from '../tasks/task';
import type { EpisodeConfig } from './config';
import type { CountTokens } from './context';
import type { Episode } from './episode';
import type { EpisodeEvent, ToolName } from './events';
import type { Summariser } from './summary';

export interface EpisodeStart {
  readonly task: Task;
  /** Fresh, of this episode alone. */
  readonly environment: TaskEnvironment;
  /** Empty and of its own namespace for rollouts; a user's own for play. */
  readonly memory: LongTermMemory;
  /** Tokens a message costs in a prompt of the policy, role markers included. */
  readonly countTokens: CountTokens;
  readonly config: EpisodeConfig;
  readonly episodeId: string;
  readonly seed: number;
  readonly policyId: string;
  /** Which weights act, for the memory's journal, e.g. "shipped". Default: empty. */
  readonly adapter?: string;
  /** The run the episode belongs to, for the memory's journal, e.g. "train7/s12". Default: empty, of none. */
  readonly run?: string;
  /** From this step on draws come from another seed: continuations of one state (`fork.ts`). */
  readonly reseed?: { readonly fromStep: number; readonly seed: number };
  /** Default: extractive. */
  readonly summariser?: Summariser;
  /** Tools the policy may not use: a call is refused in words, as any failed call. Default: none. */
  readonly refusedTools?: readonly ToolName[];
  /** This rollout's own distractors; wanted if and only if `config.distractorsShared` is false. */
  readonly distractors?: readonly TaskMessage[];
  /** Called synchronously after each event has been logged. */
  readonly onEvent?: (event: EpisodeEvent, episode: Episode) => void;
}
