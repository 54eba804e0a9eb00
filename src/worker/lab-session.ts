/**
 * What the calls of the protocol do: opens device, model and memory, and hands the rest to the episode
 * player and the training session. One model call at a time; training owns the model while it runs.
 */
import { chooseBackend } from '../engine/choose-backend';
import { DeviceUnavailableError, FastPathChoiceError } from '../engine/errors';
import {
  FAST_PATH_NAMES,
  type FastPathChoices,
  type FastPathTexts,
  readFastPaths,
} from '../engine/fast-paths';
import { earnMore } from '../reward/earn-more';
import type { ChangeRooms } from './acting/change-model';
import type { ForeignProviders } from './acting/open-foreign';
import type { ModelKeeper } from './acting/openable';
import { LabEmbedders } from './embedders';
import { EpisodePlayer } from './episodes';
import { captureIntermediate, lookInside, measureKernels } from './inside';
import type { JudgeRooms } from './judge/judging';
import { forgetEntries, keepEntries, storedEntries, userEntries } from './kept-entries';
import { LabRefusal, toLabError } from './lab-errors';
import { LabMemories } from './memories';
import { MemoryDesk } from './memory-desk';
import { LabModels } from './models';
import { LateDesk } from './models/late-desk';
import type { ModelPlaces } from './models/model-desk';
import { OpenSets } from './own/open-sets';
import { OwnDesk } from './own/own-desk';
import { TaskSource } from './own/task-source';
import type { Args, Handlers, News, Ready, Result } from './protocol';
import { type Beginnings, readyOf } from './ready';
import { describeRun, type LoadedRun, loadRun } from './run-checkpoint';
import { RunDesk } from './runs/run-desk';
import { adoptEarlier, keptRuns, newestRun } from './runs/run-list';
import { siteFolders, sitePolicies } from './site-files';
import { LateTable } from './table/late-table';
import { lostDevice, TrainingSession } from './training-session';
import { Turns } from './turns';
import { worldMoments } from './worlds';

/** Everything `init` opens. */
interface Opened {
  readonly models: LabModels;
  readonly memories: LabMemories;
  readonly player: EpisodePlayer;
  readonly training: TrainingSession;
  /** Where models come from. */
  readonly places: () => Promise<ModelPlaces>;
  /** Sets of the user's own, and tasks from wherever. */
  readonly sets: OpenSets;
  readonly tasks: TaskSource;
}

/** Where device and storage come from. */
export interface LabRooms {
  readonly chooseBackend: typeof chooseBackend;
  readonly openMemories: (
    tell: Parameters<typeof LabMemories.open>[0],
    embedders: LabEmbedders,
  ) => Promise<LabMemories>;
  /** Models that can take the place of the bundled one. */
  readonly models?: ModelKeeper;
  readonly providers?: ForeignProviders;
}

/** A device of this machine, the browser's own storage. */
export const USUAL_ROOMS: LabRooms = {
  chooseBackend,
  openMemories: (tell, embedders) => LabMemories.open(tell, undefined, embedders),
};

/** No part of a first visit. */
const judging = () => import('./judge/judging');
const comparing = () => import('./baselines/beside-policy');
const changing = () => import('./acting/change-model');
const estimating = () => import('./training-estimate');
const imagining = () => import('./what-if');
const forking = () => import('./forks');
const lookingAtAdapters = () => import('./adapter-insight');
const weakening = () => import('./adapter-strength');
const evaluatingSets = () => import('./own/evaluation');

/** Loaded when the first model of each is opened: they bring large libraries along. */
const PROVIDERS: ForeignProviders = {
  transformers: async () =>
    (await import('../policies/transformers/open-transformers')).openTransformersPolicy,
  'web-llm': async () => (await import('../policies/web-llm/open-web-llm')).openWebLlmPolicy,
};

export class LabSession {
  private opened: Opened | null = null;
  /** Of what is open, as long as the page lives. */
  private beginnings: Beginnings | null = null;
  private running: AbortController | null = null;
  private readonly desk = new MemoryDesk(
    () => this.need().memories,
    (news) => this.tell(news),
  );

