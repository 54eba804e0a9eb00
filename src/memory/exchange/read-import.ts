/**
 * From the bytes of a file to its lines, whatever the file is: told by what is in it, not by its name.
 *
 *     a zip                                    our zip, with the journal
 *     a first line with our header             our JSON Lines
 *     a first line with the fields of ours     the same, its header lost or never written
 *     `{` or `[` where JSON could go on        Mem0: a list, an object that holds one, or one item a line
 *     anything else                            plain text, an entry a line
 *
 * What looks like JSON and is not whole is refused rather than taken for text; who wants its lines as text
 * says so (`asText`). Reading asks nothing about what is stored: that is plan-import.ts.
 */
import type { JournalRecord } from '../journal';
import { field, isObject, type ReadEntry, readEntry } from './entry-text';
import { ImportFileError } from './errors';
import { checkJournal, readJournal } from './journal-lines';
import { type Header, type ReadLine, readEntryLine, readHeader, type VectorFacts } from './json-lines';
import { grouped, LIMITS, megabytes } from './limits';
import { readMem0, readMem0Item } from './mem0';
import { readMemoryZip } from './memory-zip';
import { readJson } from './strict-json';
import { NOT_UTF8, textLines, wholeText } from './text-lines';
import { isZip } from './zip-file';

/** Fields of our entries that other stores do not have. */
const OWN_FIELDS = ['memoryType', 'sourceStep', 'created', 'updated'] as const;

export type ImportFormat = 'jsonl' | 'zip' | 'mem0' | 'plain text';

export interface ReadImport {
  readonly format: ImportFormat;
  readonly lines: readonly ReadLine[];
  /** What the vectors of the lines were made with. */
  readonly vectors: VectorFacts | null;
  /** Of a zip: checked, and leading to its entries. Null where there is none. */
  readonly journal: readonly JournalRecord[] | null;
  /** What is to be told about the file as a whole, in sentences. */
  readonly notes: readonly string[];
}

/** @throws ImportFileError, and nothing else, for a file that cannot be taken in as a whole */
export function readImport(bytes: Uint8Array, options: { readonly asText: boolean }): ReadImport {
  if (bytes.length > LIMITS.fileBytes) {
    throw new ImportFileError(
      'import-size',
      `The file has ${megabytes(bytes.length)}; ${megabytes(LIMITS.fileBytes)} are the limit. Divide it and import the parts one by one.`,
    );
  }
  const read = options.asText ? readPlainText(bytes) : readByContent(bytes);
  if (read.lines.length > 0 || read.format === 'jsonl' || read.format === 'zip') return read;
  throw new ImportFileError('import-empty', 'There is nothing to remember in the file. Choose another one.');
}

function readByContent(bytes: Uint8Array): ReadImport {
  if (isZip(bytes)) return readOurZip(bytes);
  const first = firstLine(bytes);
  const header = first === null ? undefined : readHeader(first);
  if (header) return readJsonLines(bytes, header);
  if (first !== null && isEntryOfOurs(first)) return readWithoutHeader(bytes);
  if (first !== null && /^\s*(\[\s*(["[{\]]|$)|\{\s*(["}]|$))/.test(first)) return readJsonFile(bytes, first);
  return readPlainText(bytes);
}

function firstLine(bytes: Uint8Array): string | null {
  for (const { text } of textLines(bytes)) return text;
  return null;
}

function readOurZip(bytes: Uint8Array): ReadImport {
  const zip = readMemoryZip(bytes);
  const first = firstLine(zip.entries);
  const header = first === null ? undefined : readHeader(first);
  if (!header) {
    throw new ImportFileError(
      'import-header',
      'The entries in the zip have no header. Export the memory again.',
    );
  }
  const read = readJsonLines(zip.entries, header);
  const journal = readJournal(zip.journal);
  checkJournal(
    journal,
    read.lines.map((line) => {
      const entry = line.ok ? line.entry : null;
      if (entry && entry.id !== null && entry.created !== null && entry.updated !== null) {
        return { ...entry, id: entry.id, created: entry.created, updated: entry.updated };
      }
      throw new ImportFileError(
        'import-journal',
        `Line ${line.line} of the entries in the zip cannot be read, so they are not those the journal tells of. Export again; or take entries.jsonl out and import it alone.`,
      );
    }),
  );
  return { ...read, format: 'zip', journal };
}

