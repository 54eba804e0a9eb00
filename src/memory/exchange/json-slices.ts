/**
 * Cuts a JSON object or list into the texts of its members without reading them, so that one bad item of a
 * list is one bad item and not a bad file. Walks brackets and strings only, without recursion; whether a
 * slice is JSON is for its reader to say.
 */
import { stringEnd } from './strict-json';

export interface Slice {
  /** Of an object's member: its key as it stands, in quotes. Empty in a list. */
  readonly key: string;
  readonly text: string;
}

/** Behind the outermost value there is something else, or it ends early; `at` is where. */
export class SliceFault {
  constructor(readonly at: number) {}
}

/** Members of the object or list that `text` is, in order; ends with a fault where it is broken. */
export function* jsonSlices(text: string): Generator<Slice, SliceFault | undefined> {
  let at = skipSpace(text, 0);
  const close = text[at] === '{' ? '}' : text[at] === '[' ? ']' : undefined;
  if (close === undefined) return new SliceFault(at);
  at = skipSpace(text, at + 1);
  if (text[at] !== close) {
    for (;;) {
      let key = '';
      if (close === '}') {
        const end = text[at] === '"' ? stringEnd(text, at) : -1;
        if (end < 0) return new SliceFault(at);
        key = text.slice(at, end);
        at = skipSpace(text, end);
        if (text[at] !== ':') return new SliceFault(at);
        at = skipSpace(text, at + 1);
      }
      const end = valueEnd(text, at);
      if (end < 0) return new SliceFault(text.length);
      yield { key, text: text.slice(at, end) };
      at = skipSpace(text, end);
      if (text[at] === close) break;
      if (text[at] !== ',') return new SliceFault(at);
      at = skipSpace(text, at + 1);
    }
  }
  at = skipSpace(text, at + 1);
  return at < text.length ? new SliceFault(at) : undefined;
}

/** Where the value that begins here ends: at a comma or closing bracket of its level. -1: the text ends first. */
function valueEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; ) {
    switch (text[at]) {
      case '"':
        at = stringEnd(text, at);
        if (at < 0) return -1;
        continue;
      case '{':
      case '[':
        depth++;
        break;
      case '}':
      case ']':
        if (depth === 0) return at;
        depth--;
        break;
      case ',':
        if (depth === 0) return at;
        break;
    }
    at++;
  }
  return -1;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n' || text[at] === '\r') at++;
  return at;
}
