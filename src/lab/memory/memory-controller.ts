/**
 * What the user's actions on the memory page do: what is looked at, and what is written by hand. Files and whole
 * memories have objects of their own beside it. React reads the state through `subscribe` and `state`.
 */
import type {
  Ageing,
  AuditFinding,
  Erasable,
  ErasureFacts,
  MemoryEdit,
  MemoryHome,
  MemoryNews,
} from '../../worker/memory-protocol';
import { count } from '../figures';
import { say } from '../language/language';
import { Latest } from '../state/latest';
import type { MemoryLine } from '../state/memory-line';
import { newest } from './loaded';
import { MemoryFiles } from './memory-files';
import { MemoryKeeping } from './memory-keeping';
import { type Draft, draftOf, type MemoryChange, type MemoryState, NEW, type Tab } from './memory-state';
import { MemoryStore } from './memory-store';
import { readMetadata } from './metadata-text';

/** Records of the journal that are read at once. */
export const PAGE = 50;
/** Nearest neighbours shown of an entry. */
const NEIGHBOURS = 8;

export interface MemoryHands {
  /** Hands a file to the browser to be saved. */
  readonly save: (file: string, data: Blob) => void;
}

export class MemoryController {
  private readonly store: MemoryStore;
  private deaf: (() => void) | null = null;
  private readonly searches = new Latest<null>(() => this.search());
  private readonly moments = new Latest<number>((seq) => this.past(seq));
  private readonly refreshes = new Latest<null>(() => this.refresh());
  /** The page was opened, and what there is is not known yet. */
  private entering = false;
  private readonly homes = new Latest<null>(() => this.readHome());
  readonly files: MemoryFiles;
  readonly keeping: MemoryKeeping;
  readonly state: () => MemoryState;
  readonly subscribe: (listener: () => void) => () => void;

  constructor(
    private readonly line: MemoryLine,
    hands: MemoryHands,
  ) {
    this.store = new MemoryStore(line);
    this.store.follow = async () => {
      this.homes.want(null);
      await this.showTab();
    };
    this.keeping = new MemoryKeeping(this.store, (name) => this.choose(name));
    this.files = new MemoryFiles(this.store, hands.save, () => this.keeping.keptSomething());
    ({ state: this.state, subscribe: this.subscribe } = this.store);
  }

  /** Begins to listen and reads everything on view anew: other pages of the lab may have changed it. */
  async open(): Promise<void> {
    this.deaf ??= this.line.listen((news) => this.hear(news));
    this.entering = true;
    await this.readHome();
  }

  /** What is there is known: the memory on view is read anew, or the first one chosen. */
  private async enter({ namespaces }: MemoryHome): Promise<void> {
    const there = namespaces.some(({ name }) => name === this.state().name);
    if (there) return this.refreshes.want(null);
    const first = namespaces.find(({ kind }) => kind === 'user') ?? namespaces[0];
    if (first) await this.choose(first.name);
  }

  close(): void {
    this.deaf?.();
    this.deaf = null;
  }

  // -------------------------------------------------------------- looking

  async choose(name: string): Promise<void> {
    this.store.dropAll();
    this.files.forget();
    this.store.apply({ type: 'chosen', name });
    await this.refresh();
  }

  async go(tab: Tab): Promise<void> {
    this.store.apply({ type: 'tab', tab });
    await this.showTab();
  }

  ask(part: Extract<MemoryChange, { readonly type: 'asked' }>['part']): void {
    this.store.apply({ type: 'asked', part });
    if (part.query === '') this.store.drop('search');
    if ((part.query !== undefined || part.mode !== undefined) && this.state().query !== '') {
      this.searches.want(null);
    }
  }

  /** Opens an entry, `NEW` for a new one, null for none. */
  readonly activate = (id: string | null): void => {
    if (id === this.state().active) return;
    this.store.apply({ type: 'active', id });
    void this.readEntry();
  };

  readonly select = (ids: ReadonlySet<string>): void => {
    this.store.apply({ type: 'selected', ids });
  };

  /** Shows the memory as it was after a record; null: as it is. */
  readonly look = (seq: number | null): void => {
    this.store.apply({ type: 'moment', seq });
    if (seq === null) this.store.drop('past');
    else this.moments.want(seq);
  };

  async older(): Promise<void> {
    const page = newest(this.state().parts.journal);
    if (!page || page.complete) return;
    const before = page.records[page.records.length - 1]?.seq ?? null;
    await this.store.load('journal', async () => {
      const more = await this.store.ofThis('readJournal', { before, limit: PAGE, id: null });
      return { records: [...page.records, ...more], complete: reachesFirst(more) };
    });
  }

