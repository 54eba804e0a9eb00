/**
 * The memories in words: what each is, how it differs from the original, where that is to be found, and the rule by which
 * it meets a correction.
 */
import type { BaselineId, OperationKind, Placement } from '../../worker/baselines-protocol';
import { type Phrase, phrase, say } from '../language/language';

export interface MethodWords {
  readonly about: Phrase;
  readonly differs: Phrase;
  /** Where it comes from; null: the paper names it and says no more. */
  readonly source: { readonly name: string; readonly at: string } | null;
  /** What becomes of a correction. */
  readonly rule: Phrase;
  /** What it holds. */
  readonly holds: Phrase;
}

export const METHODS: Readonly<Record<BaselineId, MethodWords>> = {
  'no-memory': {
    about: phrase(
      'Nothing is kept: what was said is gone when the context is emptied. The floor that every memory is measured from.',
    ),
    differs: phrase('It is the first line of the paper’s table.'),
    source: null,
    rule: phrase('There is none: nothing is stored that could be wrong.'),
    holds: phrase('nothing§held'),
  },
  rag: {
    about: phrase(
      'Retrieval-augmented generation, plain: every message is cut into chunks, and a question brings the chunks nearest to it by cosine. No model is asked for anything.',
    ),
    differs: phrase(
      'The paper gives no details of its RAG. Chunks of at most 40 words that overlap by a sentence are ours.',
    ),
    source: null,
    rule: phrase(
      'There is none: what was true and what is true now lie side by side, and the question brings both.',
    ),
    holds: phrase('chunks'),
  },
  langmem: {
    about: phrase(
      'A manager in the background: a model writes searches for each message, then inserts, rewrites and removes memories in one call. A long thread gets a running summary.',
    ),
    differs: phrase(
      'Here it runs after every message, with one kind of memory, a text; the prompts are in our words.',
    ),
    source: { name: 'langchain-ai/langmem', at: 'https://github.com/langchain-ai/langmem' },
    rule: phrase(
      'In the call that extracts: what is stored and is now wrong is rewritten or removed. There is no second look.',
    ),
    holds: phrase('memories'),
  },
  'a-mem': {
    about: phrase(
      'Notes after the manner of a Zettelkasten: a model writes keywords, a context and tags for every message, ties the note to its neighbours, and may rewrite what those say about themselves.',
    ),
    differs: phrase(
      'Here without access counts and consolidation; into the prompt go the contents, and a context where it was rewritten.',
    ),
    source: { name: 'WujiangXu/A-mem-sys', at: 'https://github.com/WujiangXu/A-mem-sys' },
    rule: phrase(
      'There is none: nothing is replaced or deleted. That an older note no longer holds can only be written into its context and tags.',
    ),
    holds: phrase('notes'),
  },
  mem0: {
    about: phrase(
      'A model extracts facts from each message; each fact brings the 5 nearest memories, and a second call says for each what happens: add, update, delete or nothing. A history keeps every change.',
    ),
    differs: phrase(
      'The version the paper compares with; newer ones judge when searching. Here messages come one by one, and the prompts are in our words.',
    ),
    source: { name: 'mem0ai/mem0', at: 'https://github.com/mem0ai/mem0' },
    rule: phrase(
      'In a call of its own: what is about the same and differs is an update with the new text, what is only contradicted is deleted, what is known changes nothing.',
    ),
    holds: phrase('facts'),
  },
  'mem0-graph': {
    about: phrase(
      'Mem0 with a graph beside its facts: three more calls find entities, their relations, and the edges that the message contradicts. A question brings facts by cosine and triples by BM25.',
    ),
    differs: phrase(
      'Here nodes have no types, and one threshold, 0.7, serves for finding and merging. With an embedder of spelling it also merges names that only look alike.',
    ),
    source: { name: 'mem0ai/mem0, graph_memory.py', at: 'https://github.com/mem0ai/mem0' },
    rule: phrase(
      'As Mem0 does for the facts; and an edge that the message contradicts is removed before the new one comes.',
    ),
    holds: phrase('facts and a graph'),
  },
};

export const METHOD_IDS = Object.keys(METHODS) as readonly BaselineId[];

export const OPERATIONS: Readonly<Record<OperationKind, Phrase>> = {
  ADD: phrase('stored anew'),
  UPDATE: phrase('rewritten'),
  DELETE: phrase('taken away'),
  NONE: phrase('left as it was'),
  LINK: phrase('tied to others'),
  EVOLVE: phrase('described anew'),
  SUMMARISE: phrase('summarised'),
  MERGE: phrase('taken for one'),
};

export const PLACEMENTS: Readonly<Record<Placement, Phrase>> = {
  'as-looked-up': phrase('after the question, as if it had been looked up'),
  before: phrase('before the question'),
  'on-call': phrase('only when the policy calls Retrieve_memory'),
};

export type Replier = 'rules' | 'model';
export const REPLIERS: Readonly<Record<Replier, Phrase>> = {
  rules: phrase('by rules'),
  model: phrase('by the model that acts'),
};

/** Calls and look-ups as the methods name them (`src/baselines`). */
const CALLS: Readonly<Record<string, Phrase>> = {
  'write search queries': phrase('write search queries'),
  'extract and consolidate': phrase('extract and consolidate'),
  'extend the running summary': phrase('extend the running summary'),
  'write keywords, context and tags': phrase('write keywords, context and tags'),
  'tie and evolve': phrase('tie and evolve'),
  'extract facts': phrase('extract facts'),
  'bring the store up to date': phrase('bring the store up to date'),
  'find entities': phrase('find entities'),
  'find relations': phrase('find relations'),
  'find contradicted edges': phrase('find contradicted edges'),
  'chunks nearest to the query, by cosine': phrase('chunks nearest to the query, by cosine'),
  'memories nearest to the query, by cosine': phrase('memories nearest to the query, by cosine'),
  'memories nearest to the fact, by cosine': phrase('memories nearest to the fact, by cosine'),
  'notes nearest to the message, by cosine': phrase('notes nearest to the message, by cosine'),
  'notes nearest to the query, by cosine, then those they are tied to': phrase(
    'notes nearest to the query, by cosine, then those they are tied to',
  ),
  'edges around the names of the message, by cosine of the names': phrase(
    'edges around the names of the message, by cosine of the names',
  ),
  'triples around the names of the query, by BM25': phrase('triples around the names of the query, by BM25'),
};

/** Null: a name that the page does not know, for an element with `lang="en"`. */
export function callWords(name: string): string | null {
  const known = Object.hasOwn(CALLS, name) ? CALLS[name] : undefined;
  return known === undefined ? null : say(known);
}
