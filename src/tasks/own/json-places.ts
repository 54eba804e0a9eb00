/**
 * Where things stand in a JSON text (RFC 8259): the first thing wrong with it, and where the values of an outermost list
 * begin. `JSON.parse` builds the values and tells no places; what it says of an error is another thing in each browser.
 */

export interface JsonPlaces {
  /** The first index at which no JSON text can go on so, and what could stand there; null: the text is JSON. */
  readonly wrong: { readonly at: number; readonly wanted: string } | null;
  /** Indices of the values of the outermost list, as far as they are right; none where it is no list. */
  readonly items: readonly number[];
}

const VALUE = 'a value';
const NAME = 'a name in double quotes';
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const SPACE = /[ \t\n\r]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})/y;

/** Without recursion: a text of brackets alone is no deeper a stack. */
export function jsonPlaces(text: string): JsonPlaces {
  const open: ('[' | '{')[] = [];
  const items: number[] = [];
  let at = 0;
  /** What may come next; `first`: the list or object may also end here. */
  let next: 'value' | 'name' | 'colon' | 'more' = 'value';
  let first = false;
  const end = (pattern: RegExp): number => {
    pattern.lastIndex = at;
    return pattern.test(text) ? pattern.lastIndex : at;
  };
  const wrong = (wanted: string) => ({ wrong: { at, wanted }, items });

  for (;;) {
    at = end(SPACE);
    const sign = text[at];
    const inner = open.at(-1);
    if (next === 'more' && inner === undefined) {
      return at === text.length ? { wrong: null, items } : wrong('the end of the text');
    }
    if ((first || next === 'more') && sign === (inner === '[' ? ']' : '}')) {
      open.pop();
      at++;
      [next, first] = ['more', false];
      continue;
    }
    if (next === 'more') {
      if (sign !== ',') return wrong(`a comma or the end of the ${inner === '[' ? 'list' : 'object'}`);
      at++;
      next = inner === '[' ? 'value' : 'name';
    } else if (next === 'colon') {
      if (sign !== ':') return wrong('a colon');
      at++;
      next = 'value';
    } else {
      if (next === 'name' && sign !== '"') return wrong(first ? `${NAME} or the end of the object` : NAME);
      if (next === 'value' && inner === '[' && open.length === 1) items.push(at);
      const opens = sign === '[' || sign === '{';
      if (opens) {
        open.push(sign);
        at++;
        [next, first] = [sign === '[' ? 'value' : 'name', true];
        continue;
      }
      if (sign === '"') {
        const broken = endOfText();
        if (broken !== null) return wrong(broken);
      } else {
        const after = Math.max(end(NUMBER), end(WORD));
        if (after === at) {
          if (items.at(-1) === at) items.pop();
          return wrong(first ? `${VALUE} or the end of the list` : VALUE);
        }
        at = after;
      }
      next = next === 'name' ? 'colon' : 'more';
    }
    first = false;
  }

  /** Past the text that begins here; else to where it breaks, and what is wanted there. */
  function endOfText(): string | null {
    for (at++; at < text.length; ) {
      const code = text.charCodeAt(at);
      if (code === 0x22) {
        at++;
        return null;
      }
      if (code < 0x20) return 'the closing quote (a line break within a text is written \\n)';
      if (code !== 0x5c) at++;
      else {
        const after = end(ESCAPE);
        if (after === at) return 'an escape that JSON has, such as \\n, \\" or \\\\';
        at = after;
      }
    }
    return 'the closing quote';
  }
}
