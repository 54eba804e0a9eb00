/**
 * What is in a corpus of demonstrations: how often each tool is called, how often each choice was
 * made, how long prompts and completions are. Written into the model card of whatever is trained on it.
 */
import type { ToolName } from '../agent/events';
import type { ChatMessage } from '../agent/policy';
import { TOOL_NAMES } from '../agent/tool-schemas';
import type { DemonstratedEpisode } from './demonstrations';
import { estimateTokens } from './scripted';
import { DECISION_KINDS, type DecisionKind } from './scripted-thoughts';

export interface DemonstrationStatistics {
  readonly episodes: number;
  /** Mean over episodes. */
  readonly stepsPerEpisode: number;
  /** Mean number of calls that succeeded in an episode. */
  readonly callsPerEpisode: Readonly<Record<ToolName, number>>;
  /** Share of episodes with at least one such call. */
  readonly episodesWithCall: Readonly<Record<ToolName, number>>;
  /** Share of all steps; adds up to 1. */
  readonly decisions: Readonly<Record<DecisionKind, number>>;
  readonly wellFormed: number;
  /** Tokens of prompts and completions, summed over the steps of an episode; mean and largest. */
  readonly tokensPerEpisode: { readonly mean: number; readonly max: number };
  readonly promptTokens: { readonly mean: number; readonly max: number };
  readonly completionTokens: { readonly mean: number; readonly max: number };
}

/** Reads all episodes. `countTokens` as for a policy; default: the scripted policy's estimate. */
export async function demonstrationStatistics(
  episodes: AsyncIterable<DemonstratedEpisode>,
  countTokens: (message: ChatMessage) => number = estimateTokens,
): Promise<DemonstrationStatistics> {
  const calls = counters(TOOL_NAMES);
  const withCall = counters(TOOL_NAMES);
  const decisions = counters(DECISION_KINDS);
  const episodeTokens = new Spread();
  const promptTokens = new Spread();
  const completionTokens = new Spread();
  let malformed = 0;

  for await (const { steps, log } of episodes) {
    const used = new Set<ToolName>();
    for (const event of log) {
      if (event.type === 'parsed' && event.action.kind === 'protocol-error') malformed++;
      if (event.type !== 'tool-called' || !event.outcome.ok) continue;
      const name = event.requested.name as ToolName; // a call that succeeded names a tool
      calls[name]++;
      used.add(name);
    }
    for (const name of used) withCall[name]++;
    let total = 0;
    for (const step of steps) {
      decisions[step.decision]++;
      const prompt = step.messages.reduce((sum, message) => sum + countTokens(message), 0);
      const completion = countTokens({ role: 'assistant', content: step.completion });
      promptTokens.add(prompt);
      completionTokens.add(completion);
      total += prompt + completion;
    }
    episodeTokens.add(total);
  }

  const n = Math.max(1, episodeTokens.count);
  const steps = Math.max(1, promptTokens.count);
  return {
    episodes: episodeTokens.count,
    stepsPerEpisode: promptTokens.count / n,
    callsPerEpisode: shares(calls, n),
    episodesWithCall: shares(withCall, n),
    decisions: shares(decisions, steps),
    wellFormed: 1 - malformed / steps,
    tokensPerEpisode: episodeTokens.summary,
    promptTokens: promptTokens.summary,
    completionTokens: completionTokens.summary,
  };
}

class Spread {
  count = 0;
  #sum = 0;
  #max = 0;

  add(value: number): void {
    this.count++;
    this.#sum += value;
    this.#max = Math.max(this.#max, value);
  }

  get summary(): { readonly mean: number; readonly max: number } {
    return { mean: this.#sum / Math.max(1, this.count), max: this.#max };
  }
}

function counters<K extends string>(keys: readonly K[]): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
}

function shares<K extends string>(counts: Readonly<Record<K, number>>, total: number): Record<K, number> {
  const entries = Object.entries<number>(counts).map(([key, count]) => [key, count / total]);
  return Object.fromEntries(entries) as Record<K, number>;
}
