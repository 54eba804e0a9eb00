/**
 * One episode as a state machine: the three stages of AgeMem over one task. The caller alternates
 * `request()` (the prompt of the next step) and `apply(completion)`, so many rollouts can run in
 * lockstep and share each forward pass of the policy.
 *
 * Every change goes through the event log, one event directly after one change, so `replay` rebuilds any
 * moment. The episode itself decides pacing, stage changes and limits; tools live in tools.ts, C in
 * context.ts, and what is paid for any of it in the reward room, which reads the log only.
 * Source: agemem.md sections 1 to 4; options: config.ts.
 */
import type { LongTermMemory } from '../memory/memory';
import type { Task, TaskMessage } from '../tasks/task';
import { type EpisodeConfig, EpisodeConfigError, limitsFor, validateConfig } from './config';
import { ShortTermMemory } from './context';
import { stepSeed } from './determinism';
import type { EpisodeStart } from './episode-start';
import type {
  ContextMessage,
  EpisodeEvent,
  EpisodeEventBody,
  EpisodeLimits,
  EventLog,
  MessageOrigin,
  RequestedCall,
  Stage,
} from './events';
import { type Related, relatedEntries, shownMessages } from './introspection';
import { NOTE_OF_FORGETTING, NOTE_OF_WIPE, noteOfStep } from './memory-notes';
import type { ChatMessage, ChatRole, PolicyCompletion, PolicyRequest } from './policy';
import { parseCompletion } from './protocol';
import { extractiveSummariser } from './summary';
import { planCall, recordOf } from './tools';

/** The calls came in the wrong order, e.g. a completion for which no prompt was asked. */
export class EpisodeOrderError extends Error {
  override readonly name = 'EpisodeOrderError';
}

type EndReason = Extract<EpisodeEventBody, { type: 'episode-ended' }>['reason'];

export class Episode {
  readonly config: EpisodeConfig;
  readonly task: Task;
  readonly memory: LongTermMemory;
  readonly limits: EpisodeLimits;

  private readonly events: EpisodeEvent[] = [];
  private readonly stm: ShortTermMemory;
  private readonly start: EpisodeStart;
  private readonly queue: Readonly<Record<1 | 2, readonly TaskMessage[]>>;

  private stage: Stage = 1;
  private step = 0;
  /** Messages of the running stage that have been shown. */
  private shown = 0;
  private rounds = 0;
  private stepsOnMessage = 0;
  private overflowing = false;
  private pending: PolicyRequest | undefined;
  private busy = false;
  private abortWanted = false;
  private lastAnswer: { readonly text: string; readonly contextTokens: number } | undefined;
  private score: number | null = null;
  private ended = false;

  private constructor(start: EpisodeStart) {
    validateConfig(start.config);
    if (start.config.distractorsShared !== (start.distractors === undefined)) {
      throw new EpisodeConfigError(
        'Give an episode distractors of its own exactly when distractorsShared is false.',
      );
    }
    this.start = start;
    this.config = start.config;
    this.task = start.task;
    this.memory = start.memory;
    this.stm = new ShortTermMemory(start.countTokens);
    this.queue = { 1: start.task.messages, 2: start.distractors ?? start.task.distractors };
    this.limits = limitsFor(
      start.config,
      this.queue[1].length,
      this.queue[2].length,
      start.environment.actionLimit,
    );
  }

  /** Opens stage 1 with its first message. Throws `EpisodeConfigError`. */
  static async start(start: EpisodeStart): Promise<Episode> {
    const episode = new Episode(start);
    const { task } = start;
    const entries = await start.memory.list();
    episode.emit({
      type: 'episode-started',
      episodeId: start.episodeId,
      taskId: task.id,
      family: task.family,
      split: task.split,
      difficulty: task.difficulty,
      seed: start.seed,
      policyId: start.policyId,
      namespace: start.memory.namespace,
      limits: episode.limits,
      initialMemory: entries.map(recordOf),
    });
    episode.emit({ type: 'stage-started' });
    episode.append('system', start.config.systemPrompt, { kind: 'system' });
    await episode.advance(true);
    return episode;
  }

