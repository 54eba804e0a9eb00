/**
 * Models as the page keeps them: the list, what is fetched from the hub or taken from a folder, paused, deleted; and for
 * whoever opens one, its files. Nothing here computes with a model.
 *
 * A model is fetched by one tab at a time (Web Locks); the others are told when the list has changed (BroadcastChannel).
 */
import { type MemoryGrant, ModelFileError } from '../../engine/errors';
import type { ModelConfig } from '../../engine/model/model-config';
import { ModelStore, ModelStoreError } from '../../engine/model/model-store';
import { parameterCount } from '../../engine/model/parameters';
import type { WeightSource } from '../../engine/model/weight-source';
import { NoRoomError } from '../../hub/errors';
import type { Hub } from '../../hub/hub';
import type { ModelEntry } from '../../hub/model-entry';
import { folderName, folderSource, namedFolder, readModelFiles } from '../../hub/model-folder-files';
import { listedByName } from '../../hub/model-listing';
import { OFFERED_ENGINE, OFFERED_TRANSFORMERS, SITE_ONNX } from '../../hub/offered-models';
import { FOR_WASM, FOR_WEBGPU } from '../../hub/wanted-files';
import type { SitePolicy } from '../../policies/site-policies';
import { type GpuFacts, readGpu } from '../../policies/web-llm/preflight';
import type { OpenableModel } from '../acting/openable';
import { LabRefusal } from '../lab-errors';
import type { ActiveModel, ModelsCalls, ModelsNews, ModelShelf as ShelfOnPage } from '../models-protocol';
import type { Args } from '../protocol';
import { type ConnectionOptions, Downloads } from './downloads';
import { keepRuntime } from './kept-runtime';
import { isUsed, ModelInUse } from './model-in-use';
import type { DeviceFacts } from './model-needs';
import { abilitiesOf, ModelShelf, type Shelved } from './model-shelf';
import { knownLibrary, OFFERED_WEB_LLM } from './web-llm-offers';

type Handled = Exclude<keyof ModelsCalls, 'openModel' | 'setUpModel'>;

export interface SitePolicyShape {
  readonly policy: SitePolicy;
  readonly shape: ModelConfig | null;
}

export interface ModelPlaces {
  readonly hub: Hub;
  readonly active: () => ActiveModel;
  /** What the engine's device gives. */
  readonly grant: () => MemoryGrant;
  /** Those of the site that are here, with the shape of each as far as it can be read. */
  readonly sitePolicies: () => Promise<readonly SitePolicyShape[]>;
  /** The bundled policy, with the adapter shipped beside it, as files of an ONNX export. */
  readonly siteOnnx: () => Promise<{ readonly files: WeightSource; readonly fileNames: readonly string[] }>;
  /** Addresses of this site without which a provider opens nothing; none for the engine. */
  readonly runtime: (provider: ModelEntry['provider']) => Promise<readonly string[]>;
  /** The lab in one file has the engine alone, and no network. */
  readonly engineOnly: boolean;
  readonly openStore?: () => Promise<ModelStore>;
}

/** News of a download comes at most so often, milliseconds. */
const NEWS_MS = 250;
const CHANNEL = 'agemem-lab-models';

export class ModelDesk {
  private readonly stock = new ModelShelf([...OFFERED_ENGINE, ...OFFERED_TRANSFORMERS, ...OFFERED_WEB_LLM]);
  private readonly downloads: Downloads;
  private opened: Promise<ModelStore | null> | null = null;
  private gpu: Promise<GpuFacts | null> | null = null;
  private readonly inUse = new ModelInUse();
  private newsDue: ReturnType<typeof setTimeout> | null = null;
  private readonly otherTabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(CHANNEL);

  constructor(
    private readonly places: ModelPlaces,
    private readonly tell: (news: ModelsNews) => void,
    connection: ConnectionOptions = {},
  ) {
    this.downloads = new Downloads({
      shelf: this.stock,
      hub: () => this.places.hub,
      store: () => this.needStore(),
      changed: () => this.changed(),
      connection,
    });
    if (this.otherTabs) {
      this.otherTabs.onmessage = () => {
        // A tab that has never looked at its models has nothing to renew.
        if (this.opened) this.readAgain().catch(() => undefined);
      };
    }
  }

  readonly handlers: {
    readonly [Name in Handled]: (args: Args<Name>) => Promise<ModelsCalls[Name]['result']>;
  } = {
    listModels: async () => {
      await this.read();
      return this.onPage();
    },
    addHubModel: async (args) => this.add(args),
    addModelFolder: async (args) => this.addFolder(args),
    downloadModel: async ({ id }) => {
      await this.read();
      await this.download(this.known(id));
      return this.onPage();
    },
    pauseDownload: async ({ id }) => {
      await this.downloads.stop(id);
      return this.onPage();
    },
    cancelDownload: async ({ id }) => {
      this.refuseActing(id);
      await this.downloads.stop(id);
      await this.remove(id, false);
      return this.onPage();
    },
    deleteModel: async ({ id }) => {
      await this.read();
      this.known(id);
      this.refuseActing(id);
      await this.downloads.stop(id);
      await this.remove(id, true);
      return this.onPage();
    },
  };

