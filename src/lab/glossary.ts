/**
 * Every symbol and term of the method that the page writes: how it is set, what it means, the formula where it has
 * one, and where it comes from. Figures that belong to this lab and not to the paper are marked [D]. The page shows
 * an entry one gesture away from wherever the symbol stands (`shell/term.tsx`).
 */
import type { Source } from './words';

export interface GlossaryEntry {
  /** As the page writes it. */
  readonly symbol: string;
  readonly name: string;
  readonly meaning: string;
  readonly formula?: string;
  /** Equation, algorithm or section, with the mark of who says so. */
  readonly origin: readonly { readonly source: Source; readonly where: string }[];
}

const P = (where: string) => ({ source: 'P', where }) as const;
const O = (where: string) => ({ source: 'O', where }) as const;
const D = (where: string) => ({ source: 'D', where }) as const;

export const GLOSSARY = {
  s: {
    symbol: 's_t',
    name: 'state',
    meaning: 'What the policy acts on: short-term memory, long-term memory and the task.',
    formula: 's_t = (C_t, M_t, T)',
    origin: [P('section 3')],
  },
  C: {
    symbol: 'C',
    name: 'short-term memory (STM), the context',
    meaning: 'The messages the policy reads. Emptied between stages 1 and 2, kept from 2 to 3.',
    origin: [P('section 3')],
  },
  M: {
    symbol: 'M',
    name: 'long-term memory (LTM)',
    meaning: 'The entries the policy stored. Empty when a rollout begins, kept over all three stages.',
    origin: [P('section 3')],
  },
  pi: {
    symbol: 'π_θ',
    name: 'policy',
    meaning:
      'The language model that acts. One policy writes text and tool calls alike; nothing else decides what is remembered.',
    formula: 'a_t ~ π_θ(· | s_t)',
    origin: [P('section 3')],
  },
  tau: {
    symbol: 'τ',
    name: 'trajectory',
    meaning: 'All steps of an episode, over its three stages. A step is one prompt and one completion.',
    formula: 'τ = τ1 + τ2 + τ3',
    origin: [P('section 3'), D('one policy call is one step')],
  },
  R: {
    symbol: 'R',
    name: 'reward of a whole episode',
    meaning: 'Paid once, at the end; the steps before it get 0 of their own.',
    formula: 'R(τ) = w_task R_task + w_ctx R_ctx + w_mem R_mem + P',
    origin: [P('section 3.5 and App. A.2')],
  },
  w: {
    symbol: 'w',
    name: 'weights of the reward',
    meaning: 'How much the parts count. The paper says 1 each in one place and 1/3 each in another.',
    origin: [P('section 4.1: 1 each'), P('App. C.4: 1/3 each')],
  },
  R_task: {
    symbol: 'R_task',
    name: 'task reward',
    meaning:
      'How right the answer is: a judge’s score in the paper. Here an exact match is 1, anything else its token F1; no answer is −1.',
    formula: 'R_task = judge(A_pred, A_q), −1 with no answer',
    origin: [P('App. A.2'), D('no judge: exact match, else token F1')],
  },
  R_ctx: {
    symbol: 'R_ctx',
    name: 'context reward',
    meaning:
      'How well short-term memory was kept: the mean of compression, preventive action and preservation.',
    formula: 'R_ctx = (compression + preventive + preservation) / 3',
    origin: [P('App. A.2')],
  },
  R_mem: {
    symbol: 'R_mem',
    name: 'memory reward',
    meaning: 'How well long-term memory was kept: the mean of storage, maintenance and relevance.',
    formula: 'R_mem = (storage + maintenance + relevance) / 3',
    origin: [P('App. A.2')],
  },
  penalty: {
    symbol: 'P',
    name: 'penalties',
    meaning:
      '−1 for too many rounds, −0.5 for an overfull context, and −0.1 for each malformed step (at most −0.5).',
    origin: [P('App. A.2: rounds and overflow'), D('malformed steps')],
  },
  T_used: {
    symbol: 'T_used',
    name: 'tokens used',
    meaning: 'Tokens in C when the answer is made; without an answer, at the end.',
    origin: [P('App. A.2'), D('without an answer: at the end')],
  },
  T_max: {
    symbol: 'T_max',
    name: 'context budget',
    meaning: 'Tokens C may have. Above it P takes 0.5. It is also the scale of the compression reward.',
    origin: [P('App. A.2; context 8192'), D('160 for the bundled policy')],
  },
  N_max: {
    symbol: 'N_max',
    name: 'most rounds of a stage',
    meaning: 'More policy calls than this in one stage cost 1. Raised where a task sends more messages.',
    origin: [P('App. A.2, without a number'), O('5'), D('4')],
  },
  N_high_quality: {
    symbol: 'N_high_quality',
    name: 'good entries',
    meaning:
      'Entries added in stage 1 that name the subject and the current value of a fact worth keeping, hold no revised value and repeat no other entry.',
    origin: [P('App. A.2'), D('what counts as high quality')],
  },
  N_added: {
    symbol: 'N_added',
    name: 'entries added',
    meaning: 'Entries added in stage 1, without those that were rightly deleted again.',
    origin: [P('App. A.2'), D('rightful deletes')],
  },
  K_q: {
    symbol: 'K_q',
    name: 'key items of the question',
    meaning: 'What has to be in C when the question is answered, for the preservation reward.',
    origin: [P('App. A.2'), D('counted only in text from the user or from memory')],
  },
  theta: {
    symbol: 'θ',
    name: 'similarity bound',
    meaning:
      'Filter_context removes the messages whose similarity to the criteria is at least θ. It belongs to the embedder that measures similarity.',
    formula: 'remove u if sim(criteria, u) ≥ θ',
    origin: [P('eq. 15, θ = 0.6'), D('calibrated for each embedder on labelled pairs')],
  },
  cosine: {
    symbol: 'cos',
    name: 'cosine similarity',
    meaning: 'How alike two texts are to the embedder: 1 the same direction, 0 nothing in common.',
    formula: 'cos(u, v) = u · v / (|u| |v|)',
    origin: [P('section 3, Retrieve_memory')],
  },
  top_k: {
    symbol: 'top_k',
    name: 'entries retrieved',
    meaning: 'Most entries that Retrieve_memory brings into C; 3 unless the call says otherwise.',
    origin: [P('tool schema')],
  },
  K: {
    symbol: 'K',
    name: 'group size',
    meaning: 'Rollouts of one task that are compared with one another.',
    origin: [P('K = 8')],
  },
  A: {
    symbol: 'A',
    name: 'advantage',
    meaning:
      'How much better a rollout did than the mean of its group, in standard deviations. AgeMem hands it to every step of the rollout, in all three stages.',
    formula: 'A_k = (r_k − mean(r)) / (std(r) + ε), and A_t = A_k for every step t',
    origin: [P('eq. 4–5'), D('std with K − 1')],
  },
  eps: {
    symbol: 'ε',
    name: 'stabiliser of the advantage',
    meaning: 'Keeps the division defined when all rewards of a group are nearly equal.',
    origin: [O('1e−6 (Trinity-RFT)'), D('1e−4, as TRL')],
  },
  zeroSpread: {
    symbol: 'std = 0',
    name: 'zero-spread group',
    meaning:
      'All rollouts were paid the same, so every advantage is 0 and the group teaches nothing in this step. Counted as frac_reward_zero_std.',
    origin: [P('follows from eq. 4')],
  },
  J: {
    symbol: 'J',
    name: 'objective',
    meaning: 'What training makes larger, averaged over all steps of all rollouts.',
    formula: 'J = mean over steps of [ρ_t A_t − β KL(π_θ || π_ref)]',
    origin: [P('eq. 3 and 6')],
  },
  rho: {
    symbol: 'ρ',
    name: 'importance ratio',
    meaning:
      'How much likelier the policy makes a completion now than when it was sampled. 1 before the first update.',
    formula: 'ρ_t = π_θ(a_t | s_t) / π_old(a_t | s_t)',
    origin: [P('eq. 3, no clipping')],
  },
  clip: {
    symbol: 'clip',
    name: 'clipping',
    meaning: 'Holds the ratio near 1, so that one batch cannot move the policy too far. The paper has none.',
    formula: 'min(ρ A, clip(ρ, 1 − ε_low, 1 + ε_high) A)',
    origin: [O('0.2'), D('as TRL, 0.2')],
  },
  beta: {
    symbol: 'β',
    name: 'weight of the KL term',
    meaning: 'How strongly training holds the policy near the reference policy.',
    origin: [P('0.1'), O('0.001'), D('0.02 in the preset lab')],
  },
  KL: {
    symbol: 'KL',
    name: 'Kullback–Leibler divergence',
    meaning:
      'How far the policy has moved from the reference, which is the same model with its adapter off. Estimated from the sampled tokens, in nats.',
    formula: 'k3 = exp(d) − d − 1 with d = log π_ref − log π_θ',
    origin: [P('eq. 3 and 6'), D('estimator k3')],
  },
  pi_ref: {
    symbol: 'π_ref',
    name: 'reference policy',
    meaning: 'The model before training: the same weights with the adapter off.',
    origin: [P('eq. 3'), D('adapter off')],
  },
  entropy: {
    symbol: 'H',
    name: 'entropy',
    meaning:
      'How undecided the policy is about the next token, in nats: 0 if it is certain, ln n if n tokens are equally likely.',
    formula: 'H = −Σ p log p',
    origin: [D('shown at the sampling temperature')],
  },
  logprob: {
    symbol: 'log p',
    name: 'log-probability',
    meaning: 'Natural logarithm of the probability a token was drawn with, at the sampling temperature.',
    origin: [D('stored when sampled, never recomputed')],
  },
  temperature: {
    symbol: 'temperature',
    name: 'sampling temperature',
    meaning:
      'Logits are divided by it before they become probabilities: below 1 bolder, above 1 more random.',
    origin: [O('0.6'), D('1 in the preset lab')],
  },
  attention: {
    symbol: 'attention',
    name: 'attention',
    meaning:
      'For the next token, how each head shares its look among all earlier tokens. The shares of a head add up to 1.',
    formula: 'softmax(q · k / √d)',
    origin: [D('measured in the bundled policy')],
  },
  LoRA: {
    symbol: 'LoRA',
    name: 'low-rank adapter',
    meaning: 'Training leaves the model’s matrices W alone and learns two thin ones beside each.',
    formula: 'W + s B A with s = α / r',
    origin: [O('r 32, α 32'), D('r 8, α 16')],
  },
  rank: {
    symbol: 'r',
    name: 'rank of the adapter',
    meaning: 'Inner size of the thin matrices A and B. The change B A has at most r directions.',
    origin: [O('32'), D('8')],
  },
  alpha: {
    symbol: 'α',
    name: 'strength of the adapter',
    meaning: 'The change is scaled by α / r before it is added.',
    formula: 's = α / r',
    origin: [O('32'), D('16')],
  },
  lr: {
    symbol: 'learning rate',
    name: 'learning rate',
    meaning:
      'Size of an optimiser step. Too large and the policy collapses; too small and nothing is learnt.',
    origin: [O('1e−5 for 7B'), D('3e−3, falling to 0, for the bundled policy')],
  },
  fork: {
    symbol: 'fork',
    name: 'fork',
    meaning:
      'Several continuations of one and the same memory state, compared among themselves. It answers the criticism that rollouts which wrote different memories share no state to be compared at.',
    origin: [D('not in the paper')],
  },
  dice: {
    symbol: 'dice',
    name: 'dice',
    meaning: 'Seed of the policy’s own draws, apart from the task’s seed. Same seed and dice, same episode.',
    origin: [D('seeds of a rollout')],
  },
} as const satisfies Readonly<Record<string, GlossaryEntry>>;

