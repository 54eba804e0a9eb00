/**
 * Who plays a method of the table: the model that acts, with the weights that the method asks for, or the expert of each
 * world behind a baseline; and a name for all that its episodes depend on, under which results are kept.
 */
import { type EpisodeConfig, LARGE_WORLD_CONFIG } from '../../agent/config';
import type { Policy } from '../../agent/policy';
import { AGEMEM_VARIANTS, type AgeMemVariant } from '../../baselines/agemem-variants';
import type { Placement } from '../../baselines/play-baseline';
import { actingFingerprint } from '../../engine/model/base-fingerprint';
import type { Adapter } from '../../engine/model/peft';
import { type MethodId, REPLIES_BY_MODEL } from '../../evidence/cell-lines';
import { ExpertReader } from '../../policies/expert-reader';
import { SITE_POLICIES, type SitePolicy, sitePolicy } from '../../policies/site-policies';
import { PRESETS } from '../../rl/presets';
import { TABLE_VERSION } from '../../rl/reproduce/cells';
import { BY_RULES, type Replies, variantOf } from '../../rl/reproduce/play-cell';
import { crc32 } from '../../storage/checksum';
import { xxHash32 } from '../../storage/fast-checksum';
import { hexadecimal } from '../../storage/hexadecimal';
import { canonicalJson } from '../../storage/json-sum';
import { roomForReplies } from '../judge/asked-model';
import { LabRefusal } from '../lab-errors';
import type { LabModels } from '../models';
import type { AdapterChoice } from '../protocol';
import type { CellPlayer, Playable, PlayedNow, RecordedCell, TableEnd, TablePlayer } from '../table-protocol';
import type { Kept } from '../training-session';

/** As the command plays by default: of the two forms that bring entries unasked, the one the bundled policy reads better. */
export const PLACEMENT: Placement = 'as-looked-up';
export const SPLIT = 'evaluation';

/** What episodes depend on and the page cannot set. */
const AS_COMMANDED = { version: TABLE_VERSION, split: SPLIT, placement: PLACEMENT };

/** Where those who play come from. */
export interface PlayerRooms {
  readonly models: LabModels;
  /** The adapter of this tab; another object after each change. */
  readonly trained: () => Kept | null;
}

export interface Acting {
  /** Asked for anew at each use: after a device was lost it is another. */
  readonly policy: () => Policy;
  readonly episode: EpisodeConfig;
  readonly temperature: number;
  readonly maxNewTokens: number;
  /** Most rollouts that act together. */
  readonly most: number;
  /** As a line of the table names it: the folder of the weights, as the command does, or a name. */
  readonly name: string;
  readonly backend: string;
  /** Who replies to a baseline's calls. */
  readonly replies: Replies;
  /** As a line tells it; left out: nothing is set otherwise than by default. */
  readonly setting?: string;
  /** Of all that an episode depends on besides method, environment and seed. */
  readonly identity: string;
  /** What is no more as `identity` names it; null: all is. */
  readonly changed: () => Exclude<TableEnd, 'user'> | null;
}

/** As a line says of a player who computes nothing. */
const NO_DEVICE = 'none';

const EXPERT = new ExpertReader();
/** Rollouts of one batch, where nothing bounds them. */
const MOST = 64;

/** The variant as it is played, if the method is AgeMem's own. */
function variantPlay(method: MethodId): AgeMemVariant | null {
  const id = variantOf(method);
  return id === null ? null : AGEMEM_VARIANTS[id];
}

/** True where nothing but weights tells the variant from AgeMem's plain episode. */
function isPlain({ config, refusedTools }: AgeMemVariant, shared: EpisodeConfig): boolean {
  return refusedTools.length === 0 && canonicalJson(config(shared)) === canonicalJson(shared);
}

/** What the adapter beside the model that acts was trained for, as far as anyone knows. */
export function trainedAs({ active }: LabModels): SitePolicy['trainedAs'] {
  return sitePolicy(active.id)?.trainedAs ?? 'trained';
}

