/**
 * Ids, log-probs, entropy and alternatives of the tokens that WebLLM draws.
 *
 * Its own `logprobs` come as text without ids, at most five alternatives, and in a stream only those of a chunk's last
 * token, so a token that ends in the middle of a character loses its own. A `LogitProcessor` sees every row of logits
 * (after a grammar's mask, before temperature and top-p) and every token that was drawn from it. This one changes
 * nothing and takes notes. The row comes to the CPU for it, once a token.
 */
import type { LogitProcessor } from '@mlc-ai/web-llm';
import type { RecordedToken } from './web-llm-protocol';

export class TokenRecorder implements LogitProcessor {
  private scale = 1;
  private count = 0;
  private row: Float32Array | undefined;
  private tokens: RecordedToken[] = [];

  /** @param temperature of the draws; 0 reads as 1, as in the engine */
  begin(temperature: number, alternatives: number): void {
    this.scale = temperature > 0 ? 1 / temperature : 1;
    this.count = alternatives;
    this.row = undefined;
    this.tokens = [];
  }

  /** What was drawn since it was last asked. */
  take(): readonly RecordedToken[] {
    const { tokens } = this;
    this.tokens = [];
    return tokens;
  }

  readonly processLogits = (logits: Float32Array): Float32Array => {
    this.row = logits;
    return logits;
  };

  readonly processSampledToken = (id: number): void => {
    const { row, scale } = this;
    if (!row) return;
    this.row = undefined;
    const best: number[] = [];
    let max = -Infinity;
    for (let other = 0; other < row.length; other++) {
      const logit = row[other];
      if (logit > max) max = logit;
      if (this.count === 0 || (best.length === this.count && logit <= row[best[this.count - 1]])) continue;
      let place = best.length;
      while (place > 0 && logit > row[best[place - 1]]) place--;
      best.splice(place, 0, other);
      if (best.length > this.count) best.pop();
    }
    let total = 0;
    let weighted = 0;
    for (const logit of row) {
      const below = (logit - max) * scale;
      const weight = Math.exp(below);
      total += weight;
      // A token that a grammar rules out has weight 0 and no term.
      if (weight > 0) weighted += weight * below;
    }
    const log = Math.log(total);
    const logprob = (other: number) => (row[other] - max) * scale - log;
    this.tokens.push({
      id,
      logprob: logprob(id),
      entropy: Math.max(0, log - weighted / total),
      alternatives: best
        .map((other) => ({ id: other, logprob: logprob(other) }))
        .filter(({ logprob: value }) => value > -Infinity),
    });
  };

  /** Called where WebLLM forgets its cache, between a prompt and its first token too; nothing here outlives a row. */
  readonly resetState = (): void => {
    this.row = undefined;
  };
}