  /**
   * The files of a model, for whoever opens it.
   * @throws LabRefusal `no-such-model`, `model-not-here`; what the store says of damaged files
   */
  readonly find = async (id: string): Promise<OpenableModel> => {
    await this.read();
    const { entry, state, picked } = this.known(id);
    const about = {
      id,
      provider: entry.provider,
      name: entry.name,
      title: entry.title,
      can: abilitiesOf(entry),
    };
    if (id === SITE_ONNX) return { ...about, ...(await this.places.siteOnnx()) };
    if (picked) return { ...about, files: folderSource(picked, entry.name), fileNames: [...picked.keys()] };
    const files = entry.files;
    if (state.kind !== 'kept' || !files) {
      throw new LabRefusal(
        'model-not-here',
        `${entry.title} is not in this browser${state.kind === 'absent' ? '' : ' to its end'}.`,
        state.kind === 'downloading' ? 'Wait until its download is done.' : 'Download it first.',
      );
    }
    const store = await this.needStore();
    const source = await store.source(id).catch((error: unknown) => {
      if (!(error instanceof ModelFileError)) throw error;
      throw new LabRefusal(error.code, error.message, 'Download it again: only what is missing is fetched.');
    });
    return { ...about, files: source, fileNames: files.map(({ path }) => path) };
  };

  private async download({ entry, state }: Shelved): Promise<void> {
    if (state.kind === 'kept' || state.kind === 'here') return;
    if (entry.origin === 'folder') {
      throw new LabRefusal(
        'folder-again',
        `${entry.title} was not copied to its end, and the page cannot open its folder by itself.`,
        'Choose the folder again: what was copied is used.',
      );
    }
    try {
      await this.downloads.run(entry);
      await this.keepRuntime(entry);
    } finally {
      this.tellOthers();
    }
  }

  private async add({ name, provider }: Args<'addHubModel'>): Promise<ShelfOnPage> {
    const store = await this.needStore();
    await this.read();
    const gpu = await this.readGpu();
    const half = gpu?.features.includes('shader-f16') ?? false;
    const onGpu = FOR_WEBGPU.filter((storage) => half || !storage.endsWith('f16'));
    const listed = await listedByName(this.places.hub, name, provider, {
      storages: gpu ? [...onGpu, ...FOR_WASM] : FOR_WASM,
      library: knownLibrary,
    });
    const before = this.stock.find(listed.id);
    // What is in the list already keeps its commit: what was fetched of it is of that one.
    if (!before || (before.state.kind === 'absent' && !before.entry.offered)) {
      await store.note(listed.id, listed);
      this.stock.set(listed, { kind: 'absent' });
      this.tellOthers();
    }
    return this.onPage();
  }

  private async addFolder({ name, files, keep }: Args<'addModelFolder'>): Promise<ShelfOnPage> {
    await this.read();
    const { entry: read, files: wanted } = await readModelFiles(folderName(name), files);
    const entry = this.besideOthers(read);
    const called = entry.name;
    if (this.places.active().id === entry.id) {
      throw new LabRefusal('model-in-use', `${called} acts just now.`, 'Let another model act first.');
    }
    if (keep) {
      await this.downloads.take(entry, folderSource(wanted, called));
      this.tellOthers();
      await this.keepRuntime(entry);
    } else {
      this.stock.set(entry, { kind: 'here' }, wanted);
    }
    return this.onPage();
  }

  /** Folders are called alike ("model", "onnx"): what is in the list is not replaced by other files of that name. */
  private besideOthers<Entry extends ModelEntry>(entry: Entry): Entry {
    for (let count = 1; ; count++) {
      const { provider, name } = entry;
      const own = count === 1 ? entry : { ...entry, ...namedFolder(provider, `${name} ${count}`) };
      const there = this.stock.find(own.id)?.entry;
      if (!there || sameFiles(there, own)) return own;
    }
  }

  /** @param whole its place in the list too */
  private async remove(id: string, whole: boolean): Promise<void> {
    const shelved = this.stock.find(id);
    if (!shelved) return;
    const { entry, picked } = shelved;
    // Of what is offered nothing needs to be remembered, and of a folder without its files there is nothing.
    const all = whole || entry.offered || entry.origin === 'folder';
    if (!picked) {
      await this.downloads.alone(id, async () => {
        if (await isUsed(id)) throw inUse('This model acts in another tab.');
        const store = await this.needStore();
        if (all) await store.delete(id);
        else await store.clear(id);
      });
    }
    if (all || picked) this.stock.delete(id);
    else {
      this.stock.trouble(id, null);
      this.stock.set(entry, { kind: 'absent' });
    }
    this.changed();
    this.tellOthers();
  }

