/**
 * Texts that come from the worker, made there in English, in the language on view. They are known by their form: a
 * phrase with values in braces. The values are taken out of the text and put into the words of that phrase, so English
 * comes out as it went in. A text of no known form stays as it is, for an element with `lang="en"`.
 */
import { type Phrase, say } from './language';

/** Forms as expressions, made when first needed. */
const readers = new Map<Phrase, RegExp>();

/**
 * @param forms the first one that fits is taken: those that say more stand before those that say less
 * @param parts forms of values that are told by forms of their own, by their names
 * @returns null if none fits
 */
export function retell(
  text: string,
  forms: readonly Phrase[],
  parts: Readonly<Record<string, readonly Phrase[]>> = {},
): string | null {
  for (const form of forms) {
    const found = readerOf(form).exec(text);
    if (!found) continue;
    const values = Object.entries(found.groups ?? {}).map(([name, value]) => [
      name,
      retell(value, parts[name] ?? []) ?? value,
    ]);
    return say(form, Object.fromEntries(values));
  }
  return null;
}

function readerOf(form: Phrase): RegExp {
  const known = readers.get(form);
  if (known) return known;
  const named = new Set<string>();
  const source = form
    .split(/(\{\w+\})/)
    .map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      if (name === undefined) return part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
      // A value that stands in a text twice is the same both times.
      if (named.has(name)) return `\\k<${name}>`;
      named.add(name);
      return `(?<${name}>.*?)`;
    })
    .join('');
  const reader = new RegExp(`^${source}$`, 'su');
  readers.set(form, reader);
  return reader;
}
