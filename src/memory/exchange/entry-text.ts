/**
 * The seven fields of an entry as JSON: how they are written, and what a file may say in them. Fields are
 * written in one order, metadata in one form, so equal entries are equal bytes.
 */
import type { EntryText, JsonValue, Metadata } from '../memory';
import { grouped, LIMITS } from './limits';
import { writeJson } from './strict-json';

/** An entry as a file gives it; what the file leaves out is null and is made when it is planned. */
export interface ReadEntry {
  readonly id: string | null;
  readonly content: string;
  readonly metadata: Metadata;
  readonly memoryType: string;
  /** Milliseconds since the epoch. */
  readonly created: number | null;
  readonly updated: number | null;
  readonly sourceStep: string;
  /** The id it has where it comes from, if that is not ours; kept in its metadata as `mem0_id`. */
  readonly foreignId: string | null;
  /** Made of this very content by the embedder that the file names. */
  readonly vector: Float32Array | null;
}

export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: string };

export const refused = (reason: string) => ({ ok: false, reason }) as const;

export type JsonObject = { readonly [key: string]: JsonValue };

const FIELDS = ['id', 'content', 'metadata', 'memoryType', 'created', 'updated', 'sourceStep'] as const;

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own field; an inherited one, such as `constructor`, is not there. */
export function field(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** `"id":…,"content":…` and so on without the braces, so that a line may go on. Throws `ExportError`. */
export function entryMembers(entry: EntryText): string {
  return FIELDS.map(
    (name) => `${JSON.stringify(name)}:${writeJson(entry[name], `The ${name} of ${entry.id}`)}`,
  ).join(',');
}

export function writeEntryText(entry: EntryText): string {
  return `{${entryMembers(entry)}}`;
}

/** The number of an id that this lab can have given, else undefined. */
export function idNumber(id: string): number | undefined {
  if (!/^m[1-9]\d{0,9}$/.test(id)) return undefined;
  const number = Number(id.slice(1));
  return number <= LIMITS.idNumber ? number : undefined;
}

/** Reads the seven fields and refuses others but `further`. `content` alone is required. */
export function readEntry(object: JsonObject, further: readonly string[] = []): Reading<ReadEntry> {
  const known: readonly string[] = [...FIELDS, ...further];
  const stranger = Object.keys(object).find((key) => !known.includes(key));
  if (stranger !== undefined) {
    return refused(
      `There is no field ${JSON.stringify(stranger.slice(0, 60))} in an entry. Put it into "metadata".`,
    );
  }
  const id = field(object, 'id');
  if (id !== undefined && (typeof id !== 'string' || idNumber(id) === undefined)) {
    return refused(
      `The id ${JSON.stringify(id).slice(0, 60)} is not one of this lab, which are "m" and a number up to ${grouped(LIMITS.idNumber)}, e.g. "m12". Leave "id" out to get a new one.`,
    );
  }
  const content = readContent(field(object, 'content'), 'content');
  if (!content.ok) return content;
  const metadata = readMetadata(field(object, 'metadata'));
  if (!metadata.ok) return metadata;
  const memoryType = readLabel(field(object, 'memoryType'), 'memoryType');
  if (!memoryType.ok) return memoryType;
  const sourceStep = readLabel(field(object, 'sourceStep'), 'sourceStep');
  if (!sourceStep.ok) return sourceStep;
  const created = readTime(field(object, 'created'), 'created');
  if (!created.ok) return created;
  const updated = readTime(field(object, 'updated'), 'updated');
  if (!updated.ok) return updated;
  return {
    ok: true,
    value: {
      id: id ?? null,
      content: content.value,
      metadata: metadata.value,
      memoryType: memoryType.value,
      created: created.value,
      updated: updated.value,
      sourceStep: sourceStep.value,
      foreignId: null,
      vector: null,
    },
  };
}

/** As `readEntry`, nothing left out: what the journal holds. */
export function readWholeEntry(value: JsonValue | undefined): Reading<EntryText> {
  if (!isObject(value)) return refused('An entry is missing.');
  const missing = FIELDS.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return refused(`An entry has no ${JSON.stringify(missing)}.`);
  const reading = readEntry(value, ['erased']);
  if (!reading.ok) return reading;
  const erased = readTime(field(value, 'erased'), 'erased');
  if (!erased.ok) return erased;
  const { id, content, metadata, memoryType, created, updated, sourceStep } = reading.value;
  if (id === null || created === null || updated === null) {
    return refused('An entry has no id or no time.');
  }
  const text: EntryText = { id, content, metadata, memoryType, created, updated, sourceStep };
  return { ok: true, value: erased.value === null ? text : { ...text, erased: erased.value } };
}

export function readContent(value: JsonValue | undefined, name: string): Reading<string> {
  if (typeof value !== 'string') {
    return refused(
      value === undefined
        ? `It has no ${JSON.stringify(name)}. Give the text to remember there.`
        : `${JSON.stringify(name)} is no text. Put it in double quotes.`,
    );
  }
  if (value.length > LIMITS.content) {
    return refused(
      `Its content has ${grouped(value.length)} characters; an entry takes ${grouped(LIMITS.content)}. Divide it.`,
    );
  }
  return { ok: true, value };
}

export function readMetadata(value: JsonValue | undefined): Reading<Metadata> {
  if (value === undefined) return { ok: true, value: {} };
  if (!isObject(value)) return refused('"metadata" is no object. Write {"key": value}.');
  const length = metadataLength(value);
  if (length === undefined) {
    return refused(
      `Its metadata is nested deeper than ${LIMITS.metadataDepth} levels. Make it flatter, or put the inner part into a string.`,
    );
  }
  if (length > LIMITS.metadata) {
    return refused(
      `Its metadata takes ${grouped(length)} characters; ${grouped(LIMITS.metadata)} are the limit. Put long text into the content.`,
    );
  }
  return { ok: true, value };
}

/** As JSON; undefined if it is nested too deep to be written. */
function metadataLength(metadata: Metadata): number | undefined {
  try {
    return writeJson(metadata, 'Metadata').length;
  } catch {
    return undefined;
  }
}

function readLabel(value: JsonValue | undefined, name: string): Reading<string> {
  if (value === undefined) return { ok: true, value: '' };
  if (typeof value !== 'string') return refused(`${JSON.stringify(name)} is no text.`);
  if (value.length > LIMITS.label) {
    return refused(
      `${JSON.stringify(name)} has ${grouped(value.length)} characters; ${grouped(LIMITS.label)} are the limit. Shorten it.`,
    );
  }
  return { ok: true, value };
}

function readTime(value: JsonValue | undefined, name: string): Reading<number | null> {
  if (value === undefined) return { ok: true, value: null };
  if (typeof value !== 'number' || Math.abs(value) > LIMITS.time) {
    return refused(`${JSON.stringify(name)} is no time. Write milliseconds since 1970, e.g. 1767225600000.`);
  }
  return { ok: true, value };
}
