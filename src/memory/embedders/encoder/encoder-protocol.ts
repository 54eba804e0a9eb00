/** What an encoder's worker is told and tells; types only. */
import type { EncoderDtype } from './encoder-folder';

export type EncoderDevice = 'wasm' | 'webgpu';

export type ToEncoder =
  /** First, and once. */
  | {
      readonly id: number;
      readonly kind: 'open';
      readonly files: ReadonlyMap<string, Uint8Array>;
      readonly dtype: EncoderDtype;
      readonly device: EncoderDevice;
      readonly maxTokens: number;
    }
  | { readonly id: number; readonly kind: 'encode'; readonly texts: readonly string[] };

/** Last hidden states of a batch, padded on the right. */
export interface EncodedBatch {
  /** `[texts, tokens, dimension]` */
  readonly states: Float32Array<ArrayBuffer>;
  /** `[texts, tokens]`, 1 = a token, 0 = padding. */
  readonly mask: Uint8Array<ArrayBuffer>;
  readonly tokens: number;
}

/** Each message is answered once, under its id. */
export type FromEncoder =
  | { readonly id: number; readonly kind: 'opened' }
  | { readonly id: number; readonly kind: 'encoded'; readonly batch: EncodedBatch }
  | { readonly id: number; readonly kind: 'failed'; readonly words: string };
