/**
 * A hub for tests on this machine, in the layout of the Hugging Face hub, with everything that can go wrong with one. What
 * goes wrong is part of the address, so that tests share nothing:
 *
 *     /hub/<visit>/<faults>/api/models/<owner>/<name>/revision/<revision>
 *     /hub/<visit>/<faults>/<owner>/<name>/resolve/<revision>/<file>
 *     /hub/<visit>/log                                  what was asked, as JSON
 *     /hub/<visit>/go                                   what is `held` goes on
 *
 * `visit` is a word of the test's own; `faults` are words of `FAULTS` joined by commas, or `none`.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServedModel {
  /** owner/name */
  readonly name: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly licence?: string;
}

export interface LoggedRequest {
  readonly path: string;
  readonly range: string | null;
  readonly status: number;
}

/** What they do to files longer than `LARGE`, as the hub treats those apart, or to every answer. */
export const FAULTS = {
  redirect: 'files are redirected to another path, as the hub does with large ones',
  'no-ranges': 'ranges are ignored: files come whole',
  slow: 'a large file comes in pieces of 16 kB, one each 4 ms',
  cut: 'each answer for a large file breaks off after 200 kB',
  held: 'the first answer for a large file stops after 200 kB, until it is told to go on or the file is asked for again',
  dead: 'each answer for a large file breaks off after 200 kB the first time, and before its first byte from then on',
  busy: 'the first two questions for large files are answered with HTTP 503',
  'wrong-once': 'a byte of a large file is another the first time it is asked for',
  wrong: 'a byte of a large file is another',
  gated: 'HTTP 403 with X-Error-Code: GatedRepo for files, as after the list was given',
  private: 'HTTP 401 with X-Error-Code: RepoNotFound',
  page: 'a web page in the place of everything',
  moved: 'the list names another commit than was asked for',
  other: 'files have other lengths than the list says',
} as const;
export type Fault = keyof typeof FAULTS;

/** Kept apart by the hub, with a SHA-256 of their own. */
const LARGE = 10_000;
const CUT_AFTER = 200_000;
const PIECE = 16_384;

interface Visit {
  readonly log: LoggedRequest[];
  /** How often each path was asked for. */
  readonly times: Map<string, number>;
  /** The rest of answers that are held. */
  readonly held: (() => void)[];
}

/** A handler for the paths above; null for all others. */
export function hubHandler(models: readonly ServedModel[]) {
  const visits = new Map<string, Visit>();
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const [path] = (request.url ?? '').split('?');
    const [, hub, name = '', faults = '', ...rest] = path.split('/').map(decodeURIComponent);
    if (hub !== 'hub') return false;
    const visit: Visit = visits.get(name) ?? { log: [], times: new Map(), held: [] };
    visits.set(name, visit);
    if (faults === 'log' || faults === 'go') {
      if (faults === 'go') for (const goOn of visit.held.splice(0)) goOn();
      json(response, visit.log);
      return true;
    }
    const range = request.headers.range ?? null;
    response.on('finish', () => visit.log.push({ path: rest.join('/'), range, status: response.statusCode }));
    response.on('close', () => {
      if (!response.writableFinished) visit.log.push({ path: rest.join('/'), range, status: 0 });
    });
    const has = new Set(faults.split(',') as Fault[]);
    const times = visit.times.get(rest.join('/')) ?? 0;
    visit.times.set(rest.join('/'), times + 1);
    const { held } = visit;
    answer({ models, rest, has, times, range, held, prefix: `/hub/${name}/${faults}` }, response);
    return true;
  };
}

interface Asked {
  readonly models: readonly ServedModel[];
  readonly rest: readonly string[];
  readonly has: ReadonlySet<Fault>;
  readonly times: number;
  readonly range: string | null;
  readonly held: (() => void)[];
  readonly prefix: string;
}

function answer(asked: Asked, response: ServerResponse): ServerResponse {
  const { models, rest, has, prefix } = asked;
  if (has.has('page')) {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
    return response.end('<!doctype html><title>Log in</title>');
  }
  if (has.has('private')) return fail(response, 401, 'RepoNotFound');
  const api = rest[0] === 'api';
  const [owner, own] = api ? rest.slice(2) : rest;
  const model = models.find(({ name }) => name === `${owner}/${own}`);
  if (rest[0] === 'mlc-libs') return library(models, rest[1], response);
  if (!model) return fail(response, 401, 'RepoNotFound');
  if (api) {
    const revision = rest[5];
    const commit = commitOf(model);
    if (revision !== 'main' && revision !== commit) return fail(response, 404, 'RevisionNotFound');
    return json(response, listing(model, has));
  }
  const [, , kind, revision, ...path] = rest;
  const bytes = model.files.get(path.join('/'));
  if (kind !== 'resolve' && kind !== 'cdn') return fail(response, 404, 'EntryNotFound');
  if (revision !== 'main' && revision !== commitOf(model)) return fail(response, 404, 'RevisionNotFound');
  if (has.has('gated')) return fail(response, 403, 'GatedRepo');
  if (!bytes) return fail(response, 404, 'EntryNotFound');
  if (has.has('redirect') && kind === 'resolve') {
    response.writeHead(302, { Location: `${prefix}/${owner}/${own}/cdn/${revision}/${path.join('/')}` });
    return response.end();
  }
  return file(bytes, asked, response);
}

