/** What came of a summary that a model was asked for. */
import type { ToolEffect } from '../../worker/protocol';
import { type Phrase, phrase, say } from '../language/language';

export type AskedForSummary = NonNullable<Extract<ToolEffect, { kind: 'summarised' }>['asked']>;

/** Why what the model wrote was not taken. */
export const SUMMARY_FAILURES: Readonly<Record<NonNullable<AskedForSummary['failure']>, Phrase>> = {
  'prompt-too-long': phrase('the messages do not fit into its window'),
  format: phrase('no summary in tags'),
  'cut-off': phrase('cut off'),
  'over-budget': phrase('costs more than its share of tokens'),
  cancelled: phrase('cancelled meanwhile'),
  'model-failed': phrase('the model failed'),
};

/** Who wrote a summary. */
export function summaryWords({ model, failure }: AskedForSummary): string {
  return failure === null
    ? say('written by {model}', { model })
    : say('{model} was asked and not taken ({why}), so it is the extractive one', {
        model,
        why: say(SUMMARY_FAILURES[failure]),
      });
}
