/**
 * What an import would do, line by line, before anything is done. A pure function of what is stored and what
 * was read, so that a preview and the import that follows it cannot differ: the same state gives the same plan.
 *
 * Which stored entry a line is about:
 *   a line with an id of ours      the entry of that id, if it was created at the same moment (or the line does
 *                                  not say when). Created at another moment, it is another memory's entry that
 *                                  happens to have the same number, and it is added under a new id
 *   an item with an id of Mem0     the entry whose metadata has it as `mem0_id`
 *   a line with neither            the entry with the same content (and, in JSON Lines, the same metadata)
 *
 * What becomes of it:
 *   no such entry                  add; with its own id where that is free
 *   equal in every field           same: nothing to do
 *   the line is newer              update
 *   the line is not newer          conflict: what is stored was changed since, or both say the same time and
 *                                  differ. Kept, unless the user takes the file's
 *   it cannot be read, or its id stands in the file already    reject
 */
import { canonicalJson } from '../../storage/json-sum';
import type { EntryText } from '../memory';
import { canonicalText } from '../rows/entry-sum';
import { idNumber, type ReadEntry } from './entry-text';
import type { ReadLine } from './json-lines';
import { grouped } from './limits';

export type Outcome = 'add' | 'update' | 'conflict' | 'same' | 'reject';

export interface PlannedLine {
  /** From 1; of a list, the item. */
  readonly line: number;
  readonly outcome: Outcome;
  /** The id it has or would have; empty for a rejected line. */
  readonly id: string;
  /** Of a rejected line: the line as it stands, as far as it is text. */
  readonly content: string;
  /** For conflicts and updates: the content that is stored now. */
  readonly current: string | null;
  /** Why it is rejected or in conflict, or gets another id; else empty. */
  readonly reason: string;
  /** As it would be stored; null for a rejected line. */
  readonly entry: EntryText | null;
  /** Of the embedder that the file names, if it fits the content. */
  readonly vector: Float32Array | null;
}

export interface StoredState {
  readonly entries: readonly EntryText[];
  /** The number of the next id. */
  readonly nextId: number;
}

/** @param now time of the import, for lines without one. Milliseconds since the epoch */
export function planImport(
  stored: StoredState,
  lines: readonly ReadLine[],
  now: number,
): readonly PlannedLine[] {
  const planner = new Planner(stored, lines, now);
  return lines.map((line) =>
    line.ok ? planner.entry(line.line, line.entry) : rejected(line.line, line.text, line.reason),
  );
}

export function countOutcomes(lines: readonly PlannedLine[]): Readonly<Record<Outcome, number>> {
  const counts = { add: 0, update: 0, conflict: 0, same: 0, reject: 0 };
  for (const { outcome } of lines) counts[outcome]++;
  return counts;
}

function rejected(line: number, content: string, reason: string): PlannedLine {
  return { line, outcome: 'reject', id: '', content, current: null, reason, entry: null, vector: null };
}

class Planner {
  readonly #byId: ReadonlyMap<string, EntryText>;
  /** Stored entries and those this import adds, by what lines without an id of ours are known by. */
  readonly #known = new Map<string, EntryText>();
  /** Where in the file an id stands first. */
  readonly #seen = new Map<string, number>();
  #nextId: number;

