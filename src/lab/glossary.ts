/**
 * Every symbol and term of the method that the page writes: how it is set, what it means, the formula where it has
 * one, and where it comes from. Figures that belong to this lab and not to the paper are marked [D]. The page shows
 * an entry one gesture away from wherever the symbol stands (`shell/term.tsx`).
 */
import { type Phrase, phrase } from './language/language';
import type { Source } from './words';

type Where = Phrase | `${number}`;

export interface GlossaryEntry {
  /** As the page writes it. */
  readonly symbol: string;
  readonly name: Phrase;
  readonly meaning: Phrase;
  readonly formula?: Phrase;
  /** Equation, algorithm, section or value, with the mark of who says so. */
  readonly origin: readonly { readonly source: Source; readonly where: Where }[];
}

const P = (where: Where) => ({ source: 'P', where }) as const;
const O = (where: Where) => ({ source: 'O', where }) as const;
const D = (where: Where) => ({ source: 'D', where }) as const;

export const GLOSSARY = {
  s: {
    symbol: 's_t',
    name: phrase('state'),
    meaning: phrase('What the policy acts on: short-term memory, long-term memory and the task.'),
    formula: phrase('s_t = (C_t, M_t, T)'),
    origin: [P(phrase('section 3'))],
  },
  C: {
    symbol: 'C',
    name: phrase('short-term memory (STM), the context'),
    meaning: phrase('The messages the policy reads. Emptied between stages 1 and 2, kept from 2 to 3.'),
    origin: [P(phrase('section 3'))],
  },
  M: {
    symbol: 'M',
    name: phrase('long-term memory (LTM)'),
    meaning: phrase(
      'The entries the policy stored. Empty when a rollout begins, kept over all three stages.',
    ),
    origin: [P(phrase('section 3'))],
  },
  pi: {
    symbol: 'π_θ',
    name: phrase('policy'),
    meaning: phrase(
      'The language model that acts. One policy writes text and tool calls alike; nothing else decides what is remembered.',
    ),
    formula: phrase('a_t ~ π_θ(· | s_t)'),
    origin: [P(phrase('section 3'))],
  },
  tau: {
    symbol: 'τ',
    name: phrase('trajectory'),
    meaning: phrase(
      'All steps of an episode, over its three stages. A step is one prompt and one completion.',
    ),
    formula: phrase('τ = τ1 + τ2 + τ3'),
    origin: [P(phrase('section 3')), D(phrase('one policy call is one step'))],
  },
  R: {
    symbol: 'R',
    name: phrase('reward of a whole episode'),
    meaning: phrase('Paid once, at the end; the steps before it get 0 of their own.'),
    formula: phrase('R(τ) = w_task R_task + w_ctx R_ctx + w_mem R_mem + P'),
    origin: [P(phrase('section 3.5 and App. A.2'))],
  },
  w: {
    symbol: 'w',
    name: phrase('weights of the reward'),
    meaning: phrase('How much the parts count. The paper says 1 each in one place and 1/3 each in another.'),
    origin: [P(phrase('section 4.1: 1 each')), P(phrase('App. C.4: 1/3 each'))],
  },
  R_task: {
    symbol: 'R_task',
    name: phrase('task reward'),
    meaning: phrase(
      'How right the answer is: a judge’s score in the paper. Here an exact match is 1, anything else its token F1; in a world it is the world’s score, or what was reached where a limit cut it off; no answer is −1.',
    ),
    formula: phrase('R_task = judge(A_pred, A_q), −1 with no answer'),
    origin: [P(phrase('App. A.2')), D(phrase('no judge: exact match, else token F1; a world’s own score'))],
  },
  R_ctx: {
    symbol: 'R_ctx',
    name: phrase('context reward'),
    meaning: phrase(
      'How well short-term memory was kept: the mean of compression, preventive action and preservation.',
    ),
    formula: phrase('R_ctx = (compression + preventive + preservation) / 3'),
    origin: [P(phrase('App. A.2'))],
  },
  R_mem: {
    symbol: 'R_mem',
    name: phrase('memory reward'),
    meaning: phrase('How well long-term memory was kept: the mean of storage, maintenance and relevance.'),
    formula: phrase('R_mem = (storage + maintenance + relevance) / 3'),
    origin: [P(phrase('App. A.2'))],
  },
  penalty: {
    symbol: 'P',
    name: phrase('penalties'),
    meaning: phrase(
      '−1 for too many rounds, −0.5 for an overfull context, and −0.1 for each malformed step (at most −0.5).',
    ),
    origin: [P(phrase('App. A.2: rounds and overflow')), D(phrase('malformed steps'))],
  },
  T_used: {
    symbol: 'T_used',
    name: phrase('tokens used'),
    meaning: phrase('Tokens in C when the answer is made; without an answer, at the end.'),
    origin: [P(phrase('App. A.2')), D(phrase('without an answer: at the end'))],
  },
  T_max: {
    symbol: 'T_max',
    name: phrase('context budget'),
    meaning: phrase(
      'Tokens C may have. Above it P takes 0.5. It is also the scale of the compression reward.',
    ),
    origin: [P(phrase('App. A.2; context 8192')), D(phrase('160 for the bundled policy'))],
  },
  N_max: {
    symbol: 'N_max',
    name: phrase('most rounds of a stage'),
    meaning: phrase(
      'More policy calls than this in one stage cost 1. Raised where a task sends more messages.',
    ),
    origin: [P(phrase('App. A.2, without a number')), O('5'), D('4')],
  },
  N_high_quality: {
    symbol: 'N_high_quality',
    name: phrase('good entries'),
    meaning: phrase(
      'Entries added in stage 1 that name the subject and the current value of a fact worth keeping, hold no revised value and repeat no other entry.',
    ),
    origin: [P(phrase('App. A.2')), D(phrase('what counts as high quality'))],
  },
  N_added: {
    symbol: 'N_added',
    name: phrase('entries added'),
    meaning: phrase('Entries added in stage 1, without those that were rightly deleted again.'),
    origin: [P(phrase('App. A.2')), D(phrase('rightful deletes'))],
  },
  K_q: {
    symbol: 'K_q',
    name: phrase('key items of the question'),
    meaning: phrase('What has to be in C when the question is answered, for the preservation reward.'),
    origin: [P(phrase('App. A.2')), D(phrase('counted only in text from the user or from memory'))],
  },
  theta: {
    symbol: 'θ',
    name: phrase('similarity bound'),
    meaning: phrase(
      'Filter_context removes the messages whose similarity to the criteria is at least θ. It belongs to the embedder that measures similarity.',
    ),
    formula: phrase('remove u if sim(criteria, u) ≥ θ'),
    origin: [P(phrase('eq. 15, θ = 0.6')), D(phrase('calibrated for each embedder on labelled pairs'))],
  },
  cosine: {
    symbol: 'cos',
    name: phrase('cosine similarity'),
    meaning: phrase('How alike two texts are to the embedder: 1 the same direction, 0 nothing in common.'),
    formula: phrase('cos(u, v) = u · v / (|u| |v|)'),
    origin: [P(phrase('section 3, Retrieve_memory'))],
  },
  top_k: {
    symbol: 'top_k',
    name: phrase('entries retrieved'),
    meaning: phrase('Most entries that Retrieve_memory brings into C; 3 unless the call says otherwise.'),
    origin: [P(phrase('tool schema'))],
  },
  K: {
    symbol: 'K',
    name: phrase('group size'),
    meaning: phrase('Rollouts of one task that are compared with one another.'),
    origin: [P(phrase('K = 8'))],
  },
  A: {
    symbol: 'A',
    name: phrase('advantage'),
    meaning: phrase(
      'How much better a rollout did than the mean of its group, in standard deviations. AgeMem hands it to every step of the rollout, in all three stages.',
    ),
    formula: phrase('A_k = (r_k − mean(r)) / (std(r) + ε), and A_t = A_k for every step t'),
    origin: [P(phrase('eq. 4–5')), D(phrase('std with K − 1'))],
  },
  eps: {
    symbol: 'ε',
    name: phrase('stabiliser of the advantage'),
    meaning: phrase('Keeps the division defined when all rewards of a group are nearly equal.'),
    origin: [O(phrase('1e−6 (Trinity-RFT)')), D(phrase('1e−4, as TRL'))],
  },
  zeroSpread: {
    symbol: 'std = 0',
    name: phrase('zero-spread group'),
    meaning: phrase(
      'All rollouts were paid the same, so every advantage is 0 and the group teaches nothing in this step. Counted as frac_reward_zero_std.',
    ),
    origin: [P(phrase('follows from eq. 4'))],
  },
  J: {
    symbol: 'J',
    name: phrase('objective'),
    meaning: phrase('What training makes larger, averaged over all steps of all rollouts.'),
    formula: phrase('J = mean over steps of [ρ_t A_t − β KL(π_θ || π_ref)]'),
    origin: [P(phrase('eq. 3 and 6'))],
  },
  rho: {
    symbol: 'ρ',
    name: phrase('importance ratio'),
    meaning: phrase(
      'How much likelier the policy makes a completion now than when it was sampled. 1 before the first update.',
    ),
    formula: phrase('ρ_t = π_θ(a_t | s_t) / π_old(a_t | s_t)'),
    origin: [P(phrase('eq. 3, no clipping'))],
  },
  clip: {
    symbol: 'clip',
    name: phrase('clipping'),
    meaning: phrase(
      'Holds the ratio near 1, so that one batch cannot move the policy too far. The paper has none.',
    ),
    formula: phrase('min(ρ A, clip(ρ, 1 − ε_low, 1 + ε_high) A)'),
    origin: [O('0.2'), D(phrase('as TRL, 0.2'))],
  },
  grad: {
    symbol: '‖g‖',
    name: phrase('gradient norm'),
    meaning: phrase(
      'Length of the gradient over all weights of the adapter, before it is cut down to the longest allowed. A jump says that one step wants to change much.',
    ),
    formula: phrase('g ← g · min(1, c / ‖g‖)'),
    origin: [D(phrase('as TRL, max_grad_norm c = 1'))],
  },
  beta: {
    symbol: 'β',
    name: phrase('weight of the KL term'),
    meaning: phrase('How strongly training holds the policy near the reference policy.'),
    origin: [P('0.1'), O('0.001'), D(phrase('0.02 in the preset lab'))],
  },
  KL: {
    symbol: 'KL',
    name: phrase('Kullback–Leibler divergence'),
    meaning: phrase(
      'How far the policy has moved from the reference, which is the same model with its adapter off. Estimated from the sampled tokens, in nats.',
    ),
    formula: phrase('k3 = exp(d) − d − 1 with d = log π_ref − log π_θ'),
    origin: [P(phrase('eq. 3 and 6')), D(phrase('estimator k3'))],
  },
  pi_ref: {
    symbol: 'π_ref',
    name: phrase('reference policy'),
    meaning: phrase('The model before training: the same weights with the adapter off.'),
    origin: [P(phrase('eq. 3')), D(phrase('adapter off'))],
  },
  entropy: {
    symbol: 'H',
    name: phrase('entropy'),
    meaning: phrase(
      'How undecided the policy is about the next token, in nats: 0 if it is certain, ln n if n tokens are equally likely.',
    ),
    formula: phrase('H = −Σ p log p'),
    origin: [D(phrase('shown at the sampling temperature'))],
  },
  logprob: {
    symbol: 'log p',
    name: phrase('log-probability'),
    meaning: phrase(
      'Natural logarithm of the probability a token was drawn with, at the sampling temperature.',
    ),
    origin: [D(phrase('stored when sampled, never recomputed'))],
  },
  temperature: {
    symbol: 'temperature',
    name: phrase('sampling temperature'),
    meaning: phrase(
      'Logits are divided by it before they become probabilities: below 1 bolder, above 1 more random.',
    ),
    origin: [O('0.6'), D(phrase('1 in the preset lab'))],
  },
  attention: {
    symbol: 'attention',
    name: phrase('attention'),
    meaning: phrase(
      'For the next token, how each head shares its look among all earlier tokens. The shares of a head add up to 1.',
    ),
    formula: phrase('softmax(q · k / √d)'),
    origin: [D(phrase('measured in the bundled policy'))],
  },
  LoRA: {
    symbol: 'LoRA',
    name: phrase('low-rank adapter'),
    meaning: phrase('Training leaves the model’s matrices W alone and learns two thin ones beside each.'),
    formula: phrase('W + s B A with s = α / r'),
    origin: [O(phrase('r 32, α 32')), D(phrase('r 8, α 16'))],
  },
  rank: {
    symbol: 'r',
    name: phrase('rank of the adapter'),
    meaning: phrase('Inner size of the thin matrices A and B. The change B A has at most r directions.'),
    origin: [O('32'), D('8')],
  },
  alpha: {
    symbol: 'α',
    name: phrase('strength of the adapter'),
    meaning: phrase('The change is scaled by α / r before it is added.'),
    formula: phrase('s = α / r'),
    origin: [O('32'), D('16')],
  },
  lr: {
    symbol: 'lr',
    name: phrase('learning rate'),
    meaning: phrase(
      'Size of an optimiser step. Too large and the policy collapses; too small and nothing is learnt.',
    ),
    origin: [O(phrase('1e−5 for 7B')), D(phrase('3e−3, falling to 0, for the bundled policy'))],
  },
  fork: {
    symbol: 'fork',
    name: phrase('fork'),
    meaning: phrase(
      'Several continuations of one and the same memory state, compared among themselves. It answers the criticism that rollouts which wrote different memories share no state to be compared at.',
    ),
    origin: [D(phrase('not in the paper'))],
  },
  dice: {
    symbol: 'dice',
    name: phrase('dice'),
    meaning: phrase(
      'Seed of the policy’s own draws, apart from the task’s seed. Same seed and dice, same episode.',
    ),
    origin: [D(phrase('seeds of a rollout'))],
  },
} as const satisfies Readonly<Record<string, GlossaryEntry>>;

