/**
 * Files of this device as a model's folder: from a file picker, or dropped on the page. Nothing is read yet but names
 * and sizes. Paths are those below the folder, as the hub has them; what is hidden (`.git`, `.DS_Store`) is left out.
 */

export interface PickedFolder {
  /** Of the folder; empty where single files were picked. */
  readonly name: string;
  readonly files: ReadonlyMap<string, File>;
  readonly bytes: number;
}

/** No model has so many files: it is a folder above one. */
export const MOST_FILES = 1000;

/** Told by its class. */
export class TooManyFilesError extends Error {
  override readonly name = 'TooManyFilesError';
}

/** @throws {TooManyFilesError} */
export function pickedFrom(files: Iterable<File>): PickedFolder {
  return folderOf(Array.from(files, (file) => [file.webkitRelativePath || file.name, file] as const));
}

/**
 * A folder, or loose files. The browser lets go of what was dropped when the event is over: call it during that.
 * @throws {TooManyFilesError}
 */
export async function droppedFrom(items: Iterable<DataTransferItem>): Promise<PickedFolder> {
  // What comes from a place without folders (another program's memory) has no entry, and is a file by itself.
  const dropped = Array.from(items, (item) => item.webkitGetAsEntry() ?? item.getAsFile());
  const found: (readonly [string, File])[] = [];
  for (const one of dropped) {
    if (one instanceof File) found.push([one.name, one]);
    else if (one) await walk(one, '', found);
  }
  return folderOf(found);
}

async function walk(entry: FileSystemEntry, above: string, found: (readonly [string, File])[]) {
  const path = above + entry.name;
  if (hidden(path)) return;
  if (isFile(entry)) {
    found.push([path, await new Promise<File>((give, fail) => entry.file(give, fail))]);
    if (found.length > MOST_FILES) throw new TooManyFilesError(`More than ${MOST_FILES} files.`);
  }
  if (!isFolder(entry)) return;
  const reader = entry.createReader();
  // It gives its entries by portions; an empty one is the last.
  for (let more = true; more; ) {
    const some = await new Promise<FileSystemEntry[]>((give, fail) => reader.readEntries(give, fail));
    for (const one of some) await walk(one, `${path}/`, found);
    more = some.length > 0;
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
const hidden = (path: string) => path.split('/').some((part) => part.startsWith('.'));

function folderOf(found: readonly (readonly [string, File])[]): PickedFolder {
  const seen = found.filter(([path]) => !hidden(path));
  if (seen.length > MOST_FILES) throw new TooManyFilesError(`More than ${MOST_FILES} files.`);
  const tops = new Set(seen.map(([path]) => path.slice(0, path.indexOf('/') + 1)));
  // All below one folder: that is the model's.
  const [top] = tops.size === 1 ? tops : [''];
  const files = new Map(seen.map(([path, file]) => [path.slice(top.length), file]));
  const bytes = seen.reduce((sum, [, file]) => sum + file.size, 0);
  return { name: top.slice(0, -1), files, bytes };
}