  constructor(
    stored: StoredState,
    lines: readonly ReadLine[],
    private readonly now: number,
  ) {
    this.#byId = new Map(stored.entries.map((entry) => [entry.id, entry]));
    for (const entry of stored.entries) this.remember(entry);
    // New ids begin behind every id in use, in the memory or in the file.
    this.#nextId = lines.reduce((next, line) => {
      const id = line.ok ? line.entry.id : null;
      return Math.max(next, (id === null ? 0 : (idNumber(id) ?? 0)) + 1);
    }, stored.nextId);
  }

  entry(line: number, read: ReadEntry): PlannedLine {
    const ownId = read.id ?? (read.foreignId === null ? null : foreignKey(read.foreignId));
    if (ownId !== null) {
      const first = this.#seen.get(ownId);
      if (first !== undefined) {
        const name = read.id ?? read.foreignId;
        return rejected(
          line,
          read.content,
          `The id ${JSON.stringify(name)} stands in line ${grouped(first)} already. Remove one of the two.`,
        );
      }
      this.#seen.set(ownId, line);
    }
    if (read.id !== null) return this.withId(line, read, read.id);
    if (read.foreignId !== null) {
      const stored = this.#known.get(foreignKey(read.foreignId));
      return stored ? this.against(line, read, stored) : this.add(line, read, null, '');
    }
    const stored = this.#known.get(plainKey(read)) ?? this.#known.get(contentKey(read));
    return stored && this.isSamePlain(read, stored)
      ? settled(line, 'same', stored, stored, read)
      : this.add(line, read, null, '');
  }

  private withId(line: number, read: ReadEntry, id: string): PlannedLine {
    const stored = this.#byId.get(id);
    if (!stored) return this.add(line, read, id, '');
    if (read.created === null || read.created === stored.created) return this.against(line, read, stored);
    const earlier = this.#known.get(originKey(read.content, read.created));
    if (earlier && canonicalJson(earlier.metadata) === canonicalJson(read.metadata)) {
      return settled(line, 'same', earlier, earlier, read);
    }
    return this.add(line, read, null, `${id} is another entry here, created at another time.`);
  }

  private against(line: number, read: ReadEntry, stored: EntryText): PlannedLine {
    const candidate: EntryText = {
      ...textOf(read),
      id: stored.id,
      created: read.created ?? stored.created,
      updated: read.updated ?? stored.updated,
    };
    if (canonicalText(candidate) === canonicalText(stored))
      return settled(line, 'same', stored, stored, read);
    const updated = read.updated ?? this.now;
    const newer = { ...candidate, updated };
    if (updated > stored.updated) return settled(line, 'update', newer, stored, read);
    const reason =
      updated < stored.updated
        ? `${stored.id} was changed here after the version in the file.`
        : `${stored.id} differs from the file, and both were last changed at the same time.`;
    return settled(line, 'conflict', newer, stored, read, reason);
  }

  private add(line: number, read: ReadEntry, id: string | null, reason: string): PlannedLine {
    const created = read.created ?? this.now;
    const entry: EntryText = {
      ...textOf(read),
      id: id ?? `m${this.#nextId++}`,
      created,
      updated: read.updated ?? created,
    };
    this.remember(entry);
    return settled(line, 'add', entry, null, read, reason);
  }

  /** A plain line has no metadata to compare; one of JSON Lines says what it has. */
  private isSamePlain(read: ReadEntry, stored: EntryText): boolean {
    return (
      Object.keys(read.metadata).length === 0 ||
      canonicalJson(read.metadata) === canonicalJson(stored.metadata)
    );
  }

  private remember(entry: EntryText): void {
    const foreignId = Object.hasOwn(entry.metadata, 'mem0_id') ? entry.metadata.mem0_id : undefined;
    const keys = [contentKey(entry), plainKey(entry), originKey(entry.content, entry.created)];
    if (typeof foreignId === 'string') keys.push(foreignKey(foreignId));
    for (const key of keys) if (!this.#known.has(key)) this.#known.set(key, entry);
  }
}

const contentKey = ({ content }: { readonly content: string }) => `content ${content}`;
const plainKey = ({ content, metadata }: Pick<EntryText, 'content' | 'metadata'>) =>
  `both ${canonicalJson(metadata)} ${content}`;
const originKey = (content: string, created: number) => `origin ${created} ${content}`;
const foreignKey = (id: string) => `mem0 ${id}`;

function settled(
  line: number,
  outcome: Outcome,
  entry: EntryText,
  stored: EntryText | null,
  { vector }: ReadEntry,
  reason = '',
): PlannedLine {
  const current = outcome === 'update' || outcome === 'conflict' ? (stored?.content ?? null) : null;
  return { line, outcome, id: entry.id, content: entry.content, current, reason, entry, vector };
}

function textOf({ content, metadata, memoryType, sourceStep }: ReadEntry) {
  return { content, metadata, memoryType, sourceStep };
}
