/**
 * The folders of the site that the lab reads, `policy/` and `adapter/`: behind the site's address, or handed over by a
 * page that can fetch nothing. Both are a `ReadFile`, so whoever opens a model does not know which it is.
 */
import {
  ADAPTER_FILES,
  folderAt,
  MissingFileError,
  MODEL_FILES,
  type ReadFile,
} from '../engine/model/model-folder';
import { readAhead } from '../engine/model/read-ahead';
import { CARD_FILE } from './model-card';
import type { SiteFolders } from './models';
import type { Args } from './protocol';

/** The files wanted at start are under way when this returns. */
export function siteFolders({ site, files }: Pick<Args<'init'>, 'site' | 'files'>): SiteFolders {
  const folder = (part: string) => (files ? folderIn(files, part) : folderAt(new URL(part, site)));
  const policy = readAhead(folder('policy'), [...MODEL_FILES, CARD_FILE]);
  const adapter = readAhead(folder('adapter'), ADAPTER_FILES);
  return (part) => (part === 'policy' ? policy : adapter);
}

function folderIn(files: ReadonlyMap<string, Uint8Array>, folder: string): ReadFile {
  return async (name) => {
    const bytes = files.get(`${folder}/${name}`);
    if (!bytes)
      throw new MissingFileError(
        name,
        `among the files of ${folder} in this page, which may have been damaged when it was copied`,
      );
    return bytes;
  };
}
