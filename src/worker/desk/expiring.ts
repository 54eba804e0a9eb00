/** When the lab opens: what has expired by the rules of its memory goes, memory by memory. */
import { expireEntries } from '../../memory/expiry';
import type { NamespaceRecord } from '../../memory/rows/rows';
import { judgeClock } from '../../memory/safety/clock-watch';
import type { LabMemories } from '../memories';
import { named } from './names';
import type { OpenMemories } from './open-memories';

/**
 * Where several tabs open at once, the first one's act is the only one. A memory found lost or damaged is left alone:
 * what is to be done about it is the user's to say; so is one whose times say that the clock is wrong. Returns the names of those that have lost entries by it.
 */
export async function expireMemories(
  memories: LabMemories,
  open: OpenMemories,
  now: number,
): Promise<readonly string[]> {
  const expired: string[] = [];
  for (const record of await memories.rows.list()) {
    const { name, ageing } = record;
    if (ageing.expireAfter === null || named(name, memories.prefix)?.kind !== 'user') continue;
    if (memories.inTrouble(name) || !mayExpire(memories, record, now)) continue;
    if (await expireEntries(await open.acting(name), now)) expired.push(name);
  }
  return expired;
}

/** Where nothing is kept, what is there was written since the page was opened. */
function mayExpire({ safety }: LabMemories, record: NamespaceRecord, now: number): boolean {
  return safety ? safety.clock.mayExpire(record) : judgeClock(now, record.lastAt) !== 'behind';
}
