/**
 * Two memories side by side. Entries are matched by what they say before they are matched by id: ids are
 * given by each memory for itself, so only between a memory and its copy does the same id mean the same entry.
 */
import type { EntryText } from '../memory';
import { sameStatement } from './same-entry';

export interface ComparedMemories {
  readonly onlyLeft: readonly EntryText[];
  readonly onlyRight: readonly EntryText[];
  /** Pairs that say the same, under one id or two. */
  readonly same: number;
  /** Same id, and content, type or metadata differs. */
  readonly changed: readonly { readonly left: EntryText; readonly right: EntryText }[];
}

/**
 * Each entry is matched at most once: with the same id and content; then with equal content under another
 * id, first come first served; then with the same id and something else. In order of the inputs.
 */
export function compareMemories(left: readonly EntryText[], right: readonly EntryText[]): ComparedMemories {
  const rightById = new Map(right.map((entry) => [entry.id, entry]));
  const partner = new Map<EntryText, EntryText>();
  const taken = new Set<EntryText>();
  const pair = (a: EntryText, b: EntryText) => {
    partner.set(a, b);
    taken.add(b);
  };
  for (const a of left) {
    const b = rightById.get(a.id);
    if (b?.content === a.content) pair(a, b);
  }
  const free = new Map<string, EntryText[]>();
  for (const b of right) {
    if (taken.has(b)) continue;
    const equal = free.get(b.content);
    if (equal) equal.push(b);
    else free.set(b.content, [b]);
  }
  for (const a of left) {
    const b = partner.has(a) ? undefined : free.get(a.content)?.shift();
    if (b) pair(a, b);
  }
  for (const a of left) {
    const b = rightById.get(a.id);
    if (b && !partner.has(a) && !taken.has(b)) pair(a, b);
  }
  const pairs = [...partner].map(([a, b]) => ({ left: a, right: b }));
  const differs = ({ left: a, right: b }: (typeof pairs)[number]) => a.id === b.id && !sameStatement(a, b);
  const changed = new Set(pairs.filter(differs).map((found) => found.left));
  return {
    onlyLeft: left.filter((a) => !partner.has(a)),
    onlyRight: right.filter((b) => !taken.has(b)),
    same: pairs.length - changed.size,
    changed: left.flatMap((a) => {
      const b = partner.get(a);
      return b && changed.has(a) ? [{ left: a, right: b }] : [];
    }),
  };
}
