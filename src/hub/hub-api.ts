/**
 * What a repository of the hub holds, asked once and read strictly: its commit, from then on the one that is meant; its
 * files with lengths and, for large ones, SHA-256; its licence and number of parameters.
 *
 * Source: Hugging Face Hub API, `GET /api/models/{repo}/revision/{rev}?blobs=true` (`ModelInfo` of huggingface_hub).
 */
import { GatedModelError, HubAnswerError } from './errors';
import type { Hub } from './hub';
import { gated, goodAnswer, jsonOf } from './hub-answers';
import type { ModelFile } from './model-entry';

export interface Repository {
  readonly name: string;
  /** 40 hexadecimal digits. */
  readonly commit: string;
  readonly files: readonly ModelFile[];
  /** As the card says; null if it does not. */
  readonly licence: string | null;
  /** From the header of its safetensors, as the hub has counted; null for other files. */
  readonly parameters: number | null;
  /** The type most of them are stored in, e.g. `BF16`. */
  readonly stored: string | null;
}

/** Characters; Git has none longer. */
const LONGEST_PATH = 4096;
/** Characters of a licence's name; the list shows it. */
const LONGEST_LICENCE = 60;

type Json = Readonly<Record<string, unknown>>;

/** @throws HubError by name; what whoever is told throws */
export async function readRepository(
  hub: Hub,
  name: string,
  revision: string | null,
  signal?: AbortSignal,
): Promise<Repository> {
  const what = `the list of files of ${name}`;
  const path = `api/models/${name}/revision/${encodeURIComponent(revision ?? 'main')}?blobs=true`;
  const response = await goodAnswer(await hub.ask(path, { why: what, signal }), name, what);
  return repositoryOf(await jsonOf(response, what, signal), name);
}

/** @throws HubAnswerError for a list that is none, GatedModelError for one that says its files are not given away */
export function repositoryOf(json: unknown, name: string): Repository {
  const broken = (problem: string) =>
    new HubAnswerError(
      'hub-answer',
      `What the hub says of ${name} cannot be used: ${problem}.`,
      'Try again; if it stays so, download the files yourself and choose their folder.',
    );
  if (!isObject(json)) throw broken('it is no object');
  const { sha, siblings } = json;
  if (typeof sha !== 'string' || !/^[0-9a-f]{40}$/.test(sha)) throw broken('it names no commit');
  if (!Array.isArray(siblings)) throw broken('it lists no files');
  if (json.disabled === true) {
    throw new GatedModelError('model-gated', `${name} was taken down by the hub.`, 'Take another model.');
  }
  // `auto` or `manual`; then no file is given to a page that says not who asks.
  if (json.gated !== undefined && json.gated !== false) throw gated(name);
  const files = siblings.map((one: unknown): ModelFile => {
    if (!isObject(one) || typeof one.rfilename !== 'string') throw broken('a file has no name');
    const path = one.rfilename;
    // A path that leaves the folder is none that anybody here asks for.
    const leaves = path.split('/').some((part) => part === '..' || part === '.' || part === '');
    if (leaves || path.includes('\\') || path.length > LONGEST_PATH) {
      throw broken(`${path.slice(0, LONGEST_PATH)} is no path`);
    }
    const lfs = isObject(one.lfs) ? one.lfs : null;
    const bytes = lfs?.size ?? one.size;
    if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0) {
      throw broken(`${path} has no length`);
    }
    const sha256 = lfs?.sha256 ?? null;
    if (sha256 !== null && !(typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256))) {
      throw broken(`the hash of ${path} is none`);
    }
    const tag = sha256 ?? one.blobId;
    return { path, bytes, sha256, tag: typeof tag === 'string' ? tag : `${sha}:${path}` };
  });
  return { name, commit: sha, files, licence: licenceOf(json), ...countsOf(json) };
}

/** The card's own word for it, in SPDX's spelling where that differs only in case. */
const SPDX = new Map([
  ['apache-2.0', 'Apache-2.0'],
  ['mit', 'MIT'],
  ['bsd-3-clause', 'BSD-3-Clause'],
  ['cc-by-4.0', 'CC-BY-4.0'],
  ['cc-by-sa-4.0', 'CC-BY-SA-4.0'],
  ['cc-by-nc-4.0', 'CC-BY-NC-4.0'],
]);

function licenceOf({ cardData, tags }: Json): string | null {
  const card = isObject(cardData) ? cardData : {};
  const tag = Array.isArray(tags)
    ? tags.find((one: unknown): one is string => typeof one === 'string' && one.startsWith('license:'))
    : undefined;
  const written = typeof card.license === 'string' ? card.license : tag?.slice('license:'.length);
  // "other" names none; its name may.
  const named = written === 'other' && typeof card.license_name === 'string' ? card.license_name : written;
  if (named === undefined || named.length > LONGEST_LICENCE) return null;
  return SPDX.get(named.toLowerCase()) ?? named;
}

function countsOf({ safetensors }: Json): Pick<Repository, 'parameters' | 'stored'> {
  const counted = isObject(safetensors) ? safetensors : {};
  const { total, parameters } = counted;
  const types = Object.entries(isObject(parameters) ? parameters : {}).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number' && /^\w{1,16}$/.test(entry[0]),
  );
  const [most] = types.sort((a, b) => b[1] - a[1]);
  return {
    parameters: typeof total === 'number' && Number.isSafeInteger(total) && total > 0 ? total : null,
    stored: most?.[0] ?? null,
  };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