export type TermName = keyof typeof GLOSSARY;

/**
 * How formulas write a symbol, longest first where one begins another: "R_task", "T_max", "θ". The worker writes its
 * formulas in English, whatever the language of the page.
 */
const WRITTEN: ReadonlyMap<string, TermName> = new Map(
  Object.entries<TermName>({
    N_high_quality: 'N_high_quality',
    N_added: 'N_added',
    R_task: 'R_task',
    R_ctx: 'R_ctx',
    R_mem: 'R_mem',
    w_task: 'w',
    w_ctx: 'w',
    w_mem: 'w',
    w_P: 'w',
    T_used: 'T_used',
    T_max: 'T_max',
    N_max: 'N_max',
    K_q: 'K_q',
    top_k: 'top_k',
    'key items': 'K_q',
    θ: 'theta',
    β: 'beta',
    ρ: 'rho',
    ε: 'eps',
  }),
);

const SYMBOL = new RegExp(`(?<![\\p{L}\\p{N}_])(${[...WRITTEN.keys()].join('|')})(?![\\p{L}\\p{N}_])`, 'gu');

export interface TextPart {
  readonly text: string;
  /** Null: plain text. */
  readonly term: TermName | null;
}

/** Cuts a formula or sentence at the symbols it holds; joined, the parts are the text. */
export function termsIn(text: string): readonly TextPart[] {
  return text
    .split(SYMBOL)
    .map((part, index) => ({ text: part, term: index % 2 === 1 ? (WRITTEN.get(part) ?? null) : null }))
    .filter((part) => part.text !== '');
}
