/** A problem: the objects of one world, what holds at the start, and the goal. Read from PDDL against its domain. */
import {
  ANY_TYPE,
  type Atom,
  checkArity,
  conjunction,
  type Domain,
  readAtom,
  readDefinition,
  typedNames,
} from './domain';
import { asList, asName, headOf, PddlError, type SList } from './s-expression';

export interface Problem {
  readonly name: string;
  /** As the file names it. */
  readonly domain: string;
  /** Name to type; constants of the domain may be repeated. */
  readonly objects: Readonly<Record<string, string>>;
  readonly init: readonly Atom[];
  /** All of these. */
  readonly goal: readonly Atom[];
}

/** @throws PddlError with line and column */
export function readProblem(text: string, domain: Domain): Problem {
  const { name, sections } = readDefinition(text, 'problem');
  let domainName = '';
  let objects: Record<string, string> = {};
  const init: Atom[] = [];
  let goal: readonly Atom[] | undefined;
  for (const section of sections) {
    switch (headOf(section)) {
      case ':domain':
        domainName = asName(section.items[1], 'the name of the domain', section);
        break;
      case ':objects':
        objects = Object.fromEntries(typedNames(section.items.slice(1), section));
        for (const [object, type] of Object.entries(objects)) {
          if (type !== ANY_TYPE && !Object.hasOwn(domain.types, type)) {
            throw new PddlError(section, `"${object}" is of type "${type}", which the domain does not have.`);
          }
        }
        break;
      case ':init':
        for (const item of section.items.slice(1)) {
          const list = asList(item, 'an atom such as (clear b1)', section);
          const atom = readAtom(list);
          check(atom, list);
          init.push(atom);
        }
        break;
      case ':goal': {
        goal = conjunction(section.items[1] ?? section, section, check);
        break;
      }
      default:
        throw new PddlError(section, `"${headOf(section)}" is no part of a problem that is understood here.`);
    }
  }
  const top = { line: 1, column: 1 };
  if (!goal || goal.length === 0) throw new PddlError(top, 'the problem has no goal: add (:goal (and …)).');
  return { name, domain: domainName, objects, init, goal };

  function check(atom: Atom, where: SList): void {
    checkArity(domain, atom, where);
    const stranger = atom
      .slice(1)
      .find((object) => !Object.hasOwn(objects, object) && !Object.hasOwn(domain.constants, object));
    if (stranger === undefined) return;
    throw new PddlError(where, `"${stranger}" is not among the :objects, nor a constant of the domain.`);
  }
}
