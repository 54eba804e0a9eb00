/**
 * What this site holds in the browser, by kind, and what may be let go of. The browser's own estimate counts its
 * overhead and what is not written out yet, so it differs from the sum of the kinds.
 */

export type StoredKind =
  | 'memories'
  | 'journals'
  | 'vectors'
  | 'checkpoints'
  | 'task sets'
  | 'backups'
  | 'index snapshots'
  | 'models';

/** Bytes that this site holds in the browser, by kind, and what may be let go of. */
export interface StorageUse {
  readonly kinds: readonly {
    readonly kind: StoredKind;
    readonly bytes: number;
    /** What one loses by deleting it, in words. */
    readonly loss: string;
    /** False: not from here. */
    readonly deletable: boolean;
  }[];
  /** As the browser estimates them; null where it does not say. */
  readonly used: number | null;
  readonly quota: number | null;
  /** Whether the browser has promised not to clear this site by itself; `unknown` where it cannot say. */
  readonly persisted: 'yes' | 'no' | 'unknown';
}

/** One kind of things that are kept. */
export interface StorageSource {
  readonly kind: StoredKind;
  readonly loss: string;
  measure(): Promise<number>;
  /** Absent: not to be deleted from here. */
  readonly remove?: () => Promise<void>;
}

export async function storageUse(sources: readonly StorageSource[]): Promise<StorageUse> {
  const kinds = [];
  for (const { kind, loss, measure, remove } of sources) {
    kinds.push({ kind, loss, bytes: await measure(), deletable: remove !== undefined });
  }
  const manager = storageManager();
  // Refused where the page may keep nothing; then nothing is known.
  const estimate = await manager?.estimate?.().catch(() => undefined);
  const persisted = await manager?.persisted?.().catch(() => undefined);
  return {
    kinds,
    used: estimate?.usage ?? null,
    quota: estimate?.quota ?? null,
    persisted: persisted === undefined ? 'unknown' : persisted ? 'yes' : 'no',
  };
}

/** The types say that it is always there; outside secure contexts it is not, and workers cannot ask it to persist. */
function storageManager(): Partial<StorageManager> | undefined {
  return typeof navigator === 'undefined' ? undefined : navigator.storage;
}
