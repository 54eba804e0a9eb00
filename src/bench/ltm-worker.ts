/**
 * Long-term memory as the lab has it, in a worker over IndexedDB, for `npm run bench -- ltm`. A worker is a start: what
 * it opens it opens for the first time, with nothing compiled or warmed up.
 */
import { NgramEmbedder } from '../memory/embedders/ngram-embedder';
import { chosenIndex, loadIndexParts } from '../memory/index/choose-index';
import { ExactIndex, type IndexFactory } from '../memory/index/exact-index';
import { simdIndex } from '../memory/index/simd-index';
import { openSnapshotFiles } from '../memory/index/snapshot-files';
import { voyIndex } from '../memory/index/voy-index';
import { type OpenedMemory, openMemory } from '../memory/long-term-memory';
import { IdbRows } from '../memory/rows/idb-rows';
import type { RowChange } from '../memory/rows/rows';
import { LabDatabase } from '../storage/database';
import { OpfsFolder } from '../storage/opfs-folder';
import { facts } from './ltm-data';

export type IndexName = 'voy' | 'simd' | 'exact' | 'chosen';

export type LtmJob =
  /** Nothing: the answer tells that the worker is there, its scripts loaded. */
  | { readonly kind: 'boot' }
  /** Puts `n` entries into an empty database. */
  | { readonly kind: 'fill'; readonly n: number; readonly seed: number }
  /** Opens the memory and answers a first question. `file`: from its saved index; else from its rows, no file kept. */
  | { readonly kind: 'start'; readonly index: IndexName; readonly file: boolean; readonly seed: number }
  | { readonly kind: 'save' }
  /** Bytes of the memories of all instances. */
  | { readonly kind: 'webassembly' }
  /** `runs` of each; the memory is left as it was found. */
  | { readonly kind: 'use'; readonly runs: number; readonly seed: number }
  /** The same without rows, embedder and journal. */
  | { readonly kind: 'alone'; readonly index: IndexName; readonly runs: number; readonly seed: number };

/** Milliseconds by name, or whatever was asked for. */
export type LtmAnswer = Readonly<Record<string, number | string>>;

const DATABASE = 'agemem-lab-bench';
const NAMESPACE = 'user/bench';
const BATCH = 5000;
const NOTE = { by: { kind: 'user' }, why: '' } as const;
const embedder = new NgramEmbedder();

const FACTORIES: Readonly<Record<IndexName, () => Promise<IndexFactory>>> = {
  voy: voyIndex,
  simd: simdIndex,
  exact: async () => (spec) => new ExactIndex(spec),
  chosen: async () => chosenIndex(await loadIndexParts()),
};

let memory: OpenedMemory | undefined;

/** Memories that WebAssembly was given or made, since nobody counts them. */
const memories = new Set<WebAssembly.Memory>();
WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(target, args: [WebAssembly.Module, WebAssembly.Imports?]) {
    const instance = new target(...args);
    for (const one of [instance.exports.memory, args[1]?.env?.memory]) {
      if (one instanceof WebAssembly.Memory) memories.add(one);
    }
    return instance;
  },
});

function opened(): OpenedMemory {
  if (!memory) throw new Error('Nothing was started in this worker.');
  return memory;
}

async function fill(n: number, seed: number): Promise<LtmAnswer> {
  const rows = new IdbRows(await LabDatabase.open({ name: DATABASE }));
  await rows.drop(NAMESPACE, 'relaxed');
  await rows.ensure(NAMESPACE, { embedder, created: Date.now() }, 'relaxed');
  const all = facts(n, seed);
  for (let start = 0; start < n; start += BATCH) {
    const part = all.slice(start, start + BATCH);
    const vectors = await embedder.embed(part.map(({ content }) => content));
    const changes = part.map(({ content, subject }, i): RowChange => {
      const entry = { content, embedding: vectors[i], embedderId: embedder.id, metadata: { subject } };
      return {
        kind: 'add',
        draft: { ...entry, memoryType: 'fact', created: 0, updated: 0, sourceStep: '' },
      };
    });
    await rows.write(NAMESPACE, { act: { kind: 'import' }, note: NOTE, at: Date.now(), changes }, 'strict');
  }
  return { entries: (await rows.record(NAMESPACE)).count };
}

