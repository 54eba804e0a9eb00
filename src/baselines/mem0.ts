/**
 * Mem0: extract facts, then keep the store consistent with them.
 *
 * The original (github.com/mem0ai/mem0, `mem0/memory/main.py` at c42934b7, `mem0/configs/prompts.py` at 099e325a): of each
 * exchange a model extracts facts as a list of strings; each is embedded and brings the 5 nearest memories; all of those,
 * numbered anew so that a model cannot garble ids, go with the facts into a second call, which answers with an event for
 * each: ADD, UPDATE (same id, new text), DELETE or NONE. A history table keeps every change. A search brings the nearest
 * memories by cosine. Newer versions of the project only add and judge at search time; the paper compares with the older.
 *
 * Conflict rule: told in the prompt, and the model's to follow. "Totally different" information on the same matter is
 * an UPDATE, what is merely contradicted a DELETE, what says the same a NONE. Ours without a model: `reconcile.ts`.
 *
 * Smaller here: messages come one by one, without an assistant's reply; no users, agents and runs to keep apart; a reply
 * names each changed memory once and leaves out the untouched ones; prompts are our own words. The rule writes a fact as a
 * short statement (`statement.ts`).
 */
import type { JsonValue } from '../memory/memory';
import type { CallRecord, LookUp, MemoryController, Operation } from './controller';
import { type ReadFact, readMessage } from './read-sentence';
import { factOf, type Held, reconcile } from './reconcile';
import { type ControllerSettings, NEIGHBOURS, READ_TOP_K } from './settings';
import { Shelf } from './shelf';
import { statementOf } from './statement';
import { put, type WrittenCall } from './written-call';

interface Facts {
  readonly [key: string]: JsonValue;
  readonly facts: readonly string[];
}

interface Event {
  readonly [key: string]: JsonValue;
  readonly id: string;
  readonly event: string;
  readonly text: string;
}

interface Decision {
  readonly [key: string]: JsonValue;
  readonly memory: readonly Event[];
}

export function createMem0({ embedder, caller, topK = READ_TOP_K }: ControllerSettings): MemoryController {
  const shelf = new Shelf(embedder);
  const history: Operation[] = [];
  return {
    id: 'mem0',
    async write(message) {
      const calls: CallRecord[] = [];
      const lookUps: LookUp[] = [];
      const read = readMessage(message).facts;
      const extracted = await put(extraction(message, read), caller);
      calls.push(extracted.record);
      const facts = extracted.reply.facts.map((fact) => fact.trim()).filter((fact) => fact !== '');
      if (facts.length === 0) return { message, calls, lookUps, operations: [] };
      const near = new Map<string, string>();
      for (const fact of facts) {
        const lookUp = await shelf.lookUp('memories nearest to the fact, by cosine', fact, NEIGHBOURS);
        lookUps.push(lookUp);
        for (const { id, content } of lookUp.found) near.set(id, content);
      }
      const numbered = [...near].map(([id, text], i) => ({ id, number: String(i), text }));
      const decided = await put(decision(numbered, facts, read), caller);
      calls.push(decided.record);
      const ids = new Map(numbered.map(({ id, number }) => [number, id]));
      const why =
        decided.record.by === 'model' ? () => 'decided by the model' : reasons(numbered, facts, read);
      const operations: Operation[] = [];
      for (const event of decided.reply.memory) operations.push(await carryOut(shelf, event, ids, why));
      history.push(...operations);
      return { message, calls, lookUps, operations };
    },
    async read(query) {
      const lookUp = await shelf.lookUp('memories nearest to the query, by cosine', query, topK);
      const entries = lookUp.found.map(({ id, content }) => ({ id, content }));
      return { query, calls: [], lookUps: [lookUp], entries };
    },
    view: () => ({
      entries: shelf.entries().map((entry) => ({ ...entry, details: {} })),
      history: [...history],
    }),
  };
}

function extraction(message: string, read: readonly ReadFact[]): WrittenCall<Facts> {
  return {
    purpose: 'extract facts',
    role: 'You pick out of a message what is worth remembering about people, things and places: facts, preferences, plans. One short sentence for each, complete in itself, in the language of the message. Greetings and small talk give none.',
    input: message,
    schema: { type: 'object', properties: { facts: { type: 'array', items: { type: 'string' } } } },
    rule: () => ({ facts: read.map(statementOf) }),
  };
}

interface Numbered extends Held {
  readonly number: string;
}

