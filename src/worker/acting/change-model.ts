/**
 * Another model takes the place of the one that acts. What acted is let go of first: its run as its last checkpoint has
 * it, its open episode, its memory; so that no token of one is ever read by another. When opening fails or is
 * cancelled, the bundled policy acts again.
 */
import { ModelFileError, NonFiniteError } from '../../engine/errors';
import { type SitePolicy, sitePolicy } from '../../policies/site-policies';
import type { EpisodePlayer } from '../episodes';
import { LabRefusal } from '../lab-errors';
import type { LabModels } from '../models';
import type { ActingSetup } from '../models-protocol';
import type { News } from '../protocol';
import type { TrainingSession } from '../training-session';
import { prepareEngine } from './open-engine';
import { type ForeignProviders, openForeignActor } from './open-foreign';
import type { ModelKeeper, OpenableModel } from './openable';

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
  const policy = sitePolicy(id);
  const open = policy
    ? await models.site(policy, asked, (text) => onProgress(text, 0, 0)).catch(asOfTheSite(policy))
    : await openingOf(await keeper.find(id));
  if (signal.aborted) throw cancelled('everything is as it was');
  await training.leave();
  await player.close();
  try {
    await models.seat(open);
  } catch (error) {
    if (signal.aborted) throw cancelled('the bundled policy acts again');
    if (policy) throw error;
    asOfItsFiles(error);
  }

  async function openingOf(model: OpenableModel): Promise<Parameters<LabModels['seat']>[0]> {
    const { provider } = model;
    return provider === 'engine'
      ? prepareEngine(model, asked, models.backend, control).catch(asOfItsFiles)
      : () => openForeignActor(providers[provider], model, asked, control);
  }
}

const ABSENT: ReadonlySet<string> = new Set(['file-missing', 'file-unreachable']);

/** Part of the site, and not here: left out of the lab in one file, or never used while there was a network. */
function asOfTheSite({ title }: SitePolicy): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof ModelFileError && ABSENT.has(error.code))) throw error;
    throw new LabRefusal(
      error.code,
      `${title} is not here: ${error.message}`,
      'Use the lab from its site: once it has acted there it works without a network too.',
    );
  };
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
