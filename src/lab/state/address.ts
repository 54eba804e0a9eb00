/**
 * The state worth sharing, in the page's address: a link shows the same task, back end and view. Values
 * that are not understood fall back to the default, so an old or mistyped link still opens.
 */
import type { WrittenBy } from '../../worker/judge-protocol';
import type {
  AdapterChoice,
  AdvantageMode,
  BackendName,
  Difficulty,
  FastPathName,
  FastPathTexts,
  PresetName,
  RewardPreset,
  Split,
  TrainingSettings,
} from '../../worker/protocol';
import { LANGUAGES, type Language } from '../language/language';
import { PART_NAMES, type PartName } from '../shell/parts';
import { AS_IT_WAS, type BranchChange, parseChange } from './branch-change';
import { AS_PLAYED_IN_LINK, type GroupSwitches, parseOnOff } from './group-switches';
import type { Writer } from './judge-line';

/** `lessons`: the list of lessons, beside the episode. */
export const VIEWS = ['episode', 'group', 'training', 'memory', 'models', 'lessons'] as const;
export type View = (typeof VIEWS)[number];

/** Views that take the place of the long page. */
export type PageView = Extract<View, 'memory' | 'models'>;
export const isPage = (view: View): view is PageView => view === 'memory' || view === 'models';

export const BACKENDS: readonly BackendName[] = ['webgpu', 'wasm', 'reference'];
export const DIFFICULTIES: readonly (Difficulty | 'mix')[] = [
  'mix',
  'one-fact',
  'several',
  'revisions',
  'two-hops',
  'tight-context',
];
export const SPLITS: readonly Split[] = ['evaluation', 'train', 'unseen-names', 'unseen-patterns'];
export const PRESETS: readonly PresetName[] = ['lab', 'paper', 'official', 'trl'];
export const REWARDS: readonly RewardPreset[] = ['paper-appendix', 'paper-main', 'answer-only'];
export const WRITERS: readonly Writer[] = ['rule', 'model'];
export const ADAPTERS: readonly AdapterChoice[] = ['none', 'shipped', 'trained'];
export const ADVANTAGES: readonly AdvantageMode[] = [
  'broadcast',
  'last-step',
  'experiences',
  'best-only',
  'two-level',
  'fork',
];

/** As the engine names them; what may be said of each is the worker's to know. */
export const FAST_PATHS: readonly FastPathName[] = ['simd', 'decode', 'products', 'subgroups', 'f16'];

/** Settings of a training run as the address calls them; null: as the preset has it. */
export interface RunSettings {
  readonly steps: number | null;
  readonly tasks: number | null;
  readonly rollouts: number | null;
  readonly lr: number | null;
  readonly runSeed: number | null;
  readonly advantage: AdvantageMode | null;
  readonly weights: RewardPreset | null;
  readonly evaluate: number | null;
  /** A set of the user's own and the seed that splits it. */
  readonly on: string | null;
  /** What made-up tasks of a run are about. */
  readonly topic: string | null;
}

export const AS_PRESET: RunSettings = {
  steps: null,
  tasks: null,
  rollouts: null,
  lr: null,
  runSeed: null,
  advantage: null,
  weights: null,
  evaluate: null,
  on: null,
  topic: null,
};

/** Which setting of a run each of them is. With all of them, so that none is left out of a link. */
const RUN_SETTINGS = {
  steps: 'steps',
  tasksPerStep: 'tasks',
  groupSize: 'rollouts',
  lr: 'lr',
  seed: 'runSeed',
  advantageMode: 'advantage',
  reward: 'weights',
  evaluateEvery: 'evaluate',
  taskSet: 'on',
  taskFamily: 'topic',
} as const satisfies Record<Exclude<keyof TrainingSettings, 'preset'>, keyof RunSettings>;

export type Player = 'model' | 'demonstrator';
const PLAYERS: readonly Player[] = ['model', 'demonstrator'];