  private readonly ownDesk = new OwnDesk(() => {
    const { memories, sets, training } = this.need();
    const usedSets = async () => {
      const kept = memories.checkpoints ? (await keptRuns(memories.checkpoints)).runs : [];
      return [training.trainedOn ?? '', ...kept.map(({ settings }) => settings.taskSet ?? '')];
    };
    return { rows: memories.taskSets, sets, usedSets };
  });
  private readonly runs = new RunDesk(() => this.need());
  private readonly modelDesk = new LateDesk(async () => {
    const { places } = this.need();
    const { ModelDesk } = await import('./models/model-desk');
    return new ModelDesk(await places(), (news) => this.tell(news));
  });

  private readonly turns = new Turns(() => this.running === null && !this.opened?.training.running);
  private readonly table = new LateTable(async () => {
    const { models, memories, training } = this.need();
    const { openTable } = await import('./table/open-table');
    return openTable({ models, memories, training, turns: this.turns, tell: this.tell });
  });
  private readonly tell: (news: News) => void;

  constructor(
    tell: (news: News) => void,
    private readonly rooms: LabRooms = USUAL_ROOMS,
  ) {
    this.tell = (news) => {
      tell(news);
      if (news.kind === 'training-state') this.turns.changed();
    };
  }

  readonly handlers: Handlers = {
    init: (args) => this.exclusively(() => this.init(args)),
    openEpisode: (args) => this.modelCall((o, signal) => o.player.openEpisode(args, signal)),
    stepEpisode: (args) => this.modelCall((o, signal) => o.player.step(args.episodeId, signal)),
    runEpisode: (args) => this.modelCall((o, signal) => o.player.run(args.episodeId, signal)),
    runGroup: (args) => this.modelCall((o, signal) => o.player.group(args, signal)),
    payAgain: async (args) => (await imagining()).payAgain(args),
    branchEpisode: (args) =>
      this.modelCall(async ({ models, memories }, signal) =>
        (await imagining()).branchEpisode({ models, memories, tell: this.tell }, args, signal),
      ),
    playScript: (args) =>
      this.modelCall(async ({ models, memories }) =>
        (await imagining()).playScript({ models, memories, tell: this.tell }, args),
      ),
    playVariant: (args) =>
      this.modelCall(async ({ models, memories, tasks }, signal) =>
        (await imagining()).playVariant({ models, memories, tasks, tell: this.tell }, args, signal),
      ),
    judgeEpisode: (args) =>
      this.modelCall(async (o, signal) => (await judging()).judgeEpisode(this.judgeRooms(o), args, signal)),
    judgeAgreement: (args) =>
      this.modelCall(async (o, signal) => (await judging()).judgeAgreement(this.judgeRooms(o), args, signal)),
    playBaseline: (args) =>
      this.modelCall(async ({ models, memories }, signal) =>
        (await comparing()).playBaseline(
          { models, embedder: memories.embedder, tell: this.tell },
          args,
          signal,
        ),
      ),
    regroup: async (args) => (await forking()).regroup(args),
    forkStep: (args) =>
      this.modelCall(async ({ models, memories }, signal) =>
        (await forking()).forkStep({ models, memories, tell: this.tell }, args, signal),
      ),
    compareAdapters: (args) => this.modelCall((o, signal) => o.player.compare(args, signal)),
    lookInside: (args) => this.modelCall((o) => lookInside(o.models, o.player.written(args), args)),
    captureIntermediate: (args) =>
      this.modelCall((o) => captureIntermediate(o.models, o.player.written(args), args)),
    measureKernels: (args) => this.modelCall((o) => measureKernels(o.models, o.player.written(args))),
    describeAdapter: ({ adapter }) =>
      this.modelCall(async (o) => (await lookingAtAdapters()).describeAdapter(o.models, adapter)),
    learnedDecisions: ({ adapter }) =>
      this.modelCall(async (o, signal) =>
        (await lookingAtAdapters()).learnedDecisions(
          o.models,
          o.memories,
          adapter,
          signal,
          (finished, total) => this.tell({ kind: 'rollouts', finished, total }),
        ),
      ),
    replayStrength: (args) =>
      this.modelCall(async (o, signal) => (await weakening()).replayStrength(o, args, signal)),
    worldMoments: async (args) => worldMoments(args),
    earnMore: async ({ log, task, reward }) => earnMore(log, task, reward),
    cancel: async () => {
      this.running?.abort();
      return null;
    },
    train: (args) => this.ofWeights((o) => this.train(o, args)),
    pauseTraining: async () => {
      this.need().training.pause();
      return null;
    },
    // A paused run that goes on in the middle of another call would share the model with it.
    resumeTraining: async ({ once }) => {
      await this.table.leave('weights');
      if (this.running) throw this.busy();
      this.need().training.continue(once);
      return null;
    },
    stopTraining: async () => {
      await this.need().training.stop();
      return null;
    },
    openModel: ({ id, setup }) =>
      this.ofModel((o, signal) =>
        this.anew(o, async (rooms) => (await changing()).changeModel(rooms, id, setup ?? {}, signal)),
      ),
    setUpModel: ({ setup }) =>
      this.ofModel((o, signal) =>
        this.anew(o, async (rooms) => (await changing()).setUpModel(rooms, setup, signal)),
      ),
    estimateTraining: (args) =>
      this.modelCall(async (o, signal) =>
        (await estimating()).estimateTraining({ ...o, tell: this.tell }, args, signal),
      ),
    undoStep: () => this.ofWeights((o) => o.training.undo()),
    ...this.modelDesk.handlers,
    ...this.runs.handlers,
    openRun: ({ id }) => this.ofWeights((o) => this.runs.open(o, id)),
    listMemory: async ({ namespace }) => {
      const opened = this.need();
      if (namespace === 'user') return userEntries(opened.memories);
      const { memory } = opened.player;
      return memory ? storedEntries(memory) : [];
    },
    keepEntries: async ({ ids }) => keepEntries(this.need().memories, this.need().player.memory, ids),
    forgetEntries: async ({ ids }) => forgetEntries(this.need().memories, ids),
    evaluateTaskSet: (args) =>
      this.modelCall(async ({ models, memories, tasks, training }, signal) =>
        (await evaluatingSets()).evaluateTaskSet(
          { models, memories, tasks, trainedOn: training.trainedOn, tell: this.tell },
          args,
          signal,
        ),
      ),
    ...this.ownDesk.handlers,
    ...this.table.handlers,
    replayCell: (args) => this.modelCall(async (_, signal) => (await this.table.desk()).replay(args, signal)),
    baselineEpisode: (args) =>
      this.modelCall(async (_, signal) => (await this.table.desk()).baseline(args, signal)),
    ...this.desk.handlers,
    deleteStored: async (args) => {
      // A run that goes on would write the next of the generations that were deleted under it.
      if (args.kind === 'checkpoints' && this.opened?.training.running) throw this.busy();
      return this.desk.handlers.deleteStored(args);
    },
  };

