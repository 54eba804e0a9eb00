/** The files of a run, out and in: what the page offers to save, and the zip it takes. Loaded when asked for. */
import { LIMITS } from '../../memory/exchange/limits';
import { fileWords } from '../file-words';
import { LabRefusal } from '../lab-errors';
import type { Result } from '../protocol';
import { type LoadedRun, loadRollouts, type RunStore } from '../run-checkpoint';
import type { RunFileKind } from '../runs-protocol';
import { metricsCsv } from './metrics-csv';
import { nameOf } from './run-list';
import {
  checkSize,
  METRICS_FILE,
  type RunModel,
  readRunZip,
  TRAJECTORIES_FILE,
  type WholeRun,
  writeAdapterZip,
  writeRunZip,
} from './run-zip';
import { joinRollouts, newestFitting } from './trajectories';

/** @throws LabRefusal `no-rollouts`, BaseMismatchError */
export async function writeRunFile(
  model: RunModel,
  store: RunStore,
  run: LoadedRun,
  what: RunFileKind,
): Promise<Result<'exportRun'>> {
  const name = await nameOf(store, run.runId);
  const stem = fileWords(name ?? '', `run-${run.runId.slice(0, 8)}`);
  const file = (suffix: string, type: string, contents: Uint8Array | string) => ({
    file: `${stem}-${suffix}`,
    data: new Blob([contents as Uint8Array<ArrayBuffer> | string], { type }),
    leftOut: 0,
    damaged: 0,
  });
  switch (what) {
    case 'metrics':
      return file(METRICS_FILE, 'text/csv', metricsCsv(run.metrics, run.heldOut));
    case 'adapter':
      return file('adapter.zip', 'application/zip', writeAdapterZip(model, run));
    case 'trajectories': {
      const { kept, damaged } = await loadRollouts(store, run);
      if (kept.length > 0) {
        return { ...file(TRAJECTORIES_FILE, 'application/x-ndjson', joinRollouts(kept)), damaged };
      }
      if (damaged > 0) {
        throw new LabRefusal(
          'no-rollouts',
          'All that is kept of the rollouts of this run is damaged.',
          'The run itself is whole: export it as a zip, or train another step of it; its rollouts are kept from then on.',
        );
      }
      throw new LabRefusal(
        'no-rollouts',
        'No rollouts of this run are kept: it has made no step, or was trained by an earlier version of this page.',
        'Train a step of it; its rollouts are kept from then on.',
      );
    }
    case 'zip': {
      const { kept, damaged } = await loadRollouts(store, run);
      const rollouts = newestFitting(kept, LIMITS.fileBytes);
      const zip = file('run.zip', 'application/zip', writeRunZip(model, { run, name, rollouts }));
      return { ...zip, leftOut: kept.length - rollouts.length, damaged };
    }
  }
}

/** @throws LabRefusal, BaseMismatchError; they say what is wrong, and nothing was imported */
export async function readRunFile(model: RunModel, data: Blob): Promise<WholeRun> {
  checkSize(data.size);
  return readRunZip(model, new Uint8Array(await data.arrayBuffer()));
}
