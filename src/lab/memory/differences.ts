/** How two states of a memory differ: what only the earlier has, what only the later has, what changed. */
import type { EntryText } from '../../worker/memory-protocol';

export interface Differences {
  readonly onlyLeft: readonly EntryText[];
  readonly onlyRight: readonly EntryText[];
  readonly changed: readonly { readonly left: EntryText; readonly right: EntryText }[];
  readonly same: number;
}

/** By id: ids are never given twice in one memory. */
export function differencesOf(left: readonly EntryText[], right: readonly EntryText[]): Differences {
  const others = new Map(right.map((entry) => [entry.id, entry]));
  const onlyLeft: EntryText[] = [];
  const changed: { left: EntryText; right: EntryText }[] = [];
  let same = 0;
  for (const entry of left) {
    const other = others.get(entry.id);
    others.delete(entry.id);
    if (!other) onlyLeft.push(entry);
    else if (equalTexts(entry, other)) same++;
    else changed.push({ left: entry, right: other });
  }
  return { onlyLeft, onlyRight: [...others.values()], changed, same };
}

function equalTexts(a: EntryText, b: EntryText): boolean {
  return (
    a.content === b.content &&
    a.memoryType === b.memoryType &&
    canonical(a.metadata) === canonical(b.metadata)
  );
}

/** JSON with keys in order, so that equal metadata are equal texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : part,
  );
}
