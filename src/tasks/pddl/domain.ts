/**
 * A domain: the rules of a world as STRIPS has them. Predicates, actions with conditions that must hold and effects
 * that add and delete atoms, types and constants. Read from PDDL; what goes beyond (negative or disjunctive conditions,
 * quantifiers, numbers, conditional effects) is refused by name and place.
 */
import {
  asList,
  asName,
  headOf,
  PddlError,
  readSExpression,
  type SExpression,
  type SList,
} from './s-expression';

/** A predicate and its arguments: names of objects, constants or variables ("?x"). */
export type Atom = readonly [predicate: string, ...args: string[]];

/** Name and type. */
export type Typed = readonly [name: string, type: string];

export interface ActionSchema {
  readonly name: string;
  readonly parameters: readonly Typed[];
  readonly pre: readonly Atom[];
  readonly add: readonly Atom[];
  readonly del: readonly Atom[];
}

export interface Domain {
  readonly name: string;
  readonly requirements: readonly string[];
  /** Type to its parent; `object` is above all. */
  readonly types: Readonly<Record<string, string>>;
  readonly constants: Readonly<Record<string, string>>;
  /** Types of the arguments. */
  readonly predicates: Readonly<Record<string, readonly string[]>>;
  readonly actions: readonly ActionSchema[];
}

const KNOWN_REQUIREMENTS = [':strips', ':typing', ':equality'];
export const ANY_TYPE = 'object';
const BEYOND_STRIPS = ['not', 'or', 'forall', 'exists', 'when', 'imply', '=', 'increase', 'decrease'];

/** @throws PddlError with line and column */
export function readDomain(text: string): Domain {
  const { name, sections } = readDefinition(text, 'domain');
  const requirements: string[] = [];
  let types: Record<string, string> = {};
  let constants: Record<string, string> = {};
  const predicates: Record<string, readonly string[]> = {};
  const actions: ActionSchema[] = [];
  for (const section of sections) {
    const rest = section.items.slice(1);
    switch (headOf(section)) {
      case ':requirements':
        for (const item of rest) {
          const requirement = asName(item, 'a requirement such as :strips', section);
          if (!KNOWN_REQUIREMENTS.includes(requirement)) {
            throw new PddlError(
              item,
              `"${requirement}" is beyond what is played here: ${KNOWN_REQUIREMENTS.join(', ')}.`,
            );
          }
          requirements.push(requirement);
        }
        break;
      case ':types':
        types = Object.fromEntries(typedNames(rest, section));
        break;
      case ':constants':
        constants = Object.fromEntries(typedNames(rest, section));
        break;
      case ':predicates':
        for (const item of rest) {
          const declared = asList(item, 'a predicate such as (at ?ball ?room)', section);
          const predicate = asName(declared.items[0], 'the name of a predicate', declared);
          predicates[predicate] = typedNames(declared.items.slice(1), declared).map(([, type]) => type);
        }
        break;
      case ':action':
        actions.push(readAction(section));
        break;
      default:
        throw new PddlError(section, `"${headOf(section)}" is no part of a domain that is understood here.`);
    }
  }
  const domain: Domain = { name, requirements, types, constants, predicates, actions };
  checkActions(domain, sections);
  return domain;
}

/** `(define (domain NAME) …)` or `(define (problem NAME) …)`. */
export function readDefinition(
  text: string,
  kind: 'domain' | 'problem',
): { readonly name: string; readonly sections: readonly SList[] } {
  const whole = readSExpression(text);
  if (headOf(whole) !== 'define') throw new PddlError(whole, `a ${kind} begins with (define (${kind} …) …).`);
  const title = asList(whole.items[1], `(${kind} and its name)`, whole);
  if (headOf(title) !== kind) {
    const other = headOf(title);
    throw new PddlError(
      title,
      `this is a ${other || 'file without a title'}, not a ${kind}. Choose the other file.`,
    );
  }
  const name = asName(title.items[1], `the name of the ${kind}`, title);
  const sections = whole.items.slice(2).map((item) => asList(item, 'a section such as (:action …)', whole));
  return { name, sections };
}

/** `a b - t c` gives [a, t], [b, t], [c, object]. */
export function typedNames(items: readonly SExpression[], around: SList): Typed[] {
  const typed: Typed[] = [];
  let untyped: string[] = [];
  for (let i = 0; i < items.length; i++) {
    const name = asName(items[i], 'a name', around);
    if (name !== '-') {
      untyped.push(name);
      continue;
    }
    if (untyped.length === 0) throw new PddlError(items[i], 'a "-" needs a name before it.');
    const type = asName(items[++i], 'a type after the "-"', around);
    typed.push(...untyped.map((one): Typed => [one, type]));
    untyped = [];
  }
  return [...typed, ...untyped.map((one): Typed => [one, ANY_TYPE])];
}

