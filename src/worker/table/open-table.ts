/** The table's desk in the rooms of the lab; kept where the browser keeps things, else for as long as the tab lives. */
import { TableStore, TransientTable } from '../../storage/table-store';
import type { LabMemories } from '../memories';
import type { LabModels } from '../models';
import type { News } from '../protocol';
import type { TrainingSession } from '../training-session';
import type { Turns } from '../turns';
import { TableDesk } from './table-desk';

export interface LabTableRooms {
  readonly models: LabModels;
  readonly memories: LabMemories;
  readonly training: TrainingSession;
  readonly turns: Turns;
  readonly tell: (news: News) => void;
}

export function openTable({ models, memories, training, turns, tell }: LabTableRooms): TableDesk {
  return new TableDesk({
    models,
    trained: () => training.trained,
    rows: memories.database ? new TableStore(memories.database) : new TransientTable(),
    embedder: memories.embedder,
    turns,
    recover: async (lost) => {
      await training.recover(lost);
    },
    tell,
  });
}
