/**
 * Summaries as a log has them: of the same messages the same summary, whoever wrote it. Forks and branches carry a past
 * out again, and what a model wrote there must not be asked for anew: it costs, and it might come out differently.
 */
import type { AskedForSummary, ContextMessage, EventLog, SummaryPart } from './events';
import { extractiveSummariser, type Summariser, type Summary } from './summary';

/** @param otherwise of messages that the log has no summary of. Default: extractive */
export function recordedSummaries(log: EventLog, otherwise: Summariser = extractiveSummariser): Summariser {
  const known = new Map<string, Summary>();
  const messages = new Map<string, ContextMessage>();
  let asked: AskedForSummary | undefined;
  let removed: readonly string[] = [];
  for (const event of log) {
    if (event.type === 'tool-called' && event.outcome.ok && event.outcome.effect.kind === 'summarised') {
      ({ asked, removed } = event.outcome.effect);
    }
    if (event.type !== 'message-added') continue;
    const { message } = event;
    messages.set(message.id, message);
    if (message.origin.kind === 'summary') {
      known.set(
        keyOf(removed.flatMap((id) => messages.get(id) ?? [])),
        summaryOf(message.origin.parts, asked),
      );
    }
  }
  return {
    id: otherwise.id,
    summarise: async (input) => known.get(keyOf(input.messages)) ?? otherwise.summarise(input),
  };
}

function summaryOf(parts: readonly SummaryPart[], asked: AskedForSummary | undefined): Summary {
  return asked ? { parts, asked } : { parts };
}

function keyOf(messages: readonly ContextMessage[]): string {
  return JSON.stringify(messages.map(({ id, content }) => [id, content]));
}
