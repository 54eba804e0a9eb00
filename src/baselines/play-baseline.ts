/**
 * An episode with a `MemoryController` around the policy in place of the agent's own tools. The same tasks, environments,
 * system prompt, embedder and limits as AgeMem's episodes; what differs is who keeps the memory.
 *
 * 1. Every message of stage 1 is written to the controller; the context is emptied.
 * 2. So is every message of stage 2: a controller beside the policy cannot know that they are distractors, and none of
 *    the originals would leave them out. They stay in nobody's context, which is kind to the baselines [D].
 * 3. The controller is read once, with the task's query. What it brought stands in the prompt exactly as the result of
 *    `Retrieve_memory` does (`tools.ts` entryLines), the query with it; then the policy answers, or acts until the
 *    environment ends. It has no tools: a call is refused in words and costs a round.
 *
 * Many tasks are played in lockstep, so that a policy that batches does one pass for all of them.
 * Source: how the paper's baselines were put around the policy it does not say; this is ours [D].
 */
import type { EpisodeConfig } from '../agent/config';
import { limitsFor } from '../agent/config';
import { stepSeed } from '../agent/determinism';
import type { ContextMessage, EpisodeLimits, MessageOrigin, ParsedAction } from '../agent/events';
import { lookUp } from '../agent/introspection';
import type {
  ChatMessage,
  Policy,
  PolicyCompletion,
  PolicyGenerateOptions,
  PolicyRequest,
} from '../agent/policy';
import { parseCompletion } from '../agent/protocol';
import { entryLines } from '../agent/tools';
import type { Task, TaskEnvironment } from '../tasks/task';
import {
  costOf,
  type MemoryController,
  type MemoryCost,
  type ReadTrace,
  type WriteTrace,
} from './controller';

/**
 * Where what was read stands. `before`: before the query, as most pipelines have it. `as-looked-up`: behind it, as if the
 * policy had called `Retrieve_memory` with the query: the form in which a policy trained with tools has seen results.
 * `on-call`: nothing is brought unasked, but the policy may call `Retrieve_memory`, and the controller answers; a policy
 * that was trained to look up meets the prompts it knows. All other tools are refused.
 */
export type Placement = 'before' | 'as-looked-up' | 'on-call';

export interface BaselineStart {
  readonly task: Task;
  /** Fresh, of this episode alone. */
  readonly environment: TaskEnvironment;
  /** Fresh as well, and empty. */
  readonly controller: MemoryController;
  readonly config: EpisodeConfig;
  readonly seed: number;
  /** Default `before`. */
  readonly placement?: Placement;
}

export type BaselineEnd = 'answered' | 'environment-done' | 'hard-rounds' | 'hard-context' | 'aborted';

interface EventBase {
  /** Position in the log, from 0. */
  readonly seq: number;
}

export type BaselineEvent = EventBase &
  (
    | { readonly type: 'written'; readonly stage: 1 | 2; readonly trace: WriteTrace }
    | { readonly type: 'context-emptied' }
    | { readonly type: 'read'; readonly trace: ReadTrace }
    | {
        readonly type: 'prompt';
        /** With where each came from: what was read has the origin `retrieval`. */
        readonly messages: readonly (ChatMessage & { readonly origin: MessageOrigin['kind'] })[];
        readonly tokens: number;
      }
    | {
        readonly type: 'completion';
        readonly text: string;
        readonly finish: PolicyCompletion['finish'];
        /** It costs as a message. */
        readonly tokens: number;
      }
    | { readonly type: 'parsed'; readonly action: ParsedAction }
    /** Tool calls, or what could not be read; `content` is what the policy was told. */
    | { readonly type: 'refused'; readonly content: string }
    | { readonly type: 'acted'; readonly action: string; readonly observation: string | null }
    | { readonly type: 'ended'; readonly reason: BaselineEnd; readonly tokens: number }
  );

export interface BaselineResult {
  readonly task: Task;
  readonly method: string;
  readonly end: BaselineEnd;
  /** Of the environment; of one that a limit cut off what was reached, null where that counts nothing. */
  readonly score: number | null;
  readonly metrics: Readonly<Record<string, number>>;
  readonly answer: string | null;
  /** Prompts of stage 3 put to the policy. */
  readonly steps: number;
  /** Tokens of those prompts, summed up. */
  readonly promptTokens: number;
  readonly writeCost: MemoryCost;
  readonly readCost: MemoryCost;
  /** Texts of the entries that the memory held at the end of stage 1. A graph beside them says the same once more. */
  readonly held: readonly string[];
  readonly log: readonly BaselineEvent[];
}

