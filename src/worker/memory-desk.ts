/**
 * The desk of the memory page in the worker: what the calls of memory-protocol.ts do. It works on rows and on
 * memories of its own opening, never on those an episode holds, so it waits for no model and no model for it.
 * Only the user's memories are changed from here; those of episodes and rollouts are what their logs say.
 */
import { DEFAULT_TOP_K } from '../agent/tool-schemas';
import type { AuditReport } from '../memory/audit/findings';
import { UnknownNamespaceError } from '../memory/errors';
import type { Progress } from '../memory/history/act-progress';
import { checkMoment, entriesAt } from '../memory/history/past';
import { USER_NAMESPACE } from '../memory/long-term-memory';
import type { EntryText } from '../memory/memory';
import { carryOut } from './desk/editing';
import { eraseForGood, erasureFacts } from './desk/erasing';
import type { Exchange } from './desk/exchange';
import { expireMemories } from './desk/expiring';
import { readJournalPage } from './desk/journal-pages';
import { JournalUses } from './desk/journal-uses';
import { deleteKind, keepingOf, storageOf, watchOver } from './desk/keeping';
import { named } from './desk/names';
import { OpenMemories } from './desk/open-memories';
import { compareProfiles, copyProfile, createProfile, dropProfile } from './desk/profiles';
import { Reembedding } from './desk/reembedding';
import { Searching } from './desk/searching';
import { factsOf, viewOf } from './desk/viewing';
import { LabRefusal } from './lab-errors';
import type { LabMemories } from './memories';
import type { MemoryCalls, MemoryHome, MemoryNews, NamespaceView } from './memory-protocol';

export type MemoryHandlers = {
  readonly [Name in keyof MemoryCalls]: (
    args: MemoryCalls[Name]['args'],
  ) => Promise<MemoryCalls[Name]['result']>;
};

/** An audit lets other calls have their turn after so long. Milliseconds. */
const BREATH = 20;
/** Progress is told so often. Milliseconds. */
const SEEN = 100;

/** What the desk works with; there is none of it before the memories are open. */
interface Desk {
  readonly memories: LabMemories;
  readonly open: OpenMemories;
  readonly uses: JournalUses;
  readonly searching: Searching;
  /** Its script comes with the first file. */
  readonly exchange: () => Promise<Exchange>;
  readonly reembedding: Reembedding;
}

export class MemoryDesk {
  private known: Desk | null = null;

  constructor(
    /** Throws as long as they are not open. */
    private readonly find: () => LabMemories,
    private readonly tell: (news: MemoryNews) => void,
    /** Milliseconds since the epoch. */
    private readonly now: () => number = Date.now,
  ) {}

  readonly handlers: MemoryHandlers = {
    memoryHome: () => this.home(),
    viewNamespace: ({ name }) => this.view(name),
    createNamespace: async ({ name }) => {
      const { memories } = this.desk;
      const { id, dimension } = memories.embedder;
      await createProfile(memories.rows, name, { embedder: { id, dimension }, created: this.now() });
      return this.home();
    },
    copyNamespace: async ({ from, to }) => {
      const { title } = this.shown(from);
      await copyProfile(this.desk.memories.rows, { name: from, title }, to, this.now());
      return this.home();
    },
    dropNamespace: async ({ name }) => {
      this.owned(name);
      const { memories, open, uses } = this.desk;
      await dropProfile(memories, name);
      open.forget(name);
      uses.forget(name);
      memories.changed(name);
      return this.home();
    },
    compareNamespaces: async ({ left, right }) => {
      for (const name of [left, right]) this.shown(name);
      return compareProfiles(this.desk.memories.rows, left, right);
    },
    editMemory: async ({ name, edit }) => {
      this.owned(name);
      const { memories, open } = this.desk;
      await carryOut({ ...(await open.acting(name)), onProgress: this.progressOf(name) }, edit, this.now);
      memories.changed(name);
      return this.view(name);
    },
    searchMemory: async ({ name, query, mode }) => {
      this.shown(name);
      const { open, searching } = this.desk;
      const start = performance.now();
      const memory = await open.get(name);
      const scores = await searching.search(memory, query, mode, this.now());
      const theta = memory.embedder.threshold;
      return { query, mode, scores, theta, topK: DEFAULT_TOP_K, ms: performance.now() - start };
    },
    neighbours: async ({ name, id, count }) => {
      this.shown(name);
      const { open, searching } = this.desk;
      return searching.neighbours(await open.get(name), id, count);
    },
    mapMemory: async ({ name }) => {
      this.shown(name);
      const { open, searching } = this.desk;
      return searching.map(await open.get(name));
    },
    readJournal: async (args) => {
      this.shown(args.name);
      return readJournalPage(this.desk.memories.rows, args);
    },
    memoryAt: ({ name, seq }) => this.at(name, seq),
    auditMemory: ({ name }) => this.audit(name),
    erasureFacts: async ({ name, ids }) => {
      this.owned(name);
      return erasureFacts(this.desk.memories, name, ids, this.now());
    },
    eraseForGood: async ({ name, ids }) => {
      this.owned(name);
      const { memories, open, searching } = this.desk;
      try {
        await eraseForGood(memories, open, name, { ids, at: this.now() });
      } finally {
        searching.forget(name);
        memories.changed(name);
      }
      return this.view(name);
    },
    exportMemory: async ({ name, format }) => {
      this.shown(name);
      const { open, exchange } = this.desk;
      return (await exchange()).export(await open.get(name), format);
    },
    previewImport: async ({ name, ...file }) => {
      this.owned(name);
      return (await this.desk.exchange()).preview(name, file, this.now());
    },
    applyImport: async ({ name, token, conflicts }) => {
      this.owned(name);
      const { memories, open, exchange } = this.desk;
      const files = await exchange();
      await files.apply(await open.get(name), { token, conflicts, onProgress: this.progressOf(name) });
      memories.changed(name);
      return this.view(name);
    },
    reembed: async ({ name, embedder }) => {
      this.owned(name);
      const { memories, reembedding } = this.desk;
      await reembedding.run(name, embedder);
      memories.changed(name);
      return this.view(name);
    },
    cancelReembedding: async () => {
      this.desk.reembedding.stop();
      return null;
    },
    persistStorage: async () => storageOf(this.desk.memories),
    deleteStored: async ({ kind }) => deleteKind(this.desk.memories, kind),
    backUpNow: async () => {
      await watchOver(this.desk.memories).keeper.backUpNow();
      return this.home();
    },
    restoreBackup: async ({ id, name }) => {
      this.owned(name);
      const stayed = await watchOver(this.desk.memories).keeper.restore(id, name);
      this.desk.memories.changed(name);
      return { home: await this.home(), stayed };
    },
    acceptLoss: async ({ name }) => {
      this.owned(name);
      await watchOver(this.desk.memories).keeper.acceptLoss(name);
      this.desk.memories.changed(name);
      return this.home();
    },
  };

