/**
 * What the paper claims that an ablation can hold against its own numbers, with the figures it gives (arXiv 2601.01885, of
 * Qwen2.5-7B-Instruct and Qwen3-4B-Instruct, on HotpotQA unless a benchmark is named). Scores and memory quality are shares.
 *
 * A claim is a pair of variants and a metric. Which way it goes is read from the figures: `paperDirection`. Where the two
 * models go different ways, the paper claims neither.
 */
import { type Phrase, phrase } from '../language/language';
import type { Direction } from './paired';

/** In the order of all figures. */
export const BACKBONES = ['Qwen2.5-7B', 'Qwen3-4B'] as const;

/** Of one model: before and after; `before` is null where a figure alone has it, without numbers. */
export type PaperPair = readonly [before: number | null, after: number];

export interface Claim {
  readonly id: string;
  readonly what: Phrase;
  /** Of calls: the tool's name, the same in every language. */
  readonly tool?: string;
  /** Variants that are compared. */
  readonly before: string;
  readonly after: string;
  readonly metric: string;
  /** By `BACKBONES`. */
  readonly paper: readonly [PaperPair, PaperPair];
  /** Which way it says so in words, where its figures alone do not. */
  readonly claimed?: Direction;
  /** Of `after` it says that this is the highest of all methods, with no figure of `before`: no direction of this pair. */
  readonly highest?: true;
  /** Where it says so. */
  readonly source: Phrase;
  /** What is compared here where the paper compares something else. */
  readonly note?: Phrase;
  /** Another reading of the claim before it, with which it counts as one. */
  readonly recounts?: true;
  /** Played in: left out, what the arms were trained on. */
  readonly environment?: string;
}

export interface ClaimGroup {
  readonly id: string;
  readonly title: Phrase;
  readonly claims: readonly Claim[];
}

const score = phrase('score');
const quality = phrase('memory quality');
const tokens = phrase('prompt tokens a step');
const calls = phrase('tool calls an episode');

/** Every tool's calls before and after RL, table 3. */
const TOOL_CALLS: readonly (readonly [tool: string, qwen25: PaperPair, qwen3: PaperPair])[] = [
  ['Add_memory', [0.92, 1.64], [2.49, 2.64]],
  ['Update_memory', [0, 0.13], [0.13, 0.34]],
  ['Delete_memory', [0, 0.08], [0, 0.22]],
  ['Retrieve_memory', [2.31, 1.95], [4.62, 4.35]],
  ['Summary_context', [1.08, 0.82], [0.11, 0.96]],
  ['Filter_context', [0.02, 0.31], [0.15, 0.16]],
];

/** RL against none in every benchmark, table 2. */
const BENCHMARKS: readonly (readonly [world: string, qwen25: PaperPair, qwen3: PaperPair])[] = [
  ['hotpotqa', [0.4536, 0.5444], [0.5449, 0.5549]],
  ['alfworld', [0.379, 0.4107], [0.3802, 0.4897]],
  ['scienceworld', [0.2867, 0.3555], [0.5042, 0.5948]],
  ['pddl', [0.0887, 0.1731], [0.2752, 0.3507]],
  ['babyai', [0.4634, 0.6142], [0.5748, 0.7256]],
];

const RL = { before: 'agemem-no-rl', after: 'agemem' };
const REWARDS = { before: 'answer-only', after: 'agemem' };
const TOOLS = { before: 'lt-rl', after: 'agemem' };

