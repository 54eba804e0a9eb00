/** What a reply in JSON has to look like: the part of JSON Schema that the calls of the baselines need, and its check. */
import { readJson } from '../agent/json-reader';
import { afterThinking } from '../agent/tagged-reply';
import type { JsonValue } from '../memory/memory';

export type ReplySchema =
  | { readonly type: 'string'; readonly enum?: readonly string[] }
  | { readonly type: 'boolean' }
  | { readonly type: 'array'; readonly items: ReplySchema }
  /** Every property is required, and there is no other. */
  | { readonly type: 'object'; readonly properties: Readonly<Record<string, ReplySchema>> };

export type ReadReply =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly reason: string };

/** Longest reply that is read; more is no reply to any of these calls. Characters. */
const MOST_CHARACTERS = 50_000;

/** Strict: one JSON value and nothing beside it, but for what a model thinks before. Never throws. */
export function readReply(text: string, schema: ReplySchema): ReadReply {
  if (text.length > MOST_CHARACTERS) return { ok: false, reason: 'the reply is too long' };
  const body = afterThinking(text);
  if (body === '') return { ok: false, reason: 'the reply is empty' };
  const json = readJson(body);
  if (!json.ok) return { ok: false, reason: `no JSON: ${json.reason} at ${json.at}` };
  if (body.slice(json.end).trim() !== '') return { ok: false, reason: 'there is text after the JSON' };
  const wrong = misfit(json.value, schema, 'the reply');
  return wrong === null ? { ok: true, value: json.value } : { ok: false, reason: wrong };
}

/** What is wrong with the value; null: nothing. */
function misfit(value: JsonValue, schema: ReplySchema, name: string): string | null {
  switch (schema.type) {
    case 'string':
      if (typeof value !== 'string') return `${name} is no string`;
      return schema.enum && !schema.enum.includes(value)
        ? `${name} is none of ${schema.enum.join(', ')}`
        : null;
    case 'boolean':
      return typeof value === 'boolean' ? null : `${name} is neither true nor false`;
    case 'array': {
      if (!Array.isArray(value)) return `${name} is no list`;
      const items: readonly JsonValue[] = value;
      return first(items.map((item, i) => misfit(item, schema.items, `${name}[${i}]`)));
    }
    case 'object': {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${name} is no object`;
      const object = value as { readonly [key: string]: JsonValue };
      const stranger = Object.keys(object).find((key) => !Object.hasOwn(schema.properties, key));
      if (stranger !== undefined) return `${name} has "${stranger.slice(0, 40)}", which was not asked for`;
      return first(
        Object.entries(schema.properties).map(([key, inner]) =>
          Object.hasOwn(object, key) ? misfit(object[key], inner, key) : `${name} lacks "${key}"`,
        ),
      );
    }
  }
}

function first(reasons: readonly (string | null)[]): string | null {
  return reasons.find((reason) => reason !== null) ?? null;
}
