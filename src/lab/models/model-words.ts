/** Numbers and names of models in words. */
import type { ModelAbilities, OfferedModel, ProviderName } from '../../worker/models-protocol';
import { figure, size } from '../figures';
import { type Phrase, phrase, say } from '../language/language';

/** What each of them is for. */
export const PROVIDER_NOTES: Readonly<Record<ProviderName, Phrase>> = {
  engine: phrase('Acts and trains. Reads safetensors in the layouts qwen2, qwen3 and llama.'),
  transformers: phrase('Acts, and does not train. Reads ONNX files; computes on WebAssembly or WebGPU.'),
  'web-llm': phrase('Acts, and does not train. Runs models that were compiled for WebGPU.'),
};

export const PROVIDER_ORDER: readonly ProviderName[] = ['engine', 'transformers', 'web-llm'];

/** In this order; what is not there is said as well. */
export const ABILITIES: readonly {
  readonly name: keyof ModelAbilities;
  readonly yes: Phrase;
  readonly no: Phrase;
}[] = [
  { name: 'act', yes: phrase('✓ acts'), no: phrase('– does not act') },
  { name: 'logprobs', yes: phrase('✓ log-probs'), no: phrase('– no log-probs') },
  { name: 'train', yes: phrase('✓ trains'), no: phrase('– does not train') },
  {
    name: 'constrain',
    yes: phrase('✓ can be held to the protocol'),
    no: phrase('– not held to the protocol'),
  },
];

/** "494 million parameters"; small models by the digit. */
export function parametersWords(parameters: number): string {
  if (parameters >= 1e9) return say('{n} billion parameters', { n: figure(parameters / 1e9, 1) });
  if (parameters >= 1e7) return say('{n} million parameters', { n: figure(parameters / 1e6, 0) });
  return say('{n} million parameters', { n: figure(parameters / 1e6, 1) });
}

/** @param bytesPerSecond null: not known yet */
export function paceWords(storedBytes: number, totalBytes: number, bytesPerSecond: number | null): string {
  const came = say('{came} of {all}', { came: size(storedBytes), all: size(totalBytes) });
  if (bytesPerSecond === null) return came;
  const pace = say('{size} a second', { size: size(bytesPerSecond) });
  return [came, pace, leftWords((totalBytes - storedBytes) / bytesPerSecond)].filter(Boolean).join(' · ');
}

/** Rounded as an estimate is; empty where nothing comes. */
export function leftWords(seconds: number): string {
  if (!Number.isFinite(seconds)) return '';
  if (seconds < 60) return say('less than a minute left');
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return say('about {n} min left', { n: minutes });
  return say('about {n} h left', { n: Math.round(minutes / 60) });
}

/** Hosts that are asked for such models, from what is offered of them. */
export function hostsOf(models: readonly OfferedModel[], provider: ProviderName): readonly string[] {
  const hosts = models
    .filter((model) => model.provider === provider && model.origin === 'hub')
    .flatMap((model) => model.hosts);
  return [...new Set(hosts)];
}

/** Bytes of a weight in files, by their names: MLC keeps all in 4 bits with scales, ONNX exports not the embedding. */
const FILE_BYTES: readonly (readonly [RegExp, number])[] = [
  [/^(f32|fp32|q0f32)/, 4],
  [/^(bf16|f16|fp16|q0f16)/, 2],
  [/^(int8|uint8|q8|quantized)/, 1.1],
  [/^q4f\d+_/, 0.57],
  [/^q4f16/, 0.9],
  [/^q4/, 1.4],
];

/** Of a download whose files nobody has asked for yet, to two digits; null: nothing to go by. */
export function expectedBytes({
  parameters,
  quantisation,
}: Pick<OfferedModel, 'parameters' | 'quantisation'>): number | null {
  const [, each] = FILE_BYTES.find(([name]) => name.test(quantisation)) ?? [];
  if (parameters === null || each === undefined) return null;
  return Number((parameters * each).toPrecision(2));
}

/** Bytes of a weight in the ways the engine keeps it; int8 has a scale beside each row. */
export const BASE_BYTES = { f32: 4, f16: 2, int8: 1 } as const;