function readJsonLines(bytes: Uint8Array, header: Header): ReadImport {
  const lines: ReadLine[] = [];
  let isHeader = true;
  for (const line of textLines(bytes)) {
    if (!isHeader) lines.push(readEntryLine(line, header.vectors));
    isHeader = false;
  }
  const notes =
    lines.length === header.entries
      ? []
      : [
          `The header speaks of ${grouped(header.entries)} entries, but ${grouped(lines.length)} lines follow: the file was edited or cut short.`,
        ];
  return { format: 'jsonl', lines, vectors: header.vectors, journal: null, notes };
}

/**
 * An entry as this lab writes it, told by its fields: none that is not ours, and one at least that nobody else calls so
 * or an id as ours are. `{"content": …}` alone is anybody's.
 */
function isEntryOfOurs(line: string): boolean {
  const json = readJson(line);
  if (!json.ok || !isObject(json.value)) return false;
  const { value } = json;
  if (!readEntry(value, ['vector']).ok) return false;
  return field(value, 'id') !== undefined || OWN_FIELDS.some((name) => field(value, name) !== undefined);
}

function readWithoutHeader(bytes: Uint8Array): ReadImport {
  const lines = Array.from(textLines(bytes), (line) => readEntryLine(line, null));
  const note =
    'The file has no header. Its first line has the fields of an entry of this lab, so every line was taken for one; vectors are made anew.';
  return { format: 'jsonl', lines, vectors: null, journal: null, notes: [note] };
}

/** One document, or one object a line: the first line tells, since a document of one line is one item too. */
function readJsonFile(bytes: Uint8Array, first: string): ReadImport {
  const isItem = first.trimStart().startsWith('{') && readJson(first).ok && !holdsList(first);
  const notes = isItem && callsItContent(first) ? [TAKEN_FOR_MEM0] : [];
  const lines = isItem
    ? Array.from(
        textLines(bytes),
        ({ number, text }): ReadLine =>
          text === null
            ? { line: number, ok: false, reason: NOT_UTF8, text: '' }
            : readMem0Item(number, text),
      )
    : readMem0(wholeText(bytes));
  return { format: 'mem0', lines, vectors: null, journal: null, notes };
}

const TAKEN_FOR_MEM0 =
  'Its lines call the text “content”, as this lab does, but have other fields or ids than entries of this lab: they were taken for items as Mem0 gives them, their ids kept as “mem0_id”.';

function callsItContent(line: string): boolean {
  const json = readJson(line);
  return json.ok && isObject(json.value) && field(json.value, 'content') !== undefined;
}

function holdsList(line: string): boolean {
  try {
    readMem0(line);
    return true;
  } catch (error) {
    if (error instanceof ImportFileError) return false;
    throw error;
  }
}

function readPlainText(bytes: Uint8Array): ReadImport {
  const lines = Array.from(textLines(bytes), ({ number, text }): ReadLine => {
    if (text === null) return { line: number, ok: false, reason: NOT_UTF8, text: '' };
    const content = text.trim();
    if (content.length > LIMITS.content) {
      return {
        line: number,
        ok: false,
        reason: `It has ${grouped(content.length)} characters; an entry takes ${grouped(LIMITS.content)}. Divide it.`,
        text,
      };
    }
    return { line: number, ok: true, entry: plainEntry(content) };
  });
  return { format: 'plain text', lines, vectors: null, journal: null, notes: [] };
}

function plainEntry(content: string): ReadEntry {
  return {
    id: null,
    content,
    metadata: {},
    memoryType: '',
    created: null,
    updated: null,
    sourceStep: '',
    foreignId: null,
    vector: null,
  };
}