  private async init({ backend: override, fastPaths: texts, ...where }: Args<'init'>): Promise<Ready> {
    const say = (
      stage: 'device' | 'model' | 'adapter' | 'memory' | 'self-timing' | 'checkpoint',
      text: string,
    ) => this.tell({ kind: 'loading', stage, text, done: 0, total: 0 });
    // What does not need one another is begun together; the network and the browser's storage take their time.
    const folders = siteFolders(where);
    const opening = timed(
      'memory',
      this.rooms.openMemories(
        (trouble) => this.tell({ kind: 'trouble', ...trouble }),
        this.embeddersOf(where),
      ),
    );
    opening.catch(() => undefined);
    say('device', 'Looking for a device to compute on');
    const fastPaths = this.understood(texts ?? {});
    const chosen = await timed(
      'device',
      this.rooms.chooseBackend({ override: override ?? undefined, fastPaths }),
    );
    const models = await timed(
      'model',
      LabModels.open(
        {
          folders,
          decode: fastPaths.decode === 'plain' ? 'plain' : 'fused',
          tell: (error) => this.tell({ kind: 'trouble', error, fatal: false }),
        },
        chosen.backend,
        say,
      ),
    );
    // Another of the same kind; if there is none any more, whatever else can compute.
    const reopen = async () => {
      try {
        return (await this.rooms.chooseBackend({ override: chosen.chosen, fastPaths })).backend;
      } catch (error) {
        if (override || !(error instanceof DeviceUnavailableError)) throw error;
        return (await this.rooms.chooseBackend({ fastPaths })).backend;
      }
    };
    say('memory', 'Opening long-term memory');
    const memories = await opening;
    memories.onChange((name, elsewhere) => this.tell({ kind: 'memory-changed', name, elsewhere }));
    memories.safety?.onKept(() => this.tell({ kind: 'keeping-changed' }));
    const sets = new OpenSets(
      memories.taskSets,
      (message) => models.policy('none').countTokens(message),
      () => models.play.episode,
    );
    const tasks = new TaskSource(sets);
    const training = new TrainingSession(models, memories, this.tell, reopen, (settings) =>
      tasks.forRun(settings),
    );
    say('checkpoint', 'Looking for a run to continue');
    const checkpoint = await timed('checkpoint', this.restoreRun(models, memories, training));
    const player = new EpisodePlayer(models, memories, this.tell, tasks);
    const places = async () => {
      const { modelPlaces } = await import('./models/model-places');
      return modelPlaces(where, models, folders, this.tell);
    };
    this.opened = { models, memories, player, training, sets, tasks, places };
    this.desk
      .begin()
      .catch((error) => this.tell({ kind: 'trouble', error: toLabError(error), fatal: false }));
    this.beginnings = { memories, sitePolicies: sitePolicies(where), chosen };
    return readyOf(models, this.beginnings, checkpoint);
  }

