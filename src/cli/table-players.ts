/**
 * Who plays each method of the table for `npm run reproduce`: the expert of each world behind a baseline, or a model with
 * the weights that the method asks for. For a model of the site these are the adapters that the site has for it; of any
 * other they are those that were given. All are opened before the first cell is played: weights that do not fit would
 * otherwise be found when hours have been spent.
 */
import { resolve } from 'node:path';
import { type EpisodeConfig, LARGE_WORLD_CONFIG } from '../agent/config';
import type { Policy } from '../agent/policy';
import { AGEMEM_VARIANTS, type AgeMemVariant } from '../baselines/agemem-variants';
import { ModelFileError, UnsupportedModelError } from '../engine/errors';
import type { MethodId } from '../evidence/cell-lines';
import { ExpertReader } from '../policies/expert-reader';
import { SITE_POLICIES } from '../policies/site-policies';
import { BY_RULES, type Replies, variantOf } from '../rl/reproduce/play-cell';
import { type Arguments, UsageError } from './arguments';
import { BACKEND_NAMES, fastPathsIn } from './backends';
import { episodeRules } from './episode-rules';
import { type OpenedPolicy, openPolicy, weightsFingerprint } from './open-policy';

export interface Acting {
  readonly policy: Policy;
  /** Folder of the weights, or the name of a policy without. */
  readonly folder: string;
  /** Their fingerprint. */
  readonly weights?: string;
  readonly backend: string;
  readonly episode: EpisodeConfig;
  /** Who replies to a baseline's calls. */
  readonly replies: Replies;
}

/** Weights that a method asks for cannot act on the model. */
export class TableWeightsError extends Error {
  override readonly name = 'TableWeightsError';
}

type OpenedWeights = OpenedPolicy & { readonly weights: string };
type Trained = Exclude<AgeMemVariant['weights'], 'base'>;

/** Option that gives the folder of weights trained so. */
const OPTIONS = { trained: 'adapter', 'answer-only': 'answer-only', 'lt-rl': 'lt-rl' } as const;

/** Each folder of weights opened once. */
export class TablePlayers {
  private readonly opened = new Map<string, Promise<OpenedWeights>>();
  private readonly model: string;
  private readonly expert: ExpertReader | null;
  private readonly byModel: boolean;
  private episode: Promise<EpisodeConfig> | null = null;

  /** @throws UsageError if the expert is to write replies */
  constructor(private readonly args: Arguments) {
    this.model = args.text('model') ?? 'public/policy';
    this.expert = args.choice('policy', ['bundled', 'expert']) === 'expert' ? new ExpertReader() : null;
    this.byModel = args.choice('replies', ['rules', 'model']) === 'model';
    if (this.expert && this.byModel) {
      throw new UsageError(
        'The expert reads and writes no replies. Leave --replies out, or let a model act (--policy bundled).',
      );
    }
  }

  /**
   * Who acts for each of the methods, and in which window; one that nobody can play is told, and left out.
   * @throws TableWeightsError, and what opening the model throws
   */
  async open(methods: Iterable<MethodId>): Promise<ReadonlyMap<MethodId, Acting>> {
    const players = new Map<MethodId, Acting>();
    for (const method of new Set(methods)) {
      const acting = await this.acting(method);
      if (typeof acting === 'string') process.stderr.write(`${method} is not played: ${acting}\n`);
      else players.set(method, acting);
    }
    return players;
  }

  dispose(): void {
    for (const opened of this.opened.values()) {
      // One that could not be opened has failed the command already.
      opened.then(
        ({ model }) => model.dispose(),
        () => {},
      );
    }
  }

  /** Or why nobody can. */
  private async acting(method: MethodId): Promise<Acting | string> {
    const { expert: policy } = this;
    if (policy) {
      if (variantOf(method) !== null) {
        return 'the expert reads what a baseline brings, and this is AgeMem itself. Leave --policy out.';
      }
      return { policy, folder: policy.id, backend: 'none', episode: LARGE_WORLD_CONFIG, replies: BY_RULES };
    }
    const wanted = this.wanted(method);
    // AgeMem asks nobody: its cells are the same either way.
    const asks = this.byModel && variantOf(method) === null;
    if (wanted === 'base') return this.with(this.model, asks);
    const folder = this.args.text(OPTIONS[wanted]) ?? this.shipped(wanted);
    const option = `--${OPTIONS[wanted]}`;
    if (folder === null) return `there are no weights for it. Give their folder with ${option}.`;
    try {
      return await this.with(folder, asks);
    } catch (error) {
      const isOfFiles = error instanceof ModelFileError || error instanceof UnsupportedModelError;
      if (!isOfFiles || folder === this.model) throw error;
      throw new TableWeightsError(
        `${method} cannot be played with ${folder} on ${this.model}: ${error.message} Nothing has been played. Give weights that fit with ${option}, or choose other methods with --only.`,
        { cause: error },
      );
    }
  }

  private wanted(method: MethodId): AgeMemVariant['weights'] {
    const variant = variantOf(method);
    if (variant !== null) return AGEMEM_VARIANTS[variant].weights;
    return this.args.has('trained') ? 'trained' : 'base';
  }

  /** What the site has for its model; null: nothing of the kind, or the model is none of the site. */
  private shipped(trainedAs: Trained): string | null {
    const site = SITE_POLICIES.find(
      (policy) => policy.trainedAs === trainedAs && resolve('public', policy.folder) === resolve(this.model),
    );
    return site ? `public/${site.adapterFolder}` : null;
  }

  private async with(folder: string, asks: boolean): Promise<Acting> {
    const { policy, model, weights, config } = await this.weights(folder);
    this.episode ??= episodeRules(this.model, this.args.has('json'));
    const { device: backend } = model.info;
    const replies: Replies = asks ? { kind: 'model', window: config.maxPositions } : BY_RULES;
    return { policy, folder, weights, backend, episode: await this.episode, replies };
  }

  private weights(folder: string): Promise<OpenedWeights> {
    const known = this.opened.get(folder);
    if (known) return known;
    const opened = openPolicy({
      model: this.model,
      adapter: folder === this.model ? undefined : folder,
      backend: this.args.choice('backend', BACKEND_NAMES),
      fastPaths: fastPathsIn(this.args),
    }).then(async (policy) => ({ ...policy, weights: await weightsFingerprint(policy) }));
    this.opened.set(folder, opened);
    return opened;
  }
}
