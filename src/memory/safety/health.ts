/** What is known of how well a memory is kept: the words of the check, for whoever shows them. */

export interface BackupFacts {
  /** Names the backup for `restore`. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly made: number;
  readonly namespaces: readonly {
    readonly name: string;
    readonly count: number;
    readonly revision: number;
  }[];
  readonly bytes: number;
  /** Present if this is a backup and what the log of acts has since, or, without a backup, the log alone. */
  readonly logged?: {
    /** Acts that the log adds. */
    readonly acts: number;
    /** False: there is no backup, `made` is the time of the last act. */
    readonly onBackup: boolean;
  };
}

/** What the check of a namespace against its counters and the sentinel came to. */
export type Health =
  /** `checked`: when, milliseconds since the epoch. */
  | { readonly state: 'whole'; readonly checked: number }
  /** `lost`: gone or older than it was. `damaged`: what is stored does not add up. */
  | {
      readonly state: 'lost' | 'damaged';
      /** What was found, with numbers, and what can be done. */
      readonly message: string;
      readonly expected: number;
      readonly found: number;
      /** The newest backup that holds it, if any. */
      readonly backup: BackupFacts | null;
    }
  /** Nothing to compare with, e.g. from a file:// page; said in words. */
  | { readonly state: 'unchecked'; readonly message: string };
