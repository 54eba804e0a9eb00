/** Reads the part of YAML that `writeYaml` writes, for tests: block maps and lists, one leaf a line, and nothing else. */
import type { Yaml } from './yaml';

interface Line {
  readonly indent: number;
  readonly text: string;
}

export function readYaml(source: string): Yaml {
  const lines = source
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line): Line => ({ indent: line.search(/\S/), text: line.trim() }));
  const [value, end] = readBlock(lines, 0);
  if (end !== lines.length) throw new Error(`Not read: ${lines[end].text}`);
  return value;
}

/** The value that begins at a line, and where the next begins. */
function readBlock(lines: readonly Line[], from: number): readonly [Yaml, number] {
  const { indent, text } = lines[from];
  let at = from;
  if (text.startsWith('- ')) {
    const items: Yaml[] = [];
    while (lines[at]?.indent === indent && lines[at].text.startsWith('- ')) {
      const rest = lines[at].text.slice(2);
      if (keyOf(rest) === null) {
        items.push(leaf(rest));
        at++;
      } else {
        const inner = [...lines];
        inner[at] = { indent: indent + 2, text: rest };
        const [item, next] = readBlock(inner, at);
        items.push(item);
        at = next;
      }
    }
    return [items, at];
  }
  const map: Record<string, Yaml> = {};
  while (lines[at]?.indent === indent) {
    const found = keyOf(lines[at].text);
    if (found === null) throw new Error(`No key: ${lines[at].text}`);
    const [key, rest] = found;
    if (Object.hasOwn(map, key)) throw new Error(`Twice: ${key}`);
    if (rest !== '') {
      map[key] = leaf(rest);
      at++;
    } else [map[key], at] = readBlock(lines, at + 1);
  }
  return [map, at];
}

function keyOf(text: string): readonly [string, string] | null {
  const [, key, rest] = /^("(?:[^"\\]|\\.)*"|[^":\s]+):(?: (.*))?$/s.exec(text) ?? [];
  return key === undefined ? null : [String(leaf(key)), rest ?? ''];
}

function leaf(text: string): Yaml {
  if (text === '[]') return [];
  if (text === '{}') return {};
  if (text.startsWith('"')) return JSON.parse(text) as string;
  if (text === 'null') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  // YAML 1.1: a number with an exponent has a point.
  if (/^-?\d+(\.\d+)?$|^-?\d+\.\d+e[-+]\d+$/.test(text)) return Number(text);
  if (!/^[A-Za-z_][\w./-]*$/.test(text)) throw new Error(`Not plain: ${text}`);
  return text;
}
