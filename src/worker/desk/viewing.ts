/** A memory as the page shows it: facts about it, its entries with what the journal tells of them. */
import { DEFAULT_TOP_K } from '../../agent/tool-schemas';
import { decayAt, expiresAt } from '../../memory/ageing';
import { EmbedderUnavailableError, UnknownNamespaceError } from '../../memory/errors';
import type { NamespaceRecord } from '../../memory/rows/rows';
import type { LabMemories } from '../memories';
import type { NamespaceFacts, NamespaceView } from '../memory-protocol';
import type { JournalUses } from './journal-uses';
import { named } from './names';
import type { OpenMemories } from './open-memories';

/** The facts of a namespace that this tab shows; undefined for another tab's. */
export async function factsOf(
  memories: LabMemories,
  record: NamespaceRecord,
): Promise<NamespaceFacts | undefined> {
  const name = named(record.name, memories.prefix);
  if (!name) return undefined;
  return {
    ...name,
    name: record.name,
    count: record.count,
    revision: record.revision,
    journal: record.journal,
    erasures: record.erasures ?? 0,
    embedderId: record.embedderId,
    bytes: await memories.bytesOf(record),
    created: record.created,
    lastAt: record.lastAt,
  };
}

/** Throws `UnknownNamespaceError`, also for a memory of another tab's rollouts. */
export async function viewOf(
  name: string,
  { memories, open, uses }: { memories: LabMemories; open: OpenMemories; uses: JournalUses },
  now: number,
): Promise<NamespaceView> {
  const search = await searchedBy(open, name);
  const { record, entries } = await memories.rows.texts(name);
  const use = await uses.of(record);
  const facts = await factsOf(memories, record);
  if (!facts) throw new UnknownNamespaceError(name);
  const { ageing } = record;
  return {
    facts,
    entries: entries.map((entry) => {
      const used = use.of(entry.id);
      const { retrievals, lastRetrieved, by } = used;
      const expires = expiresAt(entry, used, ageing);
      return { ...entry, retrievals, lastRetrieved, by, expires, decay: decayAt(entry, ageing, now) };
    }),
    ageing,
    ...search,
    topK: DEFAULT_TOP_K,
  };
}

/** What searches it. A memory whose embedder cannot be had is shown all the same: its texts do not depend on it. */
async function searchedBy(open: OpenMemories, name: string): Promise<Pick<NamespaceView, 'index' | 'theta'>> {
  try {
    const { indexStatus, embedder } = await open.get(name);
    return { index: indexStatus, theta: embedder.threshold };
  } catch (error) {
    if (!(error instanceof EmbedderUnavailableError)) throw error;
    return { index: { kind: 'none', degraded: error.message }, theta: 0 };
  }
}
