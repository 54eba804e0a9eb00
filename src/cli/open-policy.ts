/** Opens the bundled policy (or another model folder) on a back end, with a new or a stored adapter. */
import type { BackendName } from '../engine/backend';
import type { FastPathChoices } from '../engine/fast-paths';
import {
  actingFingerprint,
  type BaseIdentity,
  shortFingerprint,
  storedFingerprint,
} from '../engine/model/base-fingerprint';
import { EngineModel } from '../engine/model/engine-model';
import type { LoraConfig, ModelConfig } from '../engine/model/model-config';
import { type OpenedFolder, openAdapterFolder, openFolder } from '../engine/model/model-folder';
import { ModelUseError } from '../engine/model/model-options';
import { type StoredAdapter, writeAdapter } from '../engine/model/peft';
import { readCatalogue } from '../engine/model/weight-catalogue';
import { EnginePolicy } from '../policies/engine-policy';
import { createBackend } from './backends';
import { directory } from './directory';
import { replaceFolder } from './replace-folder';

export interface OpenedPolicy {
  /** With the adapter on if there is one. */
  readonly policy: EnginePolicy;
  readonly model: EngineModel;
  readonly config: ModelConfig;
  readonly lora: LoraConfig | null;
  /** The base model: the folder it was opened from, and its fingerprint, read from its files when asked for. */
  readonly base: () => Promise<BaseIdentity>;
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
  const opened = await openFolder(directory(options.model));
  const base = async (): Promise<BaseIdentity> => ({
    name: options.model,
    fingerprint: await fingerprintOf(opened),
  });
  const adapter = options.adapter
    ? await openAdapterFolder(opened.config, directory(options.adapter), base)
    : null;
  if (adapter && options.adapter) warnOfUnknownBase(options.adapter, adapter, options.model);
  const lora = adapter?.lora ?? options.lora ?? null;
  const backend = await createBackend(options.backend, options);
  const model = await EngineModel.stream({
    backend,
    config: opened.config,
    source: opened.source,
    adapter: lora ?? undefined,
    adapterSeed: options.seed,
    decode: options.fastPaths?.decode === 'plain' ? 'plain' : 'fused',
  });
  if (adapter) model.loadAdapterTensors(adapter.tensors);
  const policy = new EnginePolicy(options.adapter ?? options.model, model, opened.chat, lora !== null);
  return { policy, model, config: opened.config, lora, base };
}

/** Tells of an adapter whose base can be checked by shape only, and of another name than the model at hand has. */
export function warnOfUnknownBase(folder: string, { base }: StoredAdapter, model: string): void {
  if (base.fingerprint !== null) return;
  const named =
    base.name === null || base.name === model
      ? ''
      : ` It names "${base.name}"; make sure that is this model.`;
  process.stderr.write(
    `${folder} does not say which weights it was trained on; its shapes fit ${model}, more cannot be checked.${named}\n`,
  );
}

/** Of the weights of a folder, read piece by piece. */
export async function fingerprintOf({
  config,
  source,
}: Pick<OpenedFolder, 'config' | 'source'>): Promise<string> {
  return storedFingerprint(config, source, await readCatalogue(source, config));
}

/** Short fingerprint of the weights that act (`actingFingerprint`). */
export async function weightsFingerprint({ base, config, lora, model }: OpenedPolicy): Promise<string> {
  const { fingerprint } = await base();
  return actingFingerprint(config, fingerprint, lora ? await model.adapterTensors() : null);
}

/** The same of a model's folder without an adapter, which is not put on a device for it. */
export async function folderFingerprint(folder: string): Promise<string> {
  return shortFingerprint(await fingerprintOf(await openFolder(directory(folder))));
}

/** Writes the model's adapter in PEFT layout; a kill leaves the adapter that was there, or the new one. */
export async function saveAdapter(opened: OpenedPolicy, folder: string): Promise<void> {
  if (!opened.lora)
    throw new ModelUseError(
      'no-adapter',
      'This policy has no adapter to save: open it with one, new (lora) or stored (adapter).',
    );
  const tensors = await opened.model.adapterTensors();
  const adapter = { lora: opened.lora, tensors };
  await replaceFolder(folder, { ...writeAdapter(opened.config, adapter, await opened.base()) });
}
