/** The table's desk, loaded when the page first opens the table: most visits do not. */
import type { Args } from '../protocol';
import type { TableCalls } from '../table-protocol';
import type { TableDesk } from './table-desk';

/** Those that use the model go through the session, which sees to whose turn it is. */
type Handled = Exclude<keyof TableCalls, 'replayCell' | 'baselineEpisode'>;

export class LateTable {
  private loaded: Promise<TableDesk> | null = null;

  constructor(private readonly load: () => Promise<TableDesk>) {}

  readonly handlers: {
    readonly [Name in Handled]: (args: Args<Name>) => Promise<TableCalls[Name]['result']>;
  } = {
    tableFacts: async (args) => (await this.desk()).facts(args),
    runTable: async (args) => (await this.desk()).run.start(args),
    pauseTable: async () => (await this.desk()).run.pause(),
    resumeTable: async () => (await this.desk()).run.resume(),
    stopTable: async () => (await this.desk()).run.stop('user'),
    tableLines: async (args) => (await this.desk()).lines(args),
    tableDifferences: async (args) => (await this.desk()).differences(args),
    cellEpisodes: async (args) => (await this.desk()).episodes(args),
    exportTable: async (args) => (await this.desk()).exported(args),
    forgetTable: async () => (await this.desk()).forget(),
  };

  /** Another model is about to act, or the adapter of this tab to change: a run that plays with it ends. */
  async leave(by: 'model' | 'weights'): Promise<void> {
    await (await this.loaded)?.leave(by);
  }

  /** Once; what kept it from being loaded does not keep it for ever. */
  desk(): Promise<TableDesk> {
    this.loaded ??= this.load().catch((error: unknown) => {
      this.loaded = null;
      throw error;
    });
    return this.loaded;
  }
}