  /** True once the log ends with `episode-ended`. */
  get done(): boolean {
    return this.ended;
  }

  get log(): EventLog {
    return this.events;
  }

  /** C as it is now. */
  get context(): readonly ContextMessage[] {
    return this.stm.messages;
  }

  get contextTokens(): number {
    return this.stm.tokens;
  }

  get currentStage(): Stage {
    return this.stage;
  }

  /** Steps begun. */
  get currentStep(): number {
    return this.step;
  }

  /**
   * The prompt of the next step; logs `introspection` (if any entry is shown) and `prompt`. Asked again
   * before `apply`, it returns the same request. Throws `EpisodeOrderError` when the episode is done.
   */
  async request(): Promise<PolicyRequest> {
    if (this.ended) throw new EpisodeOrderError('The episode has ended. Ask `done` before `request`.');
    if (this.pending !== undefined) return this.pending;
    return this.exclusively(() => this.openStep());
  }

  private drawSeed(): number {
    const { seed, reseed } = this.start;
    return reseed && this.step >= reseed.fromStep ? reseed.seed : seed;
  }

  private async openStep(): Promise<PolicyRequest> {
    this.step++;
    const related = await this.introspect();
    const transient: readonly ChatMessage[] =
      this.config.introspection === 'last' ? shownMessages(related, this.stage, this.config) : [];
    const context = [...this.stm.messages];
    const messages = [...context.map(({ role, content }) => ({ role, content })), ...transient];
    this.emit({
      type: 'prompt',
      messages: messages.map((message, index) => ({ ...message, messageId: context[index]?.id ?? null })),
      contextTokens: this.stm.tokens,
    });
    this.pending = {
      messages,
      seed: stepSeed(this.drawSeed(), this.step),
      state: {
        task: this.task,
        stage: this.stage,
        step: this.step,
        stepsOnMessage: this.stepsOnMessage,
        context,
        introspected: related.shown.map(({ entry }) => entry),
      },
    };
    return this.pending;
  }

  /**
   * Carries out a completion and moves on to the next prompt, stage or end. A malformed one costs a round
   * and is told to the policy; an aborted one ends the episode. Throws `EpisodeOrderError`, and whatever
   * memory or environment throw; the episode must then be aborted.
   */
  async apply(completion: PolicyCompletion): Promise<void> {
    if (this.pending === undefined || this.ended) {
      throw new EpisodeOrderError('There is no open prompt. Call `request` before `apply`, once for each.');
    }
    await this.exclusively(() => {
      this.pending = undefined;
      return this.carryOut(completion);
    });
  }

  /**
   * Takes an entry out of M by hand, before the prompt of the next step is made. Throws `EpisodeOrderError` when it
   * was made already or the episode is done, and what the memory throws for an id it does not know.
   */
  async forget(entryId: string): Promise<void> {
    if (this.pending !== undefined || this.ended) {
      throw new EpisodeOrderError('Entries can be taken out between two steps only, before `request`.');
    }
    await this.exclusively(async () => {
      const entry = await this.memory.delete(entryId, NOTE_OF_FORGETTING);
      this.emit({ type: 'entry-forgotten', entry: recordOf(entry) });
    });
  }

  /**
   * Ends the episode with reason `aborted`: now, or, while a step is being carried out, after the tool call
   * under way, so that log and memory stay equal. Nothing happens if it is done.
   */
  abort(): void {
    if (this.ended) return;
    if (this.busy) this.abortWanted = true;
    else this.end('aborted');
  }

  /** One operation at a time: log order is the order of what happened. */
  private async exclusively<Result>(operation: () => Promise<Result>): Promise<Result> {
    if (this.busy) {
      throw new EpisodeOrderError('A step is under way. Await `request` and `apply` before the next call.');
    }
    this.busy = true;
    try {
      return await operation();
    } finally {
      this.busy = false;
      if (this.abortWanted) this.abort();
    }
  }

