/**
 * How a model decodes: one pass a token always can; many tokens a dispatch where the device offers it, the
 * model fits, nobody forbade it, and it has drawn what the plain way draws (`fused-check.ts`).
 */
import type { FastPath, Tensor } from '../backend';
import type { DecoderContext } from './decoder';
import { checkFused } from './fused-check';
import { fusedRefusal, packFusedDecoder } from './fused-decoder';
import type { FusedWay } from './generation';
import type { LoraConfig, NamedTensors } from './model-config';
import type { BaseFormat } from './packed-rows';
import { evenContextOf, TokenPace } from './token-pace';
import type { Trainable } from './trainable';

const MANY_TOKENS = 'many tokens a dispatch';

export interface DecodeChoice {
  /** In words, for the page. */
  readonly decoding: string;
  /** The same as one of the faster ways; undefined where the device does not offer it. */
  readonly path?: FastPath;
  /** Many tokens a dispatch, where it was taken. */
  readonly way?: FusedWay;
  /** Device memory to free with the model. */
  readonly owned: readonly Tensor[];
}

export interface DecodeWish {
  readonly decode: 'fused' | 'plain';
  readonly baseFormat: BaseFormat;
  /** On the host; asked for only where the model is small enough to be packed. */
  readonly weights: () => Promise<NamedTensors>;
  /** The adapter under training or in use; left out for the base alone. */
  readonly adapter?: { readonly config: LoraConfig; readonly learned: Trainable };
  /** The base itself learns: its copy for the kernel would be stale after an update. */
  readonly baseLearns: boolean;
  readonly maxPositions: number;
  readonly parameterCount: number;
}

export async function chooseDecoding(context: DecoderContext, wish: DecodeWish): Promise<DecodeChoice> {
  const { backend, config } = context;
  const { baseFormat, adapter, weights, maxPositions, parameterCount } = wish;
  const { workgroupBytes } = backend.info;
  const plain = (why: string, decoding: string, state: 'off' | 'refused', owned: readonly Tensor[] = []) => ({
    decoding,
    path: workgroupBytes === undefined ? undefined : { name: MANY_TOKENS, state, why },
    owned,
  });
  if (baseFormat !== 'f32') {
    const reason = `the base is packed (${baseFormat})`;
    return plain(`It is not for this model: ${reason}.`, `one pass a token, because ${reason}`, 'refused');
  }
  if (wish.decode === 'plain') return plain('One pass a token was asked for.', 'one pass a token', 'off');
  if (workgroupBytes === undefined || wish.baseLearns) return { decoding: 'one pass a token', owned: [] };
  const refusal = fusedRefusal(config, adapter?.config, maxPositions, parameterCount, workgroupBytes);
  if (refusal) {
    return plain(`It is not for this model: ${refusal}.`, `one pass a token, because ${refusal}`, 'refused');
  }
  const layout = adapter?.learned.layout;
  const decoder = packFusedDecoder(backend, config, await weights(), adapter?.config, layout, maxPositions);
  const owned = [decoder.weights, decoder.layout];
  const pace = new TokenPace(evenContextOf(parameterCount, config));
  const way = { decoder, adapter: adapter?.learned.flatParameters, pace };
  const checked = adapter && { config: adapter.config, layout: adapter.learned.layout };
  const failure = await checkFused(context, way, checked, maxPositions);
  if (failure) {
    const decoding = `one pass a token: ${MANY_TOKENS} failed its check (${failure})`;
    return plain(`Its self-check failed: ${failure}.`, decoding, 'refused', owned);
  }
  return {
    decoding: `${MANY_TOKENS}, one workgroup a rollout`,
    path: {
      name: MANY_TOKENS,
      state: 'on',
      why: 'It drew the tokens that one pass a token draws, with the same log-probs.',
    },
    way,
    owned,
  };
}
