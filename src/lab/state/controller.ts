/**
 * What the user's actions do: calls to the worker, and the changes of state around them. One object for
 * the whole page; React reads its state through `subscribe` and `state`.
 */
import type { Recording } from '../../worker/episode-protocol';
import type { MemoryNews } from '../../worker/memory-protocol';
import type { ModelsNews } from '../../worker/models-protocol';
import type {
  AdapterChoice,
  AdapterFacts,
  AdvantageOptions,
  Args,
  InsideToken,
  LearnedAdapter,
  LearnedDecisions,
  MeasuredPass,
  OpenedEpisode,
  Result,
  SeenIntermediate,
  StepAddress,
  TrainingEstimate,
  TrainingSettings,
} from '../../worker/protocol';
import type { TableState } from '../../worker/table-protocol';
import { EpisodeReel } from '../episode/reel';
import { keepLanguage } from '../language/chosen-language';
import { LANGUAGE_NAMES, type Language, phrase, say, speak } from '../language/language';
import { BUNDLED } from './acting';
import {
  type Address,
  AS_PRESET,
  differences,
  EPISODE_KEYS,
  fastPathsOf,
  formatAddress,
  isPage,
  writtenBy,
} from './address';
import type { BaselinesLine } from './baselines-line';
import { AS_IT_WAS, changeIn } from './branch-change';
import { AS_PLAYED_IN_LINK, switched, switchesOf } from './group-switches';
import type { JudgeLine } from './judge-line';
import { type Busy, type Change, change, chosenSettings, initialState, type LabState } from './lab-state';
import { Latest } from './latest';
import { fitting } from './link';
import { isMemoryNews, type MemoryLine } from './memory-line';
import { ModelExchange } from './model-exchange';
import { isModelsNews, type ModelsLine } from './models-line';
import type { OwnLine } from './own-line';
import type { RunsLine } from './runs-line';
import { followSet } from './set-moves';
import { askOnce } from './storage-promise';
import { isTableNews, type TableLine } from './table-line';
import type { WhatIfLine } from './what-if-line';
import { CallFailedError, labErrorOf, told, WorkerClient, type WorkerPort } from './worker-client';
import type { WorldsLine } from './worlds-line';

export interface ControllerOptions {
  readonly port: WorkerPort;
  readonly address: Address;
  /** Absolute address of the folder the page lies in. */
  readonly site: string;
  /** The files there, if the page brings them along. */
  readonly files?: ReadonlyMap<string, Uint8Array>;
  /** Writes the query string to the address bar. `page`: as another page, which the back button leaves again. */
  readonly showAddress: (search: string, page: boolean) => void;
  /** The recorded episode that the page shows until the live one is there; null where it cannot be read. */
  readonly recorded?: () => Promise<Recording | null>;
  /** The visitor wants no motion: what is recorded stands still. */
  readonly still?: boolean;
}

export class LabController {
  private current: LabState;
  private readonly listeners = new Set<() => void>();
  private readonly client: WorkerClient;
  private readonly memoryListeners = new Set<(news: MemoryNews) => void>();
  private readonly modelsListeners = new Set<(news: ModelsNews) => void>();
  private readonly tableListeners = new Set<(state: TableState) => void>();
  private readonly listings = new Latest<null>(() => this.listUserMemory(false));
  private spoken = false;
  /** False while the user's memory has changed since it was listed. */
  private listed = true;

  constructor(private readonly setup: ControllerOptions) {
    this.current = initialState(setup.address);
    this.client = new WorkerClient(
      setup.port,
      (news) => {
        if (news.kind === 'token' && !this.spoken) {
          this.spoken = true;
          performance.mark('lab: first token');
        }
        this.apply({ type: 'news', news });
        if (isMemoryNews(news)) this.passOn(news);
        if (isModelsNews(news)) this.tellModels(news);
        if (isTableNews(news)) for (const listener of this.tableListeners) listener(news.state);
      },
      (error) => this.apply({ type: 'trouble', error, fatal: true }),
    );
  }

  readonly state = (): LabState => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The worker's memory calls and news, for the memory page, which keeps a state of its own. */
  readonly memory: MemoryLine = {
    call: (name, args) => this.client.call(name, args),
    listen: (listener) => {
      this.memoryListeners.add(listener);
      return () => this.memoryListeners.delete(listener);
    },
  };

