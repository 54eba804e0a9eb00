/** What the table of methods needs of the worker. The lab's controller is one; tests bring their own. */
import type { News } from '../../worker/protocol';
import type {
  BaselineEpisode,
  CellAddress,
  CellEpisode,
  CellSeed,
  TableCalls,
  TableNews,
  TableState,
  VariantPlay,
} from '../../worker/table-protocol';

/** Those that use the model go through functions of their own, because the page is busy meanwhile. */
export type TableCallName = Exclude<keyof TableCalls, 'replayCell' | 'baselineEpisode'>;
export type TableArgs<Name extends keyof TableCalls> = TableCalls[Name]['args'];
export type TableResult<Name extends keyof TableCalls> = TableCalls[Name]['result'];

/** Each gives undefined if it could not be done; the page has then been told why. */
export interface TableLine {
  call<Name extends TableCallName>(name: Name, args: TableArgs<Name>): Promise<TableResult<Name> | undefined>;
  /** One seed of a cell, played again. */
  replay(cell: CellAddress, seed: number): Promise<CellSeed | undefined>;
  /** One episode of a baseline, played again with its log. */
  baseline(cell: CellAddress, episode: CellEpisode): Promise<BaselineEpisode | undefined>;
  /** Plays an episode in the lab, as the episode on view, to its end. */
  open(episode: CellEpisode, variant: VariantPlay): Promise<void>;
  /** Another policy of the site acts. */
  act(id: string): Promise<void>;
  cancel(): Promise<void>;
  /** Returns how to stop listening. */
  listen(listener: (state: TableState) => void): () => void;
}

export function isTableNews(news: News): news is TableNews {
  return news.kind === 'table';
}
