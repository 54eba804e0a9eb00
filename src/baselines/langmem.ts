/**
 * LangMem: a manager in the background that extracts and consolidates, and a running summary of a long thread.
 *
 * The original (github.com/langchain-ai/langmem, `src/langmem/knowledge/extraction.py` at 151f5be4,
 * `src/langmem/short_term/summarization.py` at 03de06af): after an exchange a model writes search queries, the 5 best
 * memories of the store come with the conversation into one further call, and that call inserts new memories, rewrites
 * existing ones and removes what is outdated, all at once (schemas by trustcall). Apart from that, a thread that has grown
 * beyond a limit of tokens is summarised, the last summary extended rather than written anew, and the newest message kept.
 *
 * Conflict rule: "if an existing memory is incorrect or outdated, update it", judged by the model within the extraction;
 * there is no second look as in Mem0. Ours without a model: `reconcile.ts`.
 *
 * Smaller here: one kind of memory, a text; the manager runs after every message; further phases are left out. A stage is
 * a thread: when the context is emptied its messages are gone, its summary stays with the manager and is read with the
 * memories. In its examples a thread is summarised above 256 tokens, which is some turns of a chat; a stage here has 35 in the
 * mean (29 to 41 by environment, 16 a message), and at 256 no episode ever had a summary. So the limits are smaller in the
 * same measure: a thread of more than a message and a half is summarised, and a summary may be as long as two messages.
 */
import type { JsonValue } from '../memory/memory';
import type { CallRecord, Found, LookUp, MemoryController, Operation } from './controller';
import { type ReadFact, readMessage } from './read-sentence';
import { factOf, type Held, reconcile } from './reconcile';
import { type ControllerSettings, NEIGHBOURS, READ_TOP_K } from './settings';
import { Shelf } from './shelf';
import { statementOf } from './statement';
import { put, tokensOf, type WrittenCall } from './written-call';

export interface LangMemSettings extends ControllerSettings {
  /** Tokens of a thread above which it is summarised. */
  readonly threadTokens?: number;
  /** Tokens of a summary, where the rule writes it; a single sentence may be longer. */
  readonly summaryTokens?: number;
}

interface Queries {
  readonly [key: string]: JsonValue;
  readonly queries: readonly string[];
}

interface Changes {
  readonly [key: string]: JsonValue;
  readonly insert: readonly string[];
  readonly update: readonly { readonly id: string; readonly content: string }[];
  readonly remove: readonly string[];
}

interface Summary {
  readonly [key: string]: JsonValue;
  readonly summary: string;
}

const THREAD_TOKENS = 24;
const SUMMARY_TOKENS = 32;
/** Id of the running summary among what is read. */
const SUMMARY_ID = 's1';

export function createLangMem(settings: LangMemSettings): MemoryController {
  const { embedder, caller, topK = READ_TOP_K } = settings;
  const { threadTokens = THREAD_TOKENS, summaryTokens = SUMMARY_TOKENS } = settings;
  const shelf = new Shelf(embedder);
  const history: Operation[] = [];
  let thread: string[] = [];
  let summary = '';

  async function summarise(calls: CallRecord[]): Promise<readonly Operation[]> {
    const length = thread.reduce((sum, message) => sum + tokensOf(caller, message), 0);
    if (length <= threadTokens || thread.length < 2) return [];
    const older = thread.slice(0, -1);
    const ruled = summaryOf(summary, older, (text) => tokensOf(caller, text) <= summaryTokens);
    const { reply, record } = await put(summarising(summary, older, ruled.text), caller);
    calls.push(record);
    const before = summary;
    summary = reply.summary.trim();
    thread = thread.slice(-1);
    const left = record.by === 'rule' && ruled.leftOut > 0 ? `; left out, the oldest: ${ruled.leftOut}` : '';
    const why = `the thread had ${length} tokens${left}`;
    return [{ kind: 'SUMMARISE', id: SUMMARY_ID, before, after: summary, why }];
  }

  return {
    id: 'langmem',
    async write(message) {
      const calls: CallRecord[] = [];
      const read = readMessage(message).facts;
      const asked = await put(searching(message, read), caller);
      calls.push(asked.record);
      const lookUps: LookUp[] = [];
      for (const query of asked.reply.queries) {
        lookUps.push(await shelf.lookUp('memories nearest to the query, by cosine', query, NEIGHBOURS));
      }
      const near = best(lookUps);
      const changed = await put(managing(message, near, read), caller);
      calls.push(changed.record);
      const why = changed.record.by === 'model' ? () => 'decided by the model' : reasonsOf(near, read);
      const operations = [...(await carryOut(shelf, changed.reply, near, why))];
      thread.push(message);
      operations.push(...(await summarise(calls)));
      history.push(...operations);
      return { message, calls, lookUps, operations };
    },
    async endOfStage() {
      thread = [];
      return { message: '', calls: [], lookUps: [], operations: [] };
    },
    async read(query) {
      const lookUp = await shelf.lookUp('memories nearest to the query, by cosine', query, topK);
      const entries = lookUp.found.map(({ id, content }) => ({ id, content }));
      if (summary !== '') entries.push({ id: SUMMARY_ID, content: summary });
      return { query, calls: [], lookUps: [lookUp], entries };
    },
    view: () => ({
      entries: shelf.entries().map((entry) => ({ ...entry, details: {} })),
      summary,
      history: [...history],
    }),
  };
}

