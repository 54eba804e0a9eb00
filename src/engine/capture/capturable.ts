/**
 * What can be looked at inside the model: every intermediate of a pass by name, in the order in which it is
 * computed, with its shape and its equation. The lab's Inside panel lists these; `capture` returns them.
 *
 * Names follow the network: `layers.2.attention.probabilities`, `layers.0.q_proj.output`,
 * `layers.3.o_proj.lora_delta`, `logits`, `layers.2.o_proj.lora_A.gradient_norm`; where the base itself trains,
 * `layers.2.o_proj.weight.gradient`.
 */
import { EngineError } from '../errors';
import type { LoraConfig, LoraModule, ModelConfig } from '../model/model-config';
import { adapterParameters, baseParameters, linearShape, type ParameterShape } from '../model/parameters';

/** A name that this model does not have. */
export class CaptureNameError extends EngineError {}

export interface Capturable {
  readonly name: string;
  /** Sizes, `rows` standing for the tokens of the pass, `keys` for the tokens a row may look at, [] for a number. */
  readonly shape: readonly (number | 'rows' | 'keys')[];
  /** `probability`, `nats`, or none: activations have no unit. */
  readonly unit: '' | 'probability' | 'nats';
  readonly what: string;
  readonly equation: string;
  /** `gradient`: needs a loss and a backward pass. */
  readonly kind: 'forward' | 'gradient';
  /** Of a gradient: the parameter's name in its file. */
  readonly parameter?: string;
}

const INPUT: Readonly<Record<LoraModule, string>> = {
  q_proj: 'n',
  k_proj: 'n',
  v_proj: 'n',
  o_proj: 'a',
  gate_proj: 'm',
  up_proj: 'm',
  down_proj: 'h',
};

/**
 * Everything that a model of this shape, with this adapter, can show, in computing order; gradients last.
 * @param trainsBase whether the weights of the base are trained, as they may be where there is no adapter
 */
export function capturable(
  config: ModelConfig,
  lora?: LoraConfig,
  trainsBase = false,
): readonly Capturable[] {
  const { hiddenSize, heads, kvHeads, headDim, intermediateSize, vocabSize, layers } = config;
  const list: Capturable[] = [];
  const add = (
    name: string,
    shape: Capturable['shape'],
    what: string,
    equation: string,
    unit: Capturable['unit'] = '',
  ): void => {
    list.push({ name, shape, unit, what, equation, kind: 'forward' });
  };
  add('embedding', ['rows', hiddenSize], 'the token as a vector', 'x = E[id]');
  for (let layer = 0; layer < layers; layer++) {
    const prefix = `layers.${layer}`;
    const linear = (module: LoraModule): void => {
      const { outDim } = linearShape(config, module);
      const input = INPUT[module];
      if (lora?.targetModules.includes(module)) {
        const what = 'what the adapter adds to this layer';
        add(`${prefix}.${module}.lora_delta`, ['rows', outDim], what, `s (${input} A^T) B^T`);
      }
      add(
        `${prefix}.${module}.output`,
        ['rows', outDim],
        'a linear layer, adapter included',
        `${input} W^T + b`,
      );
    };
    add(`${prefix}.input_norm`, ['rows', hiddenSize], 'what attention reads', 'n = w x / rms(x)');
    for (const module of ['q_proj', 'k_proj', 'v_proj'] as const) linear(module);
    const position = config.qkNorm ? 'rotate(w y / rms(y), position)' : 'rotate(y, position)';
    add(`${prefix}.attention.query`, ['rows', heads, headDim], 'what a token looks for', `q = ${position}`);
    add(`${prefix}.attention.key`, ['rows', kvHeads, headDim], 'what a token offers', `k = ${position}`);
    add(
      `${prefix}.attention.log_sum_exp`,
      ['rows', heads],
      'the normaliser of the scores',
      'log sum_j exp(q k_j / sqrt(d))',
      'nats',
    );
    add(
      `${prefix}.attention.probabilities`,
      ['rows', heads, 'keys'],
      'how much each head looks at each earlier token',
      'p_j = exp(q k_j / sqrt(d) - log-sum-exp)',
      'probability',
    );
    add(
      `${prefix}.attention.output`,
      ['rows', heads, headDim],
      'what the heads gathered',
      'a = sum_j p_j v_j',
    );
    linear('o_proj');
    add(`${prefix}.middle`, ['rows', hiddenSize], 'the stream after attention', 'x + o_proj(a)');
    add(`${prefix}.post_attention_norm`, ['rows', hiddenSize], 'what the MLP reads', 'm = w x / rms(x)');
    for (const module of ['gate_proj', 'up_proj'] as const) linear(module);
    add(`${prefix}.mlp.activated`, ['rows', intermediateSize], 'gated activations', 'h = silu(gate) up');
    linear('down_proj');
    add(`${prefix}.output`, ['rows', hiddenSize], 'the stream after the block', 'x + down_proj(h)');
  }
  add('hidden', ['rows', hiddenSize], 'the last state', 'w x / rms(x)');
  add('logits', ['rows', vocabSize], 'a score for every next token', 'hidden E^T');
  const adapted = lora ? adapterParameters(config, lora) : [];
  return [...list, ...gradients(trainsBase ? baseParameters(config) : adapted)];
}

/** Of each parameter under training, the gradient and its norm. */
function gradients(parameters: readonly ParameterShape[]): Capturable[] {
  return parameters.flatMap(({ name: parameter, shape }): Capturable[] => {
    const name = shortName(parameter);
    const own = name.replace(/^layers\.\d+\./, '');
    const symbol = /lora_([AB])$/.exec(own)?.[1] ?? own;
    return [
      {
        name: `${name}.gradient`,
        shape,
        unit: '',
        what: `how the loss changes with ${symbol}`,
        equation: `dL/d${symbol}`,
        kind: 'gradient',
        parameter,
      },
      {
        name: `${name}.gradient_norm`,
        shape: [],
        unit: '',
        what: `how strongly the loss pulls at ${symbol}`,
        equation: `|dL/d${symbol}|`,
        kind: 'gradient',
        parameter,
      },
    ];
  });
}

/** `layers.2.o_proj.lora_A` for an adapter's matrix, `layers.2.q_norm.weight` for a tensor of the base. */
function shortName(parameter: string): string {
  const name = parameter.replace(/^(base_model\.model\.)?model\./, '').replace(/\.(self_attn|mlp)\./, '.');
  return name.replace(/(lora_[AB])\.weight$/, '$1');
}

/** @throws CaptureNameError naming the first of `names` that is not on the list */
export function checkCaptureNames(known: readonly Capturable[], names: readonly string[]): void {
  const all = new Set(known.map(({ name }) => name));
  const unknown = names.find((name) => !all.has(name));
  if (unknown === undefined) return;
  throw new CaptureNameError(
    'capture-name',
    `This model has nothing called "${unknown}". \`capturable\` lists what it has, e.g. ${known[0].name} or layers.0.attention.probabilities.`,
  );
}
