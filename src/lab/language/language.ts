/**
 * The languages of the page. A text is written in English where it is shown, and that text is its own key:
 *
 * - `say('Run episode')` gives it in the language on view; `say('{n} of {all} pass', { n, all })` with values in it.
 * - `<Say text="Press {key} to undo" key={<kbd>z</kbd>} />` (say.tsx) is the same with elements for values.
 * - `phrase('likeness')` marks a text that stands in a table of constants, and gives it back as it is: what is made
 *   once, when a file is loaded, must not be translated then. It is said where it is shown: `say(MODES[mode])`.
 * - A text that means two things has its sense behind a `§`: `say('Open§adjective')`. The sense is never shown.
 *
 * Another language draws the page anew, with what is open and typed in it as it was. What React would pass over then
 * reads the language itself: what is memoised calls `useLanguage()` (a test looks), and so do values that say something
 * and are kept by `useMemo`.
 *
 * Dictionaries are one file an area below `zh/`, fetched when Chinese is chosen. `language.test.ts` reads every source
 * file of the page and fails for a phrase without translation, a translation without phrase, other values than the
 * phrase has, and text that is not said at all. What is data (tasks, tokens, entries) is not translated: it stands in
 * elements with `lang="en"` or `translate="no"`.
 */

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** As it calls itself. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', zh: '中文' };

/** As browsers and screen readers know it. */
export const LANGUAGE_TAGS: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-Hans' };

/** Translations by their English text. */
export type Dictionary = Readonly<Record<string, string>>;

declare const marked: unique symbol;
/** A text that `language.test.ts` knows: made by `phrase` only. */
export type Phrase = string & { readonly [marked]: true };

/** Values of a text, by the names in its braces. */
export type Values = Readonly<Record<string, string | number>>;

let language: Language = 'en';
let dictionary: Dictionary = {};
/** How often a language was asked for. */
let asked = 0;
const listeners = new Set<() => void>();

/** The language on view. */
export const spoken = (): Language => language;

/** Calls `listener` after each change of language. Returns how to stop that. */
export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** English is its own dictionary. */
const fetched = async (next: Language): Promise<Dictionary> =>
  next === 'en' ? {} : (await import('./zh/index')).zh;

/**
 * Takes another language into use. What was asked for last counts: a dictionary that comes later than that is late.
 * @param fetch gives a dictionary
 * @returns whether it is on view: not if another was asked for meanwhile
 * @throws what fetching its dictionary throws; the language on view stays then
 */
export async function speak(next: Language, fetch = fetched): Promise<boolean> {
  const turn = ++asked;
  const words = await fetch(next);
  if (turn !== asked) return false;
  dictionary = words;
  language = next;
  for (const listener of listeners) listener();
  return true;
}

/** Marks a text of a table of constants as one to be said where it is shown. */
export function phrase(text: string): Phrase {
  return text as Phrase;
}

/**
 * A text in the language on view, its values put in.
 * @param text a literal, or a phrase; other strings are refused by the type
 */
export function say<T extends string>(text: string extends T ? never : T, values?: Values): string {
  const words = wordsOf(text);
  if (!values) return words;
  return words.replace(/\{(\w+)\}/g, (braces, name: string) => String(values[name] ?? braces));
}

/** Several in one line: "a, b, c". */
export function listed(items: readonly string[]): string {
  return items.join(say(', §between items'));
}

/** A table of phrases, said: for a list of choices. */
export function sayEach<T extends string>(phrases: Readonly<Record<T, Phrase>>): Readonly<Record<T, string>> {
  const said = Object.entries<Phrase>(phrases).map(([key, text]) => [key, say(text)]);
  return Object.fromEntries(said) as Readonly<Record<T, string>>;
}

/** The words behind a key, values still in braces: for `say` and `<Say>` alone. */
export function wordsOf(text: string): string {
  return dictionary[text] ?? text.replace(/§.*$/, '');
}

/** The dictionary's word for a noun that is counted, or null where the English forms are right. */
export function counted(noun: string): string | null {
  return dictionary[noun] ?? null;
}
