/** Errors of long-term memory: each says what is wrong and what to do about it. */

/** Base of every error that memory raises on purpose; `code` is stable and safe to test or translate. */
export class MemoryError extends Error {
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** No entry with this id in this namespace (never written, deleted, or of another namespace). */
export class UnknownMemoryError extends MemoryError {
  constructor(
    readonly memoryId: string,
    readonly namespace: string,
  ) {
    super(
      'unknown-memory',
      `There is no memory with the id ${JSON.stringify(memoryId)}. Retrieve or list memories to see the ids in use.`,
    );
  }
}

/** The namespace was dropped while a handle to it was open. */
export class UnknownNamespaceError extends MemoryError {
  constructor(readonly namespace: string) {
    super(
      'unknown-namespace',
      `The memory ${JSON.stringify(namespace)} was deleted, perhaps in another tab. Open it again to start an empty one.`,
    );
  }
}

/** A namespace's vectors were made by another embedder, so their cosines would mean nothing. */
export class EmbedderMismatchError extends MemoryError {
  constructor(
    readonly namespace: string,
    readonly stored: string,
    readonly given: string,
  ) {
    super(
      'embedder-mismatch',
      `The memory ${JSON.stringify(namespace)} was written with the embedder ${JSON.stringify(stored)}, not ${JSON.stringify(given)}. Open it with that embedder, or with reembed: true to embed every entry anew.`,
    );
  }
}

/** What was decided on is not what is stored any more: somebody wrote in between. Nothing was changed. */
export class MemoryChangedError extends MemoryError {
  constructor(readonly namespace: string) {
    super(
      'memory-changed',
      `The memory ${JSON.stringify(namespace)} was changed in the meantime, perhaps in another tab, so nothing was written. Read it again, then repeat.`,
    );
  }
}

/** What is stored of a namespace does not fit together, e.g. an entry without its vector. */
export class MemoryDamagedError extends MemoryError {
  constructor(
    readonly namespace: string,
    what: string,
  ) {
    super(
      'memory-damaged',
      `The memory ${JSON.stringify(namespace)} is damaged: ${what}. Open it again, which makes missing vectors anew; if that does not help, restore it from a backup.`,
    );
  }
}

/** A vector that no index may hold or be asked about: wrong length, not finite, not of unit length. */
export class VectorError extends MemoryError {}

/** A vector index whose code cannot be loaded here; searches by exact scan need none. */
export class IndexUnavailableError extends MemoryError {}

/** Bytes that are not a snapshot of this index: damaged, cut short, or of another embedder. */
export class SnapshotError extends MemoryError {}

/** An argument outside what the function can do (a namespace without a name, top_k below 1). */
export class MemoryArgumentError extends MemoryError {}

/** A backup that cannot be restored: damaged, gone, of a newer version, or without the memory asked for. */
export class BackupError extends MemoryError {}

/** The log of acts could not be read from some place on; what it held was put by. The memory itself is whole. */
export class LogDamagedError extends MemoryError {
  constructor(
    readonly file: string,
    frames: number,
  ) {
    super(
      'log-damaged',
      `The log of what is not backed up yet was damaged${frames > 0 ? ` in front of ${frames} changes` : ''}. It was put by under the name ${JSON.stringify(file)} and is written anew from the journal; the memory is not affected.`,
    );
  }
}

/** An embedder that this page does not have, or not yet; its memories are whole and wait for it. */
export class EmbedderUnavailableError extends MemoryError {
  constructor(
    readonly embedderId: string,
    why: string,
  ) {
    super('embedder-unavailable', `The embedder ${JSON.stringify(embedderId)} cannot be used: ${why}`);
  }
}
