/** Where the models of a lab come from: the hub or a folder of the site, the site's own policy, this device. */
import type { BackendInfo } from '../../engine/backend';
import type { MemoryGrant } from '../../engine/errors';
import type { ReadFile } from '../../engine/model/model-folder';
import { HubError } from '../../hub/errors';
import { type Hub, huggingFace, siteHub } from '../../hub/hub';
import type { LabModels } from '../models';
import type { Args, News } from '../protocol';
import type { ModelPlaces } from './model-desk';

type Where = Pick<Args<'init'>, 'site' | 'files' | 'hub'>;

/** A hub that cannot be meant is told, and the Hugging Face hub taken in its place. */
export function modelPlaces(
  { site, files, hub }: Where,
  models: LabModels,
  policy: ReadFile,
  tell: (news: News) => void,
): ModelPlaces {
  const shape = models.config;
  return {
    hub: hubOf(hub ?? null, files ? null : new URL(site), tell),
    active: () => models.active,
    grant: () => grantOf(models.backend.info),
    bundledShape: shape,
    // Loaded when it is wanted: an export of weights is no part of opening the lab. With its adapter, as it is played.
    siteOnnx: async () => {
      const { siteModel } = await import('../../policies/transformers/site-model');
      return siteModel(policy, models.shipped ?? undefined);
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
