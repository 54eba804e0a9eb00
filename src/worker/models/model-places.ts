/** Where the models of a lab come from: the hub or a folder of the site, the site's own policy, this device. */
import type { BackendInfo } from '../../engine/backend';
import { EngineError, type MemoryGrant } from '../../engine/errors';
import { readModelConfig } from '../../engine/model/config';
import { readJsonObject } from '../../engine/model/json-file';
import type { ModelConfig } from '../../engine/model/model-config';
import { HubError } from '../../hub/errors';
import { type Hub, huggingFace, siteHub } from '../../hub/hub';
import { BUNDLED_POLICY, SITE_POLICIES, type SitePolicy } from '../../policies/site-policies';
import type { LabModels } from '../models';
import type { Args, News } from '../protocol';
import { type SiteFolders, sitePolicies } from '../site-files';
import type { ModelPlaces } from './model-desk';

type Where = Pick<Args<'init'>, 'site' | 'files' | 'hub'>;

/** A hub that cannot be meant is told, and the Hugging Face hub taken in its place. */
export function modelPlaces(
  { site, files, hub }: Where,
  models: LabModels,
  folders: SiteFolders,
  tell: (news: News) => void,
): ModelPlaces {
  const here = new Set(sitePolicies({ site, files }).flatMap((policy) => (policy.here ? [policy.id] : [])));
  const shapeOf = shapesOf(models, folders);
  const offered = SITE_POLICIES.filter(({ id }) => here.has(id));
  return {
    hub: hubOf(hub ?? null, files ? null : new URL(site), tell),
    active: () => models.active,
    grant: () => grantOf(models.backend.info),
    sitePolicies: () =>
      Promise.all(offered.map(async (policy) => ({ policy, shape: await shapeOf(policy) }))),
    // Loaded when it is wanted: an export of weights is no part of opening the lab. With its adapter, as it is played.
    siteOnnx: async () => {
      const { siteModel } = await import('../../policies/transformers/site-model');
      return siteModel(folders(BUNDLED_POLICY.folder), models.shipped ?? undefined);
    },
    runtime: async (provider) => {
      if (files || provider === 'engine') return [];
      return provider === 'transformers'
        ? (await import('../../policies/transformers/open-transformers')).transformersRuntime()
        : (await import('../../policies/web-llm/open-web-llm')).webLlmRuntime();
    },
    engineOnly: files !== undefined,
  };
}

/** Read once. Null where it cannot be: the policy is offered all the same, and says why when it is opened. */
function shapesOf(
  models: LabModels,
  folders: SiteFolders,
): (policy: SitePolicy) => Promise<ModelConfig | null> {
  const known = new Map<string, ModelConfig>([[BUNDLED_POLICY.id, models.bundledShape]]);
  return async ({ id, folder }) => {
    try {
      const file = 'config.json';
      const shape = known.get(id) ?? readModelConfig(readJsonObject(await folders(folder)(file), file));
      known.set(id, shape);
      return shape;
    } catch (error) {
      if (error instanceof EngineError) return null;
      throw error;
    }
  };
}

function hubOf(folder: string | null, site: URL | null, tell: (news: News) => void): Hub {
  const hub = huggingFace((request) => tell({ kind: 'foreign-request', ...request }));
  if (folder === null) return hub;
  try {
    if (site) return siteHub(folder, site);
    throw new HubError(
      'hub-elsewhere',
      `?hub=${folder}: the lab in one file has no folders.`,
      'Choose the folder of a model on this machine.',
    );
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    const { code, message, whatToDo } = error;
    tell({ kind: 'trouble', error: { code, message, whatToDo }, fatal: false });
    return hub;
  }
}

function grantOf({ bufferBytes, memoryBytes }: BackendInfo): MemoryGrant {
  return { bufferBytes: bufferBytes ?? Number.POSITIVE_INFINITY, totalBytes: memoryBytes ?? null };
}
