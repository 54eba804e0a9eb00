/**
 * A plan for a STRIPS world: greedy best-first search, guided by h_add (Bonet and Geffner 2001): what each atom would
 * cost to reach if nothing were ever deleted, added up over the goal. Deterministic; not the shortest plan, but on small
 * worlds near it. Limits: it gives up after a number of states, and after a number of looks at actions, which in
 * large worlds of somebody's own comes first.
 */
import { apply, type GroundAction, isApplicable, type StripsWorld, type WorldState } from './strips-world';

const MOST_STATES = 1500;
/** About a second. */
const MOST_LOOKS = 15_000_000;

interface Node {
  readonly state: WorldState;
  readonly from: Node | null;
  readonly by: GroundAction | null;
  readonly depth: number;
}

/** @returns actions from this state to the goal (given as numbers of atoms); null if none was found */
export function planFrom(
  world: StripsWorld,
  state: WorldState,
  goal: readonly number[],
  limit = MOST_STATES,
): readonly GroundAction[] | null {
  // Actions whose arguments repeat cannot be chosen in the world of words.
  const actions = world.actions.filter(({ distinct }) => distinct);
  const cost = new Float64Array(world.atomCount);
  const first: Node = { state, from: null, by: null, depth: 0 };
  const seen = new Set([keyOf(state)]);
  /** By estimate and depth; nodes of one bucket in the order they came. */
  const open = new Map<number, Node[]>([[0, [first]]]);
  const work = { looks: 0 };
  for (let taken = 0; taken < limit && work.looks < MOST_LOOKS; taken++) {
    const node = nextOf(open);
    if (!node) return null;
    if (goal.every((atom) => node.state.has(atom))) return actionsTo(node);
    work.looks += actions.length;
    for (const action of actions) {
      if (work.looks >= MOST_LOOKS) break;
      if (!isApplicable(action, node.state)) continue;
      const next = apply(action, node.state);
      const key = keyOf(next);
      if (seen.has(key)) continue;
      seen.add(key);
      const estimate = costToGoal(actions, next, goal, cost, work);
      if (estimate === Number.POSITIVE_INFINITY) continue;
      // A little weight on the way behind keeps plans short.
      const rank = 3 * estimate + node.depth + 1;
      const bucket = open.get(rank);
      const child: Node = { state: next, from: node, by: action, depth: node.depth + 1 };
      if (bucket) bucket.push(child);
      else open.set(rank, [child]);
    }
  }
  return null;
}

function nextOf(open: Map<number, Node[]>): Node | undefined {
  let best = Number.POSITIVE_INFINITY;
  for (const rank of open.keys()) best = Math.min(best, rank);
  const bucket = open.get(best);
  const node = bucket?.shift();
  if (bucket?.length === 0) open.delete(best);
  return node;
}

function actionsTo(node: Node): GroundAction[] {
  const actions: GroundAction[] = [];
  for (let at: Node | null = node; at?.by; at = at.from) actions.unshift(at.by);
  return actions;
}

/** h_add by relaxation to a fixed point. `cost` is room for a number an atom. */
function costToGoal(
  actions: readonly GroundAction[],
  state: WorldState,
  goal: readonly number[],
  cost: Float64Array,
  work: { looks: number },
): number {
  cost.fill(Number.POSITIVE_INFINITY);
  for (const atom of state) cost[atom] = 0;
  for (let changed = true; changed; ) {
    changed = false;
    work.looks += actions.length;
    for (const { pre, add } of actions) {
      let sum = 1;
      for (const atom of pre) sum += cost[atom];
      if (sum === Number.POSITIVE_INFINITY) continue;
      for (const atom of add) {
        if (sum >= cost[atom]) continue;
        cost[atom] = sum;
        changed = true;
      }
    }
  }
  return goal.reduce((sum, atom) => sum + cost[atom], 0);
}

function keyOf(state: WorldState): string {
  return [...state].sort((a, b) => a - b).join(',');
}