  /** The worker's calls and news about models, for the page of them. */
  readonly models: ModelsLine = new ModelExchange({
    call: (name, args) => this.client.call(name, args),
    state: () => this.current,
    apply: (change) => this.apply(change),
    begin: () => {
      this.reel.handOver();
      this.apply({ type: 'busy', busy: { call: 'openModel', text: phrase('Opening the model') } });
    },
    end: async () => {
      this.apply({ type: 'busy', busy: null });
      this.setup.showAddress(formatAddress(this.current.address), false);
      if (this.current.episode === null) await this.openEpisode();
    },
    listen: (listener) => {
      this.modelsListeners.add(listener);
      return () => this.modelsListeners.delete(listener);
    },
    tell: (news) => this.tellModels(news),
  });

  private tellModels(news: ModelsNews): void {
    for (const listener of this.modelsListeners) listener(news);
  }

  /** A model takes the place of the one that acts, from wherever one is; the task stays. */
  async letAct(id: string = BUNDLED): Promise<void> {
    await this.quietly(() => this.models.open(id));
  }

  /** Moves through the episode on view. */
  readonly reel = new EpisodeReel({
    state: () => this.current,
    change: (part) => this.apply({ type: 'playback', part }),
    cursor: (cursor) => this.apply({ type: 'cursor', cursor }),
    step: () => this.step(),
  });

  private passOn(news: MemoryNews): void {
    for (const listener of this.memoryListeners) listener(news);
    // What was kept of episodes is shown beside them too; read again when that is on view.
    if (news.kind === 'memory-changed' && news.name.startsWith('user/')) this.listed = false;
    this.listIfSeen();
  }

  private listIfSeen(): void {
    if (this.listed || this.current.address.view === 'memory') return;
    this.listed = true;
    this.listings.want(null);
  }

  /** Opens the worker and plays the first step, so that there is something to look at. */
  async start(): Promise<void> {
    performance.mark('lab: page script');
    void this.setup.recorded?.().then((recording) => {
      if (recording) this.reel.recorded(recording, this.setup.still ?? false);
    });
    try {
      const { address } = this.current;
      const ready = await this.client.call('init', {
        site: this.setup.site,
        files: this.setup.files,
        backend: address.backend,
        hub: address.hub,
        fastPaths: fastPathsOf(address),
      });
      this.apply({ type: 'ready', ready });
      performance.mark('lab: ready');
    } catch (error) {
      return this.report(error, true);
    }
    await this.openAddressed();
    const listing = this.listUserMemory(true);
    // One action to the user: the page is ready when the first step is on it.
    await this.during({ call: 'stepEpisode', text: phrase('Playing the first step') }, async () => {
      const { episodeId } = await this.open();
      await this.play('stepEpisode', episodeId);
      this.reel.live();
    });
    performance.mark('lab: first step');
    await listing;
  }

  /** The model that the address names, where it is kept; else it is said why not, and the bundled one acts. */
  private async openAddressed(): Promise<void> {
    const { model } = this.current.address;
    if (model === null) return;
    if (await this.quietly(() => this.models.open(model))) return;
    this.say({ model: null });
  }

  /** Changes what is shown next; a new task or player opens a new episode. */
  async go(part: Partial<Address>): Promise<void> {
    if (Object.keys(part).some((key) => !LOOKS.has(key))) this.reel.handOver();
    const before = this.current.address;
    // What was changed about a preset belongs to it.
    const kept = part.preset && part.preset !== before.preset ? { ...before, ...AS_PRESET } : before;
    // Made-up tasks of another kind are asked for: those of a set have no kind.
    const madeUp = (['family', 'difficulty', 'split'] as const).some((key) => key in part);
    const fresh = EPISODE_KEYS.some((key) => key in part);
    // So is what was changed about an episode.
    const address = { ...kept, ...(madeUp && { set: null }), ...(fresh && AS_IT_WAS), ...part };
    this.apply({ type: 'address', address });
    this.setup.showAddress(formatAddress(address), pageOf(before) !== pageOf(address));
    this.listIfSeen();
    if (fresh) await this.openEpisode();
  }

  /** What is on view already is said in the address, in place. */
  private say(part: Partial<Address>): void {
    const address = { ...this.current.address, ...part };
    this.apply({ type: 'address', address });
    this.setup.showAddress(formatAddress(address), false);
  }

