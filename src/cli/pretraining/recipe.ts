/**
 * How the bundled policies are made: architecture, data, optimisation, in one table. `full` makes the one that
 * reads questions about people; `quick` shows the same thing happening within minutes; `worlds` goes on
 * from what `full` made and makes one that reads the worlds as well; `acting` goes on from that one and makes the one
 * that finishes what it does there; `corrected` lets that one act by itself now and then and shows it the way on.
 *
 * `full` has two phases, each with a cosine of its own. The first reads the world of the tasks and learns the
 * protocol; the second has mostly words of any letters, so that names are read and not remembered.
 */
import { BUNDLED_EPISODE_CONFIG, type EpisodeConfig, WORLDS_EPISODE_CONFIG } from '../../agent/config';
import type { ModelConfig } from '../../engine/model/model-config';
import { DEFAULT_WORD_SHARES, type WordShares } from '../../tasks/inventory';

export interface Phase {
  /** Tokens (prompt and completion) to train on, each demonstration read once. */
  readonly tokens: number;
  /** Where the names and values of its demonstrations come from. */
  readonly words: WordShares;
  /** Task families by id, with weights. Left out: those of the corpus. */
  readonly families?: Corpus['families'];
  /** Share of the actions in worlds that go wrong: what to do after a refusal is learned from them. Left out: none. */
  readonly slips?: number;
  /** Share of the actions in worlds that the model which the recipe goes on from takes itself. Left out: none. */
  readonly own?: number;
  readonly lr: number;
  readonly warmupUpdates: number;
  /** Final rate as a share of the peak (cosine). */
  readonly finalLrShare: number;
}

/** What is demonstrated, and how it is laid out for reading. */
export interface Corpus {
  /** Task families by id, with weights. */
  readonly families: readonly (readonly [family: string, weight: number])[];
  readonly episode: EpisodeConfig;
  /**
   * Steps whose prompts extend each other are read as one sequence with several completions: an episode of many
   * observations costs its longest prompt and not the sum of all of them.
   */
  readonly chained: boolean;
}

export const QA_CORPUS: Corpus = { families: [['qa', 1]], episode: BUNDLED_EPISODE_CONFIG, chained: false };

export interface Recipe {
  readonly name: 'full' | 'quick' | 'worlds' | 'acting' | 'corrected';
  /** Folder of the model to go on from: weights, and a vocabulary that grows to `vocabSize`. Left out: from nothing. */
  readonly from?: string;
  readonly corpus: Corpus;
  readonly model: Omit<ModelConfig, 'vocabSize'>;
  readonly vocabSize: number;
  /** Episodes whose text trains the tokenizer. */
  readonly tokenizerEpisodes: number;
  readonly phases: readonly Phase[];
  /** Tokens of one update. */
  readonly batchTokens: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
  readonly maxGradNorm: number;
  /** Loss weight of prompt tokens; completion tokens weigh 1. */
  readonly promptWeight: number;
  /** Standard deviation of initial weights; residual outputs are scaled by 1 / sqrt(2 layers). */
  readonly initStd: number;
}

export const RECIPE_NAMES: readonly Recipe['name'][] = ['full', 'quick', 'worlds', 'acting', 'corrected'];

const FULL: Recipe = {
  name: 'full',
  corpus: QA_CORPUS,
  model: {
    architecture: 'qwen3',
    hiddenSize: 128,
    intermediateSize: 320,
    layers: 4,
    heads: 4,
    kvHeads: 2,
    headDim: 32,
    ropeTheta: 10_000,
    rmsNormEps: 1e-6,
    tieWordEmbeddings: true,
    attentionBias: false,
    qkNorm: true,
    maxPositions: 320,
  },
  vocabSize: 1024,
  tokenizerEpisodes: 2000,
  phases: [
    { tokens: 12_000_000, words: DEFAULT_WORD_SHARES, lr: 3e-3, warmupUpdates: 60, finalLrShare: 0.02 },
    {
      tokens: 6_000_000,
      words: { syllables: 0.45, freeForm: 0.4 },
      lr: 1.5e-3,
      warmupUpdates: 20,
      finalLrShare: 0.02,
    },
  ],
  batchTokens: 6000,
  beta1: 0.9,
  beta2: 0.98,
  eps: 1e-8,
  weightDecay: 0.01,
  maxGradNorm: 1,
  promptWeight: 0.1,
  initStd: 0.05,
};

const WORLDS: Recipe = {
  ...FULL,
  name: 'worlds',
  from: 'public/policy',
  corpus: {
    families: [
      ['qa', 0.2],
      ['rooms', 0.04],
      ['hotpotqa', 0.18],
      ['babyai', 0.14],
      ['pddl', 0.16],
      ['alfworld', 0.14],
      ['scienceworld', 0.14],
    ],
    episode: WORLDS_EPISODE_CONFIG,
    chained: true,
  },
  model: { ...FULL.model, maxPositions: 1024 },
  vocabSize: 1536,
  tokenizerEpisodes: 1500,
  phases: [
    {
      tokens: 3_000_000,
      words: { syllables: 0.5, freeForm: 0.3 },
      lr: 2e-3,
      warmupUpdates: 60,
      finalLrShare: 0.02,
    },
    {
      tokens: 2_400_000,
      words: { syllables: 0.45, freeForm: 0.4 },
      lr: 1.5e-3,
      warmupUpdates: 20,
      finalLrShare: 0.02,
    },
  ],
};

/** Made with another seed than the model it goes on from, so that no demonstration is read twice. */
const ACTING: Recipe = {
  ...WORLDS,
  name: 'acting',
  from: 'runs/worlds/policy',
  model: { ...WORLDS.model, layers: 6 },
  tokenizerEpisodes: 1,
  phases: [
    {
      tokens: 20_000_000,
      words: { syllables: 0.45, freeForm: 0.4 },
      families: [
        ['qa', 0.16],
        ['rooms', 0.03],
        ['hotpotqa', 0.15],
        ['babyai', 0.16],
        ['pddl', 0.22],
        ['alfworld', 0.17],
        ['scienceworld', 0.11],
      ],
      slips: 0.1,
      lr: 1.5e-3,
      warmupUpdates: 60,
      finalLrShare: 0.02,
    },
  ],
};

export const RECIPES: { readonly [name in Recipe['name']]: Recipe } = {
  full: FULL,
  quick: {
    ...FULL,
    name: 'quick',
    phases: FULL.phases.map((phase) => ({ ...phase, tokens: phase.tokens / 10 })),
    tokenizerEpisodes: 1000,
  },
  worlds: WORLDS,
  acting: ACTING,
  corrected: {
    ...ACTING,
    name: 'corrected',
    from: 'runs/acting/policy',
    phases: [
      {
        ...ACTING.phases[0],
        tokens: 11_000_000,
        families: [
          ['qa', 0.12],
          ['rooms', 0.03],
          ['hotpotqa', 0.12],
          ['babyai', 0.19],
          ['pddl', 0.24],
          ['alfworld', 0.15],
          ['scienceworld', 0.15],
        ],
        slips: 0,
        own: 0.25,
        lr: 1e-3,
      },
    ],
  },
};
