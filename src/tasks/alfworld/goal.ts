/**
 * Whether a goal formula holds in a house, as ALFWorld's games (alfworld/alfworld, MIT; written anew) have them: and,
 * or, not, =, exists and forall over objects, receptacles and places.
 */
import type { Formula, HouseState, Quality } from './house';

/** Variables with what they stand for. */
type Binding = Map<string, string>;

/** The goal holds, and how many of its topmost conjuncts do. */
export function goalProgress(state: HouseState): {
  readonly reached: boolean;
  readonly conjuncts: number;
  readonly of: number;
} {
  const { goal } = state.house;
  const parts = Array.isArray(goal) && goal[0] === 'and' ? goal.slice(1) : [goal];
  const conjuncts = parts.filter((part: Formula) => holds(part, new Map(), state)).length;
  return { reached: conjuncts === parts.length, conjuncts, of: parts.length };
}

/** A goal that cannot be read. */
export class GoalError extends Error {
  constructor(what: string) {
    super(`The goal of this house cannot be read: ${what}.`);
    this.name = 'GoalError';
  }
}

function holds(formula: Formula, binding: Binding, state: HouseState): boolean {
  if (typeof formula === 'string') throw new GoalError(`"${formula}" stands alone`);
  const [head, ...rest] = formula;
  switch (head) {
    case 'and':
      return rest.every((part) => holds(part, binding, state));
    case 'or':
      return rest.some((part) => holds(part, binding, state));
    case 'not':
      return !holds(rest[0], binding, state);
    case 'exists':
    case 'forall': {
      const [variables, body] = rest;
      return quantified(head === 'exists', typedVariables(variables), body, binding, state);
    }
    default:
      return fact(
        String(head),
        rest.map((name) => value(name, binding)),
        state,
      );
  }
}

function quantified(
  some: boolean,
  variables: readonly (readonly [string, string])[],
  body: Formula,
  binding: Binding,
  state: HouseState,
): boolean {
  const [first, ...others] = variables;
  if (!first) return holds(body, binding, state);
  const [variable, type] = first;
  // One map for all: with 70 things and 25 receptacles, copies of it would be most of the work.
  const outer = binding.get(variable);
  const test = (one: string) => {
    binding.set(variable, one);
    return quantified(some, others, body, binding, state);
  };
  const domain = domainOf(type, state);
  const result = some ? domain.some(test) : domain.every(test);
  if (outer === undefined) binding.delete(variable);
  else binding.set(variable, outer);
  return result;
}

/** ["?o", "-", "object", "?r", "-", "receptacle"] in pairs. */
function typedVariables(list: Formula): (readonly [string, string])[] {
  if (typeof list === 'string') throw new GoalError(`variables are wanted in place of "${list}"`);
  const names = list.map(String);
  const pairs: (readonly [string, string])[] = [];
  for (let i = 0; i + 2 < names.length; i += 3) pairs.push([names[i], names[i + 2]]);
  return pairs;
}

function domainOf(type: string, { house }: HouseState): readonly string[] {
  switch (type) {
    case 'object':
      return Object.keys(house.objects);
    case 'receptacle':
      return Object.keys(house.receptacles);
    case 'agent':
      return ['agent'];
    case 'location':
      return [...new Set([house.start, ...Object.values(house.receptacles).map(({ loc }) => loc)])];
    default:
      throw new GoalError(`there is no kind of thing called "${type}"`);
  }
}

function value(name: Formula, binding: Binding): string {
  const text = String(name);
  if (!text.startsWith('?')) return text;
  const bound = binding.get(text);
  if (bound === undefined) throw new GoalError(`nothing says what ${text} is`);
  return bound;
}

const ABILITIES: Readonly<Record<string, string>> = {
  pickupable: 'p',
  cleanable: 'c',
  heatable: 'h',
  coolable: 'k',
  toggleable: 't',
  sliceable: 's',
};
const QUALITIES: readonly string[] = ['isclean', 'ishot', 'iscool', 'istoggled'];

function fact(name: string, [a = '', b = '']: readonly string[], state: HouseState): boolean {
  if (Object.hasOwn(ABILITIES, name)) return state.canDo(a, ABILITIES[name]);
  if (QUALITIES.includes(name)) return state.has(name as Quality, a);
  switch (name) {
    case '=':
      return a === b;
    case 'objecttype':
      return state.thing(a)?.type === b;
    case 'receptacletype':
      return state.receptacle(a)?.type === b;
    case 'inreceptacle':
      return state.isIn(a, b);
    case 'receptacleatlocation':
      return state.receptacle(a)?.loc === b;
    case 'atlocation':
      return state.location === b;
    case 'holds':
      return state.holding === b;
    default:
      throw new GoalError(`"${name}" is not known`);
  }
}
