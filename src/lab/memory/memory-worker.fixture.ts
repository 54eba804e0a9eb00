/**
 * A memory behind the calls of the page, kept in this process: for tests of the page's own logic. Its journal, undo
 * and search do what the protocol says, as plainly as can be; what the worker really does is tested with the worker.
 */
import type {
  AuditReport,
  EntryText,
  JournalOp,
  JournalRecord,
  MemoryEdit,
  MemoryHome,
  MemoryNews,
  NamespaceView,
  ViewedEntry,
} from '../../worker/memory-protocol';
import type { MemoryArgs, MemoryCallName, MemoryLine, MemoryResult } from '../state/memory-line';
import { CallFailedError } from '../state/worker-client';

type Handlers = { readonly [Name in MemoryCallName]: (args: MemoryArgs<Name>) => MemoryResult<Name> };

const USER = { kind: 'user' } as const;

export class RecordedLine implements MemoryLine {
  readonly asked: { readonly name: string; readonly args: unknown }[] = [];
  /** Set to make every call of this name fail. */
  failing: string | null = null;
  /** Milliseconds since the epoch. */
  clock = Date.UTC(2026, 10, 26, 9);
  private erasures = 0;
  private readonly listeners = new Set<(news: MemoryNews) => void>();
  readonly spaces = new Map<
    string,
    { entries: Map<string, EntryText>; journal: JournalRecord[]; next: number }
  >();

  constructor() {
    this.spaces.set('user', { entries: new Map(), journal: [], next: 1 });
  }

  async call<Name extends MemoryCallName>(name: Name, args: MemoryArgs<Name>): Promise<MemoryResult<Name>> {
    this.asked.push({ name, args });
    await Promise.resolve();
    if (this.failing === name) {
      throw new CallFailedError({ code: 'broken', message: `${name} is broken.`, whatToDo: 'Mend it.' });
    }
    const handler = this.handlers[name] as (args: MemoryArgs<Name>) => MemoryResult<Name>;
    return structuredClone(handler(args));
  }

