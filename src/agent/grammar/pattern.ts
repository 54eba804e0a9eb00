/**
 * A regular language of texts as data: what `byte-automaton.ts` follows byte by byte and `ebnf.ts` prints. Written
 * once and used by both, so that what is drawn here and what another engine draws by the printed grammar is the same.
 *
 * There is no recursion, hence no nesting to count: a position in a text is one of finitely many states.
 */

/** Code points, both ends included. */
export type CharacterRange = readonly [from: number, to: number];

export type Pattern =
  | { readonly kind: 'text'; readonly text: string }
  /** One character: of the ranges, or with `except` any other. Surrogates are no characters. */
  | { readonly kind: 'character'; readonly ranges: readonly CharacterRange[]; readonly except: boolean }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly options: readonly Pattern[] }
  /** None, or up to `most` in a row; `Infinity`: any number. */
  | { readonly kind: 'repeated'; readonly part: Pattern; readonly most: number }
  /** A part with a name of its own in the printed grammar: letters, digits, `_`. */
  | { readonly kind: 'rule'; readonly name: string; readonly body: Pattern };

export function text(value: string): Pattern {
  return { kind: 'text', text: value };
}

/** One of these: characters, or ranges of code points. */
export function oneOf(...parts: readonly (string | CharacterRange)[]): Pattern {
  return { kind: 'character', ranges: rangesOf(parts), except: false };
}

/** Any character but these. */
export function anyBut(...parts: readonly (string | CharacterRange)[]): Pattern {
  return { kind: 'character', ranges: rangesOf(parts), except: true };
}

export function sequence(...parts: readonly (Pattern | string)[]): Pattern {
  return { kind: 'sequence', parts: parts.map(asPattern) };
}

export function choice(...options: readonly (Pattern | string)[]): Pattern {
  return options.length === 1 ? asPattern(options[0]) : { kind: 'choice', options: options.map(asPattern) };
}

export function repeated(part: Pattern | string, most = Number.POSITIVE_INFINITY): Pattern {
  return { kind: 'repeated', part: asPattern(part), most };
}

export function optional(part: Pattern | string): Pattern {
  return repeated(part, 1);
}

export function rule(name: string, body: Pattern): Pattern {
  return { kind: 'rule', name, body };
}

/**
 * Any text up to and with the first `tag`. The tag's first character must not stand elsewhere in it (tags begin with
 * "<"), so a beginning of the tag that leads nowhere is followed by any other character, or by a new beginning.
 */
export function until(tag: string): Pattern {
  const [first, ...rest] = [...tag];
  const otherwise = rest.map((char, i) => sequence(rest.slice(0, i).join(''), anyBut(char, first)));
  const again = rest.map((_, i) => text(rest.slice(0, i).join('') + first));
  const astray = sequence(first, repeated(choice(...again)), choice(...otherwise));
  return sequence(repeated(choice(anyBut(first), astray)), first, repeated(choice(...again)), rest.join(''));
}

function asPattern(part: Pattern | string): Pattern {
  return typeof part === 'string' ? text(part) : part;
}

/** Ascending, none touching another. */
function rangesOf(parts: readonly (string | CharacterRange)[]): readonly CharacterRange[] {
  const ranges = parts
    .flatMap((part): CharacterRange[] =>
      typeof part === 'string' ? [...part].map((char) => [codeOf(char), codeOf(char)]) : [part],
    )
    .sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [from, to] of ranges) {
    const last = merged.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

function codeOf(char: string): number {
  // A character of a string that was taken apart by code points is never empty.
  return char.codePointAt(0) as number;
}