export type TermName = keyof typeof GLOSSARY;

/** How formulas write a symbol, longest first where one begins another: "R_task", "T_max", "θ". */
const WRITTEN: readonly (readonly [string, TermName])[] = [
  ['N_high_quality', 'N_high_quality'],
  ['N_added', 'N_added'],
  ['R_task', 'R_task'],
  ['R_ctx', 'R_ctx'],
  ['R_mem', 'R_mem'],
  ['w_task', 'w'],
  ['w_ctx', 'w'],
  ['w_mem', 'w'],
  ['T_used', 'T_used'],
  ['T_max', 'T_max'],
  ['N_max', 'N_max'],
  ['K_q', 'K_q'],
  ['top_k', 'top_k'],
  ['key items', 'K_q'],
  ['θ', 'theta'],
  ['β', 'beta'],
  ['ρ', 'rho'],
  ['ε', 'eps'],
];

const SYMBOL = new RegExp(
  `(?<![\\p{L}\\p{N}_])(${WRITTEN.map(([text]) => text).join('|')})(?![\\p{L}\\p{N}_])`,
  'gu',
);

export interface TextPart {
  readonly text: string;
  /** Null: plain text. */
  readonly term: TermName | null;
}

/** Cuts a formula or sentence at the symbols it holds; joined, the parts are the text. */
export function termsIn(text: string): readonly TextPart[] {
  const names = new Map(WRITTEN);
  return text
    .split(SYMBOL)
    .map((part, index) => ({ text: part, term: index % 2 === 1 ? (names.get(part) ?? null) : null }))
    .filter((part) => part.text !== '');
}