  /** Embedders of a site: its encoders, and the policy as soon as it is open. */
  private embeddersOf({ site, files }: Pick<Args<'init'>, 'site' | 'files'>): LabEmbedders {
    const loading = (embedder: string, file: string, done: number, total: number | null) =>
      this.tell({ kind: 'embedder-loading', embedder, file, done, total: total ?? 0 });
    return new LabEmbedders({
      policy: () => this.opened?.models.hiddenStates() ?? null,
      site: files ? null : new URL(site),
      noEncoders: files && 'The lab in one file leaves them out. Open the lab from a site to use one.',
      // The user has just chosen it; what is asked where is seen before the first byte.
      tellForeign: ({ host, address }) => loading(host, address, 0, null),
      onProgress: loading,
    });
  }

  /** What the address asks for; a word that is none is told, and the way left to the device. */
  private understood(texts: FastPathTexts): FastPathChoices {
    let choices: FastPathChoices = {};
    for (const name of FAST_PATH_NAMES) {
      try {
        choices = { ...choices, ...readFastPaths({ [name]: texts[name] }) };
      } catch (error) {
        if (!(error instanceof FastPathChoiceError)) throw error;
        this.tell({ kind: 'trouble', error: toLabError(error), fatal: false });
      }
    }
    return choices;
  }

  /** The run on view, as it is saved. */
  private async onView({ models, memories, training }: Opened): Promise<Ready['checkpoint']> {
    const run = await this.savedRun(models, memories, training.runId);
    return run && describeRun(run);
  }

  private get keeper(): ModelKeeper {
    return this.rooms.models ?? this.modelDesk;
  }

  /** What the page begins anew with, after the model that acts was changed. */
  private async anew(
    opened: Opened,
    change: (rooms: ChangeRooms) => Promise<void>,
  ): Promise<Result<'openModel'>> {
    const { models, memories, training } = opened;
    await change({
      ...opened,
      keeper: this.keeper,
      providers: this.rooms.providers ?? PROVIDERS,
      tell: this.tell,
    })
      .finally(() => opened.sets.renew())
      .catch(async (error: unknown) => {
        // The bundled one may act again: with the run it had.
        if (training.runId === null) await this.restoreRun(models, memories, training);
        throw error;
      });
    const checkpoint =
      training.runId === null ? await this.restoreRun(models, memories, training) : await this.onView(opened);
    const ready = readyOf(models, this.beginnings as Beginnings, checkpoint);
    return { ready, shelf: await this.keeper.shelf(models.active) };
  }