export const CLAIMS: readonly ClaimGroup[] = [
  {
    id: 'rl',
    title: phrase('RL against no RL'),
    claims: [
      {
        id: 'rl-score',
        what: score,
        ...RL,
        metric: 'score',
        paper: [BENCHMARKS[0][1], BENCHMARKS[0][2]],
        source: phrase('table 2'),
      },
      {
        id: 'rl-quality',
        what: quality,
        ...RL,
        metric: 'memory-quality',
        paper: [
          [null, 0.533],
          [null, 0.605],
        ],
        highest: true,
        source: phrase('figure 2'),
        note: phrase(
          'The paper: the highest of all methods, and nothing of no RL. Whether it is the highest here, the table of methods says under “memory quality”.',
        ),
      },
      {
        id: 'rl-tokens',
        what: tokens,
        ...RL,
        metric: 'prompt-tokens',
        paper: [
          [null, 2117],
          [null, 2191],
        ],
        source: phrase('figure 3'),
      },
      {
        id: 'rl-calls',
        what: calls,
        ...RL,
        metric: 'tool-calls',
        paper: [
          [4.33, 4.92],
          [7.5, 8.67],
        ],
        source: phrase('table 3'),
      },
    ],
  },
  {
    id: 'tools',
    title: phrase('Calls of each tool an episode, RL against no RL'),
    claims: TOOL_CALLS.map(([tool, qwen25, qwen3]) => ({
      id: `tool-${tool}`,
      what: calls,
      tool,
      ...RL,
      metric: `calls ${tool}`,
      paper: [qwen25, qwen3],
      source: phrase('table 3'),
    })),
  },
  {
    id: 'rewards',
    title: phrase('All rewards against the answer alone'),
    claims: [
      {
        id: 'rewards-score',
        what: score,
        ...REWARDS,
        metric: 'score',
        paper: [
          [0.509, 0.544],
          [0.546, 0.555],
        ],
        source: phrase('tables 4 and 6'),
      },
      {
        id: 'rewards-quality',
        what: quality,
        ...REWARDS,
        metric: 'memory-quality',
        paper: [
          [0.479, 0.533],
          [0.415, 0.605],
        ],
        source: phrase('tables 4 and 6'),
      },
      {
        id: 'rewards-tokens',
        what: tokens,
        ...REWARDS,
        metric: 'prompt-tokens',
        paper: [
          [2078, 2117],
          [2164, 2191],
        ],
        source: phrase('tables 4 and 6'),
      },
      {
        id: 'rewards-calls',
        what: calls,
        ...REWARDS,
        metric: 'tool-calls',
        paper: [
          [3.93, 4.92],
          [7.21, 8.67],
        ],
        source: phrase('tables 4 and 6'),
      },
    ],
  },
  {
    id: 'short-term',
    title: phrase('Short-term tools against RAG, both trained'),
    claims: [
      {
        id: 'short-term-tokens',
        what: tokens,
        ...TOOLS,
        metric: 'prompt-tokens',
        paper: [
          [2186, 2117],
          [2310, 2191],
        ],
        source: phrase('figure 3'),
      },
      // The paper says "average prompt token count" and not of what: a step and an episode can go different ways.
      {
        id: 'short-term-episode-tokens',
        what: phrase('prompt tokens an episode'),
        ...TOOLS,
        metric: 'episode-tokens',
        paper: [
          [2186, 2117],
          [2310, 2191],
        ],
        source: phrase('figure 3'),
        recounts: true,
      },
      {
        id: 'short-term-score',
        what: score,
        ...TOOLS,
        metric: 'score',
        paper: [
          [0.5204, 0.5444],
          [0.5458, 0.5549],
        ],
        source: phrase('figures 4 and 9'),
      },
    ],
  },
  {
    id: 'long-term',
    title: phrase('Score with long-term tools and RAG'),
    claims: [
      {
        id: 'long-term-score',
        what: phrase('untrained against no tools'),
        before: 'no-tools',
        after: 'lt',
        metric: 'score',
        paper: [
          [0.3836, 0.4576],
          [0.4748, 0.5316],
        ],
        source: phrase('figures 4 and 9'),
      },
      {
        id: 'long-term-rl-score',
        what: phrase('RL against no RL§with long-term tools'),
        before: 'lt',
        after: 'lt-rl',
        metric: 'score',
        paper: [
          [0.4576, 0.5204],
          [0.5316, 0.5458],
        ],
        source: phrase('figures 4 and 9'),
      },
    ],
  },
  {
    id: 'transfer',
    title: phrase('Carried over to worlds that were not trained on: score, RL against no RL'),
    claims: BENCHMARKS.map(([environment, qwen25, qwen3]) => ({
      id: `transfer-${environment}`,
      what: score,
      ...RL,
      metric: 'score',
      paper: [qwen25, qwen3],
      source: phrase('table 2'),
      environment,
    })),
  },
];

/** Scores of the component ablation on HotpotQA, figures 4 and 9, in the order of the page's rows. */
export const COMPONENTS: readonly {
  readonly method: string;
  readonly paperName: string;
  readonly paper: readonly [number, number];
}[] = [
  { method: 'no-tools', paperName: 'Base', paper: [0.3836, 0.4748] },
  { method: 'lt', paperName: '+LT', paper: [0.4576, 0.5316] },
  { method: 'lt-rl', paperName: '+LT/RL', paper: [0.5204, 0.5458] },
  { method: 'agemem-no-rl', paperName: 'AgeMem-noRL', paper: [0.4536, 0.5449] },
  { method: 'agemem', paperName: '+LT/ST/RL', paper: [0.5444, 0.5549] },
];

/** What the paper claims: in words, or the way both models go. Null where they differ, or there is nothing to go by. */
export function paperDirection({ paper, claimed }: Pick<Claim, 'paper' | 'claimed'>): Direction | null {
  if (claimed !== undefined) return claimed;
  const ways = paper.map(([before, after]) => {
    if (before === null || after === before) return null;
    return after > before ? 'higher' : 'lower';
  });
  return ways[0] === ways[1] ? ways[0] : null;
}