export function playable(method: MethodId, player: TablePlayer, models: LabModels): Playable {
  const variant = variantPlay(method);
  if (player.reader === 'expert') return variant ? { kind: 'needs-model' } : { kind: 'yes' };
  const wants = variant ? variant.weights : player.baselinesTrained ? 'trained' : 'base';
  if (wants === 'base') return { kind: 'yes' };
  const { adapter } = player;
  // How what was trained in this tab was trained is the user's affair: it stands for AgeMem.
  const has = adapter === 'shipped' ? trainedAs(models) : 'trained';
  if (wants !== has) return { kind: 'needs-weights', weights: wants };
  const there = adapter === 'shipped' ? models.hasShippedAdapter : models.hasTrainedAdapter;
  return there ? { kind: 'yes' } : { kind: 'needs-adapter' };
}

/** Who can play again what a line says these weights have played. */
export function playerOf(
  { method, policy, setting }: Pick<RecordedCell, 'method' | 'policy' | 'setting'>,
  models: LabModels,
): CellPlayer {
  const replies = setting?.includes(REPLIES_BY_MODEL) ? 'model' : 'rules';
  const by = { adapter: 'shipped', baselinesTrained: false, replies } as const;
  if (policy === EXPERT.id) return playerHere(method, { ...by, reader: 'expert' }, models);
  const sites = SITE_POLICIES.filter(({ folder, adapterFolder }) =>
    [folder, adapterFolder].some((part) => policy === inSite(part)),
  );
  // Several are of one base.
  const site = sites.find(({ id }) => id === models.active.id) ?? sites[0];
  if (!site) return { kind: 'needs-weights' };
  const { id, title, adapterFolder } = site;
  if (id !== models.active.id) return { kind: 'needs-model', id, title };
  return playerHere(
    method,
    { ...by, reader: 'model', baselinesTrained: policy === inSite(adapterFolder) },
    models,
  );
}

/** The same of a player of this lab. */
export function playerHere(method: MethodId, player: TablePlayer, models: LabModels): CellPlayer {
  if (playable(method, player, models).kind !== 'yes') return { kind: 'needs-weights' };
  const variant = variantPlay(method);
  const now = playedNow(method, player, models);
  if (!variant) return { kind: 'here', player, variant: null, now };
  // The expert plays no variant, so there are weights.
  const adapter = weightsOf(method, player, models) ?? 'none';
  const plain = isPlain(variant, models.play.episode);
  return { kind: 'here', player, variant: { adapter, method: plain ? null : method }, now };
}

/** What its lines would tell of it, to be held against those of a cell. */
function playedNow(method: MethodId, player: TablePlayer, models: LabModels): PlayedNow {
  const weights = weightsOf(method, player, models);
  if (weights === null) return { version: TABLE_VERSION, backend: NO_DEVICE, weights: null };
  // An adapter of this tab is in no line, and another provider's weights are not seen.
  const told = models.onEngine && weights !== 'trained';
  const adapter = weights === 'shipped' ? (models.shippedHere?.tensors ?? null) : null;
  return {
    version: TABLE_VERSION,
    backend: deviceOf(models),
    weights: told ? actingFingerprint(models.config, models.base().fingerprint, adapter) : null,
  };
}

/** As the command names a folder of the site. */
const inSite = (folder: string) => `public/${folder}`;

/** The weights a method acts with; null: the expert, who has none. @throws LabRefusal `not-playable` */
function weightsOf(method: MethodId, player: TablePlayer, models: LabModels): AdapterChoice | null {
  if (playable(method, player, models).kind !== 'yes') {
    throw new LabRefusal(
      'not-playable',
      `${method} cannot be played by whom was chosen.`,
      'Choose another player, or leave the method out.',
    );
  }
  if (player.reader === 'expert') return null;
  const variant = variantPlay(method);
  const trained = variant ? variant.weights !== 'base' : player.baselinesTrained;
  return trained ? player.adapter : 'none';
}