/** The best of all look-ups, each once. */
function best(lookUps: readonly LookUp[]): readonly Found[] {
  const byId = new Map<string, Found>();
  for (const found of lookUps.flatMap((lookUp) => lookUp.found)) {
    const known = byId.get(found.id);
    if (!known || known.score < found.score) byId.set(found.id, found);
  }
  return [...byId.values()].sort((a, b) => b.score - a.score).slice(0, NEIGHBOURS);
}

function searching(message: string, read: readonly ReadFact[]): WrittenCall<Queries> {
  return {
    purpose: 'write search queries',
    role: 'You look after the memory of an assistant. Write the searches that would find stored memories to which the message has something to say: one for each matter, none for small talk.',
    input: message,
    schema: { type: 'object', properties: { queries: { type: 'array', items: { type: 'string' } } } },
    rule: () => ({ queries: read.map(({ text }) => text) }),
  };
}

function managing(message: string, near: readonly Found[], read: readonly ReadFact[]): WrittenCall<Changes> {
  const text = { type: 'string' } as const;
  return {
    purpose: 'extract and consolidate',
    role: 'You look after the memory of an assistant. Insert what the message says that is worth keeping and not stored yet, each as a text complete in itself; rewrite by its id what is stored and is now wrong or can be said better; remove by its id what no longer holds and is replaced by nothing.',
    input: JSON.stringify({ existing: near.map(({ id, content }) => ({ id, content })), message }),
    schema: {
      type: 'object',
      properties: {
        insert: { type: 'array', items: text },
        update: { type: 'array', items: { type: 'object', properties: { id: text, content: text } } },
        remove: { type: 'array', items: text },
      },
    },
    rule: () => {
      const { insert, update, remove } = ruled(near, read);
      return { insert, update: [...update].map(([id, content]) => ({ id, content })), remove };
    },
  };
}

interface Ruled {
  readonly insert: readonly string[];
  readonly update: ReadonlyMap<string, string>;
  readonly remove: readonly string[];
  /** By id or inserted text. */
  readonly why: ReadonlyMap<string, string>;
}

function ruled(near: readonly Found[], read: readonly ReadFact[]): Ruled {
  const insert: string[] = [];
  const update = new Map<string, string>();
  const remove: string[] = [];
  const why = new Map<string, string>();
  for (const fact of read) {
    const stated = statementOf(fact);
    const held: Held[] = [
      ...near
        .filter(({ id }) => !remove.includes(id))
        .map(({ id, content }) => ({ id, text: update.get(id) ?? content })),
      ...insert.map((text) => ({ id: text, text })),
    ];
    const verdict = reconcile(held, fact);
    if (verdict.event === 'ADD') {
      insert.push(stated);
      why.set(stated, verdict.why);
    } else if (verdict.event === 'UPDATE') {
      // Of what the same message inserts, the later word counts.
      const at = insert.indexOf(verdict.id);
      if (at >= 0) insert[at] = stated;
      else update.set(verdict.id, stated);
      why.set(at >= 0 ? stated : verdict.id, verdict.why);
      for (const id of verdict.also) drop(id, verdict.why);
    } else if (verdict.event === 'DELETE') {
      for (const id of verdict.ids) drop(id, verdict.why);
    }
  }
  return { insert, update, remove, why };

  function drop(id: string, reason: string): void {
    const at = insert.indexOf(id);
    if (at >= 0) insert.splice(at, 1);
    else {
      update.delete(id);
      remove.push(id);
      why.set(id, reason);
    }
  }
}

