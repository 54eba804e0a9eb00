/**
 * The self-check of many tokens a dispatch refuses a kernel that is wrong in any one of the things that it
 * is there for. The faults are put into the text that the driver compiles.
 */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { DeviceLostError } from '../errors';
import { EngineModel } from '../model/engine-model';
import { LORA_MODULES, type ModelConfig } from '../model/model-config';
import { randomWeights, TINY } from '../model/tiny-model.fixture';
import { WebGpuBackend } from './webgpu-backend';

const CONFIG: ModelConfig = { ...TINY, vocabSize: 52, hiddenSize: 16, headDim: 8 };
const compile = GPUDevice.prototype.createShaderModule;

afterEach(() => {
  GPUDevice.prototype.createShaderModule = compile;
});

/** Replaces a piece of the kernel from now on; tells how often it was found. */
function breakKernel(from: string, to: string): { times: number } {
  const found = { times: 0 };
  GPUDevice.prototype.createShaderModule = function (descriptor) {
    const { code, label = '' } = descriptor;
    if (!label.startsWith('decode-tokens')) return compile.call(this, descriptor);
    found.times += code.split(from).length - 1;
    return compile.call(this, { ...descriptor, code: code.replace(from, to) });
  };
  return found;
}

/** Of one device; a kernel is compiled for its longest context, so each test opens another one. */
let backend: WebGpuBackend;

beforeAll(async () => {
  backend = await WebGpuBackend.create();
});

afterAll(() => backend.dispose());

async function open(maxPositions: number, on = backend) {
  const config = { ...CONFIG, maxPositions };
  const adapter = { r: 4, alpha: 8, rslora: false, targetModules: LORA_MODULES };
  return EngineModel.open({ backend: on, config, weights: randomWeights(config, 3), adapter });
}

test('the kernel as it is passes, for a model of few positions too; the adapter stays as it was', async () => {
  for (const positions of [260, 2]) {
    const model = await open(positions);
    expect(model.decodePath).toMatchObject({ state: 'on' });
    for (const [name, { data }] of await model.adapterTensors()) {
      if (name.endsWith('lora_B.weight')) expect(data.every((value) => value === 0)).toBe(true);
    }
    expect(model.updates).toBe(0);
    model.dispose();
  }
});

const FAULTS = [
  ['LoRA of one matrix of seven', 262, '+ expand_low(layer, DOWN, 0, o)', ''],
  ['keys far back', 263, 'for (var j = 0u; j < keys; j++) {', 'for (var j = 0u; j < min(keys, 32u); j++) {'],
  ['where to stop', 265, 'let stops = id', 'let stops = id != VOCAB || id'],
  ['LoRA', 261, 'return params.lora_scale * sum;', 'return 0.0 * sum;'],
  ['late positions', 264, 'let angle = position * half_dim', 'let angle = min(position, 30u) * half_dim'],
  ['the greedy choice', 266, 'if (params.greedy == 0) {', 'if (params.greedy < 2) {'],
  ['the last token within a dispatch', 267, 'now[2] = i32(id);', ''],
  ['the state from one dispatch to the next', 268, 'state[row * 8 + lane] = now[lane];', ''],
] as const;
/** A software driver takes seconds to compile each. */
const TRIED = import.meta.env.VITE_SOAK ? FAULTS : FAULTS.slice(0, 3);

test.each(TRIED)('a kernel that is wrong about %s is refused', async (_, positions, from, to) => {
  const found = breakKernel(from, to);
  const model = await open(positions);
  expect(found.times).toBe(1);
  expect(model.decodePath).toMatchObject({ state: 'refused' });
  expect(model.decoding).toMatch(/one pass a token: .* failed its check/);
  const [{ tokens }] = await model.generate([{ promptIds: [1, 2], seed: 1 }], {
    temperature: 1,
    maxNewTokens: 2,
    stopIds: [],
  });
  expect(tokens).toHaveLength(2);
  model.dispose();
});

test('a device that is lost during the check, and only then, is not held against the kernel', async () => {
  const losing = await WebGpuBackend.create({ products: 'tiles' });
  let checking = false;
  GPUDevice.prototype.createShaderModule = function (descriptor) {
    checking ||= descriptor.label?.startsWith('decode-tokens') ?? false;
    return compile.call(this, descriptor);
  };
  const read = losing.readFloats.bind(losing);
  losing.readFloats = async (tensor) => {
    if (!checking) return read(tensor);
    checking = false;
    throw new DeviceLostError('device-lost', 'The GPU device was lost.');
  };
  await expect(open(260, losing)).rejects.toBeInstanceOf(DeviceLostError);
  losing.dispose();
});
