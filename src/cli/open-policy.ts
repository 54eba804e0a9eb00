/** Opens the bundled policy (or another model folder) on a back end, with a new or a stored adapter. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackendName } from '../engine/backend';
import type { FastPathChoices } from '../engine/fast-paths';
import { type BaseIdentity, baseFingerprint } from '../engine/model/base-fingerprint';
import { EngineModel } from '../engine/model/engine-model';
import type { LoraConfig, ModelConfig } from '../engine/model/model-config';
import {
  MissingFileError,
  openAdapterFolder,
  openModelFolder,
  type ReadFile,
} from '../engine/model/model-folder';
import { writeAdapter } from '../engine/model/peft';
import { EnginePolicy } from '../policies/engine-policy';
import { createBackend } from './backends';
import { replaceFolder } from './replace-folder';

export interface OpenedPolicy {
  /** With the adapter on if there is one. */
  readonly policy: EnginePolicy;
  readonly model: EngineModel;
  readonly config: ModelConfig;
  readonly lora: LoraConfig | null;
  /** The base model: the folder it was opened from, and its fingerprint, computed when asked for. */
  readonly base: () => BaseIdentity;
}

export interface OpenPolicyOptions {
  readonly model: string;
  readonly backend: BackendName;
  readonly threads?: number;
  readonly fastPaths?: FastPathChoices;
  /** A stored adapter in PEFT layout. */
  readonly adapter?: string;
  /** Or a new one, from this seed. */
  readonly lora?: LoraConfig;
  readonly seed?: number;
}

export async function openPolicy(options: OpenPolicyOptions): Promise<OpenedPolicy> {
  const opened = await openModelFolder(directory(options.model));
  const base = (): BaseIdentity => ({
    name: options.model,
    fingerprint: baseFingerprint(opened.config, opened.weights),
  });
  const adapter = options.adapter
    ? await openAdapterFolder(opened.config, directory(options.adapter), base)
    : null;
  const lora = adapter?.lora ?? options.lora ?? null;
  const backend = await createBackend(options.backend, options);
  const model = await EngineModel.open({
    backend,
    config: opened.config,
    weights: opened.weights,
    adapter: lora ?? undefined,
    adapterSeed: options.seed,
    trainable: 'adapter',
    decode: options.fastPaths?.decode === 'plain' ? 'plain' : 'fused',
  });
  if (adapter) model.loadAdapterTensors(adapter.tensors);
  const policy = new EnginePolicy(options.adapter ?? options.model, model, opened.chat, lora !== null);
  return { policy, model, config: opened.config, lora, base };
}

/** Writes the model's adapter in PEFT layout; a kill leaves the adapter that was there, or the new one. */
export async function saveAdapter(opened: OpenedPolicy, folder: string): Promise<void> {
  if (!opened.lora) throw new Error('This policy has no adapter to save.');
  const tensors = await opened.model.adapterTensors();
  const adapter = { lora: opened.lora, tensors };
  await replaceFolder(folder, { ...writeAdapter(opened.config, adapter, opened.base()) });
}

/** The files of a folder on disk. */
export function directory(folder: string): ReadFile {
  return async (name) => {
    try {
      return new Uint8Array(await readFile(join(folder, name)));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
        throw new MissingFileError(name, `in ${folder}`);
      }
      throw error;
    }
  };
}