  async audit(): Promise<void> {
    await this.store.load('audit', () => this.store.ofThis('auditMemory', {}));
  }

  readonly map = async (): Promise<void> => {
    await this.store.load('map', () => this.store.ofThis('mapMemory', {}));
  };

  /** Life and neighbours of the open entry. */
  async readEntry(): Promise<void> {
    const { active: id, parts } = this.state();
    const stored = newest(parts.view)?.entries.some((entry) => entry.id === id) ?? false;
    if (id === null || id === NEW || !stored) return;
    await Promise.all([
      this.store.load('life', () => this.store.ofThis('readJournal', { before: null, limit: PAGE, id })),
      this.store.load('neighbours', () => this.store.ofThis('neighbours', { id, count: NEIGHBOURS })),
    ]);
  }

  /** Takes the note of what was done away. */
  hush(): void {
    this.store.apply({ type: 'said', said: null });
  }

  dismiss(): void {
    this.store.apply({ type: 'trouble', error: null });
  }

  /** Reads anew what changes by itself: backups are made and checks end while one looks. True if it was read. */
  async glance(): Promise<boolean> {
    if (this.state().busy !== null) return false;
    // Reading overtakes what was being read: nothing is on view before the page has opened.
    if (this.state().name === null) await this.open();
    else await this.readHome();
    return this.state().parts.home.state === 'ready';
  }

  // -------------------------------------------------------------- writing

  draft(id: string, draft: Draft | null): void {
    this.store.apply({ type: 'draft', id, draft });
  }

  /** Saves the draft of an entry; what cannot be saved stays as it was written. Throws `MetadataTextError`. */
  async save(id: string): Promise<void> {
    const entries = newest(this.state().parts.view)?.entries ?? [];
    const stored = entries.find((entry) => entry.id === id) ?? null;
    const draft = draftOf(this.state(), id, stored);
    const { content } = draft;
    const memoryType = draft.memoryType.trim();
    const metadata = readMetadata(draft.metadata);
    const done = stored
      ? await this.edit(say('Saving'), say('Changed {id}.', { id }), {
          kind: 'change',
          id,
          content,
          memoryType,
          metadata,
        })
      : await this.edit(say('Saving'), say('Added an entry.'), {
          kind: 'add',
          content,
          memoryType,
          metadata,
        });
    if (!done) return;
    if (!stored) void this.keeping.keptSomething();
    this.draft(id, null);
    const before = new Set(entries.map((entry) => entry.id));
    const added = newest(this.state().parts.view)?.entries.find((entry) => !before.has(entry.id));
    if (!stored && this.state().active === id) this.activate(added?.id ?? null);
  }

  /** One act. `why`: whether the user thought of it, or an audit. */
  async remove(ids: readonly string[], why: 'user' | 'audit' = 'user'): Promise<void> {
    const words = ids.length === 1 ? ids[0] : count(ids.length, 'entry', 'entries');
    await this.edit(say('Deleting'), say('Deleted {what}.', { what: words }), { kind: 'delete', ids, why });
  }

  /** What forgetting these for good would take; null if it could not be told, which is reported. */
  async erasure(ids: Erasable): Promise<ErasureFacts | null> {
    try {
      return await this.store.ofThis('erasureFacts', { ids });
    } catch (error) {
      this.store.report(error);
      return null;
    }
  }

  async forgetForGood(ids: readonly string[]): Promise<void> {
    const words = ids.length === 1 ? ids[0] : count(ids.length, 'entry', 'entries');
    await this.store.changing(
      say('Forgetting for good'),
      say('Forgot {what} for good.', { what: words }),
      async () => {
        const view = await this.store.ofThis('eraseForGood', { ids });
        // What was read of the journal before still has the texts.
        this.forgetRead();
        for (const id of ids) this.draft(id, null);
        return view;
      },
    );
  }

  async undo(act: number, words: string): Promise<void> {
    await this.edit(say('Undoing'), words, { kind: 'undo', act });
  }

  async restore(seq: number): Promise<void> {
    const words =
      seq === 0
        ? say('Restored the empty memory.')
        : say('Restored the state after record {record}.', { record: seq });
    if (await this.edit(say('Restoring'), words, { kind: 'restore', seq })) this.look(null);
  }

