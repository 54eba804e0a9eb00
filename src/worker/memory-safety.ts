/**
 * The user's memories under watch: checked against the sentinel before anything is made anew, shared with other
 * tabs, backed up; and what all of it takes in the browser's storage. What is found lost or damaged, and what
 * cannot be written any more, is told.
 */

import { LogDamagedError } from '../memory/errors';
import type { SnapshotFiles } from '../memory/index/snapshot-files';
import { ROLLOUT_PREFIX } from '../memory/long-term-memory';
import type { Embedder } from '../memory/memory';
import { IdbRows } from '../memory/rows/idb-rows';
import type { MemoryRows } from '../memory/rows/rows';
import { type ClockTrouble, ClockWatch } from '../memory/safety/clock-watch';
import { ErasureMark } from '../memory/safety/erasing';
import { MemoryKeeper } from '../memory/safety/memory-keeper';
import { RowMeasure } from '../memory/safety/row-bytes';
import { SharedRows } from '../memory/safety/shared-rows';
import { Survey } from '../memory/safety/survey';
import { type MemoryChange, Tabs } from '../memory/safety/tabs';
import type { CheckpointStore } from '../storage/checkpoint-store';
import type { LabDatabase } from '../storage/database';
import { StorageClosedError } from '../storage/errors';
import { OpfsFolder } from '../storage/opfs-folder';
import { OpfsGrowingFiles } from '../storage/opfs-growing-files';
import type { StorageSource } from '../storage/storage-use';
import { TaskSetStore } from '../storage/task-set-store';
import { inUsersWords } from './desk/names';
import { toLabError } from './lab-errors';
import type { News } from './protocol';

export type Trouble = Omit<Extract<News, { kind: 'trouble' }>, 'kind'>;

export interface MemorySafety {
  readonly keeper: MemoryKeeper;
  /** Resolves when everything that was stored has been read through once. */
  readonly checked: Promise<void>;
  /** What is kept here, by kind. */
  readonly storage: readonly StorageSource[];
  readonly measure: RowMeasure;
  /** Whether acts are logged; null where there are no files at all. */
  readonly logged: boolean | null;
  readonly clock: ClockWatch;
  /** Changes of the user's memories, here and in other tabs. Returns how to stop listening. */
  onChange(listener: (change: MemoryChange) => void): () => void;
  /** A round of backing up has ended, or the storage cannot be used any more. */
  onKept(listener: () => void): void;
}

export async function watchMemories(
  database: LabDatabase,
  checkpoints: CheckpointStore,
  indexFiles: SnapshotFiles | undefined,
  tell: (trouble: Trouble) => void,
  embedder: (id: string) => Promise<Embedder>,
): Promise<{ readonly rows: MemoryRows; readonly safety: MemorySafety }> {
  const stored = new IdbRows(database);
  // Of this database: tests have others.
  const tabs = Tabs.open(database.name);
  const place = `${database.name}/safety`;
  const [folder, growing] = [await OpfsFolder.open(place), await OpfsGrowingFiles.open(place)];
  const isKept = (name: string) => !name.startsWith(ROLLOUT_PREFIX);
  const trouble = once(tell);
  const hearKept = new Set<() => void>();
  const tellKept = () => {
    for (const listener of hearKept) listener();
  };
  const clock = await ClockWatch.open(
    {
      folder,
      now: Date.now,
      tell: (which, message) =>
        tell({ fatal: false, error: { code: `clock-${which}`, message, whatToDo: CLOCK_ADVICE[which] } }),
      trouble,
    },
    (await stored.list()).filter(({ name }) => isKept(name)),
  );
  // A tab was closed while texts were erased for good: their vectors may still lie there. Also if that cannot be told.
  if (await new ErasureMark(folder).isSet().catch(() => true)) await indexFiles?.keepOnly([]).catch(trouble);
  const { keeper, complete } = await MemoryKeeper.open({
    rows: stored,
    survey: new Survey(database),
    folder,
    growing,
    tabs,
    isKept,
    embedder,
    announce: (name, { state, message }) =>
      tell({
        fatal: false,
        error: {
          code: `memory-${state}`,
          message: inUsersWords(message, name),
          whatToDo: 'Open the memory page: there it can be restored, or accepted as it is.',
        },
      }),
    acted: (record) => clock.acted(record),
    backedUp: tellKept,
    trouble,
  });
  database.onClosed(() => {
    keeper.close();
    tellKept();
  });
  const measure = new RowMeasure(database);
  const safety: MemorySafety = {
    keeper,
    checked: complete,
    storage: storageSources(measure, keeper, checkpoints, new TaskSetStore(database), indexFiles),
    measure,
    logged: folder && growing !== null,
    clock,
    onChange: (listener) => tabs.onChange(listener),
    onKept: (listener) => hearKept.add(listener),
  };
  return { rows: new SharedRows(stored, tabs, keeper, isKept), safety };
}

const CLOCK_ADVICE: Readonly<Record<ClockTrouble, string>> = {
  ahead: 'If the date is right there is nothing to do.',
  behind: "If the date is wrong, set the computer's clock and reload the page.",
};

/** What goes wrong in the background goes wrong again with every change; each kind of it is told once. */
function once(tell: (trouble: Trouble) => void): (error: unknown) => void {
  const told = new Set<string>();
  return (error) => {
    // The page was told when the connection ended.
    if (error instanceof StorageClosedError) return;
    const { code, message, whatToDo } = toLabError(error);
    if (told.has(code)) return;
    told.add(code);
    const behind =
      'The memory is kept, but its watch, its log and its backups cannot be brought up to date: ';
    const words = error instanceof LogDamagedError ? message : behind + message;
    tell({ fatal: false, error: { code: `watch-${code}`, message: words, whatToDo } });
  };
}

function storageSources(
  measure: RowMeasure,
  keeper: MemoryKeeper,
  checkpoints: CheckpointStore,
  taskSets: TaskSetStore,
  indexFiles: SnapshotFiles | undefined,
): readonly StorageSource[] {
  return [
    {
      kind: 'memories',
      loss: 'Everything that is remembered. Memories are deleted one by one, or a whole memory at a time.',
      measure: async () => (await measure.all()).memories,
    },
    {
      kind: 'journals',
      loss: 'The history of each memory: who wrote what when and why, earlier states, undo. It goes with its memory.',
      measure: async () => (await measure.all()).journals,
    },
    {
      kind: 'vectors',
      loss: 'Nothing that could not be made again from the texts. They go with their memory.',
      measure: async () => (await measure.all()).vectors,
    },
    {
      kind: 'checkpoints',
      loss: 'All saved training runs with their adapters and rollouts. Single ones are deleted where they are listed, under Training.',
      measure: async () => (await checkpoints.list()).reduce((sum, { bytes }) => sum + bytes, 0),
      remove: () => checkpoints.clear(),
    },
    {
      kind: 'task sets',
      loss: 'Tasks of your own. They are deleted a set at a time, under “Your own data”.',
      measure: async () => (await taskSets.list()).reduce((sum, { bytes }) => sum + bytes, 0),
    },
    {
      kind: 'backups',
      loss: 'What memories are restored from when the browser loses them: backups, and the log of what came after them. New ones are made with the next change.',
      measure: () => keeper.bytes(),
      remove: () => keeper.deleteBackups(),
    },
    {
      kind: 'index snapshots',
      loss: 'Nothing: the next start of a large memory takes longer, and makes them anew.',
      measure: async () => (await indexFiles?.size()) ?? 0,
      remove: async () => indexFiles?.keepOnly([]),
    },
  ];
}