  /** Of a model that is whole. */
  private async keepRuntime({ id, provider }: ModelEntry): Promise<void> {
    if (this.stock.find(id)?.state.kind === 'kept') await keepRuntime(await this.places.runtime(provider));
  }

  private refuseActing(id: string): void {
    if (this.places.active().id === id) throw inUse('This model acts just now.');
  }

  private known(id: string): Shelved {
    const shelved = this.stock.find(id);
    if (shelved) return shelved;
    throw new LabRefusal(
      'no-such-model',
      `No model ${id} is in the list.`,
      'Look at the list again; it has changed.',
    );
  }

  /** The list as it is stored; read again at each look, since another tab may have changed it. */
  private async read(): Promise<void> {
    const store = await this.store();
    if (store) await this.stock.read(store);
  }

  private async readAgain(): Promise<void> {
    await this.read();
    this.changed();
  }

  /** Null where this browser keeps nothing. */
  private store(): Promise<ModelStore | null> {
    const open = this.places.openStore ?? (() => ModelStore.open());
    this.opened ??= open().catch((error: unknown) => {
      if (error instanceof ModelStoreError) return null;
      throw error;
    });
    return this.opened;
  }

  private async needStore(): Promise<ModelStore> {
    const store = await this.store();
    if (store) return store;
    throw new NoRoomError(
      'no-storage',
      'This browser gives the page nothing to keep models in (a private window, or a page opened from a file).',
      'Choose the folder of a model on this machine: it is used without being kept.',
    );
  }

  private readGpu(): Promise<GpuFacts | null> {
    this.gpu ??= readGpu().catch(() => null);
    return this.gpu;
  }

  private onPage(): Promise<ShelfOnPage> {
    return this.shelf(this.places.active());
  }

  /** The list as the page sees it, with the model that acts. */
  async shelf(active: ActiveModel): Promise<ShelfOnPage> {
    this.inUse.use(active.id);
    const { grant, engineOnly, hub } = this.places;
    const device: DeviceFacts = { grant: grant(), gpu: await this.readGpu(), engineOnly };
    const hosts = (entry: ModelEntry) => (entry.origin === 'hub' ? hostsOf(entry, hub) : []);
    const site = new ModelShelf((await this.places.sitePolicies()).map(siteEntry));
    const estimate = await navigator.storage?.estimate?.().catch(() => undefined);
    const { usage, quota } = estimate ?? {};
    return {
      models: [...site.list(device, () => []), ...this.stock.list(device, hosts)],
      active,
      storedBytes: this.stock.storedBytes,
      quota: usage === undefined || quota === undefined ? null : { usedBytes: usage, grantedBytes: quota },
      keeps: (await this.store()) !== null,
    };
  }

  /** Told soon, and not more often than anybody reads. */
  private changed(): void {
    this.newsDue ??= setTimeout(() => {
      this.newsDue = null;
      this.onPage().then(
        (shelf) => this.tell({ kind: 'models-changed', shelf }),
        () => undefined,
      );
    }, NEWS_MS);
  }

  private tellOthers(): void {
    this.otherTabs?.postMessage('changed');
  }
}

/** Asked for a model: the hub, and where its compiled kernels lie; nobody for a copy of the hub on this site. */
function hostsOf({ library }: ModelEntry, { hosts }: Hub): readonly string[] {
  return library && hosts.length > 0 ? [...hosts, new URL(library.address).hostname] : hosts;
}

function inUse(what: string): LabRefusal {
  return new LabRefusal('model-in-use', what, 'Let another one act first, then delete it.');
}

function sameFiles({ files: some }: ModelEntry, { files: others }: ModelEntry): boolean {
  const words = (files: ModelEntry['files']) => files?.map(({ path, tag }) => `${path} ${tag}`).join('\n');
  return words(some) === words(others);
}

function siteEntry({ policy, shape }: SitePolicyShape): ModelEntry {
  return {
    id: policy.id,
    provider: 'engine',
    name: `agemem-lab/${policy.trainedAs === 'trained' ? policy.folder : policy.adapterFolder}`,
    title: policy.title,
    origin: 'site',
    revision: null,
    // The project's own, made from nothing by its own commands.
    licence: 'Apache-2.0',
    parameters: shape && parameterCount(shape),
    quantisation: 'f16',
    shape,
    memoryBytes: null,
    library: null,
    files: null,
    offered: true,
  };
}
