/**
 * In place of `memory/embedders/encoder/encoder-runtime.ts`, which brings ONNX Runtime along: more than three times what
 * the single file may weigh. The lab lists encoders as not to be had there; whoever asks all the same hears why.
 */
import { EncoderRuntimeError } from '../memory/embedders/encoder/encoder-errors';
import type { EncoderRuntime as Runtime } from '../memory/embedders/encoder/encoder-runtime';

type Opening = typeof Runtime.open;

export const EncoderRuntime: { readonly open: Opening } = {
  open: () => Promise.reject(new EncoderRuntimeError('the lab in one file has no runtime for it.')),
};