  /** The browser went back or forward to an address of this lab: view and lesson change, what is played stays. */
  return({ view, lesson }: Address): void {
    const address = { ...this.current.address, view, lesson };
    this.apply({ type: 'address', address });
    this.setup.showAddress(formatAddress(address), false);
    this.listIfSeen();
  }

  /** The same task with the same dice from the beginning. */
  async openEpisode(): Promise<void> {
    this.reel.leaveRecording();
    await this.during({ call: 'openEpisode', text: phrase('Opening the episode') }, () => this.open());
  }

  private async open(): Promise<OpenedEpisode> {
    const opened = await this.client.call('openEpisode', { task: this.task(), options: this.options() });
    this.apply({ type: 'opened', opened });
    return opened;
  }

  async step(): Promise<void> {
    await this.advance({ call: 'stepEpisode', text: phrase('The policy is writing') });
  }

  async runEpisode(): Promise<void> {
    await this.advance({ call: 'runEpisode', text: phrase('Playing the episode to its end') });
  }

  private async advance(busy: Busy & { readonly call: 'stepEpisode' | 'runEpisode' }): Promise<void> {
    const { episode } = this.current;
    if (!episode || episode.done) return;
    this.reel.leaveRecording();
    this.apply({ type: 'cursor', cursor: null });
    await this.during(busy, () => this.play(busy.call, episode.episodeId));
  }

  private async play(call: 'stepEpisode' | 'runEpisode', episodeId: string): Promise<void> {
    const { done, reward } = await this.client.call(call, { episodeId });
    this.apply({ type: 'played', done, reward });
    if (reward) void this.advise();
  }

  /** What would have earned more in the live episode, which is over. */
  private async advise(): Promise<void> {
    const { episode } = this.current;
    if (!episode?.reward || !episode.opened) return;
    const { log, reward, opened } = episode;
    const advice = await this.quietly(() => this.client.call('earnMore', { log, reward, task: opened.task }));
    if (advice && this.current.episode?.log === log) this.apply({ type: 'playback', part: { advice } });
  }

  async runGroup(): Promise<void> {
    const groupSize = this.current.address.group;
    const settings = chosenSettings(this.current);
    if (!settings) return;
    const { preset, advantageMode } = settings;
    const group = await this.during(
      { call: 'runGroup', text: phrase('Playing {n} rollouts of this task'), values: { n: groupSize } },
      () =>
        this.client.call('runGroup', {
          task: this.task(),
          options: this.options(),
          groupSize,
          preset,
          advantageMode,
        }),
    );
    if (!group) return;
    this.apply({ type: 'group', group });
    // A link that says how rewards become advantages says it of the group played by it.
    const asked = switched(group.options, this.current.address);
    if (asked) await this.regroup(asked);
  }

  /** The group's advantages under these switches, from its rewards; null: as it was played. */
  async regroup(options: AdvantageOptions | null): Promise<void> {
    const { group } = this.current;
    if (!group) return;
    this.say(options ? switchesOf(group.options, options) : AS_PLAYED_IN_LINK);
    if (!options) return this.apply({ type: 'group-look', group, look: { regrouped: null } });
    const rollouts = group.rollouts.map(({ log, reward, stepAdvantages, pastSteps }) => ({
      reward: reward.total,
      steps: stepAdvantages.length,
      pastSteps,
      log: options.mode === 'two-level' ? log : undefined,
    }));
    const result = await this.quietly(() => this.client.call('regroup', { rollouts, options }));
    if (result) this.apply({ type: 'group-look', group, look: { regrouped: { options, result } } });
  }

  /** Others go on from before a step of one of the group's rollouts. */
  async fork(rollout: number, step: number, size: number): Promise<void> {
    const { group } = this.current;
    if (!group) return;
    const { log, reward } = group.rollouts[rollout];
    const run = await this.during(
      {
        call: 'forkStep',
        text: phrase('Playing continuations of rollout {rollout} from step {step} on'),
        values: { rollout: rollout + 1, step },
      },
      () =>
        this.client.call('forkStep', {
          task: group.task,
          rollout: { log, reward },
          step,
          adapter: group.adapter,
          method: group.method,
          size,
          options: group.options,
        }),
    );
    if (run) this.apply({ type: 'group-look', group, look: { fork: { rollout, run } } });
  }

