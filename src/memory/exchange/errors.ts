/** Errors of export and import: each says what is wrong with the file and what to do about it. */
import { MemoryError } from '../errors';

/** A file that cannot be taken in as a whole. Nothing was changed. One bad line is no error: it is rejected. */
export class ImportFileError extends MemoryError {}

/** The memory changed after the preview, so that the import would now do something else than was shown. */
export class ImportChangedError extends MemoryError {
  constructor(readonly namespace: string) {
    super(
      'import-changed',
      `The memory ${JSON.stringify(namespace)} changed after the preview was made, and the import would now do something else. Nothing was imported; look at the new preview and import again.`,
    );
  }
}

/** Something stored that the format cannot hold; says which entry. */
export class ExportError extends MemoryError {}
