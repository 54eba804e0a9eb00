/**
 * The state worth sharing, in the page's address: a link shows the same task, back end and view. Values
 * that are not understood fall back to the default, so an old or mistyped link still opens.
 */
import type {
  AdapterChoice,
  BackendName,
  Difficulty,
  FastPathName,
  FastPathTexts,
  PresetName,
  RewardPreset,
  Split,
} from '../../worker/protocol';

export const VIEWS = ['episode', 'group', 'training', 'memory'] as const;
export type View = (typeof VIEWS)[number];

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
export const ADAPTERS: readonly AdapterChoice[] = ['none', 'shipped', 'trained'];

/** As the engine names them; what may be said of each is the worker's to know. */
export const FAST_PATHS: readonly FastPathName[] = ['simd', 'decode', 'products', 'subgroups', 'f16'];

export interface Address {
  readonly seed: number;
  readonly dice: number;
  readonly family: string;
  readonly difficulty: Difficulty | 'mix';
  readonly split: Split;
  readonly adapter: AdapterChoice;
  readonly reward: RewardPreset;
  readonly preset: PresetName;
  /** Rollouts that `Run group` plays. */
  readonly group: number;
  /** Null: the worker chooses. */
  readonly backend: BackendName | null;
  /** Faster ways asked for or forbidden, as typed. Null: the worker chooses. */
  readonly simd: string | null;
  readonly decode: string | null;
  readonly products: string | null;
  readonly subgroups: string | null;
  readonly f16: string | null;
  readonly view: View;
}

export const DEFAULT_ADDRESS: Address = {
  seed: 1,
  dice: 1,
  family: 'qa',
  difficulty: 'revisions',
  split: 'evaluation',
  adapter: 'none',
  reward: 'paper-appendix',
  preset: 'lab',
  group: 8,
  backend: null,
  simd: null,
  decode: null,
  products: null,
  subgroups: null,
  f16: null,
  view: 'episode',
};

/** Largest seed: what fits an unsigned 32-bit integer. */
export const MAX_SEED = 2 ** 32 - 1;

/** Most rollouts one group may have. */
export const MAX_GROUP = 32;

export function parseAddress(search: string): Address {
  const query = new URLSearchParams(search);
  const whole = (name: string, otherwise: number, least = 0, most = MAX_SEED) => {
    const text = query.get(name) ?? '';
    const value = Number(text);
    return /^\d{1,10}$/.test(text) && value >= least && value <= most ? value : otherwise;
  };
  const choice = <T extends string, D>(name: string, values: readonly T[], otherwise: D): T | D =>
    values.find((value) => value === query.get(name)) ?? otherwise;
  // Any word: the worker says which ones it knows.
  const word = (name: FastPathName) => query.get(name)?.slice(0, 30) || null;
  const family = query.get('family') ?? '';
  return {
    seed: whole('seed', DEFAULT_ADDRESS.seed),
    dice: whole('dice', DEFAULT_ADDRESS.dice),
    family: /^[a-z][a-z-]{0,30}$/.test(family) ? family : DEFAULT_ADDRESS.family,
    difficulty: choice('difficulty', DIFFICULTIES, DEFAULT_ADDRESS.difficulty),
    split: choice('split', SPLITS, DEFAULT_ADDRESS.split),
    adapter: choice('adapter', ADAPTERS, DEFAULT_ADDRESS.adapter),
    reward: choice('reward', REWARDS, DEFAULT_ADDRESS.reward),
    group: whole('group', DEFAULT_ADDRESS.group, 2, MAX_GROUP),
    preset: choice('preset', PRESETS, DEFAULT_ADDRESS.preset),
    backend: choice('backend', BACKENDS, null),
    simd: word('simd'),
    decode: word('decode'),
    products: word('products'),
    subgroups: word('subgroups'),
    f16: word('f16'),
    view: choice('view', VIEWS, DEFAULT_ADDRESS.view),
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
    if (value !== null && value !== DEFAULT_ADDRESS[name as keyof Address]) query.set(name, String(value));
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
