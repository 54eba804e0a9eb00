/** The site's own model for another library: the policy as it is played, its adapter merged in. */
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { ensureWasm } from '../../../scripts/build-wasm.mjs';
import { directory } from '../../cli/directory';
import type { Adapter } from '../../engine/model/peft';
import { ONNX_FILE, onnxFolder } from '../../engine/onnx/onnx-folder';
import { WasmBackend } from '../../engine/wasm/wasm-backend';
import { LabModels } from '../models';
import { modelPlaces } from './model-places';

beforeAll(() => ensureWasm());

const part = (name: string) => directory(fileURLToPath(new URL(`../../../public/${name}`, import.meta.url)));

test('the bundled policy as ONNX is the one that is played, not its base', async () => {
  const troubles: unknown[] = [];
  const tell = (trouble: unknown) => troubles.push(trouble);
  const models = await LabModels.open(
    { folders: part, decode: 'fused', tell },
    await WasmBackend.create({ threads: 1 }),
    () => {},
  );
  const { siteOnnx } = modelPlaces({ site: 'http://localhost/' }, models, part, tell);
  const { files, fileNames } = await siteOnnx();
  expect(fileNames).toContain('tokenizer.json');
  const size = (await files.size(ONNX_FILE)) ?? 0;
  const made = Buffer.from(await files.read(ONNX_FILE, 0, size));
  const exported = async (adapter?: Adapter) => {
    const folder = await onnxFolder(part('policy'), { adapter });
    return Buffer.from(folder[ONNX_FILE]);
  };
  expect(models.shipped).not.toBeNull();
  expect(made.equals(await exported(models.shipped ?? undefined))).toBe(true);
  expect(made.equals(await exported())).toBe(false);
  expect(troubles).toEqual([]);
});
