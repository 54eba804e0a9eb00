/**
 * All that the page knows, as one value, and how it changes: by what the worker says (news, results) and
 * by what the user does. Pure; the controller carries the effects.
 */
import type { ModelsNews, OpenedModel } from '../../worker/models-protocol';
import type {
  AdapterChoice,
  AdapterNorm,
  Args,
  CheckpointFacts,
  EpisodeEvent,
  GroupRun,
  HeldOut,
  InsideToken,
  LabError,
  News,
  OpenedEpisode,
  Ready,
  ReplayRun,
  RewardBreakdown,
  SampledToken,
  StoredEntry,
  TrainingMetrics,
  TrainingPhase,
  TrainingSettings,
  TrainingState,
  UndoneStep,
} from '../../worker/protocol';
import { INITIAL_PLAYBACK, type Playback } from '../episode/playback';
import { AS_PLAYED, type GroupLook } from '../group/group-state';
import type { Phrase, Values } from '../language/language';
import { isGuest } from './acting';
import { type Address, runSettings } from './address';
import { type ForeignRequest, withRequest } from './foreign-requests';

export interface EpisodeState {
  readonly episodeId: string;
  /** Null until the worker has answered `openEpisode`. */
  readonly opened: OpenedEpisode | null;
  readonly log: readonly EpisodeEvent[];
  /** Tokens of the step under way. */
  readonly streaming: readonly SampledToken[];
  readonly done: boolean;
  readonly reward: RewardBreakdown | null;
}

export interface TrainingView {
  readonly state: TrainingState;
  /** An adapter trained in this tab, or in an earlier session, can play. */
  readonly trained: boolean;
  /** Of the run shown. */
  readonly settings: TrainingSettings | null;
  readonly metrics: readonly TrainingMetrics[];
  readonly norms: readonly AdapterNorm[];
  readonly heldOut: readonly HeldOut[];
  readonly phase: {
    readonly step: number;
    readonly phase: TrainingPhase | 'evaluation';
    readonly done: number;
    readonly total: number;
  } | null;
  readonly checkpoint: CheckpointFacts | null;
  /** Counts the runs that were on view: what was found out of one is not of the next. */
  readonly nth: number;
}

/** A model call under way, in words. */
export interface Busy {
  readonly call:
    | 'openEpisode'
    | 'stepEpisode'
    | 'runEpisode'
    | 'runGroup'
    | 'forkStep'
    | 'branchEpisode'
    | 'playScript'
    | 'playVariant'
    | 'evaluateTaskSet'
    | 'judgeEpisode'
    | 'judgeAgreement'
    | 'replayCell'
    | 'baselineEpisode'
    | 'playBaseline'
    | 'compareAdapters'
    | 'train'
    | 'estimateTraining'
    | 'undoStep'
    | 'openRun'
    | 'describeAdapter'
    | 'learnedDecisions'
    | 'replayStrength'
    | 'lookInside'
    | 'captureIntermediate'
    | 'measureKernels'
    | 'openModel';
  readonly text: Phrase;
  readonly values?: Values;
}

/** How far the opening of a model is; a total of 0 is not known. */
export type Opening = Omit<Extract<ModelsNews, { kind: 'model-loading' }>, 'kind' | 'id'>;

export interface LabState {
  readonly address: Address;
  readonly loading: Extract<News, { kind: 'loading' }> | null;
  readonly ready: Ready | null;
  readonly busy: Busy | null;
  readonly episode: EpisodeState | null;
  /** Frame shown; null follows what the policy does. */
  readonly cursor: number | null;
  readonly playback: Playback;
  readonly progress: { readonly finished: number; readonly total: number } | null;
  readonly group: GroupRun | null;
  readonly groupLook: GroupLook;
  readonly comparison: readonly ReplayRun[] | null;
  readonly training: TrainingView;
  /** The last look inside a token, and at which one. */
  readonly looked: { readonly place: Args<'lookInside'>; readonly look: InsideToken } | null;
  readonly userMemory: readonly StoredEntry[];
  /** What the browser answered when it was asked to keep what this site stores; null: not asked in this tab. */
  readonly promised: boolean | null;
  readonly trouble: { readonly error: LabError; readonly fatal: boolean } | null;
  /** Another model is being opened. */
  readonly opening: Opening | null;
  /** Of this visit. */
  readonly foreign: readonly ForeignRequest[];
}