  /** The run saved last. One that cannot be used is told, not hidden, and does not keep the lab from opening. */
  private async restoreRun(
    models: LabModels,
    memories: LabMemories,
    training: TrainingSession,
  ): Promise<Ready['checkpoint']> {
    try {
      if (memories.checkpoints) await adoptEarlier(memories.checkpoints);
      const run = models.onEngine ? await this.savedRun(models, memories, null) : null;
      if (!run) return null;
      await training.restore(run);
      return describeRun(run);
    } catch (error) {
      this.tell({ kind: 'trouble', error: toLabError(error), fatal: false });
      return null;
    }
  }

  /** @param id null: the one saved last of the model that acts */
  private async savedRun(
    models: LabModels,
    { checkpoints }: LabMemories,
    id: string | null,
  ): Promise<LoadedRun | null> {
    if (!checkpoints) return null;
    const wanted = id ?? (await newestRun(checkpoints, models.baseHere));
    const run = wanted === null ? null : await loadRun(checkpoints, wanted);
    if (run && run.damaged.length > 0) {
      const error = {
        ...toLabError(run.damaged[0]),
        message: `${run.damaged[0].message} The one before it is used: ${run.nextStep} of ${run.settings.steps} steps, saved ${new Date(run.savedAt).toLocaleString()}.`,
        whatToDo: 'Continue from there, or start training anew.',
      };
      this.tell({ kind: 'trouble', error, fatal: false });
    }
    return run;
  }

  private async train({ models, memories, training }: Opened, args: Args<'train'>): Promise<null> {
    if (args.from === 'start') {
      await training.start(args.settings, null, args.once);
      return null;
    }
    const run = await this.savedRun(models, memories, training.runId);
    if (!run) {
      throw new LabRefusal('no-checkpoint', 'There is no run to continue.', 'Press Train to begin one.');
    }
    await training.start(run.settings, run, args.once);
    return null;
  }

  private judgeRooms({ models, memories }: Opened): JudgeRooms {
    // Not those of rollouts: memories of the group on view stay to be looked at.
    return { models, memories, tell: this.tell };
  }

  private need(): Opened {
    if (!this.opened) {
      throw new LabRefusal('not-ready', 'The lab is still opening.', 'Wait until it says it is ready.');
    }
    return this.opened;
  }

  /** Another model acts then, or the same one otherwise. */
  private ofModel<Result>(work: (opened: Opened, signal: AbortSignal) => Promise<Result>): Promise<Result> {
    return this.modelCall(async (opened, signal) => {
      await this.table.leave('model');
      return work(opened, signal);
    });
  }

  /** The adapter of this tab is another one then. */
  private ofWeights<Result>(work: (opened: Opened) => Promise<Result>): Promise<Result> {
    return this.modelCall(async (opened) => {
      await this.table.leave('weights');
      return work(opened);
    });
  }

  private modelCall<Result>(work: (opened: Opened, signal: AbortSignal) => Promise<Result>): Promise<Result> {
    return this.exclusively(async (signal) => {
      const opened = this.need();
      try {
        return await work(opened, signal);
      } catch (error) {
        const lost = lostDevice(error);
        if (!lost) throw error;
        await opened.training.recover(lost);
        throw new LabRefusal(
          'device-lost',
          'The GPU went away in the middle of this. A new one is open, with everything as it was before.',
          'Do it again.',
        );
      }
    });
  }

  private busy(): LabRefusal {
    return this.running
      ? new LabRefusal(
          'busy',
          'The policy is busy with another request.',
          'Wait until it is done, or cancel it.',
        )
      : new LabRefusal('busy', 'Training is using the policy.', 'Pause or stop training first.');
  }

  private async exclusively<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    if (this.running || this.opened?.training.running) throw this.busy();
    const abort = new AbortController();
    this.running = abort;
    try {
      await this.turns.clear();
      return await work(abort.signal);
    } finally {
      this.running = null;
      this.turns.changed();
    }
  }
}

/** Notes how long a part of opening takes, for the browser's timeline and `npm run bench -- load`. */
async function timed<T>(part: string, work: Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work;
  performance.measure(`lab: ${part}`, { start });
  return result;
}
