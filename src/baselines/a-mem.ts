/**
 * A-Mem: notes after the manner of a Zettelkasten, tied to one another, the older ones rewritten as newer ones come.
 *
 * The original (github.com/WujiangXu/A-mem-sys, `agentic_memory/memory_system.py` at 0cfa443f, `retrievers.py` at
 * 2ea5784f): every message becomes a note. A model writes its keywords, its context (a sentence) and its tags; a vector is
 * made of content, context, keywords and tags together. The 5 nearest notes go with it into a second call, which says
 * whether anything evolves: "strengthen" ties the note to some of them and may rewrite its tags, "update_neighbor" rewrites
 * contexts and tags of the neighbours. A search brings the nearest notes, each followed by those it is tied to.
 *
 * Conflict rule: there is none. Nothing is replaced or deleted; that an older note no longer holds can only come to stand
 * in its context or tags, if the model puts it there. Ours without a model does: "superseded by m3".
 *
 * Smaller here: keywords, context and tags by rule are words of the message; no categories, no access counts, no
 * consolidation of the index after 100 evolutions, since rewritten notes are embedded anew at once. The original writes
 * content, context, keywords and tags of a note into the prompt; ours, for a window of 208 tokens, the content, and the
 * context where evolution has rewritten it.
 */
import { isContent, wordsOf } from '../memory/audit/words';
import type { JsonValue } from '../memory/memory';
import type { CallRecord, MemoryController, Operation } from './controller';
import { type ReadFact, readMessage } from './read-sentence';
import { factOf } from './reconcile';
import { topicOf } from './relation-topics';
import { sameSubject, standing } from './same-fact';
import { type ControllerSettings, NEIGHBOURS, READ_TOP_K } from './settings';
import { Shelf } from './shelf';
import { put, type WrittenCall } from './written-call';

interface Attributes {
  readonly [key: string]: JsonValue;
  readonly keywords: readonly string[];
  readonly context: string;
  readonly tags: readonly string[];
}

interface Evolution {
  readonly [key: string]: JsonValue;
  readonly evolve: boolean;
  /** Ids of neighbours to be tied to. */
  readonly links: readonly string[];
  /** Of the new note. */
  readonly tags: readonly string[];
  readonly neighbours: readonly {
    readonly id: string;
    readonly context: string;
    readonly tags: readonly string[];
  }[];
}

interface Note extends Attributes {
  readonly id: string;
  readonly content: string;
  readonly links: readonly string[];
  /** Evolution has rewritten its context. */
  readonly evolved: boolean;
}

const MOST_KEYWORDS = 6;

export function createAMem({ embedder, caller, topK = READ_TOP_K }: ControllerSettings): MemoryController {
  const shelf = new Shelf(embedder);
  const notes = new Map<string, Note>();
  const history: Operation[] = [];

  async function keep(note: Note): Promise<void> {
    notes.set(note.id, note);
    await shelf.set(note.id, note.content, searchedText(note));
  }

  return {
    id: 'a-mem',
    async write(message) {
      const content = message.trim();
      if (content === '') return { message, calls: [], lookUps: [], operations: [] };
      const calls: CallRecord[] = [];
      const read = readMessage(content).facts;
      const analysed = await put(analysing(content, read), caller);
      calls.push(analysed.record);
      const lookUp = await shelf.lookUp('notes nearest to the message, by cosine', content, NEIGHBOURS);
      const id = await shelf.add(content, searchedText({ content, ...analysed.reply }));
      let note: Note = { id, content, ...attributesOf(analysed.reply), links: [], evolved: false };
      notes.set(id, note);
      const operations: Operation[] = [
        { kind: 'ADD', id, before: null, after: content, why: `tags: ${note.tags.join(', ')}` },
      ];
      const near = lookUp.found.flatMap((found) => notes.get(found.id) ?? []);
      if (near.length > 0) {
        const evolved = await put(evolving(note, near, read), caller);
        calls.push(evolved.record);
        const { evolve, links, tags, neighbours } = evolved.reply;
        const tied = evolve ? near.filter((one) => links.includes(one.id)).map((one) => one.id) : [];
        if (tied.length > 0) {
          note = { ...note, links: tied, tags };
          await keep(note);
          operations.push({ kind: 'LINK', id, before: null, after: tied.join(', '), why: 'about the same' });
        }
        for (const { id: other, context, tags: theirs } of evolve ? neighbours : []) {
          const before = near.find((one) => one.id === other);
          if (!before || (before.context === context && before.tags.join() === theirs.join())) continue;
          await keep({
            ...before,
            context,
            tags: theirs,
            evolved: before.evolved || context !== before.context,
          });
          operations.push({
            kind: 'EVOLVE',
            id: other,
            before: described(before),
            after: described({ context, tags: theirs }),
            why: `in the light of ${id}`,
          });
        }
      }
      history.push(...operations);
      return { message, calls, lookUps: [lookUp], operations };
    },
    async read(query) {
      const lookUp = await shelf.lookUp(
        'notes nearest to the query, by cosine, then those they are tied to',
        query,
        topK,
      );
      const shown = new Map<string, string>();
      for (const hit of lookUp.found) {
        const note = notes.get(hit.id);
        for (const id of [hit.id, ...(note?.links ?? [])]) {
          const one = notes.get(id);
          if (one && shown.size < 2 * topK)
            shown.set(id, one.evolved ? `${one.content} (${one.context})` : one.content);
        }
      }
      return {
        query,
        calls: [],
        lookUps: [lookUp],
        entries: [...shown].map(([id, content]) => ({ id, content })),
      };
    },
    view: () => ({
      entries: [...notes.values()].map(({ id, content, keywords, context, tags, links }) => ({
        id,
        content,
        details: { context, keywords, tags, links },
      })),
      history: [...history],
    }),
  };
}

