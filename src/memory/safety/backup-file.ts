/**
 * One backup: texts and journals of all of the user's memories, without vectors, which any embedder makes
 * again. JSON Lines in UTF-8, one object a line:
 *
 *     {"format":"agemem-lab backup","version":1,"made":1764177341000,"namespaces":[{"name","incarnation","revision","journal","count"}, …]}
 *     {"namespace":{…}}      a record as rows.ts defines it; what follows, up to the next one, is of it
 *     {"entry":{…}}          its entries, in order of creation
 *     {"record":{…}}         its journal, in order
 *     {"end":4711,"crc":"89abcdef"}   number of lines before this one, and the CRC-32 of their bytes
 *
 * Times are milliseconds since the epoch. A file that ends early or fails its CRC is refused as a whole.
 */
import { crc32 } from '../../storage/checksum';
import { BackupError } from '../errors';
import type { JournalRecord } from '../journal';
import type { EntryText } from '../memory';
import type { NamespaceRecord } from '../rows/rows';

const FORMAT = 'agemem-lab backup';
const VERSION = 1;
/** Lines are gathered to parts of about so many characters. */
const PART_LENGTH = 1 << 18;

/** One namespace, read in one step. */
export interface SavedNamespace {
  readonly record: NamespaceRecord;
  readonly entries: readonly EntryText[];
  readonly journal: readonly JournalRecord[];
}

export interface BackupHead {
  /** Milliseconds since the epoch. */
  readonly made: number;
  readonly namespaces: readonly Pick<
    NamespaceRecord,
    'name' | 'incarnation' | 'revision' | 'journal' | 'count'
  >[];
}

export function headOf(made: number, saved: readonly SavedNamespace[]): BackupHead {
  return {
    made,
    namespaces: saved.map(({ record: { name, incarnation, revision, journal, count } }) => ({
      name,
      incarnation,
      revision,
      journal,
      count,
    })),
  };
}

/** The file in parts, to be written one after the other. */
export function encodeBackup(made: number, saved: readonly SavedNamespace[]): readonly Uint8Array[] {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  let text = '';
  let lines = 0;
  let crc = 0;
  const flush = () => {
    const bytes = encoder.encode(text);
    crc = crc32(bytes, crc);
    parts.push(bytes);
    text = '';
  };
  const put = (line: unknown) => {
    text += `${JSON.stringify(line)}\n`;
    lines++;
    if (text.length > PART_LENGTH) flush();
  };
  put({ format: FORMAT, version: VERSION, ...headOf(made, saved) });
  for (const { record, entries, journal } of saved) {
    put({ namespace: record });
    for (const entry of entries) put({ entry });
    for (const written of journal) put({ record: written });
  }
  flush();
  parts.push(encoder.encode(`${JSON.stringify({ end: lines, crc: crc.toString(16) })}\n`));
  return parts;
}

/** What the first line says; undefined unless it is whole and of this version. Proves nothing about the rest. */
export function readHead(start: Uint8Array): BackupHead | undefined {
  const end = start.indexOf(0x0a);
  if (end < 0) return undefined;
  try {
    const { format, version, made, namespaces } = JSON.parse(
      new TextDecoder().decode(start.subarray(0, end)),
    );
    if (format !== FORMAT || version !== VERSION || !Array.isArray(namespaces)) return undefined;
    return { made, namespaces };
  } catch {
    return undefined;
  }
}

/** Throws `BackupError` unless all of it is intact. */
export function decodeBackup(bytes: Uint8Array): readonly SavedNamespace[] {
  const damaged = (what: string): BackupError =>
    new BackupError(
      'backup-damaged',
      `This backup is damaged: ${what}. Nothing was changed. Restore from another one.`,
    );
  // The last line is found from the end: without it nothing else is trusted.
  const beforeLast = bytes.lastIndexOf(0x0a, bytes.length - 2) + 1;
  const tail = /^\{"end":(\d+),"crc":"([0-9a-f]+)"\}\n$/.exec(
    new TextDecoder().decode(bytes.subarray(beforeLast)),
  );
  if (!tail) throw damaged('its end is missing');
  const body = bytes.subarray(0, beforeLast);
  if (crc32(body).toString(16) !== tail[2]) throw damaged('it does not fit its checksum');
  const lines = new TextDecoder().decode(body).split('\n').slice(0, -1);
  if (lines.length !== Number(tail[1])) throw damaged(`it has ${lines.length} lines instead of ${tail[1]}`);
  // The checksum fits, so from here on the lines are what `encodeBackup` wrote.
  const { format, version } = JSON.parse(lines[0]);
  if (format !== FORMAT) throw damaged('it is another kind of file');
  if (version !== VERSION) {
    throw new BackupError(
      'backup-version',
      `This backup has version ${version}; this page reads version ${VERSION}. Reload the page to get its newest version, then restore again.`,
    );
  }
  const saved: { record: NamespaceRecord; entries: EntryText[]; journal: JournalRecord[] }[] = [];
  for (const line of lines.slice(1)) {
    const { namespace, entry, record } = JSON.parse(line);
    if (namespace) saved.push({ record: namespace, entries: [], journal: [] });
    else if (entry) saved[saved.length - 1].entries.push(entry);
    else saved[saved.length - 1].journal.push(record);
  }
  return saved;
}
