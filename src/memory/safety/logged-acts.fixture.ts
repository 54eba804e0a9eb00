/** For tests: rows in this process whose acts are logged as the lab logs them, and random acts on them. */
import { FolderInMemory } from '../../storage/folder.fixture';
import { NgramEmbedder } from '../embedders/ngram-embedder';
import { random } from '../index/unit-vectors.fixture';
import { BY_USER } from '../journal';
import type { EntryDraft, MemoryRows, RowChange } from '../rows/rows';
import { TransientRows } from '../rows/transient-rows';
import { ActLog } from './act-log';
import type { SavedNamespace } from './backup-file';
import { readWhole } from './saving';
import { type RowsWatch, SharedRows } from './shared-rows';
import { Tabs } from './tabs';

export const LOGGED = 'user/logged';
export const embedder = new NgramEmbedder({ dimension: 16 });

const open: Tabs[] = [];

/** After each test. */
export function closeTabs(): void {
  for (const tabs of open) tabs.close();
}

export interface Logged {
  readonly rows: MemoryRows;
  readonly folder: FolderInMemory;
  readonly log: ActLog;
  readonly damaged: string[];
  /** Of every state up to now, in order, after the log was written. */
  readonly states: SavedNamespace[];
}

/** Another `ActLog` over the same files and rows is another tab. */
export function logOver(folder: FolderInMemory, rows: MemoryRows, damaged: string[] = [], backedUp = 0) {
  return new ActLog({
    files: folder,
    folder,
    rows,
    backedUp: async () => backedUp,
    damaged: (file) => damaged.push(file),
  });
}

export async function logged(
  folder = new FolderInMemory(),
  stored: MemoryRows = new TransientRows(),
): Promise<Logged> {
  const damaged: string[] = [];
  const log = logOver(folder, stored, damaged);
  const states: SavedNamespace[] = [];
  const watch: RowsWatch = {
    committed: async (record, fresh, durability) => {
      await log.keep(record, fresh, durability);
      const state = await readWhole(stored, record.name);
      if (!state) throw new Error('the rows do not add up');
      states.push(state);
    },
    changed: () => undefined,
    opened: () => undefined,
    leaving: async () => undefined,
    left: async () => undefined,
    stayed: () => undefined,
    missing: () => undefined,
  };
  const tabs = Tabs.open(`logged-${open.length}`);
  open.push(tabs);
  const rows = new SharedRows(stored, tabs, watch, () => true);
  await rows.ensure(LOGGED, { embedder, created: 1 }, 'strict');
  return { rows, folder, log, damaged, states };
}

export function draft(content: string, metadata: EntryDraft['metadata'] = {}): EntryDraft {
  return {
    content,
    metadata,
    memoryType: 'fact',
    created: 5,
    updated: 5,
    sourceStep: '',
    embedding: embedder.embedNow(content),
    embedderId: embedder.id,
  };
}

export const add = (content: string): RowChange => ({ kind: 'add', draft: draft(content) });

export function act(rows: MemoryRows, changes: readonly RowChange[], at = 10, name = LOGGED) {
  const retrieval = changes.every(({ kind }) => kind === 'retrieved');
  const kind = retrieval ? ('retrieve' as const) : ('import' as const);
  const write = { act: { kind }, note: BY_USER, at, changes };
  return rows.write(name, write, retrieval ? 'relaxed' : 'strict');
}

/** So many acts of every kind: entries that come, change and go, several at once, retrievals, ageing. */
export async function randomActs(rows: MemoryRows, seed: number, count: number): Promise<void> {
  const draw = random(seed);
  const below = (limit: number) => Math.floor(draw() * limit);
  for (let i = 0; i < count; i++) {
    if (below(12) === 0) {
      await rows.setAgeing(LOGGED, { expireAfter: 60_000 * (1 + below(9)), halfLife: null });
      continue;
    }
    const ids = (await rows.texts(LOGGED)).entries.map(({ id }) => id);
    const changes: RowChange[] = [];
    for (let left = below(4); left >= 0; left--) {
      const place = below(ids.length + 1);
      const id = ids[place];
      const text = `${['fact', 'Ünïcode 𝄞', 'line\nbreak'][below(3)]} ${seed}.${i}.${left}`;
      const kind = below(5);
      if (!id || kind < 2) changes.push({ kind: 'add', draft: draft(text, { n: below(9) }) });
      else if (kind === 2) {
        const { embedding, embedderId, metadata, updated, sourceStep } = draft(text, { k: below(3) });
        const change = { content: text, embedding, embedderId, metadata, updated, sourceStep };
        changes.push({ kind: 'replace', id, change });
      } else if (kind === 3) {
        changes.push({ kind: 'remove', id });
        ids.splice(place, 1);
      } else changes.push({ kind: 'retrieved', query: text, topK: 2, hits: [{ id, score: 0.5 }] });
    }
    await act(rows, changes, 10 + below(1000));
  }
}
