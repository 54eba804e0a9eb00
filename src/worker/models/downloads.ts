/**
 * The downloads under way in this tab: one for each model, which others can stop. A model is at one tab's hands at a
 * time; a lock that outlives no tab says so, so a tab that was killed blocks nobody.
 */
import type { ModelStore } from '../../engine/model/model-store';
import type { WeightSource } from '../../engine/model/weight-source';
import { download } from '../../hub/download';
import { ModelBusyError, NoRoomError } from '../../hub/errors';
import type { Hub } from '../../hub/hub';
import { hubSource } from '../../hub/hub-source';
import { type ModelEntry, type ModelFile, totalBytes } from '../../hub/model-entry';
import { fetchLibrary, withFiles } from '../../hub/model-listing';
import type { SteadyOptions } from '../../hub/steady-stream';
import { toLabError } from '../lab-errors';
import type { ModelShelf } from './model-shelf';

export interface DownloadRooms {
  readonly shelf: ModelShelf;
  readonly hub: () => Hub;
  readonly store: () => Promise<ModelStore>;
  /** Something of the list has changed. */
  readonly changed: () => void;
  readonly connection: ConnectionOptions;
}

/** How connections that drop are dealt with. */
export type ConnectionOptions = Omit<SteadyOptions, 'signal'>;

type Filed = ModelEntry & { readonly files: readonly ModelFile[] };

interface UnderWay {
  readonly abort: AbortController;
  readonly end: Promise<void>;
}

export class Downloads {
  private readonly underWay = new Map<string, UnderWay>();

  constructor(private readonly rooms: DownloadRooms) {}

  /**
   * Fetches what is missing of a model. Ends when it is whole, stopped, or given up; then the trouble is in the list.
   * @throws ModelBusyError if it is being fetched; what kept it from being whole
   */
  async run(entry: ModelEntry): Promise<void> {
    await this.at(entry, async (signal) => {
      const hub = this.rooms.hub();
      const store = await this.rooms.store();
      const listed = await withFiles(hub, entry, signal);
      const kernels = listed.library && (await this.kernels(hub, listed, signal));
      const whole: Filed = kernels ? { ...listed, files: [...kernels.others, kernels.file] } : listed;
      await store.note(entry.id, whole);
      const source = hubSource(hub, whole, this.rooms.connection);
      return {
        entry: whole,
        source: kernels?.bytes ? withBytes(source, kernels.file, kernels.bytes) : source,
      };
    });
  }

  /** Copies the files of a folder into the store. Errors as `run`. */
  async take(entry: Filed, source: WeightSource): Promise<void> {
    await this.at(entry, async () => {
      await (await this.rooms.store()).note(entry.id, entry);
      return { entry, source };
    });
  }

  /** Stops a download of this tab, if there is one, and waits for its end. What came stays. */
  async stop(id: string): Promise<void> {
    const running = this.underWay.get(id);
    running?.abort.abort();
    await running?.end;
  }

  /** @throws ModelBusyError if another tab is at it */
  async alone<T>(id: string, work: () => Promise<T>): Promise<T> {
    // Where there are no locks there is no store either.
    return navigator.locks.request(`agemem-lab-model:${id}`, { ifAvailable: true }, async (lock) => {
      if (lock) return work();
      throw new ModelBusyError(
        'model-elsewhere',
        'Another tab of this lab is fetching or deleting this model.',
        'Wait for it, or stop it there.',
      );
    });
  }

  private async at(
    entry: ModelEntry,
    prepare: (signal: AbortSignal) => Promise<{ readonly entry: Filed; readonly source: WeightSource }>,
  ): Promise<void> {
    const { id } = entry;
    if (this.underWay.has(id)) {
      throw new ModelBusyError(
        'model-busy',
        'This model is being fetched already.',
        'Wait for it, or stop it.',
      );
    }
    const abort = new AbortController();
    const work = this.alone(id, () => this.bring(entry, prepare, abort.signal));
    const end = work.then(
      () => undefined,
      () => undefined,
    );
    this.underWay.set(id, { abort, end });
    try {
      await work;
    } finally {
      this.underWay.delete(id);
      this.rooms.changed();
    }
  }