export type Change =
  | { readonly type: 'news'; readonly news: News }
  | { readonly type: 'ready'; readonly ready: Ready }
  | { readonly type: 'address'; readonly address: Address }
  | { readonly type: 'busy'; readonly busy: Busy | null }
  | { readonly type: 'opened'; readonly opened: OpenedEpisode }
  | { readonly type: 'played'; readonly done: boolean; readonly reward: RewardBreakdown | null }
  | { readonly type: 'cursor'; readonly cursor: number | null }
  | { readonly type: 'playback'; readonly part: Partial<Playback> }
  | { readonly type: 'group'; readonly group: GroupRun }
  | { readonly type: 'group-look'; readonly group: GroupRun; readonly look: Partial<GroupLook> }
  | { readonly type: 'comparison'; readonly runs: readonly ReplayRun[] | null }
  | { readonly type: 'looked'; readonly looked: NonNullable<LabState['looked']> }
  /** Once the worker has said yes. */
  | {
      readonly type: 'training-started';
      readonly from: 'start' | 'checkpoint';
      readonly settings: TrainingSettings;
    }
  | { readonly type: 'step-undone'; readonly undone: UndoneStep }
  /** Another run takes the place of the one on view. */
  | { readonly type: 'run-opened'; readonly run: CheckpointFacts }
  /** What is saved of the run on view was deleted; what is on view stays. */
  | { readonly type: 'checkpoint-gone' }
  | { readonly type: 'user-memory'; readonly entries: readonly StoredEntry[] }
  | { readonly type: 'promised'; readonly promised: boolean }
  | { readonly type: 'opening'; readonly opening: Opening | null }
  /** Another model acts: what the one before it played and learned is not its own. */
  | { readonly type: 'model-opened'; readonly opened: OpenedModel }
  /** The same model is used otherwise, from a new episode on. */
  | { readonly type: 'model-set-up'; readonly opened: OpenedModel }
  | { readonly type: 'trouble'; readonly error: LabError; readonly fatal: boolean }
  | { readonly type: 'trouble-read' };

export function initialState(address: Address): LabState {
  return {
    address,
    loading: null,
    ready: null,
    busy: null,
    episode: null,
    cursor: null,
    playback: INITIAL_PLAYBACK,
    progress: null,
    group: null,
    groupLook: AS_PLAYED,
    comparison: null,
    training: {
      state: { kind: 'idle' },
      trained: false,
      settings: null,
      metrics: [],
      norms: [],
      heldOut: [],
      phase: null,
      checkpoint: null,
      nth: 0,
    },
    looked: null,
    userMemory: [],
    promised: null,
    trouble: null,
    opening: null,
    foreign: [],
  };
}

/** Events came out of order; the page's log would differ from the worker's. */
export class LogGapError extends Error {
  override readonly name = 'LogGapError';
}

export function change(state: LabState, by: Change): LabState {
  switch (by.type) {
    case 'news':
      return hear(state, by.news);
    case 'ready': {
      const { checkpoint, model } = by.ready;
      const trained = model.hasTrainedAdapter;
      const training = { ...state.training, ...(checkpoint && viewOf(checkpoint)), trained };
      return { ...state, ready: by.ready, loading: null, training };
    }
    case 'address':
      return { ...state, address: by.address };
    case 'busy':
      return { ...state, busy: by.busy, progress: null };
    case 'opened':
      return {
        ...followed(state),
        episode: { ...episodeOf(state, by.opened.episodeId), opened: by.opened },
      };
    case 'played':
      return state.episode
        ? { ...state, episode: { ...state.episode, done: by.done, reward: by.reward, streaming: [] } }
        : state;
    case 'cursor':
      return { ...state, cursor: by.cursor, playback: { ...state.playback, token: null } };
    case 'playback':
      return { ...state, playback: { ...state.playback, ...by.part } };
    case 'group':
      return { ...state, group: by.group, groupLook: AS_PLAYED };
    case 'group-look':
      // An answer about a group that has gone meanwhile is nobody's.
      return state.group === by.group ? { ...state, groupLook: { ...state.groupLook, ...by.look } } : state;
    case 'comparison':
      return { ...state, comparison: by.runs };
    case 'looked':
      return { ...state, looked: by.looked };
    case 'training-started': {
      const { checkpoint } = state.training;
      const kept = by.from === 'checkpoint' && checkpoint;
      return {
        ...state,
        training: {
          ...state.training,
          trained: kept ? state.training.trained : false,
          settings: by.settings,
          metrics: kept ? checkpoint.metrics : [],
          norms: kept ? checkpoint.norms : [],
          heldOut: kept ? checkpoint.heldOut : [],
          checkpoint: kept ? checkpoint : null,
          nth: state.training.nth + (kept ? 0 : 1),
        },
      };
    }
    case 'step-undone':
      return { ...state, training: afterUndo(state.training, by.undone) };
    case 'run-opened':
      return {
        ...state,
        comparison: null,
        training: { ...viewOf(by.run), nth: state.training.nth + 1 },
      };
    case 'checkpoint-gone':
      return { ...state, training: { ...state.training, checkpoint: null } };
    case 'user-memory':
      return { ...state, userMemory: by.entries };
    case 'promised':
      return { ...state, promised: by.promised };
    case 'opening':
      return { ...state, opening: by.opening };
    case 'model-opened':
      return withModel(state, by.opened);
    case 'model-set-up':
      return { ...state, ready: by.opened.ready, episode: null };
    case 'trouble':
      return { ...state, trouble: { error: by.error, fatal: by.fatal } };
    case 'trouble-read':
      return { ...state, trouble: null };
  }
}

