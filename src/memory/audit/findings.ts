/** What an audit tells, as plain data that travels to the page. */

export type FindingKind =
  | 'duplicate'
  | 'near-duplicate'
  | 'contradicted'
  | 'never-retrieved'
  | 'junk'
  | 'stale';

export interface AuditFinding {
  readonly kind: FindingKind;
  /** The entry the finding is about first, those it is compared with after it. */
  readonly ids: readonly string[];
  /** Why, in words with numbers. */
  readonly why: string;
  /** What "mend" would do. */
  readonly proposal:
    | { readonly kind: 'delete'; readonly ids: readonly string[] }
    | { readonly kind: 'merge'; readonly ids: readonly string[]; readonly content: string }
    | { readonly kind: 'none' };
}

export interface AuditReport {
  readonly entries: number;
  readonly findings: readonly AuditFinding[];
  /** Entries that some finding would remove, over all entries. In [0, 1]. */
  readonly junkShare: number;
  /** How many entries each kind of finding is about; of copies without the one that stays. */
  readonly counts: Readonly<Record<FindingKind, number>>;
}
