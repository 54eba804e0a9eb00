/** Folders for tests in Node, where the bundled policy is read from the disk. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Files, type FolderOptions, folderWith } from './mlc-folder.fixture';

export const BUNDLED_TOKENIZER = readFileSync(
  fileURLToPath(new URL('../../../public/policy/tokenizer.json', import.meta.url)),
  'utf8',
);

export function mlcFolder(options: FolderOptions = {}): Files {
  return folderWith(BUNDLED_TOKENIZER, options);
}