/** Begins anew, but for what is the visitor's: where they are, what is kept, what is recorded. */
function withModel(state: LabState, { ready }: OpenedModel): LabState {
  const { address, userMemory, promised, foreign, busy, playback } = state;
  const begun = change(initialState(address), { type: 'ready', ready });
  return {
    ...begun,
    address: {
      ...address,
      adapter: playable(address.adapter, ready),
      model: isGuest(ready.model) ? ready.model.id : null,
    },
    userMemory,
    promised,
    foreign,
    busy,
    playback: { ...INITIAL_PLAYBACK, recording: playback.recording },
    training: { ...begun.training, nth: state.training.nth + 1 },
  };
}

/** The adapter asked for where this model has it, else none. */
function playable(adapter: AdapterChoice, { model }: Ready): AdapterChoice {
  if (adapter === 'shipped' && !model.hasShippedAdapter) return 'none';
  return adapter === 'trained' && !model.hasTrainedAdapter ? 'none' : adapter;
}

/** A run as it was saved. */
function viewOf(run: CheckpointFacts): Omit<TrainingView, 'nth'> {
  const { settings, metrics, norms, heldOut } = run;
  const kept = { settings, metrics, norms, heldOut, checkpoint: run };
  return { ...kept, state: { kind: 'idle' }, trained: true, phase: null };
}

function hear(state: LabState, news: News): LabState {
  switch (news.kind) {
    case 'loading':
      return { ...state, loading: news };
    case 'token': {
      if (state.episode?.episodeId !== news.episodeId) return state;
      const streaming = [...state.episode.streaming, news.token];
      return { ...state, episode: { ...state.episode, streaming } };
    }
    case 'episode-events': {
      const episode = episodeOf(state, news.episodeId);
      if (news.events[0]?.seq !== episode.log.length) {
        throw new LogGapError(
          `Event ${news.events[0]?.seq} came where ${episode.log.length} was due. Reset the episode.`,
        );
      }
      const acted = news.events.some((event) => event.type === 'completion');
      const log = [...episode.log, ...news.events];
      const before = news.events[0].seq === 0 ? followed(state) : state;
      return { ...before, episode: { ...episode, log, streaming: acted ? [] : episode.streaming } };
    }
    case 'rollouts':
      return { ...state, progress: { finished: news.finished, total: news.total } };
    case 'training-state': {
      const settings = news.settings ?? state.training.settings;
      const phase = news.state.kind === 'running' ? state.training.phase : null;
      return { ...state, training: { ...state.training, state: news.state, settings, phase } };
    }
    case 'training-phase': {
      const { step, phase, done, total } = news;
      return { ...state, training: { ...state.training, phase: { step, phase, done, total } } };
    }
    case 'training-step':
      return { ...state, group: news.group, groupLook: AS_PLAYED, training: afterStep(state.training, news) };
    case 'training-held-out':
      return { ...state, training: { ...state.training, heldOut: [news.heldOut] } };
    case 'trouble':
      return { ...state, trouble: { error: news.error, fatal: news.fatal } };
    case 'model-loading': {
      const { text, done, total } = news;
      return { ...state, opening: { text, done, total } };
    }
    case 'foreign-request':
      return { ...state, foreign: withRequest(state.foreign, news, Date.now()) };
    // For the pages of memory and models, which listen for themselves.
    case 'memory-changed':
    case 'keeping-changed':
    case 'acting':
    case 'reembedding':
    case 'embedder-loading':
    // And for the page of models.
    case 'models-changed':
    // And for the table.
    case 'table':
      return state;
  }
}

