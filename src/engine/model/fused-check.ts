/**
 * Whether many tokens a dispatch draw what one pass a token draws, asked once before a model uses them.
 *
 * A check sees only what it makes count. An adapter starts with B = 0, under which a kernel may forget LoRA
 * altogether, so the check draws under an adapter of random A and B of its own. One prompt is short; one is
 * as long as the start of a page can pay for, so that positions, masks and the sums of long contexts count.
 * A stop id must end a row where the plain way would have met it, and the last draw is greedy and without
 * the adapter. Its dispatches take two tokens, so that a row goes on within a dispatch and from one to the
 * next. What it cannot see is an error below the tolerance, or one of a size that it does not try.
 */
import { DeviceLostError } from '../errors';
import type { Generated, GenerateOptions } from '../language-model';
import type { ActiveAdapter, DecoderContext } from './decoder';
import { loraWeights } from './decoder-weights';
import { type FusedWay, generate, noGenerationYet } from './generation';
import { type LoraConfig, loraScaling, type ModelConfig } from './model-config';
import type { ParameterLayout } from './parameters';
import { uniformAt } from './random';

/** Log-prob and entropy of a token drawn both ways differ by less: float32 over a few hundred terms. */
const TOLERANCE = 1e-3;
const SHORT_PROMPT = 6;
/** A start pays for its rows twice. */
const LONG_PROMPT = 64;
const TOKENS = 4;
const TOKENS_A_DISPATCH = 2;
/** Of those drawn, the one that ends its row the second time: after a dispatch, before the limit. */
const STOP_AT = 2;
/** Far from every seed that an adapter is started with by hand. */
const PROBE_SEED = 0x5eedca5e;
/** Size of what the adapter adds to each output of a matrix whose inputs have size one. */
const PROBE_GAIN = 0.3;

/** The adapter that a model will train, as it lies on the device. */
export interface CheckedAdapter {
  readonly config: LoraConfig;
  readonly layout: ParameterLayout;
}

/**
 * Draws the same tokens both ways. Frees what it allocates; trained parameters are not touched.
 * @param way the fused decoder; its own adapter and pace are not used
 * @returns null if they agree, else how they differ
 * @throws DeviceLostError which says nothing about the kernel
 */
export async function checkFused(
  context: DecoderContext,
  way: FusedWay,
  adapter: CheckedAdapter | undefined,
  maxPositions: number,
): Promise<string | null> {
  const { backend, config } = context;
  const flat = adapter && backend.alloc('f32', adapter.layout.flatLength, 'fused.probe', 'activation');
  try {
    let probe: ActiveAdapter | undefined;
    if (flat) {
      const { layout, config: lora } = adapter;
      backend.write(flat, probeValues(layout, lora));
      const part = (name: string) => {
        // `loraWeights` asks for names of the layout only.
        const { offset, length } = layout.slots.get(name)!;
        return backend.view(flat, offset, length, name);
      };
      probe = { config: lora, weights: loraWeights(config, lora, part) };
    }
    return await compare(context, { ...way, adapter: flat }, probe, maxPositions);
  } catch (error) {
    if (error instanceof DeviceLostError) throw error;
    // A driver that refuses the kernel is no reason to refuse the model.
    return error instanceof Error ? error.message : String(error);
  } finally {
    if (flat) backend.free(flat);
  }
}

async function compare(
  context: DecoderContext,
  way: FusedWay,
  adapter: ActiveAdapter | undefined,
  maxPositions: number,
): Promise<string | null> {
  const prompts = checkPrompts(context.config, maxPositions);
  const draw = (options: Partial<GenerateOptions>, count: number, fused?: FusedWay) =>
    generate(
      context,
      prompts.slice(0, count).map((promptIds, index) => ({ promptIds, seed: index + 1 })),
      { temperature: 1, maxNewTokens: TOKENS, stopIds: [], ...options },
      maxPositions,
      noGenerationYet(),
      options.useAdapter === false ? undefined : adapter,
      fused && { ...fused, fixedTokens: TOKENS_A_DISPATCH },
    );
  const plain = await draw({}, prompts.length);
  const stopIds = plain[0].tokens.slice(STOP_AT, STOP_AT + 1).map(({ id }) => id);
  const drawn = difference(endedAt(plain, stopIds), await draw({ stopIds }, prompts.length, way));
  if (drawn) return drawn;
  const greedy: Partial<GenerateOptions> = { temperature: 0, maxNewTokens: 1, useAdapter: false };
  const best = difference(await draw(greedy, 1), await draw(greedy, 1, way));
  return best && `${best}, greedy and without the adapter`;
}

/** A short one and a long one, each leaving room for a token at least. */
function checkPrompts({ vocabSize }: ModelConfig, maxPositions: number): readonly (readonly number[])[] {
  const room = Math.max(1, maxPositions - TOKENS);
  return [SHORT_PROMPT, LONG_PROMPT].map((length, row) =>
    Array.from({ length: Math.min(length, room) }, (_, i) =>
      Math.floor(vocabSize * uniformAt(PROBE_SEED + row, i)),
    ),
  );
}

/** Uniform values: A as a fresh adapter has it, B so that s B A x is of one size whatever rank and scaling. */
function probeValues(layout: ParameterLayout, lora: LoraConfig): Float32Array {
  const values = new Float32Array(layout.flatLength);
  const gain = Math.abs(loraScaling(lora) * Math.sqrt(lora.r));
  for (const [name, { offset, length }] of layout.slots) {
    const inputs = length / lora.r;
    const bound = name.endsWith('lora_A.weight') ? Math.sqrt(3 / inputs) : PROBE_GAIN / Math.max(gain, 1e-3);
    for (let i = 0; i < length; i++) {
      values[offset + i] = bound * (2 * uniformAt(PROBE_SEED, offset + i) - 1);
    }
  }
  return values;
}

/** What was drawn without stop ids, as it would have been with them. */
function endedAt(plain: readonly Generated[], stopIds: readonly number[]): readonly Generated[] {
  return plain.map(({ tokens, finish }) => {
    const end = tokens.findIndex(({ id }) => stopIds.includes(id));
    return end < 0 ? { tokens, finish } : { tokens: tokens.slice(0, end + 1), finish: 'stop' };
  });
}

function difference(plain: readonly Generated[], fused: readonly Generated[]): string | null {
  for (const [row, { tokens, finish }] of plain.entries()) {
    const other = fused[row];
    for (const [i, token] of tokens.entries()) {
      const twin = other.tokens[i];
      if (!twin || twin.id !== token.id) return `token ${i} of row ${row} is another`;
      const gap = Math.abs(twin.logprob - token.logprob) + Math.abs(twin.entropy - token.entropy);
      if (!(gap < TOLERANCE))
        return `log-probs of token ${i} of row ${row} differ by ${gap.toExponential(1)}`;
    }
    if (other.tokens.length !== tokens.length || other.finish !== finish) {
      return `row ${row} ended after ${other.tokens.length} tokens (${other.finish}), not ${tokens.length} (${finish})`;
    }
  }
  return null;
}
