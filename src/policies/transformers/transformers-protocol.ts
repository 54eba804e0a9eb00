/** What a model's worker is told and tells. */
import type { OnnxDevice, OnnxDtype } from './onnx-files';

/** Tokens of a pass that every device is known to compute rightly: fewer than ONNX Runtime's kernel for long ones takes. */
export const SHORT_PASS = 16;

/** What the tokens follow: nothing, what was kept, or what was read last. */
export type After = 'nothing' | 'kept' | 'last';

export type ToModel =
  /** First, and once. */
  | {
      readonly id: number;
      readonly kind: 'open';
      /** Bytes of each file by name; the files themselves are asked for. */
      readonly sizes: ReadonlyMap<string, number>;
      readonly dtype: OnnxDtype;
      readonly device: OnnxDevice;
      /** Files beside the weights file. */
      readonly dataFiles: number;
      /** Tokens that a sequence may have. */
      readonly positions: number;
    }
  | { readonly id: number; readonly kind: 'read'; readonly ids: readonly number[]; readonly after: After }
  /** What was read up to here can be gone on from again, in the place of what was kept before. */
  | { readonly id: number; readonly kind: 'keep' }
  /** The sequence is over: its keys and values are not needed any more. */
  | { readonly id: number; readonly kind: 'forget' }
  /** A piece of a file that was asked for. */
  | { readonly kind: 'piece'; readonly ask: number; readonly bytes: Uint8Array<ArrayBuffer> };

/** Each message with an `id` is answered once, under it. */
export type FromModel =
  | {
      readonly id: number;
      readonly kind: 'opened';
      /** The model computes the logits of the last token alone where that is all that is wanted. */
      readonly lastOnly: boolean;
      /** More than `SHORT_PASS` tokens at once come out as they do in pieces. */
      readonly longPasses: boolean;
      /** Where ONNX Runtime left the keys and values of a first pass: what tells a GPU from a CPU. */
      readonly cacheAt: string;
    }
  | {
      readonly id: number;
      readonly kind: 'logits';
      /** `[vocab]`, of the token after the last one read. */
      readonly logits: Float32Array<ArrayBuffer>;
    }
  | { readonly id: number; readonly kind: 'done' }
  | { readonly id: number; readonly kind: 'failed'; readonly words: string }
  /** A piece of a file is wanted: bytes start .. end - 1. */
  | {
      readonly kind: 'wanted';
      readonly ask: number;
      readonly file: string;
      readonly start: number;
      readonly end: number;
    };
