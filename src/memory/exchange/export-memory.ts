/**
 * Export of one namespace as it is at one moment: its entries, with vectors or without, and in a zip its
 * journal up to that moment. Equal memories give equal files, to the byte.
 */
import type { MemoryRows, NamespaceContent } from '../rows/rows';
import { writeJournal } from './journal-lines';
import { writeJsonLines } from './json-lines';
import { writeMemoryZip } from './memory-zip';

export type ExportFormat = 'jsonl' | 'jsonl-vectors' | 'zip';

export interface ExportedFile {
  /** A name to save it under. */
  readonly file: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/**
 * @param theta of the embedder in force, told to whoever reads the vectors
 * @throws UnknownNamespaceError, ExportError
 */
export async function exportMemory(
  rows: MemoryRows,
  namespace: string,
  options: { readonly format: ExportFormat; readonly theta: number },
): Promise<ExportedFile> {
  const { format, theta } = options;
  const name = `agemem-${namespace.replace(/[^\p{L}\p{N}_-]+/gu, '-')}`;
  if (format !== 'zip') {
    const content = await contentOf(rows, namespace);
    const vectors = format === 'jsonl-vectors' ? theta : null;
    return { file: `${name}.jsonl`, type: 'application/jsonl', bytes: entriesFile(content, vectors) };
  }
  for (;;) {
    const content = await contentOf(rows, namespace);
    // The journal only grows, so its first records are those that led to this content, whatever came since but erasing.
    const { incarnation, erasures, journal: length } = content.record;
    const journal = length === 0 ? [] : await rows.journal(namespace, 1, length);
    const after = await rows.record(namespace);
    if (after.incarnation !== incarnation || after.erasures !== erasures) continue;
    const bytes = writeMemoryZip({
      entries: entriesFile(content, null),
      journal: encode(writeJournal(journal)),
    });
    return { file: `${name}.zip`, type: 'application/zip', bytes };
  }
}

async function contentOf(rows: MemoryRows, namespace: string): Promise<NamespaceContent> {
  return (await rows.read(namespace))!; /* undefined only where a known state is given */
}

/** @param theta null: without vectors */
function entriesFile({ record, entries }: NamespaceContent, theta: number | null): Uint8Array {
  const vectors = theta === null ? null : { embedder: record.embedderId, dimension: record.dimension, theta };
  return encode(writeJsonLines({ namespace: record.name, entries: entries.length, vectors }, entries));
}

/** Line by line, since the whole may be longer than a string can be. */
function encode(lines: Iterable<string>): Uint8Array {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (const line of lines) {
    const part = encoder.encode(line);
    parts.push(part);
    length += part.length;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