  private async carryOut(completion: PolicyCompletion): Promise<void> {
    const { text, promptIds, tokens, finish } = completion;
    this.emit({ type: 'completion', text, promptIds, tokens, finish });
    if (finish === 'aborted') return this.end('aborted');
    this.countRound();

    const action = parseCompletion(text);
    this.emit({ type: 'parsed', action });
    const tokensAtAction = this.stm.tokens;
    if (action.kind === 'answer') this.recordAnswer(action.text, tokensAtAction);
    this.append('assistant', text, { kind: 'assistant', step: this.step });

    switch (action.kind) {
      case 'protocol-error':
        this.append('tool', `error: ${action.reason} at ${action.at}`, {
          kind: 'tool',
          step: this.step,
          call: 0,
        });
        break;
      case 'tool-calls':
        for (const [index, call] of action.calls.entries()) {
          await this.callTool(call, index, action.think);
          if (this.abortWanted) return;
        }
        break;
      case 'answer':
        if (this.stage === 3) return this.act(action.text);
        break;
    }
    await this.advance(action.kind === 'answer');
  }

  private recordAnswer(text: string, contextTokens: number): void {
    if (this.stage === 3) this.lastAnswer = { text, contextTokens };
    this.emit({ type: 'answered', text, contextTokens });
  }

  private async callTool(requested: RequestedCall, index: number, think: string): Promise<void> {
    const plan = await planCall(requested, {
      memory: this.memory,
      context: this.stm,
      stage: this.stage,
      step: this.step,
      call: index,
      sourceStep: `${this.start.episodeId}/s${this.step}`,
      note: noteOfStep(this.start, this.step, think),
      summariser: this.start.summariser ?? extractiveSummariser,
      filterThreshold: this.config.filterThreshold ?? this.memory.embedder.threshold,
      summaryShare: this.config.summaryShare,
      refused: this.start.refusedTools,
    });
    this.emit({ type: 'tool-called', call: index, requested, outcome: plan.outcome });
    const by = plan.reply.origin.kind === 'summary' ? 'Summary_context' : 'Filter_context';
    for (const messageId of plan.removals) {
      this.stm.remove(messageId);
      this.emit({ type: 'message-removed', messageId, by });
    }
    this.append('tool', plan.reply.content, plan.reply.origin);
  }

  /** Stage 3: the answer is an action of the environment; for a question it is the last one. */
  private async act(action: string): Promise<void> {
    const { environment } = this.start;
    const outcome = environment.act(action);
    this.emit({
      type: 'environment-acted',
      action,
      observation: outcome.observation ?? null,
      done: outcome.done,
      score: outcome.score ?? null,
      ...(environment.interactive && { interactive: true }),
    });
    if (outcome.done) {
      this.score = outcome.score ?? null;
      return this.end(environment.interactive ? 'environment-done' : 'answered');
    }
    if (outcome.observation !== undefined) this.append('user', outcome.observation, { kind: 'observation' });
    this.stepsOnMessage = 0;
    await this.advance(false);
  }

  /** After a step: the next message, the next stage, or the end where a hard cap is met. */
  private async advance(closed: boolean): Promise<void> {
    while (this.stage !== 3) {
      const paced: 1 | 2 = this.stage;
      const open = !closed && this.stepsOnMessage < this.config.stepsPerMessage[paced];
      if (open || this.showNext(paced)) break;
      await this.enterNextStage(paced);
      closed = true;
    }
    if (this.rounds >= this.limits.hardRounds[this.stage]) {
      return this.stop('rounds', this.rounds, this.limits.hardRounds[this.stage], 'hard-rounds');
    }
    const promptTokens = this.stm.tokens + this.config.promptOverheadTokens;
    if (promptTokens > this.limits.hardContextTokens) {
      this.stop('context-tokens', promptTokens, this.limits.hardContextTokens, 'hard-context');
    }
  }

