/**
 * Drawing a token on the host, from its logits: for what the kernels do not know, a nucleus (top-p) and a constraint.
 *
 *   p      softmax(logits / temperature) over the vocabulary; the log-prob and entropy that are reported
 *   N      the nucleus: the smallest set of likeliest tokens whose p add up to at least topP (ties: lower ids first)
 *   A      the tokens that the constraint allows
 *   drawn  from p restricted to N and A, renormalised; where N and A have no token in common, the likeliest of A
 *
 * The nucleus is that of the model, not of what is left of it after the constraint (vLLM and Hugging Face mask first):
 * so a constraint never lets in what top-p keeps out, and the vocabulary is not asked through.
 *
 * That is the point of the way a constrained token is drawn: draw from p, ask, and if the token is refused, take it out
 * and draw again. Drawing with replacement until something allowed comes gives p restricted to A; a refused token that
 * comes again changes nothing, so leaving it out gives the same. A hundred thousand tokens thus cost a question or
 * two. Only a model that wants nothing of what is allowed is asked about all of them, after `MOST_REDRAWS`.
 *
 * Draws depend on seed and index alone, and the first is the one that the kernels would take: with topP 1 and a
 * constraint that refuses nothing the tokens are those of the device, up to rounding.
 */
import { DrawError } from '../errors';
import type { TokenConstraint } from '../language-model';
import { redrawAt, uniformAt } from './random';

/** Refusals after which the whole vocabulary is asked. */
export const MOST_REDRAWS = 48;

/** What a token is drawn under. */
export interface HostDraw {
  /** 0 takes the likeliest allowed token; log-prob and entropy are then those at temperature 1. */
  readonly temperature: number;
  /** In (0, 1]; see `GenerateOptions`. */
  readonly topP: number;
  readonly seed: number;
  /** Position of the token in its completion, from 0. */
  readonly index: number;
  readonly constraint?: TokenConstraint;
}

export interface HostDrawn {
  readonly id: number;
  /** Before nucleus and constraint, natural log. */
  readonly logprob: number;
  /** The same, nats. */
  readonly entropy: number;
}

/** Draws one token from logits `[vocab]`, and tells the constraint. @throws DrawError */
export function drawOnHost(logits: ArrayLike<number>, how: HostDraw): HostDrawn {
  const { temperature, topP, constraint } = how;
  checkTopP(topP);
  const { logprobs, entropy } = measure(logits, temperature === 0 ? 1 : temperature);
  // A model that has diverged is the caller's to report; there is nothing to draw from.
  if (Number.isNaN(entropy)) return { id: 0, logprob: Number.NaN, entropy };
  const id = temperature === 0 ? likeliest(logprobs, constraint) : draw(logprobs, how);
  constraint?.accept(id);
  return { id, logprob: logprobs[id], entropy };
}

/** @throws DrawError unless it is a share of the likeliest tokens */
export function checkTopP(topP: number): void {
  if (topP > 0 && topP <= 1) return;
  throw new DrawError(
    'top-p',
    `top-p is ${topP}; give a number above 0 and at most 1 (1 draws from all tokens).`,
  );
}

/** log softmax(logits / temperature) and its entropy. */
function measure(
  logits: ArrayLike<number>,
  temperature: number,
): { readonly logprobs: Float64Array; readonly entropy: number } {
  const logprobs = new Float64Array(logits.length);
  let max = -Infinity;
  for (let id = 0; id < logits.length; id++) max = Math.max(max, logits[id] / temperature);
  let total = 0;
  let weighted = 0;
  for (let id = 0; id < logits.length; id++) {
    const shifted = logits[id] / temperature - max;
    const e = Math.exp(shifted);
    total += e;
    if (e > 0) weighted += e * shifted;
  }
  const lse = max + Math.log(total);
  for (let id = 0; id < logits.length; id++) logprobs[id] = logits[id] / temperature - lse;
  return { logprobs, entropy: Math.log(total) - weighted / total };
}

