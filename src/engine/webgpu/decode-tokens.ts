/** Decoding of small models with the whole decoder in one workgroup a row; a pipeline for each shape of model. */
import type { DecodeTokensArgs } from '../backend';
import { TensorMisuseError } from '../errors';
import { floats, ints } from './gpu-tensor';
import decodeTokensCode from './kernels/decode-tokens.wgsl?raw';
import lanes from './kernels/lanes.wgsl?raw';
import type { Recorder } from './recorder';

/** Lanes of a workgroup. A software adapter runs them one after the other and pays for each at every barrier. */
const LANES = 128;
const LANES_IN_SOFTWARE = 16;
/** No token has this id. */
const NO_STOP = 0xffffffff;

export function decodeTokens(recorder: Recorder, args: DecodeTokensArgs, software: boolean): void {
  const { shape, rows, tokens, maxTokens, region, temperature, stopIds, adapter } = args;
  const { hiddenSize, intermediateSize, layers, heads, kvHeads, headDim, vocabSize, rank, big } = shape;
  if (stopIds.length > 4) throw new TensorMisuseError(args.state, `${stopIds.length} stop ids, 4 at most`);
  const label = `decode-tokens ${Object.values(shape).join(' ')}`;
  recorder.define(label, () => ({
    code: lanes + decodeTokensCode,
    constants: {
      LANES: software ? LANES_IN_SOFTWARE : LANES,
      HIDDEN: hiddenSize,
      INTER: intermediateSize,
      LAYERS: layers,
      HEADS: heads,
      KV_HEADS: kvHeads,
      HEAD_DIM: headDim,
      VOCAB: vocabSize,
      RANK: rank,
      BIG: big,
    },
  }));
  const greedy = temperature === 0;
  const stop = (i: number) => stopIds[i] ?? NO_STOP;
  recorder.dispatch({
    kernel: label,
    operands: {
      state: ints(recorder, args.state, rows * 8),
      record: floats(recorder, args.record, rows * maxTokens * 3),
      cache: floats(recorder, args.cache, 2 * layers * region),
      weights: floats(recorder, args.weights, 0),
      adapter: adapter ? floats(recorder, adapter, 0) : recorder.nothing,
      draws: floats(recorder, args.draws, rows * maxTokens),
      places: ints(recorder, args.layout, 0),
    },
    params: {
      tokens,
      max_tokens: maxTokens,
      region: region / 4,
      temperature: greedy ? 1 : temperature,
      greedy: Number(greedy),
      eps: shape.rmsNormEps,
      scale: 1 / Math.sqrt(headDim),
      lora_scale: args.scaling,
      has_adapter: Number(adapter !== undefined),
      stop0: stop(0),
      stop1: stop(1),
      stop2: stop(2),
      stop3: stop(3),
    },
    workgroups: rows,
    cost:
      2 *
      rows *
      tokens *
      (layers * hiddenSize * (2 * hiddenSize + 3 * intermediateSize) + hiddenSize * vocabSize),
  });
}
