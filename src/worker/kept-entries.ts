/** What the panel beside the episode does with memory: show it, keep some of it for the user, let go of that. */
import { BY_USER } from '../memory/journal';
import { USER_NAMESPACE } from '../memory/long-term-memory';
import type { EntryText, LongTermMemory } from '../memory/memory';
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
  const there = new Map<string, EntryText>();
  for (const id of new Set(ids)) {
    const entry = await from?.get(id);
    if (entry) there.set(id, entry);
  }
  const entries = entriesOf(there, ids, 'The open episode');
  await user.addAll(entries, 'copy', { ...BY_USER, why: 'kept from the episode on view' });
  memories.changed(user.namespace);
  return userEntries(memories);
}

/** Removes entries from the user's memory. Returns what is left. */
export async function forgetEntries(
  memories: LabMemories,
  ids: readonly string[] | 'all',
): Promise<readonly StoredEntry[]> {
  const memory = await memories.user();
  if (ids === 'all') await memory.clear();
  else {
    const { entries } = await memories.rows.texts(memory.namespace, ids);
    const there = new Map(entries.map((entry) => [entry.id, entry]));
    await memory.deleteAll(entriesOf(there, ids, 'Your memory').map(({ id }) => id));
  }
  memories.changed(memory.namespace);
  return userEntries(memories);
}

/** All of them, each once, or a refusal before anything is done with the first. */
function entriesOf(
  there: ReadonlyMap<string, EntryText>,
  ids: readonly string[],
  whose: string,
): readonly EntryText[] {
  return [...new Set(ids)].map((id) => {
    const entry = there.get(id);
    if (entry) return entry;
    throw new LabRefusal('unknown-entry', `${whose} has no entry ${id}.`, 'Choose one of those shown.');
  });
}

/** The user's own, from the rows: a list needs no vectors. */
export async function userEntries(memories: LabMemories): Promise<readonly StoredEntry[]> {
  await memories.user();
  return (await memories.rows.texts(USER_NAMESPACE)).entries.map(storedEntry);
}

export async function storedEntries(memory: LongTermMemory): Promise<readonly StoredEntry[]> {
  return (await memory.list()).map(storedEntry);
}

function storedEntry({
  id,
  content,
  metadata,
  memoryType,
  created,
  updated,
  sourceStep,
}: EntryText): StoredEntry {
  return { id, content, metadata, memoryType, created, updated, sourceStep };
}
