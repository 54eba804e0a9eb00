/** What the memory page needs of the worker: its calls by name, and its news. The lab's client is one; tests bring their own. */
import type { MemoryCalls, MemoryNews } from '../../worker/memory-protocol';
import type { News } from '../../worker/protocol';

export type MemoryCallName = keyof MemoryCalls;
export type MemoryArgs<Name extends MemoryCallName> = MemoryCalls[Name]['args'];
export type MemoryResult<Name extends MemoryCallName> = MemoryCalls[Name]['result'];

export interface MemoryLine {
  /** Rejects with `CallFailedError`. */
  call<Name extends MemoryCallName>(name: Name, args: MemoryArgs<Name>): Promise<MemoryResult<Name>>;
  /** Returns how to stop listening. */
  listen(listener: (news: MemoryNews) => void): () => void;
}

const MEMORY_NEWS: Readonly<Record<MemoryNews['kind'], true>> = {
  'memory-changed': true,
  'keeping-changed': true,
  acting: true,
  reembedding: true,
  'embedder-loading': true,
};

export function isMemoryNews(news: News): news is MemoryNews {
  return Object.hasOwn(MEMORY_NEWS, news.kind);
}
