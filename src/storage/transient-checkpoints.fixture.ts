/** Checkpoints in this process, for tests in Node: as the real store keeps them, and damaged or full when a test says so. */
import type { Beside, Checkpoint, CheckpointStore, TakenCheckpoints } from './checkpoint-store';
import { CheckpointError, StorageFullError } from './errors';

interface Stored {
  readonly checkpoint: Checkpoint;
  readonly saved: number;
}

type Contract = Pick<CheckpointStore, keyof CheckpointStore>;

export class TransientCheckpoints implements Omit<Contract, 'list'> {
  full = false;
  /** The newest generation of what is recovered is damaged. */
  damaged = false;
  /** Newest first. */
  readonly rows = new Map<string, readonly Stored[]>();
  private clock = 1234;

  async put(name: string, checkpoint: Checkpoint, beside: readonly Beside[] = []) {
    if (this.full) throw new StorageFullError('storage-full', 'There is no room left.');
    const saved = this.clock++;
    this.rows.set(
      name,
      [{ checkpoint: copied(checkpoint), saved }, ...(this.rows.get(name) ?? [])].slice(0, 2),
    );
    for (const other of beside) {
      if (other.checkpoint) this.rows.set(other.name, [{ checkpoint: copied(other.checkpoint), saved }]);
      else this.rows.delete(other.name);
    }
    return { name, generation: 1, saved, bytes: 0 };
  }

  async get(name: string) {
    return this.loaded(name)[0];
  }

  async recover(name: string) {
    const damaged = this.damaged ? [new CheckpointError('checkpoint-damaged', 'Number 2 is damaged.')] : [];
    const checkpoint = this.loaded(name)[damaged.length];
    if (checkpoint) return { checkpoint, damaged };
    if (this.rows.has(name) && damaged.length > 0) throw damaged[0];
    return undefined;
  }

  async intact(name: string) {
    return this.loaded(name).slice(this.damaged ? 1 : 0);
  }

  async delete(name: string) {
    this.rows.delete(name);
  }

  async clear() {
    this.rows.clear();
  }

  async names(prefix: string) {
    const found = [...this.rows]
      .filter(([name]) => name.startsWith(prefix))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return new Map(found.map(([name, rows]) => [name, rows.map((_, i) => i + 1)]));
  }

  async take(name: string) {
    const taken = [...this.rows].filter(([other]) => other === name || other.startsWith(`${name}/`));
    for (const [other] of taken) this.rows.delete(other);
    // Opaque to whoever holds it.
    return taken as unknown as TakenCheckpoints;
  }

  async giveBack(taken: TakenCheckpoints) {
    for (const [name, rows] of taken as unknown as [string, readonly Stored[]][]) this.rows.set(name, rows);
  }

  async rename(from: string, to: string) {
    const rows = this.rows.get(from);
    if (rows) this.rows.set(to, rows);
    this.rows.delete(from);
  }

  private loaded(name: string) {
    return (this.rows.get(name) ?? []).map(({ checkpoint, saved }) => ({
      ...checkpoint,
      info: { name, generation: 1, saved, bytes: 0 },
    }));
  }
}

function copied({ meta, blobs }: Checkpoint): Checkpoint {
  const copies = Object.entries(blobs).map(([blob, bytes]) => [blob, new Uint8Array(bytes)] as const);
  return { meta: JSON.parse(JSON.stringify(meta)), blobs: Object.fromEntries(copies) };
}
