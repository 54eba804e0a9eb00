/**
 * Import in two steps: `previewImport` says what would happen to each line, `applyImport` does just that, as
 * one act, whole or not at all, on disk before it resolves. If the memory changed in between, the plan is made
 * anew; if it still comes to the same, it is carried out, else the user is asked again (`ImportChangedError`).
 *
 * A zip brings its journal along where the memory has neither entries nor history: the two are put in place
 * as they were, and nothing is added, so that exporting again gives the same bytes. Into any other memory the
 * entries come alone, and the import is a record in the journal of that memory.
 */
import { embedInTurns } from '../embedders/embed-in-turns';
import { MemoryChangedError } from '../errors';
import { ActProgress, type Progress } from '../history/act-progress';
import type { JournalRecord } from '../journal';
import type { Embedder, MemoryEntry } from '../memory';
import type { KnownState, MemoryRows, NamespaceRecord } from '../rows/rows';
import { ImportChangedError } from './errors';
import { grouped } from './limits';
import { countOutcomes, type Outcome, type PlannedLine, planImport } from './plan-import';
import type { ImportFormat, ReadImport } from './read-import';

export interface ImportPlan {
  readonly namespace: string;
  /** As the user knows the file. */
  readonly file: string;
  readonly format: ImportFormat;
  readonly lines: readonly PlannedLine[];
  readonly counts: Readonly<Record<Outcome, number>>;
  /** Records that are put in place with the entries; empty where there are none or they stay out. */
  readonly journal: readonly JournalRecord[];
  /** What is to be told about the file as a whole, in sentences. */
  readonly notes: readonly string[];
  /** Time of the import for lines without one. Milliseconds since the epoch. */
  readonly now: number;
  readonly read: ReadImport;
  /** The state of the memory that the plan was made for. */
  readonly state: KnownState;
}

export type ConflictChoice = 'keep mine' | 'take theirs';

/** No record of a memory may be older than the one before it: one from the future would be the time of all to come. */
const CLOCK_TOLERANCE = 24 * 60 * 60 * 1000;
/** Somebody who writes all the time must not keep an import from ending. */
const ATTEMPTS = 5;

/** Changes nothing. Throws `UnknownNamespaceError`. */
export async function previewImport(
  rows: MemoryRows,
  request: {
    readonly namespace: string;
    readonly file: string;
    readonly read: ReadImport;
    readonly now: number;
  },
): Promise<ImportPlan> {
  const { namespace, file, read, now } = request;
  const { record, entries } = await rows.texts(namespace);
  const lines = planImport({ entries, nextId: record.nextId }, read.lines, now);
  const journal = journalFor(read, record, now);
  return {
    namespace,
    file,
    format: read.format,
    lines,
    counts: countOutcomes(lines),
    journal: journal.records,
    notes: [...read.notes, ...journal.notes],
    now,
    read,
    state: { incarnation: record.incarnation, revision: record.revision },
  };
}

/** The records that come along, and what is to be said about it. */
function journalFor(
  { journal }: ReadImport,
  record: NamespaceRecord,
  now: number,
): Pick<ReadImport, 'notes'> & { readonly records: readonly JournalRecord[] } {
  if (journal === null) return { records: [], notes: [] };
  const named = `The journal of the file (${grouped(journal.length)} ${journal.length === 1 ? 'record' : 'records'})`;
  if (record.count > 0 || record.journal > 0) {
    const why = 'because this memory has a history of its own and two cannot be mixed';
    return {
      records: [],
      notes: [`${named} stays out, ${why}. To get it, import the file into a new memory.`],
    };
  }
  if ((journal.at(-1)?.at ?? now) > now + CLOCK_TOLERANCE) {
    const why = 'because it reaches into the future';
    return { records: [], notes: [`${named} stays out, ${why}. To get it, set the clock of this computer.`] };
  }
  return { records: journal, notes: [`${named} comes along.`] };
}

/**
 * Carries the plan out. Returns the record of the namespace after it.
 * @param embedder the one in force, for entries whose vector the file does not have
 * @throws ImportChangedError if the memory changed so that the plan is no longer what would happen
 */
export async function applyImport(
  rows: MemoryRows,
  plan: ImportPlan,
  options: {
    readonly conflicts: ConflictChoice;
    readonly embedder: Embedder;
    readonly onProgress?: Progress;
  },
): Promise<NamespaceRecord> {
  const chosen = plan.lines.filter(
    ({ outcome }) =>
      outcome === 'add' ||
      outcome === 'update' ||
      (outcome === 'conflict' && options.conflicts === 'take theirs'),
  );
  const told = new ActProgress(chosen.length, options.onProgress);
  const entries = await withVectors(plan, chosen, options.embedder, told.embedded);
  let { state } = plan;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      return await put(rows, plan, entries, state, told.written);
    } catch (error) {
      if (!(error instanceof MemoryChangedError)) throw error;
    }
    const again = await previewImport(rows, plan);
    if (!isSamePlan(plan, again)) break;
    state = again.state;
  }
  throw new ImportChangedError(plan.namespace);
}

function put(
  rows: MemoryRows,
  plan: ImportPlan,
  entries: readonly MemoryEntry[],
  expected: KnownState,
  onProgress: Progress,
): Promise<NamespaceRecord> {
  const { namespace, journal } = plan;
  if (journal.length > 0) {
    return rows.restore(namespace, { entries, journal, expected }, 'strict');
  }
  return rows
    .write(
      namespace,
      {
        act: { kind: 'import' },
        note: { by: { kind: 'user' }, why: `Import of ${plan.file}` },
        at: plan.now,
        changes: entries.map((entry) => ({ kind: 'put', entry })),
        expected,
        onProgress,
      },
      'strict',
    )
    .then(({ record }) => record);
}

/** Vectors of the file where they are of this embedder and of this content; the others are made. */
async function withVectors(
  { read }: ImportPlan,
  lines: readonly PlannedLine[],
  embedder: Embedder,
  onEmbedded: (done: number) => void,
): Promise<readonly MemoryEntry[]> {
  const usable = read.vectors?.embedder === embedder.id && read.vectors.dimension === embedder.dimension;
  const missing = lines.filter(({ vector }) => !usable || vector === null);
  const vectors = await embedInTurns(
    embedder,
    missing.map(({ content }) => content),
    onEmbedded,
  );
  const made = new Map(missing.map((line, i) => [line, vectors[i]]));
  return lines.flatMap((line) => {
    const embedding = made.get(line) ?? line.vector;
    return line.entry && embedding ? [{ ...line.entry, embedding, embedderId: embedder.id }] : [];
  });
}

/** The same outcome for every line, against the same stored contents. */
function isSamePlan(a: ImportPlan, b: ImportPlan): boolean {
  return (
    a.journal.length === b.journal.length &&
    a.lines.every((line, i) => {
      const other = b.lines[i];
      return line.outcome === other.outcome && line.id === other.id && line.current === other.current;
    })
  );
}
