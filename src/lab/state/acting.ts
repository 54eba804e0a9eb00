/** Who acts, in words of the page. */
import type { BUNDLED_MODEL, ProviderName } from '../../worker/models-protocol';
import { type Phrase, phrase } from '../language/language';

/**
 * The id of the bundled policy. The worker's protocol has the same; a value of it would bring its file into the page.
 */
export const BUNDLED = 'bundled' satisfies typeof BUNDLED_MODEL;

/** True for every model that is not the site's own, which need not be named. */
export const isGuest = ({ id }: { readonly id: string }): boolean => id !== BUNDLED;

/** Names of programs are the same in all languages. */
export const PROVIDERS: Readonly<Record<ProviderName, Phrase>> = {
  engine: phrase("the lab's engine"),
  transformers: phrase('transformers.js'),
  'web-llm': phrase('WebLLM'),
};
