/**
 * A reader of EBNF in XGrammar's dialect, for tests: what a grammar text accepts, read from the text alone. It keeps
 * the set of places that a part can end at, so no choice is made too early; left recursion is not read.
 */

type Part =
  | { readonly kind: 'literal'; readonly chars: readonly string[] }
  | { readonly kind: 'class'; readonly except: boolean; readonly ranges: readonly [number, number][] }
  | { readonly kind: 'rule'; readonly name: string }
  | { readonly kind: 'sequence'; readonly parts: readonly Part[] }
  | { readonly kind: 'choice'; readonly options: readonly Part[] }
  | { readonly kind: 'repeated'; readonly part: Part; readonly least: number; readonly most: number };

export interface ReadGrammar {
  readonly rules: ReadonlyMap<string, Part>;
  accepts(text: string): boolean;
}

export function readGrammar(source: string): ReadGrammar {
  const rules = new Map<string, Part>();
  for (const line of source.split('\n')) {
    if (line.trim() === '') continue;
    const [, name, body] = /^([A-Za-z_][\w.-]*) ::= (.*)$/u.exec(line) ?? [];
    if (name === undefined) throw new Error(`no rule: ${line}`);
    if (rules.has(name)) throw new Error(`a second rule ${name}`);
    rules.set(name, new PartReader([...body]).whole());
  }
  for (const part of rules.values()) checkNames(part, rules);
  const root = rules.get('root');
  if (!root) throw new Error('no root');
  return {
    rules,
    accepts: (text) => {
      const chars = [...text];
      return ends(root, chars, new Set([0]), rules).has(chars.length);
    },
  };
}

function checkNames(part: Part, rules: ReadonlyMap<string, Part>): void {
  if (part.kind === 'rule' && !rules.has(part.name)) throw new Error(`no rule ${part.name}`);
  if (part.kind === 'sequence') for (const inner of part.parts) checkNames(inner, rules);
  if (part.kind === 'choice') for (const inner of part.options) checkNames(inner, rules);
  if (part.kind === 'repeated') checkNames(part.part, rules);
}

/** Where `part` can end if it begins at one of `starts`. */
function ends(
  part: Part,
  text: readonly string[],
  starts: ReadonlySet<number>,
  rules: ReadonlyMap<string, Part>,
): ReadonlySet<number> {
  switch (part.kind) {
    case 'literal':
      return new Set(
        [...starts]
          .filter((at) => part.chars.every((char, i) => text[at + i] === char))
          .map((at) => at + part.chars.length),
      );
    case 'class':
      return new Set(
        [...starts].filter((at) => at < text.length && inClass(part, text[at])).map((at) => at + 1),
      );
    case 'rule':
      // Checked when the grammar was read.
      return starts.size === 0 ? starts : ends(rules.get(part.name) as Part, text, starts, rules);
    case 'sequence':
      return part.parts.reduce<ReadonlySet<number>>((at, inner) => ends(inner, text, at, rules), starts);
    case 'choice':
      return new Set(part.options.flatMap((option) => [...ends(option, text, starts, rules)]));
    case 'repeated': {
      const all = new Set(part.least === 0 ? starts : []);
      let at = starts;
      for (let i = 1; i <= part.most && at.size > 0; i++) {
        at = new Set([...ends(part.part, text, at, rules)].filter((end) => !all.has(end)));
        if (i >= part.least) for (const end of at) all.add(end);
      }
      return all;
    }
  }
}

function inClass({ except, ranges }: Extract<Part, { kind: 'class' }>, char: string): boolean {
  const code = char.codePointAt(0) as number; // of a whole character
  return ranges.some(([from, to]) => code >= from && code <= to) !== except;
}

class PartReader {
  private at = 0;

  constructor(private readonly source: readonly string[]) {}

  whole(): Part {
    const part = this.choice();
    if (this.at < this.source.length) throw new Error(`unread: ${this.source.slice(this.at).join('')}`);
    return part;
  }

  private choice(): Part {
    const options = [this.sequence()];
    for (this.space(); this.source[this.at] === '|'; this.space()) {
      this.at++;
      options.push(this.sequence());
    }
    return options.length === 1 ? options[0] : { kind: 'choice', options };
  }

  private sequence(): Part {
    const parts: Part[] = [];
    for (this.space(); this.at < this.source.length && !'|)'.includes(this.source[this.at]); this.space()) {
      parts.push(this.repeated());
    }
    if (parts.length === 0) throw new Error(`nothing at ${this.at} of ${this.source.join('')}`);
    return parts.length === 1 ? parts[0] : { kind: 'sequence', parts };
  }

  private repeated(): Part {
    const part = this.single();
    const sign = this.source[this.at];
    if (!sign || !'?*+'.includes(sign)) return part;
    this.at++;
    if ('?*+'.includes(this.source[this.at] ?? ' ')) throw new Error('two signs in a row');
    return { kind: 'repeated', part, least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : Infinity };
  }

  private single(): Part {
    const first = this.source[this.at];
    if (first === '(') {
      this.at++;
      const part = this.choice();
      if (this.source[this.at++] !== ')') throw new Error('a group is not closed');
      return part;
    }
    if (first === '"') {
      this.at++;
      const chars: string[] = [];
      while (this.source[this.at] !== '"') chars.push(this.character());
      this.at++;
      return { kind: 'literal', chars };
    }
    if (first === '[') return this.class();
    const name = /^[A-Za-z_][\w.-]*/.exec(this.source.slice(this.at).join(''))?.[0];
    if (name === undefined) throw new Error(`unexpected ${first}`);
    this.at += name.length;
    return { kind: 'rule', name };
  }

  private class(): Part {
    this.at++;
    const except = this.source[this.at] === '^';
    if (except) this.at++;
    const ranges: [number, number][] = [];
    while (this.source[this.at] !== ']') {
      const from = this.character().codePointAt(0) as number; // of a whole character
      let to = from;
      if (this.source[this.at] === '-') {
        this.at++;
        to = this.character().codePointAt(0) as number; // of a whole character
      }
      if (to < from) throw new Error('a range runs backwards');
      ranges.push([from, to]);
    }
    this.at++;
    return { kind: 'class', except, ranges };
  }

  private character(): string {
    const char = this.source[this.at++];
    if (char === undefined) throw new Error('the grammar ends early');
    if (char !== '\\') return char;
    const sign = this.source[this.at++];
    if (sign === 'n') return '\n';
    const digits = sign === 'u' ? 4 : sign === 'U' ? 8 : 0;
    if (digits === 0) return sign;
    const code = this.source.slice(this.at, this.at + digits).join('');
    this.at += digits;
    if (!/^[0-9A-F]+$/.test(code)) throw new Error(`no code point: ${code}`);
    return String.fromCodePoint(Number.parseInt(code, 16));
  }

  private space(): void {
    while (this.source[this.at] === ' ') this.at++;
  }
}
