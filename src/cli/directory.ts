/** A model folder on disk, read whole or by ranges: a model of any size is never in memory as a file. */
import type { Stats } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelFileError } from '../engine/errors';
import { MissingFileError, type ReadFile } from '../engine/model/model-folder';
import { checkLength, type WeightSource } from '../engine/model/weight-source';

/** The files of a folder on disk. */
export function directory(folder: string): ReadFile {
  const read = async (name: string) => {
    try {
      return new Uint8Array(await readFile(join(folder, name)));
    } catch (error) {
      if (isMissing(error)) throw new MissingFileError(name, `in ${folder}`);
      throw error;
    }
  };
  return Object.assign(read, { ranges: ranges(folder) });
}

function ranges(folder: string): WeightSource {
  return {
    where: folder,
    size: async (name) => (await looked(folder, name))?.size ?? null,
    async revision(name) {
      const found = await looked(folder, name);
      return found && `${found.size} bytes, changed at ${found.mtimeMs}`;
    },
    async read(name, start, end, signal) {
      signal?.throwIfAborted();
      const bytes = new Uint8Array(end - start);
      let filled = 0;
      try {
        const file = await open(join(folder, name));
        try {
          // A read may give less than was asked for; none means the end.
          for (let got = 1; got > 0 && filled < bytes.length; filled += got) {
            got = (await file.read(bytes, filled, bytes.length - filled, start + filled)).bytesRead;
          }
        } finally {
          await file.close();
        }
      } catch (error) {
        throw unreadable(name, folder, error);
      }
      return checkLength(bytes.subarray(0, filled), name, start, end, folder);
    },
  };
}

async function looked(folder: string, name: string): Promise<Stats | null> {
  try {
    return await stat(join(folder, name));
  } catch (error) {
    if (isMissing(error)) return null;
    throw unreadable(name, folder, error);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function unreadable(name: string, folder: string, cause: unknown): ModelFileError {
  const words = cause instanceof Error ? cause.message : String(cause);
  return new ModelFileError(
    'file-unreadable',
    `${name} in ${folder} could not be read: ${words}. Check that it is a file this user may read.`,
    { cause },
  );
}
