/**
 * How much an import takes in. The limits are far above what people and policies write and below what
 * would stop the tab. What the lab can export it can import again; the words say which limit was met and
 * what to do.
 */
export const LIMITS = {
  /** A file, and every file of a zip when it is unpacked. Bytes. */
  fileBytes: 256 * 1024 * 1024,
  /** Lines of a file, blank ones included; items of a list. */
  lines: 1_000_000,
  /** Of an entry's content. UTF-16 code units. */
  content: 16 * 1024 * 1024,
  /** Of an entry's metadata, as JSON. UTF-16 code units. */
  metadata: 1024 * 1024,
  /** Objects and lists in one another, within metadata. The reader of a policy's own JSON stops at 24. */
  metadataDepth: 64,
  /** The same within a line, which wraps metadata up to four times. */
  depth: 68,
  /** Of `memoryType` and `sourceStep`. UTF-16 code units. */
  label: 10_000,
  /** Of the number in an id. The rows take a little more, so that ids given after these can be imported too. */
  idNumber: 900_000_000,
  /** Milliseconds since the epoch that a `Date` can hold, before and after. */
  time: 8.64e15,
  /** All files of a zip together, unpacked. Bytes. */
  zipBytes: 512 * 1024 * 1024,
  /** Files in a zip; ours has three. */
  zipFiles: 16,
  /** Unpacked to packed size, where more than `zipFreeBytes` come out. */
  zipRatio: 100,
  zipFreeBytes: 1024 * 1024,
} as const;

/** For sentences: 1,234,567. */
export function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

/** For sentences: whole megabytes of 2^20 bytes. */
export function megabytes(bytes: number): string {
  return `${grouped(Math.ceil(bytes / 1024 / 1024))} MB`;
}
