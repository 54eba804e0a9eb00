/**
 * A file that is written in place, mostly at its end, and brought to disk when asked: what a log needs and a
 * `Folder`, whose files are replaced as wholes, does not give. Where such a file lies in a folder, the folder lists,
 * reads and removes it too.
 */
export interface GrowingFile {
  /** Bytes. */
  readonly size: number;
  /** Fewer where the file ends before. */
  read(at: number, length: number): Uint8Array;
  /** Bytes between the end and `at` become zero. Throws `StorageFullError`; then anything may stand from `at` on. */
  write(at: number, bytes: Uint8Array): void;
  /** Lets go of what comes after. */
  cut(size: number): void;
  /** Returns when what was written is on the disk. */
  flush(): void;
}

export interface GrowingFiles {
  /**
   * Makes the file where there is none. Nobody else, here or in another tab, has it open meanwhile. Throws
   * `StorageError`, and what the body throws.
   */
  open<Result>(name: string, body: (file: GrowingFile) => Result | Promise<Result>): Promise<Result>;
}