  /** What is to be done when the lab opens; nothing waits for it. */
  async begin(): Promise<void> {
    const { memories, open } = this.desk;
    for (const name of await expireMemories(memories, open, this.now())) memories.changed(name);
  }

  /** News of an act under way, not more often than one can see. */
  private progressOf(name: string): Progress {
    let last = performance.now();
    return (done, total) => {
      if (performance.now() - last < SEEN) return;
      last = performance.now();
      this.tell({ kind: 'acting', name, done, total });
    };
  }

  private get desk(): Desk {
    if (this.known) return this.known;
    const memories = this.find();
    const { rows } = memories;
    this.known = {
      memories,
      open: new OpenMemories(memories),
      uses: new JournalUses(rows),
      searching: new Searching(rows),
      exchange: exchangeOf(rows),
      reembedding: new Reembedding(memories, this.tell),
    };
    return this.known;
  }

  private async home(): Promise<MemoryHome> {
    const { memories } = this.desk;
    // There from the first look on, so that there is a place to keep things in.
    const { id, dimension } = memories.embedder;
    await memories.rows.ensure(
      USER_NAMESPACE,
      { embedder: { id, dimension }, created: this.now() },
      'strict',
    );
    const records = await memories.rows.list();
    const facts = await Promise.all(records.map((record) => factsOf(memories, record)));
    return {
      namespaces: facts.filter((known) => known !== undefined),
      ...(await keepingOf(
        memories,
        records.map(({ name }) => name),
      )),
      where: memories.description,
      logged: memories.safety?.keeper.logIsBehind ? 'behind' : (memories.safety?.logged ?? null),
      lasts: memories.safety !== null,
    };
  }

  private async view(name: string): Promise<NamespaceView> {
    this.shown(name);
    return viewOf(name, this.desk, this.now());
  }

  private async at(name: string, seq: number): Promise<readonly EntryText[]> {
    this.shown(name);
    const { rows } = this.desk.memories;
    checkMoment(seq, (await rows.record(name)).journal);
    return seq === 0 ? [] : entriesAt(await rows.journal(name, 1, seq), seq);
  }

  private async audit(name: string): Promise<AuditReport> {
    this.shown(name);
    const { memories, uses } = this.desk;
    const { auditInSteps } = await import('../memory/audit/audit');
    const { record, entries } = await memories.rows.texts(name);
    const use = await uses.of(record);
    const steps = auditInSteps({ entries, use, now: this.now() });
    for (let breath = performance.now(); ; ) {
      const { done, value } = steps.next();
      if (done) return value;
      if (performance.now() - breath < BREATH) continue;
      await new Promise((resolve) => setTimeout(resolve));
      breath = performance.now();
    }
  }

  /** Throws `UnknownNamespaceError` for a memory of another tab's rollouts. */
  private shown(name: string) {
    const known = named(name, this.desk.memories.prefix);
    if (!known) throw new UnknownNamespaceError(name);
    return known;
  }

  /** Throws `LabRefusal` unless it is the user's to change. */
  private owned(name: string): void {
    if (this.shown(name).kind === 'user') return;
    throw new LabRefusal(
      'memory-of-episode',
      'This memory belongs to an episode: its log says how it came about, so it is not changed by hand.',
      'Copy it to a memory of your own, and change that.',
    );
  }
}

/** One for all files, since a preview is held until it is carried out. */
function exchangeOf(rows: LabMemories['rows']): Desk['exchange'] {
  let coming: Promise<Exchange> | null = null;
  return () => {
    coming ??= import('./desk/exchange').then(({ Exchange }) => new Exchange(rows));
    // A script that did not come is asked for again.
    coming.catch(() => {
      coming = null;
    });
    return coming;
  };
}
