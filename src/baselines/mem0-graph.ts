/**
 * Mem0 with a graph beside its store of facts.
 *
 * The original (github.com/mem0ai/mem0, `mem0/memory/graph_memory.py` at 07462adc, `mem0/graphs/utils.py` at 04ed7ac0):
 * while the facts are stored as by Mem0, three further calls build a graph of the same message. The first finds entities
 * with their types; the second the relations among them; then the edges around nodes that are similar to the entities
 * (cosine of their names at least 0.7) are shown to a third, which names those that the message contradicts, and these are
 * removed. New relations are added, an end that is close enough to a node merged with it. A search finds the entities of
 * the query, the edges around similar nodes, and ranks these triples by BM25; the best 5 stand beside the memories.
 *
 * Conflict rule: an edge that the message contradicts or makes outdated is deleted before the new one comes. Ours without
 * a model: same source, same topic of the relation, another target (`same-fact.ts`).
 *
 * Smaller here: no types on nodes; as many triples as memories. Names keep their spelling (the original writes all in
 * lower case with underscores). One threshold, 0.7, for finding and for merging; that version merges at 0.9, others at
 * 0.7, the figure the paper's authors were given. It was set for an encoder of meaning: with an embedder of spelling, names
 * that are spelt alike ("drawer 1", "drawer 2") are merged, which loses facts. `mergeAt` is a setting for that.
 */

import type { JsonValue } from '../memory/memory';
import { LexicalIndex } from '../memory/search/lexical-index';
import type { CallRecord, LookUp, MemoryController, Operation } from './controller';
import { type Edge, GraphStore, type Placed, type Triple, textOf } from './graph-store';
import { createMem0 } from './mem0';
import { namesIn } from './query-names';
import { type ReadFact, readMessage } from './read-sentence';
import { standing } from './same-fact';
import { type ControllerSettings, READ_TOP_K } from './settings';
import { lastingRelation, plainRelation } from './statement';
import { put, type WrittenCall } from './written-call';

export interface Mem0GraphSettings extends ControllerSettings {
  /** Least cosine of two names that are taken for one. Default 0.7. */
  readonly mergeAt?: number;
}

interface Entities {
  readonly [key: string]: JsonValue;
  readonly entities: readonly string[];
}

interface Triples {
  readonly [key: string]: JsonValue;
  readonly relations: readonly {
    readonly source: string;
    readonly relation: string;
    readonly target: string;
  }[];
}

interface Outdated {
  readonly [key: string]: JsonValue;
  readonly outdated: readonly string[];
}

export function createMem0Graph(settings: Mem0GraphSettings): MemoryController {
  const { embedder, caller, topK = READ_TOP_K, mergeAt = 0.7 } = settings;
  const facts = createMem0(settings);
  const graph = new GraphStore(embedder, mergeAt);
  const history: Operation[] = [];

  return {
    id: 'mem0-graph',
    async write(message) {
      const stored = await facts.write(message);
      const calls: CallRecord[] = [...stored.calls];
      const operations: Operation[] = [...stored.operations];
      const read = readMessage(message).facts;
      const found = await put(
        findingEntities(message, () => entitiesOf(read)),
        caller,
      );
      calls.push(found.record);
      const related = await put(findingRelations(message, found.reply.entities, read), caller);
      calls.push(related.record);
      const around = await graph.edgesAround(found.reply.entities);
      const outdated = await put(findingOutdated(message, around, read), caller);
      calls.push(outdated.record);
      for (const edge of around.filter(({ id }) => outdated.reply.outdated.includes(id))) {
        graph.remove(edge.id);
        operations.push(removalOf(edge, outdated.record.by, read));
      }
      for (const triple of related.reply.relations) {
        const { source, target } = triple;
        if (source.trim() === '' || target.trim() === '') continue;
        const placed = await graph.add({ ...triple, frame: frameOf(triple, related.record.by, read) });
        operations.push(...additionOf(placed, mergeAt));
      }
      history.push(...operations);
      const lookUp: LookUp = {
        what: 'edges around the names of the message, by cosine of the names',
        query: found.reply.entities.join(', '),
        found: around.map((edge) => ({ id: edge.id, content: textOf(edge), score: edge.score })),
      };
      return { message, calls, lookUps: [...stored.lookUps, lookUp], operations };
    },
    async read(query) {
      const memories = await facts.read(query);
      const found = await put(
        findingEntities(query, () => namesIn(query)),
        caller,
      );
      const around = await graph.edgesAround(found.reply.entities);
      const ranked = rank(around, query).slice(0, topK);
      const triples = ranked.map(({ edge, score }) => ({ id: edge.id, content: textOf(edge), score }));
      return {
        query,
        calls: [...memories.calls, found.record],
        lookUps: [
          ...memories.lookUps,
          {
            what: 'triples around the names of the query, by BM25',
            query: found.reply.entities.join(', '),
            found: triples,
          },
        ],
        entries: [...memories.entries, ...triples.map(({ id, content }) => ({ id, content }))],
      };
    },
    view: () => ({ entries: facts.view().entries, graph: graph.view(), history: [...history] }),
  };
}

