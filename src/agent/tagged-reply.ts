/**
 * Replies between tags, read to the letter: `<tag>inside</tag>` and nothing beside it. A model that thinks by its
 * template may put `<think>…</think>` first; that is no part of the reply. Linear time, never throws.
 */

/** `<tag>inside</tag>` at the beginning, and what comes after; null if it does not begin so, or is not closed. */
export function leadingTag(
  text: string,
  tag: string,
): { readonly inside: string; readonly rest: string } | null {
  const open = `<${tag}>`;
  const close = `</${tag}>`;
  if (!text.startsWith(open)) return null;
  const end = text.indexOf(close, open.length);
  if (end < 0) return null;
  return { inside: text.slice(open.length, end), rest: text.slice(end + close.length).trim() };
}

/** Without the thinking it begins with, if it does; trimmed. */
export function afterThinking(text: string): string {
  const trimmed = text.trim();
  return leadingTag(trimmed, 'think')?.rest ?? trimmed;
}

/** What stands in the one tag a reply consists of, trimmed; null if it is anything else, or empty. */
export function onlyTag(text: string, tag: string): string | null {
  const found = leadingTag(afterThinking(text), tag);
  const inside = found?.rest === '' ? found.inside.trim() : '';
  return inside === '' || inside.includes(`<${tag}>`) ? null : inside;
}
