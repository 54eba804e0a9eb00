/** Errors of the browser's storage: what could not be kept, why, and what the user can do about it. */

/** Base of every error that storage raises on purpose; `code` is stable and safe to test or translate. */
export class StorageError extends Error {
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** There is no IndexedDB here: private mode of some browsers, storage switched off, an opaque origin, Node. */
export class StorageUnavailableError extends StorageError {}

/** No room for what was to be written; nothing of it was. */
export class StorageFullError extends StorageError {}

/** Another tab with an older version of this page holds the database and does not let go. */
export class StorageBlockedError extends StorageError {}

/** The database was made by a newer version of this page. */
export class StorageVersionError extends StorageError {}

/** The connection is gone: closed, given up for a newer version in another tab, or ended by the browser. */
export class StorageClosedError extends StorageError {}

/** A checkpoint that cannot be used as it is, or could not be made of what was given. */
export class CheckpointError extends StorageError {}
