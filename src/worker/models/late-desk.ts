/** The desk of models, loaded when the page first looks at its list or opens another model: most visits do neither. */
import type { FindOpenable, ModelKeeper } from '../acting/openable';
import type { ActiveModel, ModelShelf, ModelsCalls } from '../models-protocol';
import type { Args } from '../protocol';
import type { ModelDesk } from './model-desk';

type Handled = Exclude<keyof ModelsCalls, 'openModel' | 'setUpModel'>;

export class LateDesk implements ModelKeeper {
  private loaded: Promise<ModelDesk> | null = null;

  constructor(private readonly load: () => Promise<ModelDesk>) {}

  readonly handlers: {
    readonly [Name in Handled]: (args: Args<Name>) => Promise<ModelsCalls[Name]['result']>;
  } = {
    listModels: async (args) => (await this.desk()).handlers.listModels(args),
    addHubModel: async (args) => (await this.desk()).handlers.addHubModel(args),
    addModelFolder: async (args) => (await this.desk()).handlers.addModelFolder(args),
    downloadModel: async (args) => (await this.desk()).handlers.downloadModel(args),
    pauseDownload: async (args) => (await this.desk()).handlers.pauseDownload(args),
    cancelDownload: async (args) => (await this.desk()).handlers.cancelDownload(args),
    deleteModel: async (args) => (await this.desk()).handlers.deleteModel(args),
  };

  readonly find: FindOpenable = async (id) => (await this.desk()).find(id);

  async shelf(active: ActiveModel): Promise<ModelShelf> {
    return (await this.desk()).shelf(active);
  }

  /** Once; what kept it from being loaded does not keep it for ever. */
  private desk(): Promise<ModelDesk> {
    this.loaded ??= this.load().catch((error: unknown) => {
      this.loaded = null;
      throw error;
    });
    return this.loaded;
  }
}
