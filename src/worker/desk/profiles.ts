/** Memories as wholes: made, copied, dropped, compared. */
import { compareMemories } from '../../memory/history/comparison';
import type { SnapshotFiles } from '../../memory/index/snapshot-files';
import { BY_USER, type Note } from '../../memory/journal';
import { dropNamespace, USER_NAMESPACE } from '../../memory/long-term-memory';
import type { MemoryRows, RowChange } from '../../memory/rows/rows';
import { LabRefusal } from '../lab-errors';
import type { Comparison } from '../memory-protocol';
import { userNamespace } from './names';

async function refuseTaken(rows: MemoryRows, name: string, given: string): Promise<void> {
  if (!(await rows.list()).some((record) => record.name === name)) return;
  throw new LabRefusal(
    'namespace-taken',
    `There is a memory called ${JSON.stringify(given.trim())} already.`,
    'Choose another name, or delete that one first.',
  );
}

/** An empty one. Throws `LabRefusal`. */
export async function createProfile(
  rows: MemoryRows,
  given: string,
  made: Parameters<MemoryRows['ensure']>[1],
): Promise<void> {
  const name = userNamespace(given);
  await refuseTaken(rows, name, given);
  await rows.ensure(name, made, 'strict');
}

/**
 * Entries under their ids, with their times and vectors; the journal begins with the copying. One step, so that there
 * is a whole copy or none. Throws `LabRefusal`, `UnknownNamespaceError`, and what the writing throws.
 */
export async function copyProfile(
  rows: MemoryRows,
  from: { readonly name: string; readonly title: string },
  given: string,
  now: number,
): Promise<void> {
  const to = userNamespace(given);
  await refuseTaken(rows, to, given);
  const content = (await rows.read(from.name))!; /* undefined only where a known state is given */
  const { embedderId: id, dimension } = content.record;
  const note: Note = { ...BY_USER, why: `copied from ${from.title}` };
  const changes = content.entries.map((entry): RowChange => ({ kind: 'put', entry }));
  const made = { embedder: { id, dimension }, created: now };
  await rows.write(to, { act: { kind: 'copy' }, note, at: now, changes, made }, 'strict');
}

/** With its journal and its saved index, for good. The user's own memory is there again at once, empty. */
export async function dropProfile(
  { rows, indexFiles }: { readonly rows: MemoryRows; readonly indexFiles: SnapshotFiles | undefined },
  name: string,
): Promise<void> {
  const record = await rows.record(name);
  await dropNamespace(rows, name, indexFiles);
  if (name !== USER_NAMESPACE) return;
  const { embedderId: id, dimension, lastAt, created } = record;
  await rows.ensure(name, { embedder: { id, dimension }, created: Math.max(lastAt, created) }, 'strict');
}

export async function compareProfiles(rows: MemoryRows, left: string, right: string): Promise<Comparison> {
  return compareMemories((await rows.texts(left)).entries, (await rows.texts(right)).entries);
}