export interface PlayOptions extends Omit<PolicyGenerateOptions, 'onToken' | 'alternatives' | 'form'> {
  /** Finished episodes, of how many; after each round. */
  readonly onProgress?: (finished: number, total: number) => void;
}

const NO_TOOLS = 'error: there are no tools here, write your answer';

/**
 * Results in the order of the starts.
 * @throws what policy, embedder and environment throw
 */
export async function playBaselines(
  starts: readonly BaselineStart[],
  policy: Policy,
  { onProgress, ...options }: PlayOptions,
): Promise<readonly BaselineResult[]> {
  const runs: BaselineRun[] = [];
  for (const start of starts) {
    const run = new BaselineRun(start, policy);
    await run.prepare(options.signal);
    runs.push(run);
  }
  for (;;) {
    if (options.signal?.aborted) for (const run of runs) run.abort();
    const open = runs.flatMap((run) => {
      const request = run.request();
      return request ? [{ run, request }] : [];
    });
    if (open.length === 0) break;
    const completions = await policy.generate(
      open.map(({ request }) => request),
      options,
    );
    for (const [i, { run }] of open.entries()) await run.apply(completions[i]);
    onProgress?.(runs.filter(({ done }) => done).length, runs.length);
  }
  return runs.map((run) => run.result());
}

class BaselineRun {
  done = false;
  private readonly events: BaselineEvent[] = [];
  private readonly context: ContextMessage[] = [];
  private readonly limits: EpisodeLimits;
  private readonly writes: WriteTrace[] = [];
  private readonly reads: ReadTrace[] = [];
  private held: readonly string[] = [];
  private end: BaselineEnd = 'aborted';
  private rounds = 0;
  private promptTokens = 0;
  private answer: string | null = null;
  private score: number | null = null;

  constructor(
    private readonly start: BaselineStart,
    private readonly policy: Policy,
  ) {
    const { config, environment } = start;
    this.limits = limitsFor(config, 0, 0, environment.actionLimit);
  }

  /** Stages 1 and 2, and the prompt with which stage 3 begins. */
  async prepare(signal?: AbortSignal): Promise<void> {
    const { task, controller, config, environment } = this.start;
    for (const stage of [1, 2] as const) {
      for (const { content } of stage === 1 ? task.messages : task.distractors) {
        if (signal?.aborted) return this.abort();
        this.written(stage, await controller.write(content));
      }
      if (controller.endOfStage) this.written(stage, await controller.endOfStage());
      if (stage === 1) {
        this.held = controller.view().entries.map(({ content }) => content);
        this.emit({ type: 'context-emptied' });
      }
    }
    this.add('system', config.systemPrompt, { kind: 'system' });
    const { placement = 'before' } = this.start;
    const trace = placement === 'on-call' ? null : await this.read(task.query);
    if (trace && placement === 'before') this.showRead(trace);
    this.add('user', environment.observe(), { kind: 'query' });
    if (trace && placement === 'as-looked-up' && trace.entries.length > 0) {
      this.add('assistant', lookUp(task.query), { kind: 'assistant', step: 0 });
      this.showRead(trace);
    }
  }

  private async read(query: string): Promise<ReadTrace> {
    const trace = await this.start.controller.read(query);
    this.reads.push(trace);
    this.emit({ type: 'read', trace });
    return trace;
  }

  private written(stage: 1 | 2, trace: WriteTrace): void {
    this.writes.push(trace);
    this.emit({ type: 'written', stage, trace });
  }

  private showRead({ entries }: ReadTrace): void {
    if (entries.length === 0) return;
    const records = entries.map(({ id, content }) => ({ id, content, metadata: {}, memoryType: '' }));
    this.add('tool', entryLines(entries), { kind: 'retrieval', step: 0, call: 0, entries: records });
  }

