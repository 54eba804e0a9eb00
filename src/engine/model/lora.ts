/**
 * An adapter's beginning and its size.
 *
 * PEFT initialises A with kaiming_uniform(a = sqrt(5)), which for a matrix `[r, in]` is uniform in
 * +-1/sqrt(in), and B with zeros: the adapted model starts as the base model. The size of what was
 * learned is the Frobenius norm of scaling * B A, which needs only the two r x r Gram matrices:
 * |BA|^2 = trace(A A^T B^T B).
 */
import { UnsupportedModelError } from '../errors';
import type { AdapterNorm } from '../language-model';
import {
  LORA_MODULES,
  type LoraConfig,
  loraScaling,
  type ModelConfig,
  type NamedTensor,
  type NamedTensors,
} from './model-config';
import { adapterName, adapterParameters, linearShape } from './parameters';
import { uniformAt } from './random';

/** @throws UnsupportedModelError for a rank, alpha or module list that makes no adapter */
export function checkLoraConfig(lora: LoraConfig): void {
  const { r, alpha, targetModules } = lora;
  if (!Number.isInteger(r) || r < 1) {
    throw new UnsupportedModelError('lora-rank', `LoRA rank r = ${r} must be a positive integer.`);
  }
  if (!Number.isFinite(alpha)) {
    throw new UnsupportedModelError('lora-alpha', `LoRA alpha = ${alpha} must be a number.`);
  }
  const unknown = targetModules.filter((module) => !LORA_MODULES.includes(module));
  if (
    targetModules.length === 0 ||
    unknown.length > 0 ||
    new Set(targetModules).size !== targetModules.length
  ) {
    throw new UnsupportedModelError(
      'lora-modules',
      `LoRA target modules [${targetModules}] must be distinct names out of ${LORA_MODULES.join(', ')}.`,
    );
  }
}

/** A fresh adapter: A from the seed, B zero. */
export function initialAdapter(config: ModelConfig, lora: LoraConfig, seed: number): NamedTensors {
  const named = new Map<string, NamedTensor>();
  let index = 0;
  for (const { name, shape } of adapterParameters(config, lora)) {
    const data = new Float32Array(shape[0] * shape[1]);
    if (name.endsWith('lora_A.weight')) {
      const bound = 1 / Math.sqrt(shape[1]);
      for (let i = 0; i < data.length; i++) data[i] = bound * (2 * uniformAt(seed, index++) - 1);
    }
    named.set(name, { shape, data });
  }
  return named;
}

export function adapterNorms(config: ModelConfig, lora: LoraConfig, named: NamedTensors): AdapterNorm[] {
  const norms: AdapterNorm[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    for (const module of LORA_MODULES.filter((name) => lora.targetModules.includes(name))) {
      const { inDim, outDim } = linearShape(config, module);
      // Both names are in every set of adapter tensors, by `adapterParameters`.
      const a = named.get(adapterName(layer, module, 'A'))!.data;
      const b = named.get(adapterName(layer, module, 'B'))!.data;
      let square = 0;
      for (let i = 0; i < lora.r; i++) {
        for (let j = 0; j < lora.r; j++) {
          let aa = 0;
          for (let c = 0; c < inDim; c++) aa += a[i * inDim + c] * a[j * inDim + c];
          let bb = 0;
          for (let o = 0; o < outDim; o++) bb += b[o * lora.r + i] * b[o * lora.r + j];
          square += aa * bb;
        }
      }
      const frobenius = Math.abs(loraScaling(lora)) * Math.sqrt(Math.max(0, square));
      norms.push({ layer, module, frobenius });
    }
  }
  return norms;
}
