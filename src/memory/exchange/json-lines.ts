/**
 * JSON Lines, the format in which a memory leaves the lab and comes back: UTF-8, one JSON object a line,
 * each line ended by LF. docs/memory-format.md describes it for people.
 *
 *     {"format":"agemem-memory","version":1,"namespace":"user/default","entries":2,"vectors":null}
 *     {"id":"m1","content":"Ann likes tea.","metadata":{},"memoryType":"fact","created":1767225600000,"updated":1767225600000,"sourceStep":""}
 *     {"id":"m4", …}
 *
 * The first line is the header. `vectors` is null, or what they were made with:
 * `{"embedder", "dimension", "theta"}`; then each entry goes on with `"vector"` (vector-text.ts). Entries
 * come in the order of their ids, fields in the order above, metadata in the one form of strict-json.ts.
 * Nothing tells when or where the file was made, so equal memories give equal files.
 *
 * On reading, `content` alone is required: an entry without `id` gets a new one, and times left out are
 * those of the import. Fields this version does not know are refused, because they would be lost.
 */
import type { JsonValue, MemoryEntry } from '../memory';
import { inOrder } from '../rows/entry-ids';
import {
  entryMembers,
  field,
  isObject,
  type ReadEntry,
  type Reading,
  readEntry,
  refused,
} from './entry-text';
import { ImportFileError } from './errors';
import { readJson, writeJson } from './strict-json';
import { NOT_UTF8, type TextLine } from './text-lines';
import { readVector, writeVector } from './vector-text';

export const FORMAT = 'agemem-memory';
export const VERSION = 1;

export interface VectorFacts {
  readonly embedder: string;
  readonly dimension: number;
  readonly theta: number;
}

export interface Header {
  readonly namespace: string;
  /** Entries that the file had when it was written. */
  readonly entries: number;
  readonly vectors: VectorFacts | null;
}

/** What became of one line, before anybody asks what is stored. */
export type ReadLine =
  | { readonly line: number; readonly ok: true; readonly entry: ReadEntry }
  | { readonly line: number; readonly ok: false; readonly reason: string; readonly text: string };

/** The lines of a file, each with its LF. Throws `ExportError` for what no JSON can hold. */
export function* writeJsonLines(header: Header, entries: readonly MemoryEntry[]): Generator<string> {
  const { namespace, vectors } = header;
  const members = [
    `"format":"${FORMAT}"`,
    `"version":${VERSION}`,
    `"namespace":${JSON.stringify(namespace)}`,
    `"entries":${header.entries}`,
    `"vectors":${vectors === null ? 'null' : writeVectorFacts(vectors)}`,
  ];
  yield `{${members.join(',')}}\n`;
  for (const entry of inOrder(entries)) {
    const vector = vectors === null ? '' : `,"vector":${writeVector(entry.content, entry.embedding)}`;
    yield `{${entryMembers(entry)}${vector}}\n`;
  }
}

function writeVectorFacts({ embedder, dimension, theta }: VectorFacts): string {
  return `{"embedder":${JSON.stringify(embedder)},"dimension":${dimension},"theta":${writeJson(theta, 'Theta')}}`;
}

/**
 * The header, if this line is one; undefined if it is anything else.
 * @throws ImportFileError for a header of a newer version, or one that cannot be understood
 */
export function readHeader(text: string): Header | undefined {
  const reading = readJson(text);
  if (!reading.ok || !isObject(reading.value) || field(reading.value, 'format') !== FORMAT) {
    if (new RegExp(`^\\s*\\{\\s*"format"\\s*:\\s*"${FORMAT}"`).test(text.slice(0, 200))) throw badHeader();
    return undefined;
  }
  const header = reading.value;
  const version = field(header, 'version');
  if (typeof version === 'number' && version > VERSION) {
    throw new ImportFileError(
      'import-version',
      `The file is of version ${version} of the format; this page knows version ${VERSION}. Reload the page to get a newer one, or export from there in version ${VERSION}.`,
    );
  }
  const namespace = field(header, 'namespace');
  const entries = field(header, 'entries');
  const vectors = readVectorFacts(field(header, 'vectors'));
  if (version !== VERSION || typeof namespace !== 'string' || typeof entries !== 'number' || !vectors.ok) {
    throw badHeader();
  }
  return { namespace, entries, vectors: vectors.value };
}

function badHeader(): ImportFileError {
  return new ImportFileError(
    'import-header',
    'The first line should tell the format, its version, the namespace, the number of entries and the vectors, and it is damaged. Export the memory again, or mend the line as docs/memory-format.md describes it.',
  );
}

function readVectorFacts(value: JsonValue | undefined): Reading<VectorFacts | null> {
  if (value === null || value === undefined) return { ok: true, value: null };
  if (!isObject(value)) return refused('"vectors" is no object.');
  const [embedder, dimension, theta] = ['embedder', 'dimension', 'theta'].map((name) => field(value, name));
  if (typeof embedder !== 'string' || typeof dimension !== 'number' || typeof theta !== 'number') {
    return refused('"vectors" is not whole.');
  }
  if (!Number.isSafeInteger(dimension) || dimension < 1 || dimension > 65_536) {
    return refused('"dimension" is no length of a vector.');
  }
  return { ok: true, value: { embedder, dimension, theta } };
}

/** A line behind the header. Never throws: what is wrong with it is its reason. */
export function readEntryLine({ number, text }: TextLine, vectors: VectorFacts | null): ReadLine {
  if (text === null) return { line: number, ok: false, reason: NOT_UTF8, text: '' };
  const reading = readEntryJson(text, vectors);
  return reading.ok
    ? { line: number, ok: true, entry: reading.value }
    : { line: number, ok: false, reason: reading.reason, text };
}

function readEntryJson(text: string, vectors: VectorFacts | null): Reading<ReadEntry> {
  const json = readJson(text);
  if (!json.ok) return json;
  if (!isObject(json.value)) return refused('It is no JSON object. Write one entry in braces a line.');
  const reading = readEntry(json.value, ['vector']);
  if (!reading.ok || vectors === null) return reading;
  const { content } = reading.value;
  const vector = readVector(field(json.value, 'vector'), content, vectors.dimension);
  return { ok: true, value: { ...reading.value, vector } };
}
