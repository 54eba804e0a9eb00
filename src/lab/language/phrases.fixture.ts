/** Reads the source files of the page: which phrases they say, and which text they show without saying it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';

export const LAB = fileURLToPath(new URL('..', import.meta.url));

export interface Found {
  /** Below `src/lab`, and the line in it. */
  readonly at: string;
  readonly text: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

/** Calls whose first argument is a phrase; `count` has its nouns after the number. */
const SAYING = new Set(['say', 'phrase']);
/** Attributes that are read or heard. */
const SHOWN_ATTRIBUTES = new Set([
  'alt',
  'aria-description',
  'aria-label',
  'aria-roledescription',
  'aria-valuetext',
  'caption',
  'label',
  'legend',
  'note',
  'placeholder',
  'summary',
  'title',
  'what',
]);
/** Methods that are given selectors and names of marks, not text. */
const MACHINE = new Set(['mark', 'closest', 'matches', 'querySelector', 'querySelectorAll']);
/** Elements whose text is code, keys or data in every language. */
const SAME_IN_ALL = new Set(['code', 'kbd', 'samp', 'pre']);
const WORDS = /\p{L}{2,}/u;
/** Two words, and nothing that only code has (selectors, style rules). */
const SENTENCE = /^(?!.*[[\]{};<>=]).*\p{L}{2,},? \p{L}{2,}/su;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

function children(node: Node): Node[] {
  return Object.values(node).flatMap((value) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );
}

/** The name a call or an element goes by. */
const nameOf = (node: unknown): string => (isNode(node) && typeof node.name === 'string' ? node.name : '');

/** A string literal's text, or a template's without values; null for anything else. */
function literal(node: unknown): string | null {
  if (!isNode(node)) return null;
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type === 'TemplateLiteral' && (node.expressions as unknown[]).length === 0)
    return (node.quasis as { value: { cooked: string } }[])[0].value.cooked;
  if (node.type === 'JSXExpressionContainer') return literal(node.expression);
  return null;
}

/** Both branches of a choice between literals are phrases. */
function literals(node: unknown): string[] {
  if (!isNode(node)) return [];
  if (node.type === 'JSXExpressionContainer') return literals(node.expression);
  if (node.type === 'ConditionalExpression')
    return [...literals(node.consequent), ...literals(node.alternate)];
  const text = literal(node);
  return text === null ? [] : [text];
}

export interface Reading {
  /** Phrases: they need a translation. */
  readonly said: readonly Found[];
  /** Text that is shown and not said. */
  readonly bare: readonly Found[];
}

/** @param path below `src/lab`; @param text the file */
export function read(path: string, text: string): Reading {
  const said: Found[] = [];
  const bare: Found[] = [];
  const at = (node: Node) => `${path}:${text.slice(0, node.start).split('\n').length}`;
  const { program } = parseSync(path, text);

  const visit = (node: Node, shown: boolean): void => {
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ImportExpression':
      case 'ExportAllDeclaration':
      case 'TSLiteralType':
        return;
      case 'CallExpression': {
        const name = nameOf(node.callee);
        const [first, ...others] = node.arguments as Node[];
        const phrases = SAYING.has(name) ? literals(first) : name === 'count' ? literals(others[0]) : [];
        said.push(...phrases.map((found) => ({ at: at(node), text: found })));
        if (SAYING.has(name)) {
          if (phrases.length === 0 && isNode(first)) visit(first, shown);
          for (const other of others) visit(other, shown);
          return;
        }
        if (name === 'count') return;
        if (isNode(node.callee) && MACHINE.has(nameOf(node.callee.property))) {
          visit(node.callee, false);
          return;
        }
        // What a call is given is not what it shows.
        for (const child of children(node)) visit(child, false);
        return;
      }
      case 'NewExpression':
        // Errors are told by their class and code; their text is for whoever mends the page.
        if (nameOf(node.callee).endsWith('Error')) return;
        for (const child of children(node)) visit(child, false);
        return;
      case 'JSXElement': {
        const opening = node.openingElement as Node;
        const name = nameOf(opening.name);
        const attributes = opening.attributes as Node[];
        const foreign = attributes.some(
          ({ name: key, value }) =>
            (nameOf(key) === 'lang' && literal(value) === 'en') ||
            (nameOf(key) === 'translate' && literal(value) === 'no'),
        );
        if (foreign || SAME_IN_ALL.has(name)) return;
        for (const attribute of attributes) {
          const key = nameOf(attribute.name);
          if (name === 'Say' && key === 'text') {
            said.push(...literals(attribute.value).map((found) => ({ at: at(attribute), text: found })));
          } else if (key !== 'className' && key !== 'style' && key !== 'data-lesson') {
            visit(attribute, SHOWN_ATTRIBUTES.has(key));
          }
        }
        for (const child of node.children as Node[]) visit(child, true);
        return;
      }
      case 'JSXText': {
        const words = String(node.value).replace(/&\w+;/g, ' ').trim();
        if (WORDS.test(words)) bare.push({ at: at(node), text: words });
        return;
      }
      case 'Literal': {
        const words = typeof node.value === 'string' ? node.value : '';
        if (shown ? WORDS.test(words) : SENTENCE.test(words)) bare.push({ at: at(node), text: words });
        return;
      }
      case 'TemplateLiteral': {
        const words = (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked);
        if (words.some((part) => (shown ? WORDS : SENTENCE).test(part)))
          bare.push({ at: at(node), text: words.join('…') });
        for (const part of node.expressions as Node[]) visit(part, shown);
        return;
      }
      // Names of properties are not shown.
      case 'Property':
        if (node.computed) visit(node.key as Node, false);
        visit(node.value as Node, shown);
        return;
      // What is compared with is not shown; what is added to a text is.
      case 'BinaryExpression': {
        const sum = node.operator === '+';
        for (const side of children(node)) if (sum || side.type !== 'Literal') visit(side, shown && sum);
        return;
      }
      case 'SwitchCase':
        for (const statement of node.consequent as Node[]) visit(statement, false);
        return;
      case 'MemberExpression':
        visit(node.object as Node, false);
        return;
      case 'ConditionalExpression':
        visit(node.test as Node, false);
        visit(node.consequent as Node, shown);
        visit(node.alternate as Node, shown);
        return;
      default:
        for (const child of children(node)) visit(child, shown);
    }
  };
  visit(program as unknown as Node, false);
  return { said, bare };
}

/** Not text of the page: the dictionaries themselves, and tasks and completions that a policy reads and writes. */
const NO_TEXT = ['language/zh/', 'what-if/exhibits/scripts/'];

/** Source files of the page, without tests. */
export function sources(): readonly string[] {
  return readdirSync(LAB, { recursive: true })
    .map((path) => String(path).split('\\').join('/'))
    .filter(
      (path) =>
        /\.tsx?$/.test(path) &&
        !/\.(test|fixture)\.tsx?$/.test(path) &&
        !NO_TEXT.some((place) => path.startsWith(place)),
    )
    .sort();
}

export const readFile = (path: string): Reading => read(path, readFileSync(join(LAB, path), 'utf8'));