/** One atom, or `(and …)` of some. */
export function conjunction(
  expression: SExpression,
  around: SList,
  check: (atom: Atom, where: SList) => void = () => {},
): readonly Atom[] {
  const list = asList(expression, 'a condition such as (and (clear ?x) (on ?x ?y))', around);
  if (headOf(list) === 'and') return list.items.slice(1).flatMap((item) => conjunction(item, list, check));
  if (list.items.length === 0) return [];
  const atom = readAtom(list);
  check(atom, list);
  return [atom];
}

export function readAtom(list: SList): Atom {
  const head = headOf(list);
  if (BEYOND_STRIPS.includes(head)) {
    throw new PddlError(list, `"${head}" is beyond STRIPS, which is what is played here.`);
  }
  const [predicate, ...args] = list.items.map((item) => asName(item, 'a name', list));
  if (predicate === undefined) throw new PddlError(list, 'a predicate is wanted here.');
  return [predicate, ...args];
}

function readAction(section: SList): ActionSchema {
  const name = asName(section.items[1], 'the name of an action', section);
  let parameters: readonly Typed[] = [];
  let pre: readonly Atom[] = [];
  const add: Atom[] = [];
  const del: Atom[] = [];
  for (let i = 2; i < section.items.length; i += 2) {
    const key = asName(section.items[i], ':parameters, :precondition or :effect', section);
    const value = section.items[i + 1];
    if (value === undefined) throw new PddlError(section.items[i], `${key} needs something after it.`);
    if (key === ':parameters') parameters = typedNames(asList(value, 'parameters', section).items, section);
    else if (key === ':precondition') pre = conjunction(value, section);
    else if (key === ':effect') {
      for (const effect of effects(value, section)) {
        if (headOf(effect) === 'not')
          del.push(readAtom(asList(effect.items[1], 'an atom after "not"', effect)));
        else add.push(readAtom(effect));
      }
    } else throw new PddlError(section.items[i], `"${key}" is no part of an action that is understood here.`);
  }
  return { name, parameters, pre, add, del };
}

function effects(expression: SExpression, around: SList): readonly SList[] {
  const list = asList(expression, 'an effect such as (and (holding ?x) (not (clear ?x)))', around);
  if (headOf(list) === 'and') return list.items.slice(1).flatMap((item) => effects(item, list));
  return list.items.length === 0 ? [] : [list];
}

/** Every variable of an action is one of its parameters, every predicate declared, with as many arguments. */
function checkActions(domain: Domain, sections: readonly SList[]): void {
  const places = sections.filter((section) => headOf(section) === ':action');
  domain.actions.forEach((action, i) => {
    const known = new Set([...action.parameters.map(([name]) => name), ...Object.keys(domain.constants)]);
    for (const atom of [...action.pre, ...action.add, ...action.del]) {
      checkArity(domain, atom, places[i]);
      const stranger = atom.slice(1).find((name) => !known.has(name));
      if (stranger !== undefined) {
        throw new PddlError(
          places[i],
          `action "${action.name}" speaks of "${stranger}", which is neither a parameter nor a constant.`,
        );
      }
    }
  });
}

/** @throws PddlError at the place given */
export function checkArity(domain: Domain, atom: Atom, where: SExpression): void {
  const declared = Object.hasOwn(domain.predicates, atom[0]) ? domain.predicates[atom[0]] : undefined;
  if (declared?.length === atom.length - 1) return;
  throw new PddlError(
    where,
    declared === undefined
      ? `"${atom[0]}" is not declared under :predicates.`
      : `"${atom[0]}" takes ${declared.length} arguments; here are ${atom.length - 1}.`,
  );
}

/** Whether a thing of type `type` can stand where `wanted` is asked for. */
export function isOfType(domain: Domain, type: string, wanted: string): boolean {
  // A circle of types in a file must not become one here.
  const seen = new Set<string>();
  for (let at: string | undefined = type; at !== undefined && !seen.has(at); at = parentOf(domain, at)) {
    if (at === wanted) return true;
    seen.add(at);
  }
  return wanted === ANY_TYPE;
}

function parentOf(domain: Domain, type: string): string | undefined {
  return Object.hasOwn(domain.types, type) ? domain.types[type] : undefined;
}