async function start(index: IndexName, file: boolean, seed: number): Promise<LtmAnswer> {
  const [{ question }] = facts(1, seed);
  const files = await openSnapshotFiles('index-snapshots-bench');
  if (!file) await files?.remove(NAMESPACE);
  const begun = performance.now();
  const rows = new IdbRows(await LabDatabase.open({ name: DATABASE }));
  memory = await openMemory({ rows, embedder, index: await FACTORIES[index](), namespace: NAMESPACE, files });
  const openedAt = performance.now();
  await memory.search(question, { topK: 5 });
  const done = performance.now();
  const { kind, degraded = '', origin } = memory.indexStatus;
  const where = files?.folder instanceof OpfsFolder ? 'OPFS' : 'IndexedDB';
  return { start_ms: done - begun, first_search_ms: done - openedAt, kind, degraded, origin, where };
}

/** Median milliseconds of a call for each of the items. */
async function timed<Item>(
  items: readonly Item[],
  call: (item: Item, i: number) => unknown,
): Promise<number> {
  const times: number[] = [];
  for (const [i, item] of items.entries()) {
    const begun = performance.now();
    await call(item, i);
    times.push(performance.now() - begun);
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

async function use(runs: number, seed: number): Promise<LtmAnswer> {
  const kept = opened();
  const asked = facts(runs, seed);
  const fresh = facts(runs, seed + 1);
  const search_ms = await timed(asked, ({ question }) => kept.search(question, { topK: 5 }));
  const ids: string[] = [];
  const insert_ms = await timed(fresh, async ({ content }) => {
    ids.push((await kept.add({ content })).id);
  });
  const after_insert_ms = await timed([fresh[0]], ({ question }) => kept.search(question, { topK: 5 }));
  const delete_ms = await timed(ids, (id) => kept.delete(id));
  const scores_ms = await timed(asked, async ({ question }) => {
    const [vector] = await embedder.embed([question]);
    return (await kept.current()).index.scores(vector);
  });
  const filtered = ({ question, subject }: (typeof asked)[number]) =>
    kept.search(question, { topK: 5, filter: { subject } });
  const first_filter_ms = await timed(asked.slice(0, 1), filtered);
  const filter_ms = await timed(asked, filtered);
  return { search_ms, insert_ms, after_insert_ms, delete_ms, scores_ms, first_filter_ms, filter_ms };
}

async function alone(name: IndexName, runs: number, seed: number): Promise<LtmAnswer> {
  const make = await FACTORIES[name]();
  const rows = new IdbRows(await LabDatabase.open({ name: DATABASE }));
  const { ids, vectors } = await rows.vectors(NAMESPACE);
  const index = make({ embedderId: embedder.id, dimension: embedder.dimension });
  index.load(ids, vectors);
  const asked = await embedder.embed(facts(runs, seed).map(({ question }) => question));
  const fresh = await embedder.embed(facts(runs, seed + 1).map(({ content }) => content));
  const begun = performance.now();
  index.search(asked[0], 5);
  const build_ms = performance.now() - begun;
  return {
    build_ms,
    search_ms: await timed(asked, (vector) => index.search(vector, 5)),
    insert_ms: await timed(fresh, (vector, i) => index.upsert(`new ${i}`, vector)),
    delete_ms: await timed(fresh, (_, i) => index.remove(`new ${i}`)),
  };
}

async function save(): Promise<LtmAnswer> {
  const begun = performance.now();
  await opened().saveIndex();
  const save_ms = performance.now() - begun;
  const bytes = (await (await openSnapshotFiles('index-snapshots-bench'))?.size()) ?? 0;
  return { save_ms, bytes };
}

function carryOut(job: LtmJob): Promise<LtmAnswer> {
  switch (job.kind) {
    case 'boot':
      return Promise.resolve({});
    case 'fill':
      return fill(job.n, job.seed);
    case 'start':
      return start(job.index, job.file, job.seed);
    case 'save':
      return save();
    case 'webassembly':
      return Promise.resolve({
        bytes: [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
      });
    case 'use':
      return use(job.runs, job.seed);
    case 'alone':
      return alone(job.index, job.runs, job.seed);
  }
}

self.onmessage = async ({ data }: MessageEvent<LtmJob>) => {
  try {
    self.postMessage({ answer: await carryOut(data) });
  } catch (error) {
    self.postMessage({ problem: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
  }
};