function listing(model: ServedModel, has: ReadonlySet<Fault>): unknown {
  const siblings = [...model.files].map(([rfilename, bytes]) => {
    const size = bytes.length + (has.has('other') && bytes.length > LARGE ? 1 : 0);
    return bytes.length > LARGE
      ? { rfilename, size, blobId: gitBlob(bytes), lfs: { size, sha256: sha256(bytes), pointerSize: 134 } }
      : { rfilename, size, blobId: gitBlob(bytes) };
  });
  return {
    id: model.name,
    sha: has.has('moved') ? 'f'.repeat(40) : commitOf(model),
    gated: has.has('gated') ? 'manual' : false,
    private: false,
    disabled: false,
    tags: ['text-generation'],
    cardData: model.licence === undefined ? {} : { license: model.licence },
    siblings,
  };
}

function file(
  bytes: Uint8Array,
  { has, times, range, held }: Asked,
  response: ServerResponse,
): ServerResponse {
  const large = bytes.length > LARGE;
  if (large && has.has('busy') && times < 2) return fail(response, 503, null);
  const wrong = large && (has.has('wrong') || (has.has('wrong-once') && times === 0));
  const content = wrong ? flipped(bytes) : bytes;
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  const whole = from === undefined || has.has('no-ranges');
  const start = whole ? 0 : Number(from);
  const end = whole || to === '' ? content.length : Math.min(content.length, Number(to) + 1);
  if (start >= content.length && content.length > 0) return fail(response, 416, null);
  response.writeHead(whole ? 200 : 206, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': end - start,
    'Accept-Ranges': 'bytes',
    ETag: `"${sha256(bytes)}"`,
    ...(whole ? {} : { 'Content-Range': `bytes ${start}-${end - 1}/${content.length}` }),
  });
  const part = content.subarray(start, end);
  const dead = has.has('dead') && times > 0;
  if (large && dead) {
    // The head is out; the body never comes.
    response.flushHeaders();
    setTimeout(() => response.destroy(), 5);
  } else if (large && (has.has('cut') || has.has('dead')) && part.length > CUT_AFTER) {
    response.write(part.subarray(0, CUT_AFTER), () => setTimeout(() => response.destroy(), 5));
  } else if (large && has.has('held') && times === 0 && part.length > CUT_AFTER) {
    response.write(part.subarray(0, CUT_AFTER));
    held.push(() => response.end(part.subarray(CUT_AFTER)));
  } else if (large && has.has('slow')) {
    slowly(part, response);
  } else {
    response.end(part);
  }
  return response;
}

function slowly(part: Uint8Array, response: ServerResponse): ServerResponse {
  let at = 0;
  const next = () => {
    if (response.destroyed) return;
    response.write(part.subarray(at, at + PIECE));
    at += PIECE;
    if (at < part.length) setTimeout(next, 4);
    else response.end();
  };
  next();
  return response;
}

/** Kernels lie apart from the models they belong to. */
function library(models: readonly ServedModel[], name: string, response: ServerResponse): ServerResponse {
  const bytes = models.flatMap(({ files }) => files.get(`mlc-libs/${name}`) ?? [])[0];
  if (!bytes) return fail(response, 404, null);
  response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': bytes.length });
  return response.end(bytes);
}

function fail(response: ServerResponse, status: number, code: string | null): ServerResponse {
  response.writeHead(status, {
    'Content-Type': 'text/plain',
    ...(code === null ? {} : { 'X-Error-Code': code }),
  });
  return response.end('Refused by the hub under test.');
}

function json(response: ServerResponse, value: unknown): ServerResponse {
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' });
  return response.end(JSON.stringify(value));
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const gitBlob = (bytes: Uint8Array) =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

/** Of a model's content. */
export function commitOf({ name, files }: ServedModel): string {
  const sum = createHash('sha1').update(name);
  for (const [path, bytes] of files) sum.update(path).update(sha256(bytes));
  return sum.digest('hex');
}

function flipped(bytes: Uint8Array): Uint8Array {
  // A Buffer's own slice would be a view of the model itself.
  const other = Uint8Array.from(bytes);
  other[bytes.length >> 1] ^= 1;
  return other;
}

/** On a port of its own; `others` answers what is not the hub's. */
export async function serveHub(
  models: readonly ServedModel[],
  others: (request: IncomingMessage, response: ServerResponse) => void = (_, response) =>
    fail(response, 404, null),
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const hub = hubHandler(models);
  const server = createServer((request, response) => {
    if (!hub(request, response)) others(request, response);
  });
  await new Promise<void>((done) => server.listen(0, 'localhost', done));
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return { url: `http://localhost:${(server.address() as AddressInfo).port}/`, close };
}
