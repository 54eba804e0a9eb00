/**
 * Writes the files of a model or an adapter so that a kill leaves the old ones or the new ones: a half
 * written folder still opens, with the weights of one run under the configuration of another.
 *
 * The files are written to `FOLDER.new`, which then takes the folder's place; what else lies in the
 * folder (a log that is being written, say) moves over. Between the two renames the old folder is called
 * `FOLDER.old`, complete; the next call puts it back if it finds no folder.
 */
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';

/** A name may lead into a folder (`onnx/model.onnx`), which is then exchanged as a whole. */
export type FolderFiles = Readonly<Record<string, Uint8Array | string>>;

/** Makes `folder` hold these files, all of them or none. Throws what the file system throws. */
export async function replaceFolder(folder: string, files: FolderFiles): Promise<void> {
  const target = resolve(folder);
  const [fresh, old] = [`${target}.new`, `${target}.old`];
  if (existsSync(old) && !existsSync(target)) await rename(old, target);
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeThrough(join(fresh, name), content);

  if (!existsSync(target)) return rename(fresh, target);
  if (`${process.cwd()}${sep}`.startsWith(`${target}${sep}`)) {
    // The folder we stand in cannot be exchanged: whole files at least.
    for (const name of Object.keys(files)) {
      await mkdir(dirname(join(target, name)), { recursive: true });
      await rename(join(fresh, name), join(target, name));
    }
    return rm(fresh, { recursive: true });
  }
  await adopt(old, target, files);
  await rename(target, old);
  await rename(fresh, target);
  await adopt(old, target, files);
}

/** The same of one file: a kill leaves the old one or the new one. Throws what the file system throws. */
export async function replaceFile(path: string, content: Uint8Array | string): Promise<void> {
  await writeThrough(`${path}.new`, content);
  await rename(`${path}.new`, path);
}

/** Moves what is not in `files` from a folder that was replaced, and removes it. */
async function adopt(from: string, to: string, files: FolderFiles): Promise<void> {
  if (!existsSync(from)) return;
  for (const name of await readdir(from)) {
    if (!Object.hasOwn(files, name) && !existsSync(join(to, name))) {
      await rename(join(from, name), join(to, name));
    }
  }
  await rm(from, { recursive: true });
}

/** On disk before it is renamed, so that a power cut leaves no empty file under the final name. */
async function writeThrough(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}
