/**
 * Memories the desk has open. Opening builds an index over all vectors, so an open memory is kept; it asks the
 * rows at every use whether its copy is still right. A name that no memory has is an error, not a new memory.
 */
import type { ActingMemory } from '../../memory/history/acts';
import type { OpenedMemory } from '../../memory/long-term-memory';
import type { LabMemories } from '../memories';

/** More are let go of, the one not used for longest first. */
const MOST = 4;

export class OpenMemories {
  private readonly open = new Map<string, Promise<OpenedMemory>>();

  constructor(private readonly memories: LabMemories) {}

  /** Throws `UnknownNamespaceError`. */
  async get(name: string): Promise<OpenedMemory> {
    const { embedderId } = await this.memories.rows.record(name);
    const known = this.open.get(name);
    // Another tab may have embedded it anew.
    const current = known && (await known).embedder.id === embedderId ? known : undefined;
    const opening = current ?? this.memories.openNamespace(name);
    this.open.delete(name);
    this.open.set(name, opening);
    for (const oldest of this.open.keys()) {
      if (this.open.size <= MOST) break;
      this.open.delete(oldest);
    }
    try {
      return await opening;
    } catch (error) {
      this.open.delete(name);
      throw error;
    }
  }

  /** For acts that are planned from the rows. */
  async acting(name: string): Promise<ActingMemory> {
    return { rows: this.memories.rows, memory: await this.get(name) };
  }

  forget(name: string): void {
    this.open.delete(name);
  }

  /** Lets go of it once it is in step, so that a saving under way keeps nothing of what is gone. */
  async drop(name: string): Promise<void> {
    const known = this.open.get(name);
    this.open.delete(name);
    // One that cannot be brought in step is saved no more either.
    await known?.then((memory) => memory.current()).catch(() => undefined);
  }
}
