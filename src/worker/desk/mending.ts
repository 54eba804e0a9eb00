/**
 * Everything an audit proposes, as one act. Findings may be about the same entries, so they are taken in order: what
 * an earlier proposal removed is not there for a later one, and a merge whose result was written to meanwhile is left
 * for the next audit, which will see the new text.
 */
import type { EntryText } from '../../memory/memory';
import type { AuditFinding } from '../memory-protocol';

export type Proposal = AuditFinding['proposal'];

export interface Mended {
  readonly put: readonly EntryText[];
  readonly remove: readonly string[];
}

/** @param now time of the change, milliseconds since the epoch */
export function mended(entries: readonly EntryText[], proposals: readonly Proposal[], now: number): Mended {
  const there = new Map(entries.map((entry) => [entry.id, entry]));
  const put = new Map<string, EntryText>();
  const remove = new Set<string>();
  const take = (id: string) => {
    if (!there.delete(id)) return;
    put.delete(id);
    remove.add(id);
  };
  for (const proposal of proposals) {
    if (proposal.kind === 'delete') for (const id of proposal.ids) take(id);
    if (proposal.kind !== 'merge') continue;
    const [first, ...others] = proposal.ids;
    const entry = there.get(first);
    if (!entry || put.has(first) || others.some((id) => put.has(id))) continue;
    if (entry.content !== proposal.content) {
      put.set(first, { ...entry, content: proposal.content, updated: now });
    }
    for (const id of others) if (id !== first) take(id);
  }
  return { put: [...put.values()], remove: [...remove] };
}
