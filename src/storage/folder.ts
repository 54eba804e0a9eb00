/**
 * A flat folder of files that outlives the page: what is kept beside the database (sentinel, backups), so that
 * one of the two can vouch for the other. A file is replaced as a whole or not at all; whoever reads
 * checks what it reads all the same, since disks and other programs promise nothing.
 */
export interface Folder {
  /** Undefined if there is no file of that name. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** The first bytes of it, at most `length`. */
  readStart(name: string, length: number): Promise<Uint8Array | undefined>;
  /** The parts, one after the other, in place of what was there. Throws `StorageFullError`; then nothing changed. */
  write(name: string, parts: readonly Uint8Array[]): Promise<void>;
  /** A file that is not there is no error. */
  remove(name: string): Promise<void>;
  /** By name. */
  list(): Promise<readonly { readonly name: string; readonly bytes: number }[]>;
}