/** What the vector of a note is made of. */
function searchedText({
  content,
  context,
  keywords,
  tags,
}: Attributes & { readonly content: string }): string {
  return `${content} context: ${context} keywords: ${keywords.join(', ')} tags: ${tags.join(', ')}`;
}

const described = ({
  context,
  tags,
}: {
  readonly context: string;
  readonly tags: readonly string[];
}): string => `${context} [${tags.join(', ')}]`;

const attributesOf = ({ keywords, context, tags }: Attributes): Attributes => ({ keywords, context, tags });

function analysing(content: string, read: readonly ReadFact[]): WrittenCall<Attributes> {
  const texts = { type: 'array', items: { type: 'string' } } as const;
  return {
    purpose: 'write keywords, context and tags',
    role: 'You keep a box of notes. For the note below write its most telling keywords, most telling first; its context, one sentence that says what it is about; and some broad tags under which it could be filed.',
    input: content,
    schema: { type: 'object', properties: { keywords: texts, context: { type: 'string' }, tags: texts } },
    rule: () => {
      const parts = read.flatMap((fact) => fact.parts ?? []);
      const words =
        parts.length > 0 ? parts.flatMap(({ subject, value }) => [subject, value]) : contentWords(content);
      const topics = parts.flatMap(({ relation }) => [...topicOf(relation).known]);
      const marks = [
        ...(read.length === 0 ? ['small talk'] : []),
        ...(read.some(({ frame }) => frame !== null) ? ['told of elsewhere'] : []),
        ...(read.some(({ corrects, changes }) => corrects || changes) ? ['a change'] : []),
      ];
      return {
        keywords: [...new Set(words)].slice(0, MOST_KEYWORDS),
        context:
          parts.length > 0
            ? `about ${[...new Set(parts.map(({ subject }) => subject))].join(' and ')}`
            : 'small talk',
        tags: [...new Set([...topics, ...marks])],
      };
    },
  };
}

function contentWords(text: string): readonly string[] {
  return wordsOf(text)
    .filter(isContent)
    .map((word) => word.text);
}

function evolving(note: Note, near: readonly Note[], read: readonly ReadFact[]): WrittenCall<Evolution> {
  const text = { type: 'string' } as const;
  const texts = { type: 'array', items: text } as const;
  const shown = ({ id, content, context, keywords, tags }: Note) => ({
    id,
    content,
    context,
    keywords,
    tags,
  });
  return {
    purpose: 'tie and evolve',
    role: 'You keep a box of notes. You are shown a new note and those nearest to it. Say whether anything should change: to which of them, by id, the new note is to be tied and which tags it then has; and for neighbours that read differently in its light, their new context and tags. What stays as it is, leave out.',
    input: JSON.stringify({ note: shown(note), nearest: near.map(shown) }),
    schema: {
      type: 'object',
      properties: {
        evolve: { type: 'boolean' },
        links: texts,
        tags: texts,
        neighbours: {
          type: 'array',
          items: { type: 'object', properties: { id: text, context: text, tags: texts } },
        },
      },
    },
    rule: () => {
      const links = near.filter((other) => related(other, read)).map(({ id }) => id);
      const over = near.filter((other) => superseded(other, read));
      const neighbours = over.map(({ id, tags }) => ({
        id,
        context: `superseded by ${note.id}`,
        tags: [...new Set([...tags, 'superseded'])],
      }));
      return { evolve: links.length > 0 || neighbours.length > 0, links, tags: note.tags, neighbours };
    },
  };
}

/** A subject or value of one is a subject or value of the other. */
function related(other: Note, read: readonly ReadFact[]): boolean {
  const theirs = readMessage(other.content).facts.flatMap(({ parts }) => parts ?? []);
  return read.some(({ parts }) =>
    theirs.some(
      (one) =>
        parts !== null &&
        [parts.subject, parts.value].some((a) => sameSubject(a, one.subject) || sameSubject(a, one.value)),
    ),
  );
}

function superseded(other: Note, read: readonly ReadFact[]): boolean {
  const theirs = readMessage(other.content).facts;
  const held = theirs.length > 0 ? theirs : [factOf(other.content)];
  return held.some((one) =>
    read.some((fact) => ['replaces', 'takes-back'].includes(standing(one, fact).standing)),
  );
}
