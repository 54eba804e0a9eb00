/**
 * A policy of the site in the seat of the one that acts. It is small: its weights are held on the host, from which any
 * device is given them; the adapter trained from it lies in a folder beside it, what was measured of both in its card.
 */
import type { Backend } from '../../engine/backend';
import { EngineError } from '../../engine/errors';
import type { BaseIdentity } from '../../engine/model/base-fingerprint';
import type { ModelConfig } from '../../engine/model/model-config';
import { MissingFileError, openAdapterFolder, type ReadFile } from '../../engine/model/model-folder';
import type { EngineModelOptions } from '../../engine/model/model-options';
import type { Adapter } from '../../engine/model/peft';
import type { SitePolicy } from '../../policies/site-policies';
import { toLabError } from '../lab-errors';
import { type ModelCard, readCard } from '../model-card';
import type { ActingSetup } from '../models-protocol';
import type { LabError } from '../protocol';
import type { SiteFolders } from '../site-files';
import { EngineActor } from './engine-actor';
import { type EngineSource, heldSource } from './engine-source';
import { changedSetup, MOST_CONTEXT, type SetupChoices, standardSetup } from './setup';

/** Everything of a policy of the site, on the host. */
export interface SiteFiles {
  readonly policy: SitePolicy;
  readonly source: EngineSource;
  /** Null: no adapter lies beside it, or none that can be used. */
  readonly shipped: Adapter | null;
  readonly card: ModelCard | null;
}

export interface SiteReading {
  readonly folders: SiteFolders;
  readonly decode: EngineModelOptions['decode'];
  /** An adapter that is there and cannot be used is told and left out. */
  readonly tell: (error: LabError) => void;
}

/** @throws what opening a model's folder throws */
export async function readSite(
  policy: SitePolicy,
  { folders, decode, tell }: SiteReading,
  say: (stage: 'model' | 'adapter', text: string) => void,
): Promise<SiteFiles> {
  const folder = folders(policy.folder);
  say('model', "Reading the policy's weights");
  const source = await heldSource(folder, policy.folder, decode);
  say('adapter', 'Reading the trained adapter');
  const beside = folders(policy.adapterFolder);
  if (policy.trainedAs !== 'trained') {
    // It is offered for its adapter's sake, and the card tells of another one.
    const shipped = await openAdapterFolder(source.config, beside, source.base);
    return { policy, source, shipped, card: null };
  }
  const shipped = await readShipped(source.config, beside, source.base, tell);
  return { policy, source, shipped, card: await readCard(folder) };
}

/**
 * What opens it, once there is room for it.
 * @throws LabRefusal `setup`
 */
export function siteOpening(
  files: SiteFiles,
  asked: Partial<ActingSetup> = {},
): (backend: Backend) => Promise<EngineActor> {
  const { policy, source, shipped, card } = files;
  const choices: SetupChoices = {
    thinking: false,
    bases: ['f32'],
    maxContextTokens: Math.min(MOST_CONTEXT, source.config.maxPositions),
  };
  const setup = changedSetup(standardSetup(choices, policy.episode), asked, choices, { constrain: true });
  const { id, title, name: policyName } = policy;
  const options = { id, title, policyName, source, shipped, choices, setup, site: { policy, card } };
  return (backend) => EngineActor.open(options, { backend });
}

/** The adapter that lies beside the model; null if none does, or none that can be used. */
async function readShipped(
  config: ModelConfig,
  folder: ReadFile,
  here: () => BaseIdentity,
  tell: (error: LabError) => void,
): Promise<Adapter | null> {
  try {
    return await openAdapterFolder(config, folder, here);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    if (!(error instanceof MissingFileError)) {
      const shown = toLabError(error);
      tell({ ...shown, message: `The adapter shipped with this site cannot be used: ${shown.message}` });
    }
    return null;
  }
}