/** A live episode begins and is followed; a recorded one on view stays where it is. */
function followed(state: LabState): LabState {
  const { playback } = state;
  return playback.watched === null
    ? { ...state, cursor: null, playback: { ...playback, token: null, advice: null } }
    : { ...state, playback: { ...playback, advice: null } };
}

/** The episode of this id, begun empty if the page shows another one. */
function episodeOf(state: LabState, episodeId: string): EpisodeState {
  if (state.episode?.episodeId === episodeId) return state.episode;
  return { episodeId, opened: null, log: [], streaming: [], done: false, reward: null };
}

function afterStep(training: TrainingView, news: Extract<News, { kind: 'training-step' }>): TrainingView {
  const metrics = [...training.metrics.filter(({ step }) => step < news.metrics.step), news.metrics];
  const earlier = training.heldOut.filter(({ step }) => step < news.metrics.step);
  const heldOut = news.heldOut ? [...earlier, news.heldOut] : earlier;
  const checkpoint: CheckpointFacts | null =
    news.saved && training.settings
      ? {
          savedAt: Date.now(),
          settings: training.settings,
          steps: news.metrics.step,
          metrics,
          norms: news.norms,
          heldOut,
        }
      : training.checkpoint;
  return { ...training, trained: true, metrics, norms: news.norms, heldOut, checkpoint };
}

function afterUndo(training: TrainingView, undone: UndoneStep): TrainingView {
  const { steps, norms, heldOut, saved, savedAt } = undone;
  const metrics = training.metrics.slice(0, steps);
  const checkpoint: CheckpointFacts | null =
    saved && training.settings
      ? { savedAt, settings: training.settings, steps, metrics, norms, heldOut }
      : training.checkpoint;
  return { ...training, trained: true, metrics, norms, heldOut, checkpoint };
}

/** Settings of the next run: those of the preset on view, but for what the address says otherwise. */
export function chosenSettings({
  address,
  ready,
}: Pick<LabState, 'address' | 'ready'>): TrainingSettings | null {
  const preset = ready?.presets.find(({ name }) => name === address.preset);
  return preset ? runSettings(preset.settings, address) : null;
}

/** A run that stopped before its last step. */
export function canContinue(training: TrainingView): boolean {
  const { checkpoint, state } = training;
  if (state.kind === 'running' || state.kind === 'paused') return false;
  return checkpoint !== null && checkpoint.steps < checkpoint.settings.steps;
}

/** What "One update" does: of the run on view, or of a new one. */
export type OneUpdate = 'resume' | 'continue' | 'begin';

/**
 * It goes on with the run on view where that has steps left and the settings on view are its own; else it begins a
 * run. A paused run makes room for another only if all its steps are saved, so that it can be opened again.
 * @param settings of the next run
 */
export function oneUpdateOf(training: TrainingView, settings: TrainingSettings | null): OneUpdate {
  const { state, checkpoint, metrics } = training;
  const own = (run: TrainingSettings | null) => !run || !settings || sameSettings(run, settings);
  if (state.kind === 'paused') {
    const saved = checkpoint?.steps === metrics.length;
    return saved && !own(training.settings) ? 'begin' : 'resume';
  }
  return canContinue(training) && own(checkpoint?.settings ?? null) ? 'continue' : 'begin';
}

/** Both train the same: what is left out is what it stands for. */
function sameSettings(one: TrainingSettings, other: TrainingSettings): boolean {
  const whole = (settings: TrainingSettings) => ({
    evaluateEvery: 0,
    taskSet: '',
    taskFamily: 'qa',
    ...settings,
  });
  const [a, b] = [whole(one), whole(other)];
  return (Object.keys(a) as (keyof TrainingSettings)[]).every((key) => a[key] === b[key]);
}
