/**
 * The folders of the site that the lab reads, a policy's and its adapter's each: behind the site's address, or handed over
 * by a page that can fetch nothing. All are a `ReadFile`, so whoever opens a model does not know which it is. Those of
 * the policy that is opened first are fetched ahead, others when they are wanted.
 */
import {
  ADAPTER_FILES,
  folderAt,
  MissingFileError,
  MODEL_FILES,
  type ReadFile,
} from '../engine/model/model-folder';
import { readAhead } from '../engine/model/read-ahead';
import { BUNDLED_POLICY, SITE_POLICIES } from '../policies/site-policies';
import { CARD_FILE } from './model-card';
import type { Args, SitePolicyFacts } from './protocol';

/** Where the files of a folder of the site lie, by its name. */
export type SiteFolders = (folder: string) => ReadFile;

type Where = Pick<Args<'init'>, 'site' | 'files'>;

/** The files wanted at start are under way when this returns. */
export function siteFolders({ site, files }: Where): SiteFolders {
  const folder = (name: string) => (files ? folderIn(files, name) : folderAt(new URL(name, site)));
  const { folder: policy, adapterFolder: adapter } = BUNDLED_POLICY;
  const ahead = new Map<string, ReadFile>([
    [policy, readAhead(folder(policy), [...MODEL_FILES, CARD_FILE])],
    [adapter, readAhead(folder(adapter), ADAPTER_FILES)],
  ]);
  return (name) => ahead.get(name) ?? folder(name);
}

/** Put in place by the build (vite.config.ts): folders beside the page. */
declare const SITE_FOLDERS: readonly string[] | undefined;

/** The site's policies; whoever builds it, or a page that brings its files along, may have left some out. */
export function sitePolicies({ files }: Where): readonly SitePolicyFacts[] {
  const folders = typeof SITE_FOLDERS === 'undefined' ? null : SITE_FOLDERS;
  const holds = (folder: string, file: string): boolean =>
    files ? files.has(`${folder}/${file}`) : (folders?.includes(folder) ?? true);
  return SITE_POLICIES.map(({ id, title, taught, folder, adapterFolder, trainedAs }) => ({
    id,
    title,
    taught,
    trainedAs,
    folders: [folder, adapterFolder],
    // Another training of the same base is nothing without its adapter.
    here:
      holds(folder, MODEL_FILES[0]) && (trainedAs === 'trained' || holds(adapterFolder, ADAPTER_FILES[0])),
  }));
}

function folderIn(files: ReadonlyMap<string, Uint8Array>, folder: string): ReadFile {
  return async (name) => {
    const bytes = files.get(`${folder}/${name}`);
    if (!bytes) {
      const others = [...files.keys()].some((path) => path.startsWith(`${folder}/`));
      throw new MissingFileError(
        name,
        others
          ? `among the files of ${folder} in this page, which may have been damaged when it was copied`
          : `in this page, which was made without ${folder} to stay small`,
      );
    }
    return bytes;
  };
}
