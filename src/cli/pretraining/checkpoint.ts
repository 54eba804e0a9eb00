/** Checkpoints of a pretraining run: one safetensors file, replaced in one step so that a kill loses nothing. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdapterState } from '../../engine/language-model';
import { namedFloats, readSafetensors } from '../../engine/model/safetensors';
import { writeSafetensors } from '../../engine/model/safetensors-writer';
import type { Recipe } from './recipe';

export interface PretrainCheckpoint {
  /** See `runKey`; a checkpoint of another run must not be continued. */
  readonly key: string;
  /** Updates made. */
  readonly update: number;
  /** Tokens read by then; absent in checkpoints that were written before it was kept. */
  readonly tokens?: number;
  readonly state: AdapterState;
}

const FILE = 'checkpoint.safetensors';

/**
 * Of all that the numbers of a run follow from.
 * @param from fingerprint of the model that it begins from; left out: from nothing
 */
export function runKey(recipe: Recipe, seed: number, from?: string): string {
  return JSON.stringify({ recipe, seed, from });
}

export async function writeCheckpoint(folder: string, checkpoint: PretrainCheckpoint): Promise<void> {
  const { params, m, v, updates } = checkpoint.state;
  const { key, update, tokens } = checkpoint;
  const vector = (data: Float32Array) => ({ shape: [data.length], data });
  const bytes = writeSafetensors(
    new Map([
      ['params', vector(params)],
      ['m', vector(m)],
      ['v', vector(v)],
    ]),
    {
      dtype: 'F32',
      metadata: {
        key,
        update: String(update),
        updates: String(updates),
        ...(tokens === undefined ? {} : { tokens: String(tokens) }),
      },
    },
  );
  const path = join(folder, FILE);
  await writeFile(`${path}.new`, bytes);
  await rename(`${path}.new`, path);
}

/** Nothing to go on from, or not a checkpoint of a pretraining run. */
export class PretrainCheckpointError extends Error {
  override readonly name = 'PretrainCheckpointError';
}

/** Throws `PretrainCheckpointError`; `ModelFileError` for a damaged file. */
export async function readCheckpoint(folder: string): Promise<PretrainCheckpoint> {
  const file = readSafetensors(await readBytes(folder));
  const tensors = namedFloats(file);
  const missing = (name: string) =>
    new PretrainCheckpointError(`The checkpoint in ${folder} has no "${name}"; start without --resume.`);
  const get = (name: string) => {
    const tensor = tensors.get(name);
    if (!tensor) throw missing(name);
    return tensor.data;
  };
  const note = (name: string) => {
    const text = file.metadata.get(name);
    if (text === undefined) throw missing(name);
    return text;
  };
  const tokens = file.metadata.get('tokens');
  return {
    key: note('key'),
    update: Number(note('update')),
    ...(tokens === undefined ? {} : { tokens: Number(tokens) }),
    state: { params: get('params'), m: get('m'), v: get('v'), updates: Number(note('updates')) },
  };
}

async function readBytes(folder: string): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, FILE));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new PretrainCheckpointError(`There is no checkpoint in ${folder}; start without --resume.`);
    }
    throw error;
  }
}