export interface Address extends RunSettings, BranchChange, GroupSwitches {
  readonly seed: number;
  readonly dice: number;
  readonly family: string;
  readonly difficulty: Difficulty | 'mix';
  readonly split: Split;
  /** Hash of a set of the user's own, whose tasks the seed counts then; null: tasks are made up. */
  readonly set: string | null;
  readonly adapter: AdapterChoice;
  /** One of AgeMem's own variants, by whose rules it is played; null: as usual. */
  readonly method: string | null;
  /** Who plays the episode: the model with that adapter, or the scripted demonstrator. */
  readonly player: Player;
  readonly reward: RewardPreset;
  /** Who writes summaries, and who the distractors. */
  readonly summaries: Writer;
  readonly distractors: Writer;
  readonly preset: PresetName;
  /** Rollouts that `Run group` plays. */
  readonly group: number;
  /** Null: the worker chooses. */
  readonly backend: BackendName | null;
  /** Id of the model that acts, opened again if it is kept in this browser; null: the bundled one. */
  readonly model: string | null;
  /** A folder of this site that stands for the Hugging Face hub; null: the hub itself. */
  readonly hub: string | null;
  /** Faster ways asked for or forbidden, as typed. Null: the worker chooses. */
  readonly simd: string | null;
  readonly decode: string | null;
  readonly products: string | null;
  readonly subgroups: string | null;
  readonly f16: string | null;
  readonly view: View;
  /** The lesson open beside the page, from 1; null: none. */
  readonly lesson: number | null;
  /** Id of the exhibit that is open; null: none. */
  readonly exhibit: string | null;
  /** Null: what was chosen here before, or the browser's. */
  readonly lang: Language | null;
  /** Large type for a wall. */
  readonly present: boolean;
  /** Parts of the page that are left out, in the order of their list. */
  readonly hide: readonly PartName[];
}

export const DEFAULT_ADDRESS: Address = {
  ...AS_PRESET,
  ...AS_IT_WAS,
  seed: 1,
  dice: 1,
  family: 'qa',
  difficulty: 'revisions',
  split: 'evaluation',
  set: null,
  adapter: 'none',
  method: null,
  player: 'model',
  reward: 'paper-appendix',
  summaries: 'rule',
  distractors: 'rule',
  preset: 'lab',
  group: 8,
  ...AS_PLAYED_IN_LINK,
  backend: null,
  model: null,
  hub: null,
  simd: null,
  decode: null,
  products: null,
  subgroups: null,
  f16: null,
  view: 'episode',
  lesson: null,
  exhibit: null,
  lang: null,
  present: false,
  hide: [],
};

/** With another of these another episode is played. */
export const EPISODE_KEYS = [
  'seed',
  'dice',
  'family',
  'difficulty',
  'split',
  'set',
  'adapter',
  'method',
  'player',
  'reward',
  'summaries',
  'distractors',
] as const satisfies readonly (keyof Address)[];

/** Largest seed: what fits an unsigned 32-bit integer. */
export const MAX_SEED = 2 ** 32 - 1;

/** Most rollouts one group may have. */
export const MAX_GROUP = 32;

/** Of a run. */
export const MAX_STEPS = 1000;
export const MAX_TASKS = 64;
export const LEARNING_RATES = { least: 1e-7, most: 0.1 } as const;

/** How families of tasks are called. */
const FAMILY = /^[a-z][a-z-]{0,30}$/;

