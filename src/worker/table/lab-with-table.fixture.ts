/** The real lab on the policy of the site, read from this project's folder, for tests of the table in Node. */
import { readFileSync } from 'node:fs';
import { LabSession } from '../lab-session';
import type { EventLog, News } from '../protocol';
import type { TableChoice, TableState } from '../table-protocol';

const FILES = [
  'policy/config.json',
  'policy/tokenizer.json',
  'policy/tokenizer_config.json',
  'policy/model.safetensors',
  'adapter/adapter_config.json',
  'adapter/adapter_model.safetensors',
] as const;

const PUBLIC = new URL('../../../public/', import.meta.url);

/** What `init` takes for the files of a site. */
export const siteOnDisk = (): ReadonlyMap<string, Uint8Array<ArrayBuffer>> =>
  new Map(FILES.map((path) => [path, new Uint8Array(readFileSync(new URL(path, PUBLIC)))]));

export class LabWithTable {
  readonly news: News[] = [];
  private listeners: (() => void)[] = [];
  readonly session = new LabSession((item) => {
    this.news.push(item);
    for (const listener of this.listeners) listener();
  });

  get call(): LabSession['handlers'] {
    return this.session.handlers;
  }

  async open(): Promise<void> {
    await this.call.init({ site: 'http://localhost/', files: siteOnDisk(), backend: 'wasm' });
  }

  /** The states of the run, in order. */
  get states(): readonly TableState[] {
    return this.news.flatMap((item) => (item.kind === 'table' ? [item.state] : []));
  }

  /** The first state from now on that satisfies the condition, or the last one if it does. */
  until(condition: (state: TableState) => boolean): Promise<TableState> {
    return new Promise((resolve) => {
      const look = () => {
        const state = this.states.at(-1);
        if (state && condition(state)) resolve(state);
      };
      this.listeners.push(look);
      look();
    });
  }

  logOf(episodeId: string): EventLog {
    return this.news.flatMap((item) =>
      item.kind === 'episode-events' && item.episodeId === episodeId ? item.events : [],
    );
  }

  /** Score of the episode that is open and over, as its world gave it. */
  scoreOf(episodeId: string): number | null {
    const last = this.logOf(episodeId).at(-1);
    return last?.type === 'episode-ended' ? last.score : null;
  }
}

export const EXPERT: TableChoice = {
  reader: 'expert',
  adapter: 'shipped',
  baselinesTrained: false,
  replies: 'rules',
  methods: ['no-memory', 'mem0'],
  environments: ['qa', 'babyai'],
  seeds: [1, 2],
  episodesPerSeed: 4,
};