  listen(listener: (news: MemoryNews) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(news: MemoryNews): void {
    for (const listener of this.listeners) listener(news);
  }

  /** Times a call was made. */
  count(name: MemoryCallName): number {
    return this.asked.filter((one) => one.name === name).length;
  }

  private space(name: string) {
    const space = this.spaces.get(name);
    if (!space)
      throw new CallFailedError({
        code: 'gone',
        message: `There is no ${name}.`,
        whatToDo: 'Choose another.',
      });
    return space;
  }

  /** Carries out one act. */
  act(
    name: string,
    kind: JournalRecord['act']['kind'],
    ops: readonly JournalOp[],
    rest: Partial<JournalRecord> = {},
  ): void {
    const space = this.space(name);
    const id = space.journal.length + 1;
    for (const op of ops) {
      this.clock += 61_000;
      const seq = space.journal.length + 1;
      space.journal.push({ seq, at: this.clock, by: USER, why: '', act: { id, kind }, op, ...rest });
      apply(space.entries, op);
    }
  }

  text(name: string, content: string, metadata: EntryText['metadata'] = {}, memoryType = ''): EntryText {
    const id = `m${this.space(name).next++}`;
    return { id, content, metadata, memoryType, created: this.clock, updated: this.clock, sourceStep: '' };
  }

  private edit(name: string, edit: MemoryEdit): void {
    const { entries, journal } = this.space(name);
    const removal = (id: string): JournalOp => ({ kind: 'delete', before: need(entries, id) });
    const id = journal.length + 1;
    switch (edit.kind) {
      case 'add': {
        const after = this.text(name, edit.content, edit.metadata, edit.memoryType);
        this.act(name, 'add', [{ kind: 'add', after }]);
        break;
      }
      case 'change': {
        const before = need(entries, edit.id);
        const { content, metadata, memoryType } = edit;
        const after = { ...before, content, metadata, memoryType, updated: this.clock };
        this.act(name, 'update', [{ kind: 'update', before, after }]);
        break;
      }
      case 'delete':
        this.act(name, edit.why === 'audit' ? 'clean' : 'delete', edit.ids.map(removal));
        break;
      case 'merge': {
        const before = need(entries, edit.ids[0]);
        const after = { ...before, content: edit.content };
        this.act(name, 'merge', [{ kind: 'update', before, after }, ...edit.ids.slice(1).map(removal)]);
        break;
      }
      case 'mend': {
        const ids = edit.proposals.flatMap((one) => (one.kind === 'delete' ? one.ids : []));
        this.act(name, 'clean', ids.map(removal));
        break;
      }
      case 'clear':
        this.act(name, 'clear', [...entries.keys()].map(removal));
        break;
      case 'ageing':
        break;
      case 'undo': {
        const ops = journal.filter(({ act }) => act.id === edit.act).map(({ op }) => inverse(op));
        this.act(name, 'undo', ops.reverse(), { act: { id, kind: 'undo', of: edit.act } });
        break;
      }
      case 'restore':
        this.act(name, 'restore', between(entries, stateAt(journal, edit.seq)), {
          act: { id, kind: 'restore', of: edit.seq },
        });
    }
  }

  private view(name: string): NamespaceView {
    const { entries, journal } = this.space(name);
    return {
      facts: this.facts(name),
      entries: [...entries.values()].map((entry) => viewed(entry, journal)),
      ageing: { expireAfter: null, halfLife: null },
      index: { kind: 'exact scan' },
      theta: 0.45,
      topK: 3,
    };
  }

  private erasable(name: string, ids: MemoryArgs<'eraseForGood'>['ids']): readonly string[] {
    if (ids !== 'deleted') return ids;
    const { entries, journal } = this.space(name);
    const told = journal.flatMap(({ op }) =>
      op.kind === 'delete' && !op.before.erased ? [op.before.id] : [],
    );
    return told.filter((id) => !entries.has(id));
  }

  private facts(name: string): NamespaceView['facts'] {
    const { entries, journal } = this.space(name);
    return {
      name,
      kind: name.startsWith('rollout/') ? 'rollout' : 'user',
      title: name === 'user' ? 'Personal' : name,
      count: entries.size,
      revision: journal.length,
      journal: journal.length,
      erasures: this.erasures,
      embedderId: 'ngram-512',
      bytes: 1000 * entries.size,
      created: 1,
      lastAt: journal[journal.length - 1]?.at ?? 0,
    };
  }

  home(): MemoryHome {
    return {
      namespaces: [...this.spaces.keys()].map((name) => this.facts(name)),
      health: { user: { state: 'whole', checked: this.clock } },
      backups: [
        {
          id: 'b1',
          made: this.clock,
          namespaces: [{ name: 'user', count: this.space('user').entries.size, revision: 1 }],
          bytes: 4_200,
        },
      ],
      embedders: [
        {
          id: 'ngram-512',
          title: 'Spelling',
          dimension: 512,
          theta: 0.45,
          what: 'Compares the letters of words.',
          state: 'ready',
          reason: '',
        },
        {
          id: 'policy-2-mean',
          title: 'The policy itself',
          dimension: 128,
          theta: 0.72,
          what: 'The mean of its hidden states.',
          state: 'ready',
          reason: '',
        },
      ],
      storage: {
        kinds: [
          {
            kind: 'memories',
            bytes: 48_000,
            loss: 'Your entries; delete a profile to let them go.',
            deletable: false,
          },
          { kind: 'journals', bytes: 21_000, loss: 'Belongs to the memories.', deletable: false },
          { kind: 'vectors', bytes: 84_000, loss: 'Made anew from the texts.', deletable: false },
          { kind: 'checkpoints', bytes: 920_000, loss: 'The run to continue.', deletable: true },
          {
            kind: 'backups',
            bytes: 130_000,
            loss: 'What a damaged memory is restored from.',
            deletable: true,
          },
        ],
        used: 1_400_000,
        quota: 2_000_000_000,
        persisted: 'no',
      },
      where: 'Memory is kept in IndexedDB.',
      logged: true,
      lasts: true,
    };
  }

  private readonly handlers: Handlers = {
    memoryHome: () => this.home(),
    viewNamespace: ({ name }) => this.view(name),
    createNamespace: ({ name }) => {
      this.spaces.set(name, { entries: new Map(), journal: [], next: 1 });
      return this.home();
    },
    copyNamespace: ({ from, to }) => {
      this.spaces.set(to, { ...structuredClone(this.space(from)), journal: [] });
      return this.home();
    },
    dropNamespace: ({ name }) => {
      this.spaces.delete(name);
      return this.home();
    },
    compareNamespaces: ({ left, right }) => {
      const [a, b] = [this.space(left).entries, this.space(right).entries];
      return {
        onlyLeft: [...a.values()].filter(({ id }) => !b.has(id)),
        onlyRight: [...b.values()].filter(({ id }) => !a.has(id)),
        same: 0,
        changed: [],
      };
    },
    editMemory: ({ name, edit }) => {
      this.edit(name, edit);
      return this.view(name);
    },
    searchMemory: ({ name, query, mode }) => {
      const scores = [...this.space(name).entries.values()].map(({ id, content }) => {
        const cosine = overlap(query, content);
        return { id, score: cosine, cosine, lexical: cosine * 4 };
      });
      scores.sort((a, b) => b.score - a.score);
      return { query, mode, scores, theta: 0.45, topK: 3, ms: 1.25 };
    },
    neighbours: ({ name, id, count }) => {
      const { entries } = this.space(name);
      return [...entries.values()]
        .filter((entry) => entry.id !== id)
        .map((entry) => ({ id: entry.id, cosine: overlap(need(entries, id).content, entry.content) }))
        .sort((a, b) => b.cosine - a.cosine)
        .slice(0, count);
    },
    mapMemory: ({ name }) => ({
      points: [...this.space(name).entries.keys()].map((id, i) => ({
        id,
        x: Math.cos(i * 2.4) * Math.sqrt((i % 97) / 97),
        y: Math.sin(i * 2.4) * Math.sqrt((i % 97) / 97),
      })),
      explained: 0.31,
    }),
    readJournal: ({ name, before, limit, id }) =>
      this.space(name)
        .journal.filter(
          ({ seq, op }) => (before === null || seq < before) && (id === null || concerns(op, id)),
        )
        .reverse()
        .slice(0, limit),
    memoryAt: ({ name, seq }) => [...stateAt(this.space(name).journal, seq).values()],
    auditMemory: ({ name }) => audit([...this.space(name).entries.values()]),
    erasureFacts: ({ name, ids }) => {
      const going = this.erasable(name, ids);
      return {
        ids: going,
        entries: going.filter((id) => this.space(name).entries.has(id)).length,
        records: this.space(name).journal.filter(({ op }) => going.some((id) => concerns(op, id))).length,
        backups: 1,
        copies: [],
      };
    },
    eraseForGood: ({ name, ids }) => {
      const { entries, journal } = this.space(name);
      this.erasures++;
      for (const id of this.erasable(name, ids)) {
        const mark = (entry: EntryText) =>
          entry.id === id ? { ...entry, content: 'erased', erased: 1 } : entry;
        for (const [i, record] of journal.entries())
          journal[i] = { ...record, op: erasedIn(record.op, mark) };
        const entry = entries.get(id);
        if (entry) this.act(name, 'erase', [{ kind: 'delete', before: mark(entry) }]);
      }
      return this.view(name);
    },
    exportMemory: ({ name }) => ({ file: `${name}.jsonl`, data: new Blob([name]) }),
    previewImport: ({ file }) => ({
      token: `t${this.asked.length}`,
      file,
      format: 'plain text',
      lines: [
        { line: 1, outcome: 'add', id: 'm90', content: 'A new line', current: null, reason: '' },
        {
          line: 2,
          outcome: 'conflict',
          id: 'm1',
          content: 'Rosa has boss Zed',
          current: 'Rosa has boss Botor',
          reason: 'Yours was changed later.',
        },
        { line: 3, outcome: 'reject', id: '', content: '{"a":', current: null, reason: 'Line 3 is no JSON.' },
      ],
      counts: { add: 1, update: 0, conflict: 1, same: 0, reject: 1 },
      journal: 0,
      notes: ['It has no journal.'],
    }),
    applyImport: ({ name }) => {
      this.act(name, 'import', [{ kind: 'add', after: this.text(name, 'A new line') }]);
      return this.view(name);
    },
    reembed: ({ name }) => this.view(name),
    cancelReembedding: () => null,
    persistStorage: () => ({ ...this.home().storage, persisted: 'yes' }),
    deleteStored: () => this.home().storage,
    backUpNow: () => this.home(),
    restoreBackup: () => ({ home: this.home(), stayed: 2 }),
    acceptLoss: () => this.home(),
  };
}

function need(entries: ReadonlyMap<string, EntryText>, id: string): EntryText {
  const entry = entries.get(id);
  if (!entry)
    throw new CallFailedError({ code: 'unknown-entry', message: `No ${id}.`, whatToDo: 'Choose another.' });
  return entry;
}

function apply(entries: Map<string, EntryText>, op: JournalOp): void {
  if (op.kind === 'delete') entries.delete(op.before.id);
  else if (op.kind !== 'retrieve') entries.set(op.after.id, op.after);
}

function inverse(op: JournalOp): JournalOp {
  switch (op.kind) {
    case 'add':
      return { kind: 'delete', before: op.after };
    case 'delete':
      return { kind: 'add', after: op.before };
    case 'update':
      return { kind: 'update', before: op.after, after: op.before };
    case 'retrieve':
      return op;
  }
}

function stateAt(journal: readonly JournalRecord[], seq: number): Map<string, EntryText> {
  const entries = new Map<string, EntryText>();
  for (const record of journal) if (record.seq <= seq) apply(entries, record.op);
  return entries;
}

/** What makes `now` what it was `then`. */
function between(
  now: ReadonlyMap<string, EntryText>,
  then: ReadonlyMap<string, EntryText>,
): readonly JournalOp[] {
  const ops: JournalOp[] = [];
  for (const [id, before] of now) if (!then.has(id)) ops.push({ kind: 'delete', before });
  for (const [id, after] of then) {
    const before = now.get(id);
    if (!before) ops.push({ kind: 'add', after });
    else if (JSON.stringify(before) !== JSON.stringify(after)) ops.push({ kind: 'update', before, after });
  }
  return ops;
}

function erasedIn(op: JournalOp, mark: (entry: EntryText) => EntryText): JournalOp {
  switch (op.kind) {
    case 'add':
      return { ...op, after: mark(op.after) };
    case 'update':
      return { ...op, before: mark(op.before), after: mark(op.after) };
    case 'delete':
      return { ...op, before: mark(op.before) };
    case 'retrieve':
      return op;
  }
}

function concerns(op: JournalOp, id: string): boolean {
  if (op.kind === 'retrieve') return op.hits.some((hit) => hit.id === id);
  return (op.kind === 'delete' ? op.before.id : op.after.id) === id;
}

function viewed(entry: EntryText, journal: readonly JournalRecord[]): ViewedEntry {
  const about = journal.filter(({ op }) => concerns(op, entry.id));
  const found = about.filter(({ op }) => op.kind === 'retrieve');
  const written = about.filter(({ op }) => op.kind !== 'retrieve');
  return {
    ...entry,
    retrievals: found.length,
    lastRetrieved: found[found.length - 1]?.at ?? null,
    by: written[written.length - 1]?.by ?? USER,
    expires: null,
    decay: 1,
  };
}

function overlap(a: string, b: string): number {
  const words = new Set(b.toLowerCase().split(/\W+/));
  const asked = a.toLowerCase().split(/\W+/).filter(Boolean);
  return asked.filter((word) => words.has(word)).length / Math.max(1, asked.length, words.size);
}

function audit(entries: readonly EntryText[]): AuditReport {
  const seen = new Map<string, string>();
  const findings: AuditReport['findings'][number][] = [];
  for (const { id, content } of entries) {
    const first = seen.get(content);
    if (first === undefined) seen.set(content, id);
    else {
      findings.push({
        kind: 'duplicate',
        ids: [id, first],
        why: `The same text as ${first}.`,
        proposal: { kind: 'delete', ids: [id] },
      });
    }
  }
  const counts = {
    duplicate: findings.length,
    'near-duplicate': 0,
    contradicted: 0,
    'never-retrieved': 0,
    junk: 0,
    stale: 0,
  };
  return {
    entries: entries.length,
    findings,
    junkShare: findings.length / Math.max(1, entries.length),
    counts,
  };
}
