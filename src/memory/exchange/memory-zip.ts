/**
 * What the zip holds: `entries.jsonl` (json-lines.ts), `journal.jsonl` (journal-lines.ts) and `manifest.json`,
 *
 *     {"format":"agemem-memory-zip","version":1,"files":{"entries.jsonl":{"bytes":…,"crc32":"…"},"journal.jsonl":{…}}}
 *
 * which ties the two together: whoever edits the entries by hand has left the history they came from, and is
 * told to import them alone.
 */
import { crc32 } from '../../storage/checksum';
import type { JsonValue } from '../memory';
import { field, isObject } from './entry-text';
import { ImportFileError } from './errors';
import { readJson } from './strict-json';
import { wholeText } from './text-lines';
import { readZip, writeZip } from './zip-file';

const ENTRIES = 'entries.jsonl';
const JOURNAL = 'journal.jsonl';
const MANIFEST = 'manifest.json';
const FORMAT = 'agemem-memory-zip';
const VERSION = 1;

export interface MemoryZip {
  readonly entries: Uint8Array;
  readonly journal: Uint8Array;
}

export function writeMemoryZip({ entries, journal }: MemoryZip): Uint8Array {
  const files = `{"${ENTRIES}":${facts(entries)},"${JOURNAL}":${facts(journal)}}`;
  const manifest = `{"format":"${FORMAT}","version":${VERSION},"files":${files}}\n`;
  return writeZip({
    [MANIFEST]: new TextEncoder().encode(manifest),
    [ENTRIES]: entries,
    [JOURNAL]: journal,
  });
}

/** Throws `ImportFileError` unless it is a whole zip of a memory, as it was written. */
export function readMemoryZip(bytes: Uint8Array): MemoryZip {
  const files = readZip(bytes);
  const manifest = files.get(MANIFEST);
  const entries = files.get(ENTRIES);
  const journal = files.get(JOURNAL);
  if (!manifest || !entries || !journal || files.size !== 3) {
    throw new ImportFileError(
      'zip-contents',
      `This is no zip of a memory, which holds ${MANIFEST}, ${ENTRIES} and ${JOURNAL} and nothing else. Unpack it and import the file with the memories.`,
    );
  }
  checkManifest(wholeText(manifest), { entries, journal });
  return { entries, journal };
}

function facts(file: Uint8Array): string {
  return `{"bytes":${file.length},"crc32":"${crc32(file).toString(16).padStart(8, '0')}"}`;
}

function checkManifest(text: string, { entries, journal }: MemoryZip): void {
  const json = readJson(text);
  const manifest = json.ok ? json.value : null;
  const version = member(manifest, 'version');
  if (typeof version === 'number' && version > VERSION) {
    throw new ImportFileError(
      'import-version',
      `The zip is of version ${version} of the format; this page knows version ${VERSION}. Reload the page to get a newer one.`,
    );
  }
  const files = member(manifest, 'files');
  const agrees = (name: string, file: Uint8Array) => {
    const { bytes, crc } = {
      bytes: member(member(files, name), 'bytes'),
      crc: member(member(files, name), 'crc32'),
    };
    return `{"bytes":${String(bytes)},"crc32":"${String(crc)}"}` === facts(file);
  };
  const whole =
    member(manifest, 'format') === FORMAT &&
    version === VERSION &&
    agrees(ENTRIES, entries) &&
    agrees(JOURNAL, journal);
  if (whole) return;
  throw new ImportFileError(
    'zip-manifest',
    `The files of the zip are not those its ${MANIFEST} tells of, so entries and history may not belong together. To import edited entries, take ${ENTRIES} out and import it alone.`,
  );
}

function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isObject(value) ? field(value, name) : undefined;
}
