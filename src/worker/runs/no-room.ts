/** A run that could not be saved for want of room: what takes it, in sizes, and what can be done about it. */
import type { StorageFullError } from '../../storage/errors';
import { storageUse } from '../../storage/storage-use';
import type { LabError } from '../protocol';
import type { RunStore } from '../run-checkpoint';
import { keptRuns } from './run-list';

/** The page offers the list of runs where it meets this. */
export const NO_ROOM = 'run-no-room';

export async function noRoomForRun(error: StorageFullError, store: RunStore): Promise<LabError> {
  const { runs } = await keptRuns(store);
  const { used: taken, quota } = await storageUse([]);
  const all = runs.reduce((sum, { bytes }) => sum + bytes, 0);
  const kept =
    runs.length === 0
      ? 'No other run is kept here'
      : `${runs.length === 1 ? 'One run is' : `${runs.length} runs are`} kept here, ${megabytes(all)} together, the largest ${megabytes(Math.max(...runs.map(({ bytes }) => bytes)))}`;
  const used =
    taken === null || quota === null
      ? ''
      : `; this site uses ${megabytes(taken)} of the ${megabytes(quota)} the browser grants it`;
  return {
    code: NO_ROOM,
    message: `The run goes on, but its last step could not be saved: ${error.message} ${kept}${used}.`,
    whatToDo:
      'Export and delete a run you no longer need under “Runs kept in this browser”: the next step then saves this one. Until it is saved, closing the tab or starting another run loses it.',
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