function reasonsOf(near: readonly Found[], read: readonly ReadFact[]): (key: string) => string {
  const { why } = ruled(near, read);
  return (key) => why.get(key) ?? '';
}

/** Only what was shown can be changed; a model that names another id changes nothing. */
async function carryOut(
  shelf: Shelf,
  { insert, update, remove }: Changes,
  near: readonly Found[],
  why: (key: string) => string,
): Promise<readonly Operation[]> {
  const operations: Operation[] = [];
  const known = new Set(near.map(({ id }) => id));
  for (const { id, content } of update) {
    const before = known.has(id) ? shelf.text(id) : undefined;
    if (before === undefined || content.trim() === '') {
      operations.push({
        kind: 'NONE',
        id: null,
        before: null,
        after: null,
        why: `nothing to rewrite as ${id.slice(0, 16)}`,
      });
      continue;
    }
    await shelf.set(id, content.trim());
    operations.push({ kind: 'UPDATE', id, before, after: content.trim(), why: why(id) });
  }
  for (const id of remove) {
    const before = known.has(id) ? shelf.text(id) : undefined;
    if (before === undefined) {
      operations.push({
        kind: 'NONE',
        id: null,
        before: null,
        after: null,
        why: `there is no memory ${id.slice(0, 16)}`,
      });
      continue;
    }
    shelf.remove(id);
    operations.push({ kind: 'DELETE', id, before, after: null, why: why(id) });
  }
  for (const text of insert) {
    const content = text.trim();
    if (content === '') continue;
    operations.push({
      kind: 'ADD',
      id: await shelf.add(content),
      before: null,
      after: content,
      why: why(text),
    });
  }
  return operations;
}

function summarising(existing: string, messages: readonly string[], ruled: string): WrittenCall<Summary> {
  return {
    purpose: 'extend the running summary',
    role: 'Summarise the conversation in a few sentences. If there is a summary so far, extend it by the new messages and keep what still holds.',
    input: JSON.stringify({ summary: existing, messages }),
    schema: { type: 'object', properties: { summary: { type: 'string' } } },
    rule: () => ({ summary: ruled }),
  };
}

/** What was said last matters most: the oldest sentences go until it fits. */
function summaryOf(
  existing: string,
  messages: readonly string[],
  fits: (text: string) => boolean,
): { readonly text: string; readonly leftOut: number } {
  const all = [existing, ...messages]
    .flatMap((text) => readMessage(text).facts)
    .reduce<readonly ReadFact[]>(joined, []);
  let facts = all;
  while (facts.length > 1 && !fits(sentences(facts))) facts = facts.slice(1);
  return { text: sentences(facts), leftOut: all.length - facts.length };
}

/** The fact in the place of what it replaces. */
function joined(facts: readonly ReadFact[], fact: ReadFact): readonly ReadFact[] {
  const verdict = reconcile(
    facts.map(({ text }, i) => ({ id: String(i), text })),
    fact,
  );
  if (verdict.event === 'NONE') return facts;
  const over =
    verdict.event === 'UPDATE'
      ? [verdict.id, ...verdict.also]
      : verdict.event === 'DELETE'
        ? verdict.ids
        : [];
  const left = facts.filter((_, i) => !over.includes(String(i)));
  return verdict.event === 'DELETE' ? left : [...left, factOf(fact.text)];
}

const sentences = (facts: readonly ReadFact[]): string =>
  facts.map(({ text }) => (/[.!?]$/.test(text) ? text : `${text}.`)).join(' ');