function decision(
  held: readonly Numbered[],
  facts: readonly string[],
  read: readonly ReadFact[],
): WrittenCall<Decision> {
  return {
    purpose: 'bring the store up to date',
    role: 'You keep a store of memories consistent. You are shown memories with their numbers, and new facts. Say for each fact what happens: ADD with a number not yet used if it is new; UPDATE with the number of the memory whose text it replaces, if it is about the same and differs or says more; DELETE with the number of a memory that it contradicts without putting anything in its place; NONE if it is known. Leave out memories that stay as they are.',
    input: JSON.stringify({ memories: held.map(({ number, text }) => ({ id: number, text })), facts }),
    schema: {
      type: 'object',
      properties: {
        memory: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              id: { type: 'string' },
              event: { type: 'string', enum: ['ADD', 'UPDATE', 'DELETE', 'NONE'] },
              text: { type: 'string' },
            },
          },
        },
      },
    },
    rule: () => ({ memory: ruled(held, facts, read).map(({ id, event, text }) => ({ id, event, text })) }),
  };
}

interface RuledEvent {
  readonly id: string;
  readonly event: 'ADD' | 'UPDATE' | 'DELETE' | 'NONE';
  readonly text: string;
  readonly why: string;
}

/** What the rule decides, fact by fact; a fact added or changed by the same message is held already for the next. */
function ruled(
  held: readonly Numbered[],
  facts: readonly string[],
  read: readonly ReadFact[],
): readonly RuledEvent[] {
  const now: Held[] = held.map(({ number, text }) => ({ id: number, text }));
  const events: RuledEvent[] = [];
  let next = held.length;
  const replace = (id: string, text: string | null): string => {
    const at = now.findIndex((one) => one.id === id);
    const before = now[at].text;
    now.splice(at, 1, ...(text === null ? [] : [{ id, text }]));
    return before;
  };
  for (const text of facts) {
    // What the extractor saw beside the text, such as the value that is over; a model's own words are read anew.
    const fact = read.find((one) => statementOf(one) === text) ?? factOf(text);
    const verdict = reconcile(now, fact);
    const { event, why } = verdict;
    switch (verdict.event) {
      case 'ADD':
        now.push({ id: String(next), text });
        events.push({ id: String(next), event: 'ADD', text, why });
        next++;
        break;
      case 'NONE':
        events.push({ id: verdict.id ?? '', event: 'NONE', text, why });
        break;
      case 'UPDATE':
        replace(verdict.id, text);
        events.push({ id: verdict.id, event: 'UPDATE', text, why });
        for (const id of verdict.also) events.push({ id, event: 'DELETE', text: replace(id, null), why });
        break;
      case 'DELETE':
        for (const id of verdict.ids) events.push({ id, event, text: replace(id, null), why } as RuledEvent);
        break;
    }
  }
  return events;
}

function reasons(
  held: readonly Numbered[],
  facts: readonly string[],
  read: readonly ReadFact[],
): (event: Event) => string {
  const all = ruled(held, facts, read);
  return ({ id, event, text }) =>
    all.find((one) => one.id === id && one.event === event && one.text === text)?.why ?? '';
}

async function carryOut(
  shelf: Shelf,
  event: Event,
  ids: Map<string, string>,
  why: (event: Event) => string,
): Promise<Operation> {
  const text = event.text.trim();
  if (event.event === 'ADD') {
    if (text === '') return none(null, 'an empty text is not stored');
    const id = await shelf.add(text);
    // A number that the same reply may speak of again.
    if (!ids.has(event.id)) ids.set(event.id, id);
    return { kind: 'ADD', id, before: null, after: text, why: why(event) };
  }
  const id = ids.get(event.id);
  const before = id === undefined ? undefined : shelf.text(id);
  if (event.event === 'NONE')
    return { kind: 'NONE', id: id ?? null, before: before ?? null, after: before ?? null, why: why(event) };
  if (id === undefined || before === undefined)
    return none(null, `there is no memory ${event.id.slice(0, 16)}`);
  if (event.event === 'DELETE') {
    shelf.remove(id);
    return { kind: 'DELETE', id, before, after: null, why: why(event) };
  }
  if (text === '') return none(id, 'an empty text replaces nothing');
  await shelf.set(id, text);
  return { kind: 'UPDATE', id, before, after: text, why: why(event) };
}

const none = (id: string | null, why: string): Operation => ({
  kind: 'NONE',
  id,
  before: null,
  after: null,
  why,
});
