/**
 * Loading voy-search and starting it again after a panic.
 *
 * voy is Rust compiled to WebAssembly. A panic inside it is a trap: the stack is not unwound, borrowed
 * objects stay borrowed ("recursive use of an object"), nothing in that instance can be trusted any more.
 * So there is one compiled module, and after every panic a new instance of it; trees of earlier instances
 * are lost and know it by their generation. The library's JavaScript half keeps one current instance and
 * cached views of its memory for the whole realm; growing the old memory by nothing detaches those views,
 * whereupon it takes new ones.
 *
 * Nobody tells an index that its memory was dropped, and what is never freed fills the WebAssembly heap
 * until building costs ten times as much. So the least recently used trees go first: rollouts open memories
 * by the thousand, and a tree that is wanted again is built anew.
 *
 * The loader is our own because the package's asks for a bundler plugin: this one needs `fetch` or the
 * file system and, under a content security policy, `'wasm-unsafe-eval'`.
 */
import * as glue from 'voy-search/voy_search_bg.js';
import { IndexUnavailableError } from '../errors';
import { moduleBytes } from './module-bytes';

/** Numbers in every vector inside voy; shorter ones are padded by it, longer ones silently cut. */
export const VOY_DIMENSION = 768;

const IMPORT_KEY = './voy_search_bg.js';
/** The import by which a panic tells its message (pointer, length; ours to free). */
const PANIC_MESSAGE_IMPORT = '__wbg_error_f851667af71bcfc6';

/** Trees alive at a time: more than the rollouts of a training step that run side by side. */
export const MOST_TREES = 128;

interface VoyExports extends WebAssembly.Exports {
  readonly memory: WebAssembly.Memory;
}

/** A vector under the number by which a search will name it. */
export interface VoyPoint {
  readonly slot: number;
  readonly vector: Float32Array;
}

/** One kd-tree in the current instance. Any call may throw; then `VoyRuntime.restart` and build anew. */
export interface VoyTree {
  /** False once it was freed or the instance it lived in is gone. */
  readonly alive: boolean;
  add(point: VoyPoint): void;
  /** Slots of the k points nearest by Euclidean distance. */
  search(query: Float32Array, k: number): readonly number[];
  free(): void;
}

/** Where trees are built, and built again. */
export interface VoyHost {
  /** What the current instance said when it panicked, in one line; empty while it is well. */
  readonly panicMessage: string;
  /** A new instance; every tree made so far is dead. */
  restart(): void;
  /** A balanced tree over the points. Vectors of at most `VOY_DIMENSION` finite numbers. */
  build(points: readonly VoyPoint[]): VoyTree;
}

let loading: Promise<VoyRuntime> | undefined;

/** One for each realm (page or worker), since the library has one current instance there. */
export class VoyRuntime implements VoyHost {
  readonly #module: WebAssembly.Module;
  #exports: VoyExports | undefined;
  #generation = 0;
  #panicMessage = '';
  /** Least recently used first. */
  readonly #trees = new Set<VoyTree>();

  private constructor(module: WebAssembly.Module) {
    this.#module = module;
    this.restart();
  }

  /** Throws `IndexUnavailableError` if the file cannot be had or WebAssembly is not allowed. */
  static load(): Promise<VoyRuntime> {
    loading ??= moduleBytes(new URL('../../../node_modules/voy-search/voy_search_bg.wasm', import.meta.url))
      .then((bytes) => WebAssembly.compile(bytes))
      .then((module) => new VoyRuntime(module))
      .catch((cause) => {
        loading = undefined;
        throw new IndexUnavailableError(
          'voy-unavailable',
          `The vector index voy could not be loaded (${cause instanceof Error ? cause.message : cause}). Searches scan all entries instead, with the same results.`,
          { cause },
        );
      });
    return loading;
  }

  get panicMessage(): string {
    return this.#panicMessage;
  }

  restart(): void {
    const retired = this.#exports;
    const instance = new WebAssembly.Instance(this.#module, {
      [IMPORT_KEY]: {
        ...(glue as unknown as WebAssembly.ModuleImports),
        [PANIC_MESSAGE_IMPORT]: (pointer: number, length: number) => this.#notePanic(pointer, length),
      },
    });
    this.#exports = instance.exports as VoyExports;
    this.#generation++;
    this.#trees.clear();
    this.#panicMessage = '';
    retired?.memory.grow(0);
    glue.__wbg_set_wasm(instance.exports);
  }

  build(points: readonly VoyPoint[]): VoyTree {
    for (const oldest of this.#trees) {
      if (this.#trees.size < MOST_TREES) break;
      oldest.free();
    }
    const generation = this.#generation;
    const inner = new glue.Voy({ embeddings: points.map(resource) });
    let freed = false;
    const used = <Result>(result: Result): Result => {
      this.#trees.delete(tree);
      this.#trees.add(tree);
      return result;
    };
    const isAlive = () => !freed && generation === this.#generation;
    const tree: VoyTree = {
      get alive() {
        return isAlive();
      },
      add: (point) => used(inner.add({ embeddings: [resource(point)] })),
      search: (query, k) => used(inner.search(query, k).neighbors.map((neighbour) => Number(neighbour.id))),
      free: () => {
        if (isAlive()) inner.free();
        freed = true;
        this.#trees.delete(tree);
      },
    };
    return used(tree);
  }

  #notePanic(pointer: number, length: number): void {
    // Set by `restart` before anything can panic. Not freed: the instance is about to be thrown away.
    const bytes = new Uint8Array(this.#exports!.memory.buffer, pointer, length);
    this.#panicMessage = new TextDecoder().decode(bytes).split('\n', 1)[0];
  }
}

function resource({ slot, vector }: VoyPoint) {
  return { id: String(slot), title: '', url: '', embeddings: Array.from(vector) };
}