  /** Undefined if it could not be done; the page then says why. */
  readonly whatIf: WhatIfLine = {
    branch: (args) =>
      this.during({ call: 'branchEpisode', text: phrase('Playing the episode otherwise') }, () =>
        this.client.call('branchEpisode', {
          ...args,
          method: this.current.episode?.opened?.options.method,
        }),
      ),
    script: (args) =>
      this.during({ call: 'playScript', text: phrase('Carrying out the script') }, () =>
        this.client.call('playScript', args),
      ),
    variant: (args) =>
      this.during({ call: 'playVariant', text: phrase('Playing a group otherwise') }, () =>
        this.client.call('playVariant', args),
      ),
    payAgain: (args) => this.quietly(() => this.client.call('payAgain', args)),
    cancel: () => this.cancel(),
    keep: (change) => {
      const { address: before } = this.current;
      const { address, left } = fitting(before, change, this.setup.site);
      if (formatAddress(address) !== formatAddress(before)) void this.go(changeIn(address));
      return left;
    },
  };

  /** The model that acts, asked to judge and to write. */
  readonly judge: JudgeLine = {
    judge: (args) =>
      this.during({ call: 'judgeEpisode', text: phrase('Judging the episode') }, () =>
        this.client.call('judgeEpisode', args),
      ),
    agreement: (args) =>
      this.during({ call: 'judgeAgreement', text: phrase('Judging held-out episodes') }, () =>
        this.client.call('judgeAgreement', args),
      ),
    cancel: () => this.cancel(),
    write: (by) => void this.go(by),
  };

  /** Memories beside the policy, on the task on view. */
  readonly baselines: BaselinesLine = {
    play: (args) =>
      this.during({ call: 'playBaseline', text: phrase('Playing the task with another memory') }, () =>
        this.client.call('playBaseline', args),
      ),
    cancel: () => this.cancel(),
    playCorrections: () => void this.go({ difficulty: 'revisions' }),
    runEpisode: () => void this.runEpisode(),
  };

  /** Tasks of the user's own. */
  readonly own: OwnLine = {
    call: (name, args) => this.quietly(() => this.client.call(name, args)),
    evaluate: (args) =>
      this.during({ call: 'evaluateTaskSet', text: phrase('Playing the held-out tasks') }, () =>
        this.client.call('evaluateTaskSet', args),
      ),
    cancel: () => this.cancel(),
    play: async (set, index, player) => {
      await this.go({ set, seed: index + 1, view: 'episode', ...(player && { player }) });
    },
    trainOn: (set, seed) => void this.go({ on: `${set}~${seed}`, view: 'training' }),
    // The episode on view stays; the next one is of what the address then names.
    moved: (change, to) => {
      this.say(followSet(this.current.address, change, to));
    },
  };

  /** The table of methods: cells played in the background, and the episodes behind them. */
  readonly table: TableLine = {
    call: (name, args) => this.quietly(() => this.client.call(name, args)),
    replay: (cell, seed) =>
      this.during({ call: 'replayCell', text: phrase('Playing a seed of the table again') }, () =>
        this.client.call('replayCell', { ...cell, seed }),
      ),
    baseline: (cell, { task }) =>
      this.during({ call: 'baselineEpisode', text: phrase('Playing an episode of the table again') }, () =>
        this.client.call('baselineEpisode', { ...cell, task }),
      ),
    open: async ({ task, dice }, { adapter, method }) => {
      const { family, split, difficulty, seed } = task;
      const plain = { player: 'model', summaries: 'rule', distractors: 'rule', set: null } as const;
      const address = { family, split, difficulty, seed, dice, adapter, method, ...plain };
      await this.go({ ...address, view: 'episode' });
      await this.runEpisode();
    },
    act: async (id) => {
      await this.quietly(() => this.models.open(id));
    },
    cancel: () => this.cancel(),
    listen: (listener) => {
      this.tableListeners.add(listener);
      return () => this.tableListeners.delete(listener);
    },
  };

  /** Worlds of stage 3, as they were at each moment. */
  readonly worlds: WorldsLine = {
    moments: (task, log) => this.client.call('worldMoments', { task, log }),
  };

