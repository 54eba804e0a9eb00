/**
 * How memories are kept, and what can be done about it: their health, backups, the storage they take, the browser's
 * promise. Where this browser keeps nothing there is nothing of it, and the page is told so.
 */
import { type StorageUse, storageUse } from '../../storage/storage-use';
import { LabRefusal } from '../lab-errors';
import type { LabMemories } from '../memories';
import type { Health, MemoryHome } from '../memory-protocol';
import type { MemorySafety } from '../memory-safety';
import { inUsersWords } from './names';

export async function keepingOf(
  memories: LabMemories,
  names: readonly string[],
): Promise<Pick<MemoryHome, 'health' | 'backups' | 'embedders' | 'storage'>> {
  const { safety } = memories;
  return {
    health: safety
      ? inUsersNames(safety.keeper.health())
      : Object.fromEntries(names.map((name) => [name, uncheckedIn(memories)])),
    backups: (await safety?.keeper.backups()) ?? [],
    embedders: await memories.embedders.facts(),
    storage: await storageOf(memories),
  };
}

function inUsersNames(health: MemoryHome['health']): MemoryHome['health'] {
  return Object.fromEntries(
    Object.entries(health).map(([name, one]) => [
      name,
      one.state === 'whole' ? one : { ...one, message: inUsersWords(one.message, name) },
    ]),
  );
}

function uncheckedIn({ description }: LabMemories): Health {
  return { state: 'unchecked', message: `There is nothing to compare it with. ${description}` };
}

export function storageOf({ safety }: LabMemories): Promise<StorageUse> {
  return storageUse(safety?.storage ?? []);
}

/** Throws `LabRefusal` if nothing of the kind is kept. */
export async function deleteKind(memories: LabMemories, kind: string): Promise<StorageUse> {
  const remove = memories.safety?.storage.find((source) => source.kind === kind)?.remove;
  if (!remove) {
    throw new LabRefusal('nothing-stored', `No ${kind} are kept here.`, 'There is nothing to delete.');
  }
  await remove();
  return storageOf(memories);
}

/** Throws `LabRefusal` where this browser keeps nothing. */
export function watchOver({ safety, description }: LabMemories): MemorySafety {
  if (safety) return safety;
  throw new LabRefusal('nothing-kept', description, 'Export the memory to a file instead.');
}
