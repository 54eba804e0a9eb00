/**
 * Lists as Mem0 gives them: what `get_all` and `search` return and its exports hold.
 *
 *     {"results": [{"id": "3c90c3cc-…", "memory": "Likes tea", "hash": "…", "metadata": {…} | null,
 *       "created_at": "2025-03-01T10:00:00Z", "updated_at": …, "user_id": "ann", "agent_id": …, "run_id": …,
 *       "actor_id": …, "role": …, "categories": […]}, …]}
 *
 * or the list alone, or one item a line; older versions and relatives call the text `text`, `content` or
 * `data`. Its id is kept as `mem0_id` in the metadata, so that the same item is known again; every other
 * field goes into the metadata under its own name, or as `mem0_…` where the item's metadata has one of that
 * name. `score` is of a search and `relations` is another list: both are left out, and what is null.
 *
 * Source: github.com/mem0ai/mem0, `MemoryItem` and `Memory.get`; docs.mem0.ai, "Get memory".
 */
import type { JsonValue } from '../memory';
import {
  field,
  isObject,
  type JsonObject,
  type ReadEntry,
  type Reading,
  readContent,
  readMetadata,
  refused,
} from './entry-text';
import { ImportFileError } from './errors';
import type { ReadLine } from './json-lines';
import { jsonSlices, SliceFault } from './json-slices';
import { grouped, LIMITS } from './limits';
import { readJson } from './strict-json';

/** Where the text may stand, the first that is there counts. */
const TEXT_FIELDS = ['memory', 'text', 'content', 'data'] as const;
/** Keys of an object under which the list may stand. */
const LIST_KEYS: readonly string[] = ['"results"', '"memories"', '"data"', '"items"'];
/** Before 1973 in milliseconds, after the year 5000 in seconds: tells the two apart. */
const FIRST_MILLISECONDS = 1e11;
const LEFT_OUT: readonly string[] = ['score'];

/**
 * The items of a list, or of an object that holds one. Line numbers count items from 1.
 * @throws ImportFileError if there is no list, or it breaks off
 */
export function readMem0(text: string): readonly ReadLine[] {
  const lines: ReadLine[] = [];
  const slices = jsonSlices(listOf(text));
  for (;;) {
    const { done, value } = slices.next();
    if (done) {
      if (value) throw broken(value.at);
      return lines;
    }
    if (lines.length === LIMITS.lines) {
      throw new ImportFileError(
        'import-lines',
        `The list has more than ${grouped(LIMITS.lines)} items. Divide it and import the parts one by one.`,
      );
    }
    lines.push(readMem0Item(lines.length + 1, value.text));
  }
}

/** One item; never throws. */
export function readMem0Item(line: number, text: string): ReadLine {
  const json = readJson(text);
  const reading = json.ok ? readItem(json.value) : json;
  return reading.ok
    ? { line, ok: true, entry: reading.value }
    : { line, ok: false, reason: reading.reason, text };
}

function listOf(text: string): string {
  if (/^\s*\[/.test(text)) return text;
  const slices = jsonSlices(text);
  for (;;) {
    const { done, value } = slices.next();
    if (done) {
      if (value instanceof SliceFault) throw broken(value.at);
      throw new ImportFileError(
        'import-no-list',
        'The file is one JSON object without a list of memories. Mem0 keeps them under "results": give that list, or import the file as plain text.',
      );
    }
    if (LIST_KEYS.includes(value.key) && value.text.startsWith('[')) return value.text;
  }
}

function broken(at: number): ImportFileError {
  return new ImportFileError(
    'import-json',
    `The file looks like JSON and is broken at character ${grouped(at + 1)}; perhaps it was cut short. Get it again, or import it as plain text.`,
  );
}

function readItem(value: JsonValue): Reading<ReadEntry> {
  if (typeof value === 'string') return readItem({ memory: value });
  if (!isObject(value)) return refused('It is neither an object nor a text.');
  const textField = TEXT_FIELDS.find((name) => typeof field(value, name) === 'string');
  if (textField === undefined) {
    return refused('It has no text: "memory", "text" and "content" are missing or no text.');
  }
  const content = readContent(value[textField], textField);
  if (!content.ok) return content;
  if (content.value.trim() === '') return refused('Its text is empty.');
  const id = readId(field(value, 'id'));
  if (!id.ok) return id;
  const created = readInstant(field(value, 'created_at'), 'created_at');
  if (!created.ok) return created;
  const updated = readInstant(field(value, 'updated_at'), 'updated_at');
  if (!updated.ok) return updated;
  const metadata = gatherMetadata(value, textField, id.value);
  if (!metadata.ok) return metadata;
  const checked = readMetadata(metadata.value);
  if (!checked.ok) return checked;
  return {
    ok: true,
    value: {
      id: null,
      content: content.value,
      metadata: checked.value,
      memoryType: '',
      created: created.value,
      updated: updated.value ?? created.value,
      sourceStep: '',
      foreignId: id.value,
      vector: null,
    },
  };
}

/** Numbers serve as ids in some stores; "7" and 7 are then the same. */
function readId(value: JsonValue | undefined): Reading<string | null> {
  if (value === undefined || value === null || value === '') return { ok: true, value: null };
  if (typeof value === 'string' || typeof value === 'number') return { ok: true, value: String(value) };
  return refused('"id" is neither text nor number.');
}

/** ISO 8601, or a number of seconds or milliseconds since 1970. Milliseconds. */
function readInstant(value: JsonValue | undefined, name: string): Reading<number | null> {
  if (value === undefined || value === null || value === '') return { ok: true, value: null };
  const time =
    typeof value === 'number'
      ? Math.abs(value) < FIRST_MILLISECONDS
        ? value * 1000
        : value
      : typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value)
        ? Date.parse(value)
        : Number.NaN;
  // NaN compares as false.
  if (Math.abs(time) <= LIMITS.time) return { ok: true, value: time };
  return refused(`${JSON.stringify(name)} is no time. Write it as 2025-03-01T10:00:00Z.`);
}

function gatherMetadata(item: JsonObject, textField: string, id: string | null): Reading<JsonObject> {
  const own = field(item, 'metadata') ?? {};
  if (!isObject(own)) return refused('"metadata" is no object.');
  // A map, since a key may be called __proto__ and must stay a key.
  const gathered = new Map(Object.entries(own));
  const taken = ['id', 'metadata', 'created_at', 'updated_at', textField, ...LEFT_OUT];
  const further = Object.entries(item).filter(([name, value]) => value !== null && !taken.includes(name));
  if (id !== null) further.push(['mem0_id', id]);
  for (const [name, value] of further) {
    const free = name !== 'mem0_id' && gathered.has(name) ? `mem0_${name}` : name;
    if (gathered.has(free) && gathered.get(free) !== value) {
      return refused(`Its metadata has a key ${JSON.stringify(free)} already. Rename that key.`);
    }
    gathered.set(free, value);
  }
  return { ok: true, value: Object.fromEntries(gathered) };
}