  private async bring(
    asked: ModelEntry,
    prepare: (signal: AbortSignal) => Promise<{ readonly entry: Filed; readonly source: WeightSource }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { shelf, changed } = this.rooms;
    const { id } = asked;
    const before = shelf.find(id)?.state;
    let entry = asked;
    let reached = before && 'storedBytes' in before ? before.storedBytes : 0;
    const total = () => (entry.files ? totalBytes(entry.files) : 0);
    const show = (file: string, bytesPerSecond: number | null) => {
      const state = {
        kind: 'downloading',
        storedBytes: reached,
        totalBytes: total(),
        bytesPerSecond,
        file,
      } as const;
      shelf.set(entry, state);
      changed();
    };
    const stopped = (trouble: unknown) => {
      const error = trouble === null ? null : toLabError(trouble);
      shelf.trouble(id, error);
      shelf.set(entry, { kind: 'partial', storedBytes: reached, totalBytes: total(), trouble: error });
    };
    shelf.trouble(id, null);
    show('', null);
    try {
      const prepared = await prepare(signal);
      entry = prepared.entry;
      await this.refuseWithoutRoom(total() - reached);
      const whole = await download(await this.rooms.store(), id, prepared.source, prepared.entry.files, {
        signal,
        onProgress: ({ storedBytes, bytesPerSecond, file }) => {
          reached = storedBytes;
          show(file, bytesPerSecond);
        },
      });
      if (whole) shelf.set(entry, { kind: 'kept', storedBytes: total() });
      else stopped(null);
    } catch (error) {
      // Whoever stops it while it is being prepared gets the signal's own reason.
      stopped(signal.aborted ? null : error);
      if (!signal.aborted) throw error;
    } finally {
      await shelf.read(await this.rooms.store());
    }
  }

  /** Told before the first byte; the browser's own word comes when it is really full. */
  private async refuseWithoutRoom(bytes: number): Promise<void> {
    const { usage, quota } = (await navigator.storage.estimate().catch(() => undefined)) ?? {};
    if (usage === undefined || quota === undefined || usage + bytes <= quota) return;
    const megabytes = (n: number) => `${Math.max(0, Math.round(n / 1e6))} MB`;
    throw new NoRoomError(
      'storage-full',
      `The browser has room for ${megabytes(quota - usage)} more, and ${megabytes(bytes)} are to come.`,
      'Delete another model, or free space on the disk, then go on.',
    );
  }

  /** Fetched whole unless they were before: no list names their length. */
  private async kernels(
    hub: Hub,
    listed: Filed & { readonly revision: string },
    signal: AbortSignal,
  ): Promise<{
    readonly others: readonly ModelFile[];
    readonly file: ModelFile;
    readonly bytes: Uint8Array<ArrayBuffer> | null;
  } | null> {
    const { library, files } = listed;
    if (!library) return null;
    const others = files.filter(({ path }) => path !== library.path);
    const known = files.find(({ path }) => path === library.path);
    if (known) return { others, file: known, bytes: null };
    return { others, ...(await fetchLibrary(hub, listed, library, signal)) };
  }
}

/** The source, with one file that is here already. */
function withBytes(source: WeightSource, file: ModelFile, bytes: Uint8Array<ArrayBuffer>): WeightSource {
  const own = (path: string) => path === file.path;
  return {
    ...source,
    async read(path, start, end, signal) {
      return own(path) ? bytes.slice(start, end) : source.read(path, start, end, signal);
    },
    async *stream(path, start, end, signal) {
      if (own(path)) yield bytes.slice(start, end);
      else if (source.stream) yield* source.stream(path, start, end, signal);
      else yield await source.read(path, start, end, signal);
    },
    size: async (path) => (own(path) ? file.bytes : source.size(path)),
    revision: async (path) => (own(path) ? file.tag : source.revision(path)),
  };
}
