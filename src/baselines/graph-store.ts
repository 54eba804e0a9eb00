/** Names as nodes, relations as edges between them; a name close enough to one that is there is taken for it. */
import type { Embedder } from '../memory/memory';
import type { Found, MemoryView } from './controller';
import { folded } from './same-fact';
import { Shelf } from './shelf';

export interface Triple {
  readonly source: string;
  readonly relation: string;
  readonly target: string;
  /** Where it holds, e.g. "In a novel,"; empty: here. */
  readonly frame: string;
}

export interface Edge extends Triple {
  readonly id: string;
  readonly from: string;
  readonly to: string;
}

export interface NearEdge extends Edge {
  /** Cosine of the name asked for and that of the end it means. */
  readonly score: number;
}

export interface Placed {
  readonly edge: Edge;
  /** It was there already. */
  readonly known: boolean;
  /** Names that were taken for others. */
  readonly merged: readonly { readonly name: string; readonly node: Found }[];
}

export const textOf = ({ frame, source, relation, target }: Triple): string =>
  [frame, source, relation, target].filter((part) => part !== '').join(' ');

export class GraphStore {
  readonly #nodes: Shelf;
  readonly #edges = new Map<string, Edge>();
  #given = 0;

  /** @param mergeAt least cosine at which two names are one */
  constructor(
    embedder: Embedder,
    private readonly mergeAt: number,
  ) {
    this.#nodes = new Shelf(embedder, 'n');
  }

  /** Nodes that a name may mean, best first. */
  async nodesLike(name: string): Promise<readonly Found[]> {
    const near = await this.#nodes.nearest(name, Math.max(1, this.#nodes.size));
    return near.filter(({ score }) => score >= this.mergeAt);
  }

  /** Edges that begin or end at a node like one of these names, each once, in the order they came. */
  async edgesAround(names: readonly string[]): Promise<readonly NearEdge[]> {
    const best = new Map<string, number>();
    for (const name of names)
      for (const { id, score } of await this.nodesLike(name))
        best.set(id, Math.max(score, best.get(id) ?? score));
    return [...this.#edges.values()].flatMap((edge) => {
      const scores = [edge.from, edge.to].flatMap((id) => best.get(id) ?? []);
      return scores.length > 0 ? [{ ...edge, score: Math.max(...scores) }] : [];
    });
  }

  async add(triple: Triple): Promise<Placed> {
    const merged: { name: string; node: Found }[] = [];
    const place = async (name: string): Promise<string> => {
      const [node] = await this.nodesLike(name);
      if (!node) return this.#nodes.add(name);
      if (folded(node.content) !== folded(name)) merged.push({ name, node });
      return node.id;
    };
    const from = await place(triple.source);
    const to = await place(triple.target);
    const known = [...this.#edges.values()].find(
      (edge) =>
        edge.from === from &&
        edge.to === to &&
        edge.frame === triple.frame &&
        folded(edge.relation) === folded(triple.relation),
    );
    if (known) return { edge: known, known: true, merged };
    this.#given++;
    const edge: Edge = {
      id: `e${this.#given}`,
      from,
      to,
      source: this.#nodes.text(from) ?? triple.source,
      target: this.#nodes.text(to) ?? triple.target,
      relation: triple.relation,
      frame: triple.frame,
    };
    this.#edges.set(edge.id, edge);
    return { edge, known: false, merged };
  }

  /** The edge goes; its nodes stay, as in the original. */
  remove(id: string): void {
    this.#edges.delete(id);
  }

  view(): NonNullable<MemoryView['graph']> {
    return {
      nodes: this.#nodes.entries().map(({ id, content }) => ({ id, name: content })),
      edges: [...this.#edges.values()].map((edge) => ({
        id: edge.id,
        from: edge.from,
        to: edge.to,
        relation: edge.frame === '' ? edge.relation : `${edge.frame} ${edge.relation}`,
        text: textOf(edge),
      })),
    };
  }
}