function removalOf(edge: Edge, by: CallRecord['by'], read: readonly ReadFact[]): Operation {
  const why = by === 'model' ? 'decided by the model' : (contradicted(edge, read) ?? '');
  return { kind: 'DELETE', id: edge.id, before: textOf(edge), after: null, why };
}

/** Names that were taken for known ones, then the edge itself. */
function additionOf({ merged, known, edge }: Placed, mergeAt: number): readonly Operation[] {
  const { id } = edge;
  const after = textOf(edge);
  return [
    ...merged.map(({ name, node }): Operation => {
      const why = `cosine ${node.score.toFixed(2)}, at least ${mergeAt}`;
      return { kind: 'MERGE', id: node.id, before: name, after: node.content, why };
    }),
    known
      ? { kind: 'NONE', id, before: after, after, why: 'the edge is there' }
      : { kind: 'ADD', id, before: null, after, why: 'a relation of the message' },
  ];
}

/** Best first by BM25; those without a word of the query keep their order behind. */
function rank(
  edges: readonly Edge[],
  query: string,
): readonly { readonly edge: Edge; readonly score: number }[] {
  const index = new LexicalIndex();
  for (const edge of edges) index.upsert(edge.id, textOf(edge));
  const scores = edges.length === 0 ? new Map<string, number>() : index.scores(query);
  return edges.map((edge) => ({ edge, score: scores.get(edge.id) ?? 0 })).sort((a, b) => b.score - a.score);
}

function entitiesOf(read: readonly ReadFact[]): readonly string[] {
  return [...new Set(read.flatMap(({ parts }) => (parts ? [parts.subject, parts.value] : [])))];
}

function triplesOf(read: readonly ReadFact[]): readonly Triple[] {
  return read.flatMap(({ parts, denies, frame }) =>
    parts && !denies
      ? [
          {
            source: parts.subject,
            relation: plainRelation(parts) ?? lastingRelation(parts.relation),
            target: parts.value,
            frame: frame ?? '',
          },
        ]
      : [],
  );
}

/** A model writes no frames: what it tells of elsewhere is an edge like any other. */
function frameOf(
  triple: Triples['relations'][number],
  by: CallRecord['by'],
  read: readonly ReadFact[],
): string {
  if (by === 'model') return '';
  const own = triplesOf(read).find(
    ({ source, relation, target }) =>
      source === triple.source && relation === triple.relation && target === triple.target,
  );
  return own?.frame ?? '';
}

function findingEntities(text: string, rule: () => readonly string[]): WrittenCall<Entities> {
  return {
    purpose: 'find entities',
    role: 'List the people, places, things and quantities that the text names, each as it is written there. A question is not to be answered.',
    input: text,
    schema: { type: 'object', properties: { entities: { type: 'array', items: { type: 'string' } } } },
    rule: () => ({ entities: rule() }),
  };
}

function findingRelations(
  message: string,
  entities: readonly string[],
  read: readonly ReadFact[],
): WrittenCall<Triples> {
  const text = { type: 'string' } as const;
  return {
    purpose: 'find relations',
    role: 'Say how the listed entities are related by what the text states and nothing else: source, relation in a few words that will still hold tomorrow, target.',
    input: JSON.stringify({ entities, text: message }),
    schema: {
      type: 'object',
      properties: {
        relations: {
          type: 'array',
          items: { type: 'object', properties: { source: text, relation: text, target: text } },
        },
      },
    },
    rule: () => ({
      relations: triplesOf(read).map(({ source, relation, target }) => ({ source, relation, target })),
    }),
  };
}

function findingOutdated(
  message: string,
  around: readonly Edge[],
  read: readonly ReadFact[],
): WrittenCall<Outdated> {
  return {
    purpose: 'find contradicted edges',
    role: 'You are shown edges of a graph with their ids, and a new text. List the ids of the edges that the text contradicts or makes outdated. An edge that can hold beside it is not listed.',
    input: JSON.stringify({
      edges: around.map((edge) => ({ id: edge.id, edge: textOf(edge) })),
      text: message,
    }),
    schema: { type: 'object', properties: { outdated: { type: 'array', items: { type: 'string' } } } },
    rule: () => ({
      outdated: around.filter((edge) => contradicted(edge, read) !== null).map(({ id }) => id),
    }),
  };
}

/** By which rule one of the facts says that the edge no longer holds; null: none does. */
function contradicted(edge: Edge, read: readonly ReadFact[]): string | null {
  const judged = read.map((fact) => standing(asFact(edge), fact));
  return judged.find((one) => one.standing === 'replaces' || one.standing === 'takes-back')?.why ?? null;
}

function asFact(edge: Edge): ReadFact {
  return {
    text: textOf(edge),
    parts: { sure: true, subject: edge.source, relation: edge.relation, value: edge.target },
    corrects: false,
    changes: false,
    over: [],
    denies: false,
    frame: edge.frame === '' ? null : edge.frame,
  };
}