  /** Appends the next message of a paced stage; false if there is none left. */
  private showNext(stage: 1 | 2): boolean {
    const index = this.shown;
    const message = this.queue[stage][index];
    if (message === undefined) return false;
    this.shown++;
    this.stepsOnMessage = 0;
    this.append('user', message.content, { kind: stage === 1 ? 'task' : 'distractor', index });
    return true;
  }

  private async enterNextStage(from: 1 | 2): Promise<void> {
    this.stage = from === 1 ? 2 : 3;
    this.shown = 0;
    this.rounds = 0;
    this.stepsOnMessage = 0;
    this.emit({ type: 'stage-started' });
    if (from === 1) return this.crossReset();
    this.append('user', this.start.environment.observe(), { kind: 'query' });
  }

  /** Between stages 1 and 2: C is emptied; M stays, but for the control. */
  private async crossReset(): Promise<void> {
    if (this.config.resetBetweenStages) {
      const tokensBefore = this.stm.tokens;
      const removed = this.stm.reset().map((message) => message.id);
      this.overflowing = this.stm.tokens > this.limits.maxContextTokens;
      this.emit({ type: 'context-reset', removed, tokensBefore, tokensAfter: this.stm.tokens });
    }
    if (this.config.wipeMemoryAtReset) {
      const entries = (await this.memory.list()).map(recordOf);
      await this.memory.clear(NOTE_OF_WIPE);
      this.emit({ type: 'memory-wiped', entries });
    }
  }

  /** Looks up what is shown with this step, logs it, and keeps it in C if the configuration says so. */
  private async introspect(): Promise<Related> {
    const room = this.limits.hardContextTokens - this.config.promptOverheadTokens - this.stm.tokens;
    const related = await relatedEntries(this.memory, this.stm, this.stage, this.config, room);
    const { query, shown } = related;
    if (shown.length === 0) return related;
    const results = shown.map(({ entry, score }) => ({ entry: recordOf(entry), score }));
    this.emit({ type: 'introspection', query, results });
    if (this.config.introspection === 'kept') {
      const entries = results.map(({ entry }) => entry);
      const origin: MessageOrigin = { kind: 'retrieval', step: this.step, call: -1, entries };
      for (const { role, content } of shownMessages(related, this.stage, this.config)) {
        this.append(role, content, role === 'tool' ? origin : { kind: 'assistant', step: this.step });
      }
    }
    return related;
  }

  private countRound(): void {
    this.rounds++;
    this.stepsOnMessage++;
    const bound = this.limits.maxRounds;
    if (this.rounds === bound + 1) {
      this.emit({ type: 'limit-exceeded', limit: 'rounds', value: this.rounds, bound, hard: false });
    }
  }

  /** Logs the message, and an overflow of C when this message causes it. */
  private append(role: ChatRole, content: string, origin: MessageOrigin): void {
    const message = this.stm.append(role, content, origin);
    this.emit({ type: 'message-added', message });
    const bound = this.limits.maxContextTokens;
    const value = this.stm.tokens;
    if (value <= bound) {
      this.overflowing = false;
    } else if (!this.overflowing) {
      this.overflowing = true;
      this.emit({ type: 'limit-exceeded', limit: 'context-tokens', value, bound, hard: false });
    }
  }

  private stop(limit: 'rounds' | 'context-tokens', value: number, bound: number, reason: EndReason): void {
    this.emit({ type: 'limit-exceeded', limit, value, bound, hard: true });
    this.score = this.start.environment.scoreSoFar?.() ?? null;
    this.end(reason);
  }

  private end(reason: EndReason): void {
    this.ended = true;
    this.emit({
      type: 'episode-ended',
      reason,
      answer: this.lastAnswer?.text ?? null,
      contextTokens: this.lastAnswer?.contextTokens ?? this.stm.tokens,
      score: this.score,
    });
  }

  private emit(body: EpisodeEventBody): void {
    const event: EpisodeEvent = { seq: this.events.length, stage: this.stage, step: this.step, ...body };
    this.events.push(event);
    this.start.onEvent?.(event, this);
  }
}
