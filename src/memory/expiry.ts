/** Expiry carried out: when the lab opens, what has expired is removed in one act of the lab's own. */
import { expiredEntries, inWords } from './ageing';
import { type ActingMemory, asPlanned } from './history/acts';
import { JournalUse } from './history/use';
import type { Written } from './rows/rows';

/** Null if the namespace has no such rule, or nothing has expired by `now` (milliseconds since the epoch). */
export async function expireEntries(acting: ActingMemory, now: number): Promise<Written | null> {
  const { rows, memory } = acting;
  const { ageing } = await rows.record(memory.namespace);
  if (ageing.expireAfter === null) return null;
  const why = `neither written nor retrieved for ${inWords(ageing.expireAfter)}, the rule of this memory`;
  return asPlanned(acting, { kind: 'expire' }, { by: { kind: 'lab' }, why }, async (record, current) => {
    const use = new JournalUse();
    use.take(await rows.journal(memory.namespace));
    // The rule may have been changed since it was looked up.
    const expired = expiredEntries(current, use, record.ageing, now);
    return { put: [], remove: expired.map(({ id }) => id) };
  });
}
