/** What the panel beside the episode does with memory: show it, keep some of it for the user, let go of that. */
import { BY_USER } from '../memory/journal';
import type { LongTermMemory, MemoryEntry } from '../memory/memory';
import { LabRefusal } from './lab-errors';
import type { LabMemories } from './memories';
import type { StoredEntry } from './protocol';

/** Copies entries of the open episode's memory to the user's. Returns the user's memory. */
export async function keepEntries(
  memories: LabMemories,
  from: LongTermMemory | null,
  ids: readonly string[],
): Promise<readonly StoredEntry[]> {
  const user = await memories.user();
  const entries = await entriesOf(from, ids, 'The open episode');
  await user.addAll(entries, 'copy', { ...BY_USER, why: 'kept from the episode on view' });
  memories.changed(user.namespace);
  return storedEntries(user);
}

/** Removes entries from the user's memory. Returns what is left. */
export async function forgetEntries(
  memories: LabMemories,
  ids: readonly string[] | 'all',
): Promise<readonly StoredEntry[]> {
  const memory = await memories.user();
  if (ids === 'all') await memory.clear();
  else await memory.deleteAll((await entriesOf(memory, ids, 'Your memory')).map(({ id }) => id));
  memories.changed(memory.namespace);
  return storedEntries(memory);
}

/** All of them, each once, or a refusal before anything is done with the first. */
async function entriesOf(
  memory: LongTermMemory | null,
  ids: readonly string[],
  whose: string,
): Promise<readonly MemoryEntry[]> {
  const entries: MemoryEntry[] = [];
  for (const id of new Set(ids)) {
    const entry = await memory?.get(id);
    if (!entry) {
      throw new LabRefusal('unknown-entry', `${whose} has no entry ${id}.`, 'Choose one of those shown.');
    }
    entries.push(entry);
  }
  return entries;
}

export async function storedEntries(memory: LongTermMemory): Promise<readonly StoredEntry[]> {
  return (await memory.list()).map(
    ({ id, content, metadata, memoryType, created, updated, sourceStep }): StoredEntry => ({
      id,
      content,
      metadata,
      memoryType,
      created,
      updated,
      sourceStep,
    }),
  );
}