  /** Runs that are kept, and files of them. */
  readonly runs: RunsLine = {
    call: (name, args) => this.client.call(name, args),
    gone: () => this.apply({ type: 'checkpoint-gone' }),
    open: (id) =>
      this.during({ call: 'openRun', text: phrase('Opening the run') }, async () => {
        this.apply({ type: 'run-opened', run: await this.client.call('openRun', { id }) });
        return true;
      }),
  };

  /** The present task with each adapter there is, on the same dice. */
  async compare(): Promise<void> {
    const { address, ready, training } = this.current;
    const adapters: AdapterChoice[] = ['none'];
    if (ready?.model.hasShippedAdapter) adapters.push('shipped');
    if (training.trained) adapters.push('trained');
    const { dice, reward } = address;
    const runs = await this.during(
      { call: 'compareAdapters', text: phrase('Replaying the task with each adapter') },
      () => this.client.call('compareAdapters', { task: this.task(), dice, reward, adapters }),
    );
    if (runs) this.apply({ type: 'comparison', runs });
  }

  /** Undefined if it could not be done; the page then says why. */
  async lookInside(place: Args<'lookInside'>): Promise<InsideToken | undefined> {
    const look = await this.during({ call: 'lookInside', text: phrase('Looking inside the policy') }, () =>
      this.client.call('lookInside', place),
    );
    if (look) this.apply({ type: 'looked', looked: { place, look } });
    return look;
  }

  /** Undefined if it could not be done; the page then says why. */
  captureIntermediate(place: Args<'captureIntermediate'>): Promise<SeenIntermediate | undefined> {
    return this.during({ call: 'captureIntermediate', text: phrase('Capturing an intermediate') }, () =>
      this.client.call('captureIntermediate', place),
    );
  }

  /** Undefined if it could not be done; the page then says why. */
  measureKernels(step: StepAddress): Promise<MeasuredPass | undefined> {
    return this.during({ call: 'measureKernels', text: phrase('Measuring the kernels of one pass') }, () =>
      this.client.call('measureKernels', step),
    );
  }

  /** Undefined if it could not be done; the page then says why. So with the next two. */
  describeAdapter(adapter: LearnedAdapter): Promise<AdapterFacts | undefined> {
    return this.during({ call: 'describeAdapter', text: phrase('Measuring what the adapter changed') }, () =>
      this.client.call('describeAdapter', { adapter }),
    );
  }

  learnedDecisions(adapter: LearnedAdapter): Promise<LearnedDecisions | undefined> {
    return this.during(
      { call: 'learnedDecisions', text: phrase('Asking base and adapter for decisions') },
      () => this.client.call('learnedDecisions', { adapter }),
    );
  }

  /** The task on view with its dice. */
  replayStrength(adapter: LearnedAdapter, strength: number): Promise<Result<'replayStrength'> | undefined> {
    const { dice, reward } = this.current.address;
    const args = { task: this.task(), dice, reward, adapter, strength };
    return this.during(
      { call: 'replayStrength', text: phrase('Playing at strength {strength}'), values: { strength } },
      () => this.client.call('replayStrength', args),
    );
  }

  /** Ends the model call under way. */
  async cancel(): Promise<void> {
    await this.quietly(() => this.client.call('cancel', {}));
  }

  /** Settings for the next run, and for the advantages of a group. */
  chooseTraining(settings: TrainingSettings): void {
    const { address, ready } = this.current;
    const preset = ready?.presets.find(({ name }) => name === address.preset);
    if (preset) void this.go(differences(preset.settings, settings));
  }

  /** Undefined if it could not be done; the page then says why. */
  estimateTraining(settings: TrainingSettings, measure: boolean): Promise<TrainingEstimate | undefined> {
    return this.during({ call: 'estimateTraining', text: phrase('Measuring what a step takes') }, () =>
      this.client.call('estimateTraining', { settings, measure }),
    );
  }

  /** `once`: one step, then a pause. */
  async train(settings: TrainingSettings, once = false): Promise<void> {
    await this.during({ call: 'train', text: phrase('Preparing the training run') }, async () => {
      await this.client.call('train', { from: 'start', settings, once });
      this.apply({ type: 'training-started', from: 'start', settings });
    });
  }

  async continueTraining(once = false): Promise<void> {
    const { checkpoint } = this.current.training;
    if (!checkpoint) return;
    await this.during({ call: 'train', text: phrase('Restoring the checkpoint') }, async () => {
      await this.client.call('train', { from: 'checkpoint', once });
      this.apply({ type: 'training-started', from: 'checkpoint', settings: checkpoint.settings });
    });
  }