/** @throws LabRefusal `not-playable` */
export function actingFor(
  method: MethodId,
  player: TablePlayer,
  { models, trained }: PlayerRooms,
  episodesPerSeed: number,
): Acting {
  const weights = weightsOf(method, player, models);
  if (weights === null) return expertActing(episodesPerSeed);
  // Another object whenever another model acts, or the same one otherwise.
  const { play } = models;
  const { episode, temperature, maxNewTokens, batchRollouts } = play;
  const backend = deviceOf(models);
  const { id, setup } = models.active;
  const variant = variantPlay(method);
  const kept = trained();
  const asks = player.replies === 'model' && variant === null;
  const replies = asks ? repliesOf(models, weights) : BY_RULES;
  return {
    replies,
    ...(asks && { setting: REPLIES_BY_MODEL }),
    episode,
    temperature,
    maxNewTokens,
    policy: () => models.policy(weights),
    most: batchRollouts ?? MOST,
    name: nameOf(id, weights),
    backend,
    identity: hashed({
      ...AS_COMMANDED,
      episodesPerSeed,
      episode,
      setup,
      backend,
      rules: variant && { config: variant.config(episode), refusedTools: variant.refusedTools },
      policy: models.onEngine ? models.base().fingerprint : id,
      adapter: adapterSum(weights, models.shippedHere, kept),
      ...(asks && { replies }),
    }),
    changed: () => {
      if (models.play !== play) return 'model';
      if (weights === 'trained' && trained() !== kept) return 'weights';
      return deviceOf(models) === backend ? null : 'device';
    },
  };
}

/** In the window it can be asked in, with room for what it thinks. */
function repliesOf(models: LabModels, weights: AdapterChoice): Replies {
  return { kind: 'model', ...roomForReplies(models, weights) };
}

const deviceOf = (models: LabModels): string => models.foreignDevice ?? models.backend.info.device;

/** The expert of each world, who reads what a baseline brings in a large window. */
export function expertActing(episodesPerSeed: number): Acting {
  const { temperature, maxNewTokens } = PRESETS.lab.config;
  const plays = { episode: LARGE_WORLD_CONFIG, temperature, maxNewTokens };
  return {
    ...plays,
    policy: () => EXPERT,
    replies: BY_RULES,
    most: MOST,
    name: EXPERT.id,
    backend: NO_DEVICE,
    identity: hashed({ ...AS_COMMANDED, ...plays, episodesPerSeed, policy: EXPERT.id }),
    changed: () => null,
  };
}

/** As the command calls the same weights, where they are the site's. */
function nameOf(id: string, weights: AdapterChoice): string {
  const site = SITE_POLICIES.find((policy) => policy.id === id);
  if (weights === 'trained') return `${site ? inSite(site.folder) : id}, trained in this tab`;
  if (!site) return weights === 'none' ? id : `${id}, its adapter`;
  return inSite(weights === 'none' ? site.folder : site.adapterFolder);
}

/** Once for each adapter: an adapter on the host is never changed in place. */
const sums = new WeakMap<object, string>();

/** Of every number of the adapter as the host has it, so that no device is read; empty without one. */
function adapterSum(weights: AdapterChoice, shipped: Adapter | null, kept: Kept | null): string {
  const adapter = weights === 'shipped' ? shipped : weights === 'trained' ? kept : null;
  if (adapter === null) return '';
  const known = sums.get(adapter);
  if (known !== undefined) return known;
  const sum = hashed('tensors' in adapter ? shippedNumbers(adapter) : trainedNumbers(adapter));
  sums.set(adapter, sum);
  return sum;
}

function shippedNumbers({ lora, tensors }: Adapter): unknown {
  return { lora, tensors: [...tensors].map(([name, { data }]) => [name, sumOf(data)]) };
}

/** Before its first step an adapter follows from its seed. */
function trainedNumbers({ lora, seed, adapter }: Kept): unknown {
  return adapter ? { lora, params: sumOf(adapter.params) } : { lora, seed };
}

const sumOf = ({ buffer, byteOffset, byteLength }: Float32Array): number =>
  xxHash32(new Uint8Array(buffer, byteOffset, byteLength));

/** Sixteen hexadecimal digits: guards against mistakes, not against malice. */
function hashed(value: unknown): string {
  const bytes = new TextEncoder().encode(canonicalJson(value));
  return hexadecimal(crc32(bytes)) + hexadecimal(xxHash32(bytes));
}
