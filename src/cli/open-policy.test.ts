/** A model folder in shards: opened, evaluated and exported as the same model in one file. */
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ensureWasm } from '../../scripts/build-wasm.mjs';
import { baseFingerprint } from '../engine/model/base-fingerprint';
import { openModelFolder } from '../engine/model/model-folder';
import { writeAdapter } from '../engine/model/peft';
import { namedFloats, readSafetensors } from '../engine/model/safetensors';
import { writeSafetensors } from '../engine/model/safetensors-writer';
import { onnxFolder } from '../engine/onnx/onnx-folder';
import { directory } from './directory';
import { openPolicy, saveAdapter } from './open-policy';
import { replaceFolder } from './replace-folder';

const WHOLE = 'public/policy';
const SMALL = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];
let sharded = '';

beforeAll(async () => {
  await ensureWasm();
  sharded = await mkdtemp(join(tmpdir(), 'sharded-'));
  for (const name of SMALL) await copyFile(join(WHOLE, name), join(sharded, name));
  const tensors = [...namedFloats(readSafetensors(await readFile(join(WHOLE, 'model.safetensors'))))];
  const half = tensors.length >> 1;
  const map: Record<string, string> = {};
  for (const [i, part] of [tensors.slice(0, half), tensors.slice(half)].entries()) {
    const file = `model-0000${i + 1}-of-00002.safetensors`;
    for (const [name] of part) map[name] = file;
    await writeFile(join(sharded, file), writeSafetensors(new Map(part), { dtype: 'F16' }));
  }
  await writeFile(join(sharded, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
});
afterAll(() => rm(sharded, { recursive: true }));

it('opens as the policy it is, with the fingerprint of its weights', async () => {
  const [one, two] = [
    await openPolicy({ model: WHOLE, backend: 'wasm', threads: 1 }),
    await openPolicy({ model: sharded, backend: 'wasm', threads: 1 }),
  ];
  const ids = [[1, 2, 3, 4, 5]];
  expect((await two.model.inspect(ids)).logits).toEqual((await one.model.inspect(ids)).logits);
  const { config, weights } = await openModelFolder(directory(WHOLE));
  const fingerprint = baseFingerprint(config, weights);
  expect(await one.base()).toEqual({ name: WHOLE, fingerprint });
  expect(await two.base()).toEqual({ name: sharded, fingerprint });
});

it('saves an adapter that names its base, and tells of one that does not', async () => {
  const [own, foreign] = [join(sharded, 'own'), join(sharded, 'foreign')];
  const lora = { r: 2, alpha: 4, rslora: false, targetModules: ['q_proj' as const] };
  const opened = await openPolicy({ model: sharded, backend: 'wasm', threads: 1, lora });
  await saveAdapter(opened, own);
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    // The same weights in one file.
    await openPolicy({ model: WHOLE, backend: 'wasm', threads: 1, adapter: own });
    expect(said).not.toHaveBeenCalled();
    const adapter = { lora, tensors: await opened.model.adapterTensors() };
    await replaceFolder(foreign, {
      ...writeAdapter(opened.config, adapter, { name: 'org/other', fingerprint: null }),
    });
    await openPolicy({ model: WHOLE, backend: 'wasm', threads: 1, adapter: foreign });
    expect(said.mock.calls.join()).toMatch(/does not say which weights.*"org\/other"/);
  } finally {
    said.mockRestore();
  }
});

it('has the weights of the one file, in their order, and the same export', async () => {
  const [one, two] = [await openModelFolder(directory(WHOLE)), await openModelFolder(directory(sharded))];
  expect([...two.weights.keys()]).toEqual([...one.weights.keys()]);
  expect(baseFingerprint(two.config, two.weights)).toBe(baseFingerprint(one.config, one.weights));
  const [ours, theirs] = [await onnxFolder(directory(sharded)), await onnxFolder(directory(WHOLE))];
  expect(Object.keys(ours)).toEqual(Object.keys(theirs));
  for (const [name, bytes] of Object.entries(ours)) {
    expect(Buffer.from(bytes).equals(theirs[name]), name).toBe(true);
  }
});