  async age(ageing: Ageing): Promise<void> {
    await this.edit(say('Setting the rules'), say('The rules of ageing are set.'), {
      kind: 'ageing',
      ageing,
    });
  }

  /** Carries out what the findings propose, as one act. */
  async mend(findings: readonly AuditFinding[]): Promise<void> {
    const proposals = findings.map(({ proposal }) => proposal);
    await this.edit(
      say('Mending'),
      say('Mended {findings}.', { findings: count(findings.length, 'finding') }),
      { kind: 'mend', proposals },
    );
  }

  private edit(doing: string, done: string, edit: MemoryEdit): Promise<boolean> {
    return this.store.changing(doing, done, () => this.store.ofThis('editMemory', { edit }));
  }

  // -------------------------------------------------------------- keeping up

  private hear(news: MemoryNews): void {
    const { name, busy, reembedding } = this.state();
    switch (news.kind) {
      case 'memory-changed':
        // The answer to a call of this page brings the memory itself.
        if (news.name === name && (news.elsewhere || busy === null)) this.refreshes.want(null);
        return;
      case 'keeping-changed':
        if (this.state().parts.home.state !== 'none') this.homes.want(null);
        return;
      case 'acting': {
        const { done, total } = news;
        if (news.name === name && busy !== null)
          this.store.apply({ type: 'acting', progress: { done, total } });
        return;
      }
      case 'reembedding': {
        const { embedder, done, total } = news;
        if (reembedding) this.store.apply({ type: 'reembedding', progress: { embedder, done, total } });
        return;
      }
      case 'embedder-loading': {
        const { file, done, total } = news;
        this.store.apply({ type: 'fetching', progress: { file, done, total } });
        return;
      }
    }
  }

  private forgetRead(): void {
    for (const part of ['journal', 'life', 'past'] as const) {
      this.store.drop(part);
      this.store.apply({ type: 'cleared', part });
    }
  }

  private async refresh(): Promise<void> {
    const erasures = () => newest(this.state().parts.view)?.facts.erasures;
    const before = erasures();
    await this.store.load('view', () => this.store.ofThis('viewNamespace', {}));
    // Another tab has erased what was read of the journal here.
    if (before !== undefined && before !== erasures()) this.forgetRead();
    await this.showTab();
  }

  /** Brings what the tab on view shows up to date with the memory. */
  private async showTab(): Promise<void> {
    switch (this.state().tab) {
      case 'entries':
        if (this.state().query !== '') this.searches.want(null);
        await Promise.all([this.readEntry(), this.map()]);
        return;
      case 'journal': {
        await this.readJournal();
        const { moment } = this.state();
        if (moment !== null) this.moments.want(moment);
        return;
      }
      case 'audit':
        return this.audit();
      case 'exchange':
        return;
      case 'profiles':
      case 'safety':
      case 'settings':
        return this.readHome();
    }
  }

  private async readHome(): Promise<void> {
    await this.store.load('home', () => this.line.call('memoryHome', {}));
    const { home } = this.state().parts;
    // A reading that another overtook leaves entering to that one.
    if (!this.entering || home.state !== 'ready') return;
    this.entering = false;
    await this.enter(home.value);
  }

  /** The newest page, in front of what is there already: the journal only grows. */
  private async readJournal(): Promise<void> {
    await this.store.load('journal', async () => {
      const records = await this.store.ofThis('readJournal', { before: null, limit: PAGE, id: null });
      const oldest = records[records.length - 1]?.seq ?? 0;
      const held = newest(this.state().parts.journal);
      const rest = held?.records.filter(({ seq }) => seq < oldest) ?? [];
      if (held && rest[0]?.seq === oldest - 1) {
        return { records: [...records, ...rest], complete: held.complete };
      }
      return { records, complete: reachesFirst(records) };
    });
  }

  private async search(): Promise<void> {
    const { query, mode } = this.state();
    if (query === '') return;
    await this.store.load('search', () => this.store.ofThis('searchMemory', { query, mode }));
  }

  private async past(seq: number): Promise<void> {
    await this.store.load('past', async () => {
      const [entries, [record]] = await Promise.all([
        this.store.ofThis('memoryAt', { seq }),
        this.store.ofThis('readJournal', { before: seq + 1, limit: 1, id: null }),
      ]);
      return { seq, entries, record: record ?? null };
    });
  }
}

function reachesFirst(records: readonly { readonly seq: number }[]): boolean {
  return records.length < PAGE || records[records.length - 1].seq === 1;
}
