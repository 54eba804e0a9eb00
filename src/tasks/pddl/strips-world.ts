/**
 * A STRIPS world that can be acted in: every ground action of a problem, the atoms that hold, what an action changes.
 * Deletes come first, then adds, so an atom in both is there afterwards.
 *
 * Ground actions are those whose static conditions (on predicates that no action changes) hold at the start; their
 * arguments may repeat. What can be chosen by AgentBoard's pddlgym are the applicable ones with pairwise different
 * arguments. Grounding goes parameter by parameter and drops a branch as soon as a static condition fails, so typed
 * domains of the benchmarks take milliseconds; there is a limit for hostile files.
 */
import { type ActionSchema, type Atom, type Domain, isOfType } from './domain';
import type { Problem } from './problem';

export interface GroundAction {
  readonly schema: ActionSchema;
  readonly args: readonly string[];
  /** No argument occurs twice. */
  readonly distinct: boolean;
  /** Numbers of atoms. */
  readonly pre: readonly number[];
  readonly add: readonly number[];
  readonly del: readonly number[];
}

/** Numbers of the atoms that hold. */
export type WorldState = ReadonlySet<number>;

/** A problem has more ground actions than can be played with. */
export class WorldTooLargeError extends Error {
  constructor(limit: number) {
    super(
      `This problem has more than ${limit.toLocaleString('en')} ground actions. Use fewer objects, or types that say ` +
        'which of them an action takes.',
    );
    this.name = 'WorldTooLargeError';
  }
}

/** Ground actions of one problem, at most. */
const MOST_ACTIONS = 200_000;
/** Partial bindings looked at while grounding, at most. */
const MOST_BINDINGS = 20_000_000;

export const atomText = (atom: Atom): string => atom.join(' ');

export class StripsWorld {
  readonly actions: readonly GroundAction[];
  readonly start: WorldState;
  readonly goal: readonly number[];
  /** Name to type: objects of the problem and constants of the domain. */
  readonly objects: Readonly<Record<string, string>>;
  private readonly atoms: Atom[] = [];
  private readonly numbers = new Map<string, number>();

  /** @throws WorldTooLargeError */
  constructor(
    readonly domain: Domain,
    readonly problem: Problem,
  ) {
    this.objects = { ...domain.constants, ...problem.objects };
    this.start = new Set(problem.init.map((atom) => this.number(atom)));
    this.goal = problem.goal.map((atom) => this.number(atom));
    const changed = new Set(domain.actions.flatMap(({ add, del }) => [...add, ...del].map(([name]) => name)));
    this.actions = this.ground((atom) => !changed.has(atom[0]));
  }

  /** Atoms have the numbers below this. */
  get atomCount(): number {
    return this.atoms.length;
  }

  atom(number: number): Atom {
    return this.atoms[number];
  }

  /** Atoms that hold, in the order of their texts. */
  facts(state: WorldState): Atom[] {
    return [...state]
      .map((number) => this.atoms[number])
      .sort((a, b) => (atomText(a) < atomText(b) ? -1 : 1));
  }

  holds(state: WorldState, atom: Atom): boolean {
    const number = this.numbers.get(atomText(atom));
    return number !== undefined && state.has(number);
  }

  /** The state in which these hold and nothing else. */
  stateOf(atoms: readonly Atom[]): WorldState {
    return new Set(atoms.map((atom) => this.number(atom)));
  }

  applicable(state: WorldState): GroundAction[] {
    return this.actions.filter((action) => isApplicable(action, state));
  }

  /** Goal atoms that hold. */
  satisfied(state: WorldState): number {
    return this.goal.reduce((sum, atom) => sum + (state.has(atom) ? 1 : 0), 0);
  }

  reached(state: WorldState): boolean {
    return this.satisfied(state) === this.goal.length;
  }

  private number(atom: Atom): number {
    const text = atomText(atom);
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    this.atoms.push(atom);
    this.numbers.set(text, this.atoms.length - 1);
    return this.atoms.length - 1;
  }

  private ground(isStatic: (atom: Atom) => boolean): GroundAction[] {
    const names = Object.keys(this.objects);
    const grounded: GroundAction[] = [];
    let bindings = 0;
    for (const schema of this.domain.actions) {
      const variables = schema.parameters.map(([name]) => name);
      const choices = schema.parameters.map(([, type]) =>
        names.filter((name) => isOfType(this.domain, this.objects[name], type)),
      );
      const statics = schema.pre.filter(isStatic).map((atom) => ({
        atom,
        /** Bound as soon as this many parameters are. */
        after: Math.max(0, ...atom.slice(1).map((name) => variables.indexOf(name) + 1)),
      }));
      const args: string[] = [];
      const bind = (atom: Atom): Atom => {
        const [predicate, ...rest] = atom;
        return [
          predicate,
          ...rest.map((name) => {
            const at = variables.indexOf(name);
            return at < 0 ? name : args[at];
          }),
        ];
      };
      const descend = (): void => {
        if (++bindings > MOST_BINDINGS) throw new WorldTooLargeError(MOST_ACTIONS);
        const depth = args.length;
        if (statics.some(({ atom, after }) => after === depth && !this.holds(this.start, bind(atom)))) return;
        if (depth === variables.length) {
          if (grounded.length >= MOST_ACTIONS) throw new WorldTooLargeError(MOST_ACTIONS);
          const numbers = (atoms: readonly Atom[]) => atoms.map((atom) => this.number(bind(atom)));
          grounded.push({
            schema,
            args: [...args],
            distinct: new Set(args).size === args.length,
            pre: numbers(schema.pre),
            add: numbers(schema.add),
            del: numbers(schema.del),
          });
          return;
        }
        for (const name of choices[depth]) {
          args.push(name);
          descend();
          args.pop();
        }
      };
      descend();
    }
    return grounded;
  }
}

export function isApplicable(action: GroundAction, state: WorldState): boolean {
  return action.pre.every((atom) => state.has(atom));
}

/** The state after an applicable action. */
export function apply(action: GroundAction, state: WorldState): WorldState {
  const next = new Set(state);
  for (const atom of action.del) next.delete(atom);
  for (const atom of action.add) next.add(atom);
  return next;
}