export function parseAddress(search: string): Address {
  const query = new URLSearchParams(search);
  const whole = <D>(name: string, otherwise: D, least = 0, most = MAX_SEED): number | D => {
    const text = query.get(name) ?? '';
    const value = Number(text);
    return /^\d{1,10}$/.test(text) && value >= least && value <= most ? value : otherwise;
  };
  const choice = <T extends string, D>(name: string, values: readonly T[], otherwise: D): T | D =>
    values.find((value) => value === query.get(name)) ?? otherwise;
  // Any word: the worker says which ones it knows.
  const word = (name: FastPathName) => query.get(name)?.slice(0, 30) || null;
  const like = (name: string, form: RegExp) => {
    const text = query.get(name) ?? '';
    return form.test(text) ? text : null;
  };
  const rate = () => {
    const value = Number(query.get('lr') ?? Number.NaN);
    return value >= LEARNING_RATES.least && value <= LEARNING_RATES.most ? value : null;
  };
  const family = query.get('family') ?? '';
  const hidden = query.get('hide')?.split(',') ?? [];
  return {
    seed: whole('seed', DEFAULT_ADDRESS.seed),
    dice: whole('dice', DEFAULT_ADDRESS.dice),
    family: FAMILY.test(family) ? family : DEFAULT_ADDRESS.family,
    difficulty: choice('difficulty', DIFFICULTIES, DEFAULT_ADDRESS.difficulty),
    split: choice('split', SPLITS, DEFAULT_ADDRESS.split),
    set: like('set', /^[0-9a-f]{16}$/),
    adapter: choice('adapter', ADAPTERS, DEFAULT_ADDRESS.adapter),
    method: like('method', /^[a-z][a-z-]{0,30}$/),
    player: choice('player', PLAYERS, DEFAULT_ADDRESS.player),
    reward: choice('reward', REWARDS, DEFAULT_ADDRESS.reward),
    summaries: choice('summaries', WRITERS, DEFAULT_ADDRESS.summaries),
    distractors: choice('distractors', WRITERS, DEFAULT_ADDRESS.distractors),
    group: whole('group', DEFAULT_ADDRESS.group, 2, MAX_GROUP),
    credit: choice('credit', ADVANTAGES, null),
    spread: parseOnOff(query.get('spread')),
    perStep: parseOnOff(query.get('perStep')),
    preset: choice('preset', PRESETS, DEFAULT_ADDRESS.preset),
    backend: choice('backend', BACKENDS, null),
    model: like('model', /^(engine|transformers|web-llm):.{1,160}$/u),
    hub: like('hub', /^[\w./~,-]{1,200}$/),
    simd: word('simd'),
    decode: word('decode'),
    products: word('products'),
    subgroups: word('subgroups'),
    f16: word('f16'),
    view: choice('view', VIEWS, DEFAULT_ADDRESS.view),
    lesson: whole('lesson', null, 1, 99),
    exhibit: like('exhibit', /^[a-z][a-z-]{0,30}$/),
    lang: choice('lang', LANGUAGES, null),
    present: query.get('present') === '1',
    hide: PART_NAMES.filter((name) => hidden.includes(name)),
    steps: whole('steps', null, 1, MAX_STEPS),
    tasks: whole('tasks', null, 1, MAX_TASKS),
    rollouts: whole('rollouts', null, 2, MAX_GROUP),
    lr: rate(),
    runSeed: whole('runSeed', null),
    advantage: choice('advantage', ADVANTAGES, null),
    weights: choice('weights', REWARDS, null),
    evaluate: whole('evaluate', null, 0, MAX_STEPS),
    on: like('on', /^[0-9a-f]{16}~\d{1,10}$/),
    topic: like('topic', FAMILY),
    ...parseChange(query),
  };
}

/** What a model writes for an episode; undefined: nothing. */
export function writtenBy({
  summaries,
  distractors,
}: Pick<Address, 'summaries' | 'distractors'>): WrittenBy | undefined {
  if (summaries === 'rule' && distractors === 'rule') return undefined;
  return {
    ...(summaries === 'model' && { summaries }),
    ...(distractors === 'model' && { distractors }),
  };
}

/** What the address says of faster ways. */
export function fastPathsOf(address: Address): FastPathTexts {
  return Object.fromEntries(FAST_PATHS.map((name) => [name, address[name] ?? undefined]));
}

/** The query string for an address, without what is at its default; empty or beginning with `?`. */
export function formatAddress(address: Address): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(address)) {
    if (value === null || value === DEFAULT_ADDRESS[name as keyof Address]) continue;
    if (Array.isArray(value) && value.length === 0) continue;
    // A list reads as its members with commas between them.
    query.set(name, value === true ? '1' : String(value));
  }
  // Commas mean nothing to an address; spelt out, a list stays readable.
  const text = query.toString().replaceAll('%2C', ',');
  return text === '' ? '' : `?${text}`;
}

/** A preset's settings with what the address says otherwise. */
export function runSettings(preset: TrainingSettings, address: RunSettings): TrainingSettings {
  const said = Object.entries(RUN_SETTINGS).flatMap(([setting, name]) =>
    address[name] === null ? [] : [[setting, address[name]] as const],
  );
  return said.length === 0 ? preset : { ...preset, ...Object.fromEntries(said) };
}

/** What an address has to say so that `runSettings` gives these settings. */
export function differences(preset: TrainingSettings, settings: TrainingSettings): RunSettings {
  const said = Object.entries(RUN_SETTINGS).flatMap(([setting, name]) => {
    const key = setting as keyof typeof RUN_SETTINGS;
    return settings[key] === preset[key] ? [] : [[name, settings[key]] as const];
  });
  return { ...AS_PRESET, ...Object.fromEntries(said) };
}
