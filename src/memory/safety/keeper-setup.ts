/** What the keeper of memories works with. */
import type { Folder } from '../../storage/folder';
import type { GrowingFiles } from '../../storage/growing-file';
import type { Embedder } from '../memory';
import type { MemoryRows, NamespaceRecord } from '../rows/rows';
import type { Health } from './health';
import type { Survey } from './survey';
import type { Tabs } from './tabs';

export interface KeeperSetup {
  /** Not the shared ones: the keeper takes the locks itself. */
  readonly rows: MemoryRows;
  readonly survey: Survey;
  /** Where sentinel, logs, backups and the note of the clock lie; null where the page may keep no files. */
  readonly folder: Folder | null;
  /** The same files as logs that grow; null where this program has no handles for that. */
  readonly growing: GrowingFiles | null;
  readonly tabs: Tabs;
  /** Which namespaces are looked after. */
  readonly isKept: (name: string) => boolean;
  /** The embedder of this id, or the one to use in its place. */
  readonly embedder: (id: string) => Promise<Embedder>;
  /** A memory was found lost or damaged. */
  readonly announce: (name: string, health: Extract<Health, { state: 'lost' | 'damaged' }>) => void;
  /** An act was committed. */
  readonly acted?: (record: NamespaceRecord) => void;
  /** A round of backing up has ended: there may be another backup, and less in the logs. */
  readonly backedUp?: () => void;
  /** Sentinel, log or backups could not be read or written. */
  readonly trouble: (error: unknown) => void;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
  readonly pace?: KeeperPace;
}

export interface KeeperPace {
  /** From a change to the sentinel that knows it. Milliseconds. */
  readonly sentinel: number;
  /** From the last change to a backup, and from one backup to the next at least. Milliseconds. */
  readonly settled: number;
  readonly betweenBackups: number;
}
