/**
 * The other tabs of this page: a lock so that only one writes a memory at a time, and word of what changed.
 * Rows are right without either, since each of their methods is one transaction; the lock makes steps of
 * several transactions (a restore, a sentinel) one, and the word saves others from looking again and again.
 *
 * Pages without TLS have no locks, some environments no channel; then each tab works as if it were alone.
 */
import type { KnownState } from '../rows/rows';

const CHANNEL = 'agemem-lab/memory';
const LOCK_PREFIX = 'agemem-lab/memory';

/** What one tab at a time may work at: a memory, or a file that all share. */
export type Guarded = `memory/${string}` | 'sentinel' | 'backups';

export interface MemoryChange {
  readonly name: string;
  /** What it is now; null: deleted. */
  readonly state: KnownState | null;
  /** True if another tab did it. */
  readonly elsewhere: boolean;
}

export class Tabs {
  private readonly listeners = new Set<(change: MemoryChange) => void>();

  private constructor(
    private readonly locks: LockManager | undefined,
    private readonly channel: BroadcastChannel | undefined,
    private readonly scope: string,
  ) {
    if (channel) channel.onmessage = ({ data }) => this.hear(data);
  }

  /** `scope` keeps the memories of one database apart from those of another. */
  static open(scope = ''): Tabs {
    const locks = typeof navigator === 'undefined' ? undefined : (navigator.locks as LockManager | undefined);
    const channel =
      typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(CHANNEL + scope);
    return new Tabs(locks, channel, scope);
  }

  /** No other tab, and nothing else here, works at the same meanwhile. Not to be nested. */
  async exclusive<Result>(what: Guarded, body: () => Promise<Result>): Promise<Result> {
    if (!this.locks) return body();
    let result: { readonly value: Result } | undefined;
    let entered = false;
    try {
      await this.locks.request(`${LOCK_PREFIX}${this.scope}/${what}`, async () => {
        entered = true;
        result = { value: await body() };
      });
    } catch (error) {
      // A page that may hold no locks is refused before the body has run; what the body throws is its own.
      if (entered) throw error;
      return body();
    }
    // The request resolves after the callback did.
    return (result as { readonly value: Result }).value;
  }

  /** Tells the listeners here and in other tabs. */
  announce(name: string, state: KnownState | null): void {
    const told = state && { incarnation: state.incarnation, revision: state.revision };
    this.channel?.postMessage({ name, state: told });
    this.tell({ name, state: told, elsewhere: false });
  }

  /** Returns how to stop listening. */
  onChange(listener: (change: MemoryChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): void {
    this.channel?.close();
    this.listeners.clear();
  }

  /** A tab with another version of this page may say what this one does not know. */
  private hear(data: unknown): void {
    const { name, state } = (data ?? {}) as { readonly name?: unknown; readonly state?: unknown };
    if (typeof name !== 'string' || typeof state !== 'object') return;
    const { incarnation, revision } = (state ?? {}) as Partial<Record<keyof KnownState, unknown>>;
    if (state === null) this.tell({ name, state: null, elsewhere: true });
    else if (typeof incarnation === 'string' && typeof revision === 'number') {
      this.tell({ name, state: { incarnation, revision }, elsewhere: true });
    }
  }

  private tell(change: MemoryChange): void {
    for (const listener of this.listeners) listener(change);
  }
}
