/** Where a fixtures folder keeps its models and their adapters: found by the files in them, not by name. */
import type { FixtureFolder } from './files';

/** Folders below `models/`, at any depth, that hold a model; what lies below one belongs to it. */
export function modelFolders(root: FixtureFolder): FixtureFolder[] {
  return foldersOfModels(root.folder('models'));
}

function foldersOfModels(folder: FixtureFolder): FixtureFolder[] {
  return folder
    .folders()
    .flatMap((child) =>
      child.has('cases.json') || child.has('config.json') ? [child] : foldersOfModels(child),
    );
}

/** Folders with a `train.json` below a model. */
export function adapterFolders(folder: FixtureFolder): FixtureFolder[] {
  return folder
    .folders()
    .flatMap((child) => [...(child.has('train.json') ? [child] : []), ...adapterFolders(child)]);
}
