/** When the lab opens: what has expired by the rules of its memory goes, memory by memory. */
import { expireEntries } from '../../memory/expiry';
import type { LabMemories } from '../memories';
import { named } from './names';
import type { OpenMemories } from './open-memories';

/**
 * Where several tabs open at once, the first one's act is the only one. A memory found lost or damaged is left alone:
 * what is to be done about it is the user's to say. Returns the names of those that have lost entries by it.
 */
export async function expireMemories(
  memories: LabMemories,
  open: OpenMemories,
  now: number,
): Promise<readonly string[]> {
  const expired: string[] = [];
  for (const { name, ageing } of await memories.rows.list()) {
    if (ageing.expireAfter === null || named(name, memories.prefix)?.kind !== 'user') continue;
    if (memories.inTrouble(name)) continue;
    if (await expireEntries(await open.acting(name), now)) expired.push(name);
  }
  return expired;
}
