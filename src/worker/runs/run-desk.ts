/**
 * What the calls of runs-protocol.ts do. All but opening a run leave model and training alone and wait for neither.
 * Files are read and written by scripts that come when the first is: most visits neither export nor import.
 */
import { openTaskFamily } from '../../tasks/registry';
import { fileWords } from '../file-words';
import { LabRefusal } from '../lab-errors';
import type { LabMemories } from '../memories';
import type { LabModels } from '../models';
import { PEOPLE, type TaskSource } from '../own/task-source';
import type { Args, CheckpointFacts, Result } from '../protocol';
import { describeRun, type LoadedRun, loadRun, type RunStore, saveRun, slotOf } from '../run-checkpoint';
import { newRunId } from '../run-parts';
import type { RunCurves, RunFileKind, RunList, RunsCalls } from '../runs-protocol';
import type { TrainingSession } from '../training-session';
import { keptRuns, nameOf, nameRun } from './run-list';

export type RunHandlers = {
  readonly [Name in Exclude<keyof RunsCalls, 'openRun'>]: (
    args: RunsCalls[Name]['args'],
  ) => Promise<RunsCalls[Name]['result']>;
};

interface Rooms {
  readonly models: LabModels;
  readonly tasks: TaskSource;
  readonly memories: LabMemories;
  readonly training: TrainingSession;
}

export class RunDesk {
  /** What was deleted last. */
  private taken: Awaited<ReturnType<RunStore['take']>> | null = null;

  /** @param find throws as long as they are not open */
  constructor(private readonly find: () => Rooms) {}

  readonly handlers: RunHandlers = {
    listRuns: () => this.list(),
    renameRun: async ({ id, name }) => {
      await nameRun(this.store(), id, name);
      return this.list();
    },
    deleteRun: ({ id }) => this.delete(id),
    restoreRun: async () => {
      const { taken } = this;
      if (!taken) throw new LabRefusal('nothing-to-undo', 'No run was deleted here.', 'Look at the list.');
      // A deletion made meanwhile is the last one then.
      this.taken = null;
      try {
        await this.store().giveBack(taken);
      } catch (error) {
        this.taken ??= taken;
        throw error;
      }
      return this.list();
    },
    readRuns: ({ ids }) => this.read(ids),
    exportRun: ({ id, what }) => this.export(id, what),
    importRun: ({ data }) => this.import(data),
    exportForScale: (args) => this.exportForScale(args),
    importAdapter: ({ files }) => this.importAdapter(files),
  };

  /** The run takes the place of the one on view. */
  async open({ training }: Rooms, id: string): Promise<CheckpointFacts> {
    const run = await this.load(id);
    await training.open(run);
    return describeRun(run);
  }

  private store(): RunStore {
    const { checkpoints } = this.find().memories;
    if (checkpoints) return checkpoints;
    throw new LabRefusal(
      'no-runs',
      'This browser keeps no runs: its storage cannot be used here.',
      'Leave private browsing, or allow this site to keep data.',
    );
  }

  private async list(): Promise<RunList> {
    const { memories, models, training } = this.find();
    if (!memories.checkpoints) return { runs: [], damaged: [], onView: null, kept: false };
    const kept = await keptRuns(memories.checkpoints, models.baseHere);
    const onView = kept.runs.some(({ id }) => id === training.runId) ? training.runId : null;
    return { ...kept, onView, kept: true };
  }

  /** Throws `LabRefusal` `no-such-run`, `CheckpointError`. */
  private async load(id: string): Promise<LoadedRun> {
    const run = await loadRun(this.store(), id);
    if (run) return run;
    throw new LabRefusal(
      'no-such-run',
      'This run is not kept any more: it was deleted, here or in another tab.',
      'Look at the list again.',
    );
  }

  private async delete(id: string): Promise<RunList> {
    const { training } = this.find();
    if (training.active && training.runId === id) {
      throw new LabRefusal('run-in-use', 'This run is being trained.', 'Stop it first.');
    }
    this.taken = await this.store().take(slotOf(id));
    return this.list();
  }

  private async read(ids: readonly string[]): Promise<readonly RunCurves[]> {
    const curves: RunCurves[] = [];
    for (const id of ids) {
      const { settings, config, metrics, heldOut } = await this.load(id);
      curves.push({ id, settings, config, metrics, heldOut });
    }
    return curves;
  }

  private async export(id: string, what: RunFileKind): Promise<Result<'exportRun'>> {
    const run = await this.load(id);
    const { writeRunFile } = await import('./run-files');
    return writeRunFile(this.find().models, this.store(), run, what);
  }

  private async import(data: Args<'importRun'>['data']): Promise<Result<'importRun'>> {
    const store = this.store();
    const { readRunFile } = await import('./run-files');
    const { run, name, rollouts } = await readRunFile(this.find().models, data);
    const slot = slotOf(run.runId);
    const copied = (await store.names(slot)).has(slot);
    const id = copied ? newRunId() : run.runId;
    await saveRun(store, { ...run, runId: id }, rollouts, name);
    return { list: await this.list(), id, copied };
  }

  private async exportForScale({ id, ...counts }: Args<'exportForScale'>): Promise<Result<'exportForScale'>> {
    const run = await this.load(id);
    const { models, tasks } = this.find();
    const name = await nameOf(this.store(), id);
    const stem = fileWords(name ?? '', `run-${id.slice(0, 8)}`);
    const { writeTrainingExport } = await import('../scale/training-export');
    const source = await tasks.forExport(run.settings.taskSet);
    await openTaskFamily(run.settings.taskFamily ?? PEOPLE);
    const { zip, ...written } = writeTrainingExport(models, run, source, counts, `${stem}-at-scale`);
    const data = new Blob([zip as Uint8Array<ArrayBuffer>], { type: 'application/zip' });
    return { file: `${stem}-at-scale.zip`, data, ...written };
  }

  private async importAdapter(files: Args<'importAdapter'>['files']): Promise<Result<'importAdapter'>> {
    const store = this.store();
    const { readAdapterFiles } = await import('./adapter-import');
    const { run, name, baseKnown } = await readAdapterFiles(this.find().models, files);
    await saveRun(store, run, [], name);
    return { list: await this.list(), id: run.runId, baseKnown };
  }
}
