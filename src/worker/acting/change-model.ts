/**
 * Another model takes the place of the one that acts. What acted is let go of first: its run as its last checkpoint has
 * it, its open episode, its memory; so that no token of one is ever read by another. When opening fails or is
 * cancelled, the bundled policy acts again.
 */
import { ModelFileError, NonFiniteError } from '../../engine/errors';
import type { EpisodePlayer } from '../episodes';
import { LabRefusal } from '../lab-errors';
import type { LabModels } from '../models';
import { type ActingSetup, BUNDLED_MODEL } from '../models-protocol';
import type { News } from '../protocol';
import type { TrainingSession } from '../training-session';
import { prepareEngine } from './open-engine';
import { type ForeignProviders, openForeignActor } from './open-foreign';
import type { ModelKeeper } from './openable';

export interface ChangeRooms {
  readonly models: LabModels;
  readonly training: TrainingSession;
  readonly player: EpisodePlayer;
  readonly keeper: ModelKeeper;
  readonly providers: ForeignProviders;
  readonly tell: (news: News) => void;
}

/**
 * @throws LabRefusal `training-active`, `cancelled`, what `ModelKeeper.find` throws, with everything as it was; what
 *   opening throws, and the bundled one acts then
 */
export async function changeModel(
  rooms: ChangeRooms,
  id: string,
  asked: Partial<ActingSetup>,
  signal: AbortSignal,
): Promise<void> {
  const { models, training, player, keeper, providers, tell } = rooms;
  refuseWhileTraining(training);
  const onProgress = (text: string, done: number, total: number) =>
    tell({ kind: 'model-loading', id, text, done, total });
  const control = { signal, onProgress };
  let open: Parameters<LabModels['seat']>[0] = null;
  if (id !== BUNDLED_MODEL) {
    const model = await keeper.find(id);
    const { provider } = model;
    open =
      provider === 'engine'
        ? await prepareEngine(model, asked, models.backend, control).catch(asOfItsFiles)
        : () => openForeignActor(providers[provider], model, asked, control);
  }
  if (signal.aborted) throw cancelled('everything is as it was');
  await training.leave();
  await player.close();
  try {
    await models.seat(open);
    if (id === BUNDLED_MODEL) models.setUp({ ...models.active.setup, ...asked });
  } catch (error) {
    if (signal.aborted) throw cancelled('the bundled policy acts again');
    if (id === BUNDLED_MODEL) throw error;
    asOfItsFiles(error);
  }
}

/** Files of a model of one's own are not the site's, and mended otherwise. Throws what it is given, in those words. */
function asOfItsFiles(error: unknown): never {
  if (!(error instanceof ModelFileError || error instanceof NonFiniteError)) throw error;
  throw new LabRefusal(
    error.code,
    error.message,
    'Delete the model and fetch it again, or choose its folder once more, whole.',
  );
}

/** From the next episode on; the open one is dropped, and what the model has to be opened anew for is done so. */
export async function setUpModel(
  rooms: ChangeRooms,
  asked: Partial<ActingSetup>,
  signal: AbortSignal,
): Promise<void> {
  const { models, player, training } = rooms;
  const { id, setup } = models.active;
  const changed = { ...setup, ...asked };
  if (changed.base !== setup.base) return changeModel(rooms, id, changed, signal);
  // A step of a run is played as the one before it.
  refuseWhileTraining(training);
  models.setUp(changed);
  await player.close();
}

function refuseWhileTraining(training: TrainingSession): void {
  if (!training.active) return;
  throw new LabRefusal(
    'training-active',
    'A training run is under way, and it belongs to the model that acts as it is set up now.',
    'Stop it first. It can be gone on with when its model is open again.',
  );
}

const cancelled = (what: string) =>
  new LabRefusal('cancelled', `Opening the model was cancelled; ${what}.`, 'Open it again when you like.');