function draw(logprobs: Float64Array, { topP, seed, index, constraint }: HostDraw): number {
  const nucleus = topP < 1 ? nucleusOf(logprobs, topP) : undefined;
  const pool = new Pool(logprobs, nucleus);
  for (let attempt = 0; !constraint || attempt < MOST_REDRAWS; attempt++) {
    const id = pool.pick(attempt === 0 ? uniformAt(seed, index) : redrawAt(seed, index, attempt));
    if (id < 0) break;
    if (!constraint || constraint.allows(id)) return id;
    pool.takeOut(id);
  }
  pool.keep((id) => constraint?.allows(id) ?? true);
  const id = pool.pick(redrawAt(seed, index, MOST_REDRAWS));
  return id >= 0 ? id : likeliest(logprobs, constraint);
}

/** Tokens that can still be drawn, with their probabilities; in the order of ids, which is the kernels' order too. */
class Pool {
  readonly #ids: Int32Array | undefined;
  readonly #weights: Float64Array;
  #total: number;

  /** @param nucleus ascending; left out: all */
  constructor(logprobs: Float64Array, nucleus: Int32Array | undefined) {
    this.#ids = nucleus;
    const size = nucleus?.length ?? logprobs.length;
    this.#weights = new Float64Array(size);
    for (let i = 0; i < size; i++) this.#weights[i] = Math.exp(logprobs[nucleus ? nucleus[i] : i]);
    // A whole vocabulary adds up to one, as the kernels assume.
    this.#total = nucleus ? this.sum() : 1;
  }

  /** The smallest id whose cumulative share exceeds `uniform`, the last one if rounding leaves none; -1: empty. */
  pick(uniform: number): number {
    const bound = uniform * this.#total;
    let cumulative = 0;
    let last = -1;
    for (let i = 0; i < this.#weights.length; i++) {
      const weight = this.#weights[i];
      if (weight === 0) continue;
      cumulative += weight;
      last = i;
      if (cumulative > bound) break;
    }
    return last < 0 || !this.#ids ? last : this.#ids[last];
  }

  takeOut(id: number): void {
    this.#weights[this.#ids ? this.#ids.indexOf(id) : id] = 0;
    // Summed anew: differences would leave rounding where little is left.
    this.#total = this.sum();
  }

  keep(wanted: (id: number) => boolean): void {
    for (let i = 0; i < this.#weights.length; i++) {
      if (this.#weights[i] > 0 && !wanted(this.#ids ? this.#ids[i] : i)) this.#weights[i] = 0;
    }
    this.#total = this.sum();
  }

  private sum(): number {
    let total = 0;
    for (const weight of this.#weights) total += weight;
    return total;
  }
}

/** The ids of the nucleus, ascending. */
export function nucleusOf(logprobs: Float64Array, topP: number): Int32Array {
  // Tokens below this have less than 1 - topP together, so none of them is needed to reach topP.
  const least = Math.log((1 - topP) / logprobs.length);
  const sorted = logprobs.filter((logprob) => logprob >= least).sort();
  let sum = 0;
  let size = 0;
  while (size < sorted.length && sum < topP) sum += Math.exp(sorted[sorted.length - ++size]);
  const cut = sorted[sorted.length - size];
  // Of those that are just as likely as the last one, the first ones by id.
  let ties = 0;
  for (let i = sorted.length - size; i < sorted.length && sorted[i] === cut; i++) ties++;
  const ids = new Int32Array(size);
  for (let id = 0, filled = 0; filled < size; id++) {
    if (logprobs[id] > cut || (logprobs[id] === cut && ties-- > 0)) ids[filled++] = id;
  }
  return ids;
}

/**
 * The likeliest allowed token, the lowest id on ties. Only those are asked for that would be the best so far.
 * @throws DrawError where none is allowed
 */
function likeliest(logprobs: Float64Array, constraint: TokenConstraint | undefined): number {
  let best = -1;
  for (let id = 0; id < logprobs.length; id++) {
    if (best >= 0 && logprobs[id] <= logprobs[best]) continue;
    if (constraint?.allows(id) ?? true) best = id;
  }
  if (best >= 0) return best;
  throw new DrawError(
    'nothing-allowed',
    'The constraint allows no token at all here. A tokenizer whose tokens cannot spell what is wanted is not for this model, or the constraint has a dead end.',
  );
}
