/**
 * Where nodes and edges of a small graph are drawn: each connected part as a tree from its busiest node, left to right,
 * one row a leaf, so that every label has room beside its neighbours; an edge that closes a ring bows out to the right.
 * Where there is room for it, the trees stand in bands beside each other.
 * A tree rather than forces: the same graph is always the same picture, and nothing overlaps. Lengths are in CSS pixels.
 */
import type { MemoryView } from '../../worker/baselines-protocol';

type Graph = NonNullable<MemoryView['graph']>;

export interface PlacedNode {
  readonly id: string;
  readonly name: string;
  /** Left end and middle of its box. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** No edge begins or ends there. */
  readonly lone: boolean;
}

/** All edges between two nodes, as one line. */
export interface PlacedLine {
  readonly ids: readonly string[];
  readonly path: string;
  /** Arrowheads at the ends. */
  readonly atStart: boolean;
  readonly atEnd: boolean;
  /** Relations, each with the direction it has if that is against the line. */
  readonly label: string;
  readonly x: number;
  readonly y: number;
  /** Room for the label. */
  readonly width: number;
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly lines: readonly PlacedLine[];
}

export const NODE_HEIGHT = 26;
/** The label of a line stands over the node it leads to. */
const ROW = 54;
const GAP = 40;
const EDGE = 8;
/** Narrower columns hold no name. */
const LEAST_COLUMN = 150;
const MOST_COLUMN = 280;
/** A letter of the drawing's text, about. */
const LETTER = 7.8;

export function layOut(graph: Graph, available: number): GraphLayout {
  const pairs = pairsOf(graph);
  const trees = treesOf(graph, pairs);
  const depth = Math.max(0, ...trees.flatMap(({ depths }) => [...depths.values()]));
  const column = Math.min(MOST_COLUMN, Math.max(LEAST_COLUMN, (available - 2 * EDGE) / (depth + 1)));
  const band = (depth + 1) * column;
  const bands = Math.max(1, Math.floor((available - 2 * EDGE) / band));
  const most = Math.ceil(trees.reduce((sum, tree) => sum + rowsOf(tree), 0) / bands);
  const placed = new Map<string, PlacedNode>();
  const names = new Map(graph.nodes.map(({ id, name }) => [id, name]));
  let left = EDGE;
  let row = 0;
  let rows = 0;
  for (const tree of trees) {
    if (row > 0 && row + rowsOf(tree) > most && left + 2 * band <= available) {
      left += band;
      row = 0;
    }
    const place = (id: string): number => {
      const children = tree.children.get(id) ?? [];
      const below = children.map(place);
      // A leaf takes the next row; the others stand in the middle of what hangs on them.
      const at = below.length === 0 ? row++ : (below[0] + below[below.length - 1]) / 2;
      const name = names.get(id) ?? id;
      placed.set(id, {
        id,
        name,
        x: left + (tree.depths.get(id) ?? 0) * column,
        y: EDGE + at * ROW + ROW - NODE_HEIGHT / 2,
        width: Math.min(column - GAP, name.length * LETTER + 20),
        lone: tree.depths.size === 1,
      });
      return at;
    };
    place(tree.root);
    rows = Math.max(rows, row);
  }
  const lines = pairs.map((pair) => lineOf(pair, placed, trees, column));
  return {
    width: Math.max(0, ...[...placed.values()].map(({ x }) => x)) + column,
    height: rows * ROW + 2 * EDGE + NODE_HEIGHT / 2,
    nodes: graph.nodes.flatMap(({ id }) => placed.get(id) ?? []),
    lines,
  };
}

/** Two nodes and all edges between them. */
interface Pair {
  readonly ends: readonly [string, string];
  readonly edges: Graph['edges'];
}

function pairsOf({ edges }: Graph): readonly Pair[] {
  const byEnds = new Map<string, Pair>();
  for (const edge of edges) {
    const key = JSON.stringify([edge.from, edge.to].sort());
    const known = byEnds.get(key);
    byEnds.set(
      key,
      known ? { ...known, edges: [...known.edges, edge] } : { ends: [edge.from, edge.to], edges: [edge] },
    );
  }
  return [...byEnds.values()];
}

interface Tree {
  readonly root: string;
  readonly children: ReadonlyMap<string, readonly string[]>;
  /** Steps from the root. */
  readonly depths: ReadonlyMap<string, number>;
}

/** Its leaves. */
const rowsOf = ({ depths, children }: Tree): number =>
  [...depths.keys()].filter((id) => (children.get(id) ?? []).length === 0).length;

/** One tree for each connected part, breadth first from its busiest node; those of one node come last. */
function treesOf({ nodes }: Graph, pairs: readonly Pair[]): readonly Tree[] {
  const beside = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
  for (const { ends } of pairs) {
    const [a, b] = ends;
    if (a === b) continue;
    beside.get(a)?.push(b);
    beside.get(b)?.push(a);
  }
  const degree = (id: string): number => beside.get(id)?.length ?? 0;
  const seen = new Set<string>();
  const trees: Tree[] = [];
  // Sorting is stable: of equally busy ones the oldest is first.
  for (const { id: root } of [...nodes].sort((a, b) => degree(b.id) - degree(a.id))) {
    if (seen.has(root)) continue;
    seen.add(root);
    const children = new Map<string, readonly string[]>();
    const depths = new Map([[root, 0]]);
    const queue = [root];
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      const fresh = (beside.get(id) ?? []).filter((other) => !seen.has(other));
      for (const other of fresh) {
        seen.add(other);
        depths.set(other, (depths.get(id) ?? 0) + 1);
      }
      children.set(id, fresh);
      queue.push(...fresh);
    }
    trees.push({ root, children, depths });
  }
  return trees;
}

function lineOf(
  { ends, edges }: Pair,
  placed: ReadonlyMap<string, PlacedNode>,
  trees: readonly Tree[],
  column: number,
): PlacedLine {
  const [a, b] = ends.map((id) => placed.get(id)) as [PlacedNode, PlacedNode];
  const isChild = (parent: PlacedNode, child: PlacedNode) =>
    trees.some(({ children }) => children.get(parent.id)?.includes(child.id));
  const [start, end] = isChild(b, a) ? [b, a] : [a, b];
  const ids = edges.map(({ id }) => id);
  const forward = edges.some(({ from }) => from === start.id);
  const back = edges.some(({ from }) => from !== start.id);
  const relations = (arrow: boolean) =>
    edges.map(({ from, relation }) => (arrow && from !== start.id ? `← ${relation}` : relation)).join(' · ');
  const right = (node: PlacedNode): number => node.x + node.width;
  if (isChild(start, end)) {
    const middle = (right(start) + end.x) / 2;
    return {
      ids,
      path: `M${right(start)} ${start.y} C${middle} ${start.y} ${middle} ${end.y} ${end.x} ${end.y}`,
      atStart: back,
      atEnd: forward,
      label: relations(true),
      x: end.x,
      y: end.y - NODE_HEIGHT / 2 - 6,
      width: column - GAP / 2,
    };
  }
  // A ring, or an edge from a node to itself: out to the right and back.
  const out = Math.max(right(start), right(end)) + GAP / 2;
  const lower = start === end ? start.y + NODE_HEIGHT / 2 - 4 : end.y;
  return {
    ids,
    path: `M${right(start)} ${start.y} C${out} ${start.y} ${out} ${lower} ${right(end)} ${lower}`,
    atStart: back,
    atEnd: forward,
    label: relations(true),
    x: out - GAP / 4,
    y: (start.y + lower) / 2 + 4,
    width: GAP * 2,
  };
}
