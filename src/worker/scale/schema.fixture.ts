/** Types of fields as Python declares them, and what in a value does not fit them. */
import type { Yaml } from './yaml';

/** `?` at the end: or null. A record: an object with these fields only. A list: a list of the one. */
export type Schema =
  | 'str'
  | 'int'
  | 'float'
  | 'bool'
  | 'dict'
  | 'str?'
  | 'int?'
  | 'float?'
  | 'bool?'
  | 'dict?'
  | readonly [Schema]
  | { readonly [field: string]: Schema }
  | OneOf;

interface OneOf {
  readonly oneOf: readonly string[];
}

const isOneOf = (schema: Schema): schema is OneOf =>
  typeof schema === 'object' && 'oneOf' in schema && Array.isArray(schema.oneOf);

/** Places that do not fit, with what stands there. */
export function misfits(value: Yaml, schema: Schema, place = ''): readonly string[] {
  const wrong = [`${place}: ${JSON.stringify(value)}`];
  if (typeof schema === 'string') return fits(value, schema) ? [] : wrong;
  if (isOneOf(schema)) return schema.oneOf.includes(value as string) ? [] : wrong;
  if (Array.isArray(schema)) {
    if (!Array.isArray(value)) return wrong;
    return (value as readonly Yaml[]).flatMap((item, i) =>
      misfits(item, schema[0] as Schema, `${place}[${i}]`),
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong;
  const fields = schema as { readonly [field: string]: Schema };
  return Object.entries(value).flatMap(([key, of]) =>
    Object.hasOwn(fields, key)
      ? misfits(of as Yaml, fields[key], `${place}.${key}`)
      : [`${place}.${key} is unknown`],
  );
}

function fits(value: Yaml, type: string): boolean {
  if (type.endsWith('?')) return value === null || fits(value, type.slice(0, -1));
  switch (type) {
    case 'str':
      return typeof value === 'string';
    case 'int':
      return Number.isInteger(value);
    case 'float':
      return typeof value === 'number';
    case 'bool':
      return typeof value === 'boolean';
    default:
      return typeof value === 'object' && value !== null && !Array.isArray(value);
  }
}
