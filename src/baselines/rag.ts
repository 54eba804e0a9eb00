/**
 * RAG: retrieval-augmented generation, the plain one. Every message is cut into chunks, each chunk gets a vector, and a
 * question brings the chunks nearest to it. Nothing is ever judged, corrected or forgotten: what was true and what is now
 * true lie side by side, as do small talk and what was told of another world. No call to a language model at all.
 *
 * The paper gives no details of its RAG. Ours: chunks of at most 40 words, cut at sentence ends where there are any, with
 * one sentence of overlap; cosine; the best k [D].
 */
import type { MemoryController, Operation } from './controller';
import { sentencesOf } from './sentence-lead';
import { type ControllerSettings, READ_TOP_K } from './settings';
import { Shelf } from './shelf';

const CHUNK_WORDS = 40;

export function createRag({ embedder, topK = READ_TOP_K }: ControllerSettings): MemoryController {
  const shelf = new Shelf(embedder);
  const history: Operation[] = [];
  return {
    id: 'rag',
    async write(message) {
      const operations: Operation[] = [];
      for (const chunk of chunksOf(message)) {
        const id = await shelf.add(chunk);
        operations.push({ kind: 'ADD', id, before: null, after: chunk, why: 'a chunk of the message' });
      }
      history.push(...operations);
      return { message, calls: [], lookUps: [], operations };
    },
    async read(query) {
      const lookUp = await shelf.lookUp('chunks nearest to the query, by cosine', query, topK);
      const entries = lookUp.found.map(({ id, content }) => ({ id, content }));
      return { query, calls: [], lookUps: [lookUp], entries };
    },
    view: () => ({
      entries: shelf.entries().map((entry) => ({ ...entry, details: {} })),
      history: [...history],
    }),
  };
}

/** A message of one chunk is kept as it stands; of a longer one each chunk begins with the last sentence of the one before. */
export function chunksOf(message: string): readonly string[] {
  const whole = message.trim();
  if (whole === '') return [];
  if (wordCount(whole) <= CHUNK_WORDS) return [whole];
  const chunks: string[] = [];
  let chunk: string[] = [];
  for (const piece of sentencesOf(whole).flatMap(cut)) {
    const words = chunk.reduce((sum, one) => sum + wordCount(one), 0);
    if (chunk.length > 0 && words + wordCount(piece) > CHUNK_WORDS) {
      chunks.push(chunk.join(' '));
      const last = chunk[chunk.length - 1];
      chunk = wordCount(last) + wordCount(piece) <= CHUNK_WORDS ? [last] : [];
    }
    chunk.push(piece);
  }
  return [...chunks, chunk.join(' ')];
}

/** A sentence longer than a chunk, cut by words. */
function cut(sentence: string): readonly string[] {
  const words = sentence.split(/\s+/u);
  return Array.from({ length: Math.ceil(words.length / CHUNK_WORDS) }, (_, i) =>
    words.slice(i * CHUNK_WORDS, (i + 1) * CHUNK_WORDS).join(' '),
  );
}

const wordCount = (text: string): number => text.split(/\s+/u).length;
