/** Who acts, as the page knows it. */
import type { ActiveModel, BUNDLED_MODEL, ProviderName } from '../../worker/models-protocol';
import { type Phrase, phrase } from '../language/language';

/**
 * The id of the bundled policy. The worker's protocol has the same; a value of it would bring its file into the page.
 */
export const BUNDLED = 'bundled' satisfies typeof BUNDLED_MODEL;

/** Null: the bundled policy, of which nothing need be said. */
export function guest(acting: ActiveModel | null): ActiveModel | null {
  return acting && acting.id !== BUNDLED ? acting : null;
}

/** Names of programs are the same in all languages. */
export const PROVIDERS: Readonly<Record<ProviderName, Phrase>> = {
  engine: phrase("the lab's engine"),
  transformers: phrase('transformers.js'),
  'web-llm': phrase('WebLLM'),
};
