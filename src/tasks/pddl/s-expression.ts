/**
 * PDDL's outer form: lists in brackets, of names. Everything knows where it stands, so that an error can say line and
 * column. Case is not told apart (all becomes lower case), `;` begins a comment, and `?` begins a new name even without
 * a space before it: the barman domain of the benchmarks writes `?l - level?l1 - level`.
 */

import { positionsIn, type TextPosition } from '../text-position';

export type SExpression =
  | ({ readonly kind: 'name'; readonly text: string } & TextPosition)
  | ({ readonly kind: 'list'; readonly items: readonly SExpression[] } & TextPosition);

export type SList = Extract<SExpression, { kind: 'list' }>;

/** A text that is not PDDL, or PDDL beyond what is understood here. */
export class PddlError extends Error {
  constructor(
    readonly where: TextPosition,
    what: string,
  ) {
    super(`Line ${where.line}, column ${where.column}: ${what}`);
    this.name = 'PddlError';
  }
}

/** Deeper nesting than any sensible file has; keeps hostile ones from exhausting the stack. */
const MOST_DEPTH = 200;
/** Characters of a file; the largest problems of the benchmarks have some 20,000. */
export const MOST_CHARACTERS = 2_000_000;

const TOKEN = /;[^\n]*|[()]|\?[^\s();?]*|[^\s();?]+/g;

/** The one list a file holds. @throws PddlError */
export function readSExpression(text: string): SList {
  if (text.length > MOST_CHARACTERS) {
    const most = MOST_CHARACTERS.toLocaleString('en');
    throw new PddlError({ line: 1, column: 1 }, `the text has more than ${most} characters. Split it.`);
  }
  const at = positionsIn(text);
  const open: { readonly where: TextPosition; readonly items: SExpression[] }[] = [];
  let whole: SList | undefined;
  for (const { 0: raw, index } of text.matchAll(TOKEN)) {
    if (raw.startsWith(';')) continue;
    const where = at(index);
    if (whole) {
      throw new PddlError(where, `"${clip(raw)}" comes after the end. A file holds one (define …).`);
    }
    if (raw === '(') {
      if (open.length >= MOST_DEPTH) throw new PddlError(where, 'brackets are nested too deeply.');
      open.push({ where, items: [] });
    } else if (raw === ')') {
      const list = open.pop();
      if (!list) throw new PddlError(where, 'a ")" without its "(". Remove it, or open the list.');
      const done: SList = { kind: 'list', items: list.items, ...list.where };
      const around = open.at(-1);
      if (around) around.items.push(done);
      else whole = done;
    } else {
      const list = open.at(-1);
      if (!list)
        throw new PddlError(where, `"${clip(raw)}" stands outside of brackets. Begin with (define …).`);
      list.items.push({ kind: 'name', text: raw.toLowerCase(), ...where });
    }
  }
  const left = open.at(-1);
  if (left) throw new PddlError(left.where, 'this "(" is never closed. Add the missing ")".');
  if (!whole) throw new PddlError({ line: 1, column: 1 }, 'the text is empty. Begin with (define …).');
  return whole;
}

/** The list, or an error that says what was wanted there. */
export function asList(expression: SExpression | undefined, wanted: string, around: TextPosition): SList {
  if (expression?.kind === 'list') return expression;
  throw new PddlError(expression ?? around, `${wanted} is wanted here, in brackets.`);
}

/** The name, or an error that says what was wanted there. */
export function asName(expression: SExpression | undefined, wanted: string, around: TextPosition): string {
  if (expression?.kind === 'name') return expression.text;
  throw new PddlError(expression ?? around, `${wanted} is wanted here.`);
}

/** What a list begins with, or the empty text. */
export function headOf(list: SExpression): string {
  const first = list.kind === 'list' ? list.items[0] : undefined;
  return first?.kind === 'name' ? first.text : '';
}

function clip(text: string): string {
  return text.length > 24 ? `${text.slice(0, 24)}…` : text;
}
