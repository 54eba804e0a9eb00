/** Changing the embedder of a memory for the page: one at a time, told as it goes, stopped when asked. */
import { reembed } from '../../memory/embedders/reembedding';
import { LabRefusal } from '../lab-errors';
import type { LabMemories } from '../memories';
import type { MemoryNews } from '../memory-protocol';

export class Reembedding {
  private running: AbortController | null = null;

  constructor(
    private readonly memories: LabMemories,
    private readonly tell: (news: MemoryNews) => void,
  ) {}

  /**
   * Loads the embedder if need be, and makes the vectors that are missing; the old ones are in force until all are
   * there. Throws `LabRefusal`, `ReembeddingStoppedError`, and what loading and embedding throw.
   */
  async run(name: string, id: string): Promise<void> {
    if (this.running) {
      throw new LabRefusal(
        'reembedding',
        'A memory is being embedded anew already.',
        'Wait until it is done, or cancel it.',
      );
    }
    const abort = new AbortController();
    this.running = abort;
    try {
      const { signal } = abort;
      const embedder = await this.memories.embedders.open(id, { mayAsk: true, signal });
      await reembed(this.memories.rows, name, embedder, {
        signal,
        onProgress: (done, total) =>
          this.tell({ kind: 'reembedding', name, embedder: embedder.id, done, total }),
      });
    } finally {
      this.running = null;
    }
  }

  stop(): void {
    this.running?.abort();
  }
}
