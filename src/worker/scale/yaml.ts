/**
 * YAML for configuration files: maps, lists, numbers, truth values, null and texts, in block style. It writes what
 * YAML 1.1 readers (PyYAML, OmegaConf) and YAML 1.2 readers understand alike: texts stand in double quotes unless they
 * are plain words that neither takes for anything else, and a number with an exponent gets a decimal point, without which
 * PyYAML reads a text.
 *
 * Source: yaml.org/spec/1.1 (types float, bool, null), 1.2.2 chapter 7.3.1.
 */

export type Yaml = string | number | boolean | null | readonly Yaml[] | { readonly [key: string]: Yaml };

/** A file; `remarks` come first, a line each. Throws `RangeError` for a number that is not finite. */
export function writeYaml(value: { readonly [key: string]: Yaml }, remarks: readonly string[] = []): string {
  return [...remarks.map((line) => `# ${line}`.trimEnd()), ...lines(value, '')].map((l) => `${l}\n`).join('');
}

function lines(value: Yaml, indent: string): readonly string[] {
  if (isList(value)) {
    return value.flatMap((item) => {
      if (isLeaf(item)) return [`${indent}- ${leaf(item)}`];
      const [first, ...rest] = lines(item, `${indent}  `);
      return [`${indent}- ${first.trimStart()}`, ...rest];
    });
  }
  return Object.entries(value as { readonly [key: string]: Yaml }).flatMap(([key, of]) =>
    isLeaf(of)
      ? [`${indent}${text(key)}: ${leaf(of)}`]
      : [`${indent}${text(key)}:`, ...lines(of, `${indent}  `)],
  );
}

const isList = (value: Yaml): value is readonly Yaml[] => Array.isArray(value);

/** Fits on the line of its key: empty lists and maps do. */
function isLeaf(value: Yaml): boolean {
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

function leaf(value: Yaml): string {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') return number(value);
  if (typeof value === 'object' && value !== null) return isList(value) ? '[]' : '{}';
  return String(value);
}

const PLAIN = /^[A-Za-z_][\w./-]*$/;
/** Words that one version or the other reads as something else. */
const TAKEN = /^(y|n|yes|no|true|false|on|off|null|nan|inf)$/i;

/** JSON's double quotes are YAML's; what JSON lets stand and YAML does not is written by its number. */
function text(value: string): string {
  if (PLAIN.test(value) && !TAKEN.test(value)) return value;
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function number(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} cannot be written into a configuration.`);
  const [digits, exponent] = String(value).split('e');
  if (exponent === undefined) return digits;
  return `${digits.includes('.') ? digits : `${digits}.0`}e${exponent}`;
}