  async pause(): Promise<void> {
    await this.quietly(() => this.client.call('pauseTraining', {}));
  }

  async resume(once = false): Promise<void> {
    await this.quietly(() => this.client.call('resumeTraining', { once }));
  }

  /** Takes the last update back; the run stands where it stood before it. */
  async undoStep(): Promise<void> {
    const undone = await this.during({ call: 'undoStep', text: phrase('Taking back the last update') }, () =>
      this.client.call('undoStep', {}),
    );
    if (undone) this.apply({ type: 'step-undone', undone });
  }

  async stop(): Promise<void> {
    await this.quietly(() => this.client.call('stopTraining', {}));
  }

  async keepEntries(ids: readonly string[]): Promise<void> {
    const entries = await this.quietly(() => this.client.call('keepEntries', { ids }));
    if (!entries) return;
    this.apply({ type: 'user-memory', entries });
    const promised = await askOnce();
    if (promised !== null) this.apply({ type: 'promised', promised });
  }

  async forgetEntries(ids: readonly string[] | 'all'): Promise<void> {
    const entries = await this.quietly(() => this.client.call('forgetEntries', { ids }));
    if (entries) this.apply({ type: 'user-memory', entries });
  }

  private async listUserMemory(fatal: boolean): Promise<void> {
    try {
      const entries = await this.client.call('listMemory', { namespace: 'user' });
      this.apply({ type: 'user-memory', entries });
    } catch (error) {
      this.report(error, fatal);
    }
  }

  /** Moves to a frame, or to the first or last one if there is none of this index. */
  show(index: number): void {
    this.reel.show(index);
  }

  /** Another language. Where its words cannot be fetched that is said, and the one on view stays. */
  async speak(lang: Language): Promise<void> {
    try {
      if (!(await speak(lang))) return;
    } catch {
      const error = told(
        'language-not-loaded',
        say('{what} could not be loaded.', { what: LANGUAGE_NAMES[lang] }),
        say('Reload the page; if that does not help, the network or the site is not whole.'),
      );
      return this.apply({ type: 'trouble', error, fatal: false });
    }
    keepLanguage(lang);
    await this.go({ lang });
  }

  dismissTrouble(): void {
    this.apply({ type: 'trouble-read' });
  }

  private task() {
    const { family, split, difficulty, seed, set } = this.current.address;
    return { family, split, difficulty, seed, set };
  }

  private options() {
    const { adapter, method, player, dice, reward, summaries, distractors } = this.current.address;
    const written = writtenBy({ summaries, distractors });
    return {
      adapter,
      dice,
      reward,
      ...(written && { written }),
      ...(method !== null && { method }),
      ...(player === 'demonstrator' && { player }),
    };
  }

  /** Runs a model call; undefined if another one runs, or if it failed and was reported. */
  private async during<T>(busy: Busy, call: () => Promise<T>): Promise<T | undefined> {
    if (!this.current.ready || this.current.busy) return undefined;
    this.reel.handOver();
    this.apply({ type: 'busy', busy });
    try {
      return await call();
    } catch (error) {
      this.report(error, false);
      return undefined;
    } finally {
      this.apply({ type: 'busy', busy: null });
    }
  }

  private async quietly<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (error) {
      this.report(error, false);
      return undefined;
    }
  }

  private report(error: unknown, fatal: boolean): void {
    if (error instanceof CallFailedError && error.error.code === 'cancelled') return;
    const known = labErrorOf(error, say('Reset the episode, or reload the page.'));
    this.apply({ type: 'trouble', error: known, fatal });
  }

  private apply(by: Change): void {
    try {
      this.current = change(this.current, by);
    } catch (error) {
      // A gap in the log comes here, from outside any call: shown like every other trouble.
      this.report(error, false);
      return;
    }
    for (const listener of this.listeners) listener();
  }
}

/** What changes how the page looks, and nothing that is on it. */
const LOOKS: ReadonlySet<string> = new Set(['present', 'lang', 'hide'] satisfies (keyof Address)[]);

/** What the back button leaves as one page. */
function pageOf({ view, lesson }: Address): string {
  if (isPage(view)) return view;
  return view === 'lessons' || lesson !== null ? `lesson ${lesson}` : 'lab';
}