  /** The open prompt; undefined when it is over. */
  request(): PolicyRequest | undefined {
    if (this.done) return undefined;
    const { task, seed, config } = this.start;
    const messages = this.context.map(({ role, content }) => ({ role, content }));
    const tokens =
      this.context.reduce((sum, message) => sum + message.tokens, 0) + config.promptOverheadTokens;
    if (tokens > this.limits.hardContextTokens) return this.stop('hard-context', tokens);
    this.rounds++;
    this.promptTokens += tokens;
    this.emit({
      type: 'prompt',
      messages: this.context.map(({ role, content, origin }) => ({ role, content, origin: origin.kind })),
      tokens,
    });
    return {
      messages,
      seed: stepSeed(seed, this.rounds),
      state: {
        task,
        stage: 3,
        step: this.rounds,
        stepsOnMessage: 0,
        context: [...this.context],
        introspected: [],
      },
    };
  }

  async apply({ text, finish }: PolicyCompletion): Promise<void> {
    const tokens = this.policy.countTokens({ role: 'assistant', content: text });
    this.emit({ type: 'completion', text, finish, tokens });
    if (finish === 'aborted') {
      this.abort();
      return;
    }
    const action = parseCompletion(text);
    this.emit({ type: 'parsed', action });
    this.add('assistant', text, { kind: 'assistant', step: this.rounds });
    if (action.kind === 'answer') {
      if (this.act(action.text)) return;
    } else if (!(await this.lookedUp(action))) {
      const content = action.kind === 'tool-calls' ? NO_TOOLS : `error: ${action.reason} at ${action.at}`;
      this.emit({ type: 'refused', content });
      this.add('tool', content, { kind: 'tool', step: this.rounds, call: 0 });
    }
    if (this.rounds >= this.limits.hardRounds[3]) this.stop('hard-rounds', 0);
  }

  /** Answers a look-up where the policy may make one; false: it is none, or may not. */
  private async lookedUp(action: ParsedAction): Promise<boolean> {
    if (this.start.placement !== 'on-call' || action.kind !== 'tool-calls') return false;
    const [call] = action.calls;
    const { query } = call.arguments;
    if (call.name !== 'Retrieve_memory' || typeof query !== 'string' || query.trim() === '') return false;
    const trace = await this.read(query);
    if (trace.entries.length > 0) this.showRead(trace);
    else this.add('tool', 'nothing found', { kind: 'tool', step: this.rounds, call: 0 });
    return true;
  }

  /** True if that was the end. */
  private act(action: string): boolean {
    const { environment } = this.start;
    this.answer = action;
    const outcome = environment.act(action);
    this.emit({ type: 'acted', action, observation: outcome.observation ?? null });
    if (outcome.done) {
      this.score = outcome.score ?? null;
      this.stop(environment.interactive ? 'environment-done' : 'answered', 0);
      return true;
    }
    if (outcome.observation !== undefined) this.add('user', outcome.observation, { kind: 'observation' });
    return false;
  }

  abort(): void {
    if (!this.done) this.stop('aborted', 0);
  }

  private stop(reason: BaselineEnd, tokens: number): undefined {
    if (reason === 'hard-context' || reason === 'hard-rounds') {
      this.score = this.start.environment.scoreSoFar?.() ?? null;
    }
    this.done = true;
    this.end = reason;
    this.emit({ type: 'ended', reason, tokens });
  }

  result(): BaselineResult {
    const { task, controller, environment } = this.start;
    return {
      task,
      method: controller.id,
      end: this.end,
      score: this.score,
      metrics: environment.metrics?.() ?? {},
      answer: this.answer,
      steps: this.rounds,
      promptTokens: this.promptTokens,
      writeCost: costOf(this.writes),
      readCost: costOf(this.reads),
      held: this.held,
      log: this.events,
    };
  }

  private add(role: ChatMessage['role'], content: string, origin: MessageOrigin): void {
    const tokens = this.policy.countTokens({ role, content });
    this.context.push({ id: `c${this.context.length + 1}`, role, content, tokens, origin });
  }

  private emit(
    body: BaselineEvent extends infer Event ? (Event extends EventBase ? Omit<Event, 'seq'> : never) : never,
  ): void {
    // The union is rebuilt from its parts, each of which has what its body has.
    this.events.push({ seq: this.events.length, ...body } as BaselineEvent);
  }
}
