/**
 * A pattern as a grammar in the EBNF that XGrammar reads (WebLLM's `response_format: {type: 'grammar', grammar}`),
 * which is near that of llama.cpp: `name ::= …`, literals, classes, groups, `?` and `*`. Repetition up to a number
 * is spelled out as nested options, since not every release knows `{0,3}`.
 *
 * Of classes, XGrammar 0.1.27 (in WebLLM 0.2.86) reads ASCII only: `[^…]` takes every other character, and a range
 * beyond ASCII matches nothing (tried out). So what a pattern keeps out beyond ASCII the grammar lets in.
 * Source: docs/defining_structures/ebnf_grammar.md of mlc-ai/xgrammar.
 */
import type { CharacterRange, Pattern } from './pattern';

/** Two rules of one name that say different things. */
export class GrammarRuleError extends Error {
  override readonly name = 'GrammarRuleError';
  constructor(rule: string) {
    super(`Two rules of the grammar are called ${rule} and differ. Give each a name of its own.`);
  }
}

/** A class that asks for characters beyond ASCII. */
export class GrammarClassError extends Error {
  override readonly name = 'GrammarClassError';
  constructor() {
    super(
      'XGrammar matches no class of characters beyond ASCII. Write what is kept out, or the characters as texts.',
    );
  }
}

const LAST_ASCII = 0x7f;

/** The grammar's text; its first rule is `root`. @throws GrammarRuleError, GrammarClassError */
export function grammarText(pattern: Pattern): string {
  const rules = new Map<string, string>();
  const bodies = new Map<string, Pattern>();
  const open: [string, Pattern][] = [['root', pattern]];
  for (let next = open.shift(); next; next = open.shift()) {
    const [name, body] = next;
    if (bodies.has(name)) {
      if (bodies.get(name) !== body) throw new GrammarRuleError(name);
      continue;
    }
    bodies.set(name, body);
    rules.set(
      name,
      print(body, 'choice', (inner, innerBody) => open.push([inner, innerBody])),
    );
  }
  return [...rules].map(([name, body]) => `${name} ::= ${body}\n`).join('');
}

/** How tightly what stands around a part binds. */
type Place = 'choice' | 'sequence' | 'part';

function print(pattern: Pattern, place: Place, meet: (name: string, body: Pattern) => void): string {
  const group = (text: string, least: Place) => (fits(least, place) ? text : `(${text})`);
  switch (pattern.kind) {
    case 'text':
      return `"${[...pattern.text].map((char) => escaped(char, LITERAL)).join('')}"`;
    case 'character':
      return printClass(pattern);
    case 'sequence': {
      const parts = pattern.parts.filter((part) => part.kind !== 'text' || part.text !== '');
      if (parts.length === 0) return '""';
      if (parts.length === 1) return print(parts[0], place, meet);
      return group(parts.map((part) => print(part, 'sequence', meet)).join(' '), 'sequence');
    }
    case 'choice':
      return group(pattern.options.map((option) => print(option, 'sequence', meet)).join(' | '), 'choice');
    case 'repeated': {
      const part = print(pattern.part, 'part', meet);
      if (pattern.most === Infinity) return group(`${part}*`, 'sequence');
      let text = '';
      for (let i = 0; i < pattern.most; i++) text = text === '' ? `${part}?` : `(${part} ${text})?`;
      return text === '' ? '""' : group(text, 'sequence');
    }
    case 'rule':
      meet(pattern.name, pattern.body);
      return pattern.name;
  }
}

/** A choice may stand where a choice is read, a sequence there and in a choice; else it wants parentheses. */
function fits(least: Place, place: Place): boolean {
  return place === 'choice' || (place === 'sequence' && least === 'sequence');
}

const LITERAL = new Set('"\\');
const CLASS = new Set('^$\\.*+?()[]{}|/-"');

/** @throws GrammarClassError for named characters beyond ASCII */
function printClass({ except, ranges }: Extract<Pattern, { kind: 'character' }>): string {
  const ascii = ranges.filter(([, to]) => to <= LAST_ASCII);
  if (!except && ascii.length < ranges.length) throw new GrammarClassError();
  return `[${except ? '^' : ''}${ascii.map(printRange).join('')}]`;
}

function printRange([from, to]: CharacterRange): string {
  const [first, last] = [from, to].map((code) => escaped(String.fromCodePoint(code), CLASS));
  return from === to ? first : `${first}-${last}`;
}

function escaped(char: string, special: ReadonlySet<string>): string {
  const code = char.codePointAt(0) as number; // of a whole character
  if (char === '\n') return '\\n';
  if (code >= 0x20 && code <= 0x7e) return special.has(char) ? `\\${char}` : char;
  const digits = code.toString(16).toUpperCase();
  return code <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}
