/**
 * Text to token ids and back, around `@huggingface/tokenizers`.
 *
 * What this adds to the library: checked files, exact bytes for each token (so that a token which is
 * half a character can be shown and a stream emits whole characters only), a choice of which
 * added tokens a text may contain, and a bounded memory of encodings, because prompts repeat.
 */
import { Tokenizer } from '@huggingface/tokenizers';
import { ModelFileError } from '../errors';
import { fromByteChars } from './byte-level';
import { readJsonObject } from './json-file';
import type { ModelConfig } from './model-config';
import { RecentMap } from './recent-map';
import { type AddedToken, readTokenizerFile, type TokenizerFile } from './tokenizer-file';

/**
 * Which added tokens are recognised inside a text. `all`: control tokens too, for text we wrote
 * ourselves. `content`: those that are not control tokens (tags, tool names). `none`: the text is
 * spelled out, whatever it says; for text that others wrote.
 */
export type AddedTokenUse = 'all' | 'content' | 'none';

/** Emits text as tokens arrive; incomplete characters wait for their other bytes. */
export interface StreamDecoder {
  push(id: number): string;
  /** What is left: U+FFFD for an incomplete character, else ''. */
  flush(): string;
}

const CACHED_TEXTS = 4096;
const LONGEST_CACHED_TEXT = 2048;

export class TextTokenizer {
  /** Largest id + 1; a model may have more rows, never fewer. */
  readonly vocabSize: number;
  readonly addedTokens: readonly AddedToken[];

  private readonly encoders = new Map<AddedTokenUse, Tokenizer>();
  private readonly encoded = new RecentMap<string, readonly number[]>(CACHED_TEXTS);
  private readonly ids: ReadonlyMap<string, number>;
  private readonly bytes = new Map<number, Uint8Array>();

  constructor(
    private readonly file: TokenizerFile,
    private readonly fileName = 'tokenizer.json',
  ) {
    this.addedTokens = file.added;
    this.ids = new Map([...file.vocab, ...file.added.map((t) => [t.content, t.id] as const)]);
    let largest = -1;
    for (const id of this.ids.values()) largest = Math.max(largest, id);
    this.vocabSize = largest + 1;
    const utf8 = new TextEncoder();
    // Outside the byte alphabet (reserved places in some vocabularies) a token is its own text.
    for (const [token, id] of file.vocab) this.bytes.set(id, fromByteChars(token) ?? utf8.encode(token));
    for (const { id, content } of file.added) this.bytes.set(id, utf8.encode(content));
    this.encoder('all');
  }

  /**
   * Token ids of `text`, without begin or end tokens. Lone surrogates count as U+FFFD.
   * The array is shared between callers with the same text; do not change it.
   */
  encode(text: string, added: AddedTokenUse = 'all'): readonly number[] {
    if (text.length > LONGEST_CACHED_TEXT) return this.encodeAnew(text, added);
    const key = `${added} ${text}`;
    let ids = this.encoded.get(key);
    if (ids === undefined) {
      ids = this.encodeAnew(text, added);
      this.encoded.set(key, ids);
    }
    return ids;
  }

  /** The text of the tokens, control tokens included; bytes that are no UTF-8 become U+FFFD. */
  decode(ids: readonly number[]): string {
    const stream = this.stream();
    let text = '';
    for (const id of ids) text += stream.push(id);
    return text + stream.flush();
  }

  stream(): StreamDecoder {
    const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
    return {
      push: (id) => utf8.decode(this.tokenBytes(id), { stream: true }),
      flush: () => utf8.decode(),
    };
  }

  /** The bytes a token stands for; none for an id without a token (rows that only pad the model). */
  tokenBytes(id: number): Uint8Array {
    return this.bytes.get(id) ?? new Uint8Array(0);
  }

  /** A token for display: its text, bytes of incomplete characters as `\xE2`, an id without token as `[id]`. */
  tokenText(id: number): string {
    const bytes = this.bytes.get(id);
    return bytes === undefined ? `[${id}]` : displayBytes(bytes);
  }

  /** The id of a token by its spelling in the file (an added token's content; byte-level otherwise). */
  idOf(token: string): number | undefined {
    return this.ids.get(token);
  }

  private encodeAnew(text: string, added: AddedTokenUse): readonly number[] {
    return this.encoder(added).encode(text, { add_special_tokens: false }).ids;
  }

  private encoder(added: AddedTokenUse): Tokenizer {
    let encoder = this.encoders.get(added);
    if (encoder === undefined) {
      try {
        encoder = new Tokenizer(this.restricted(added), { clean_up_tokenization_spaces: false });
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new ModelFileError(
          'tokenizer-unreadable',
          `${this.fileName} cannot be used: ${reason}. Use the file that belongs to the model, unchanged.`,
          { cause },
        );
      }
      this.encoders.set(added, encoder);
    }
    return encoder;
  }

  /** The file with only those added tokens that may be recognised, nor reached by merging. */
  private restricted(added: AddedTokenUse): object {
    const { json } = this.file;
    const allowed = (token: AddedToken): boolean =>
      added === 'all' || (added === 'content' && token.special !== true);
    const hidden = new Set(this.file.added.filter((token) => !allowed(token)).map((token) => token.content));
    const model = json.model as { readonly merges: readonly (string | readonly string[])[] };
    const spelling = (merge: string | readonly string[]): string =>
      typeof merge === 'string' ? merge.replace(' ', '') : merge.join('');
    return {
      normalizer: null,
      pre_tokenizer: null,
      post_processor: null,
      ...json,
      added_tokens: ((json.added_tokens ?? []) as readonly AddedToken[]).filter(allowed),
      model: {
        ...model,
        type: 'BPE',
        vocab: Object.fromEntries(this.file.vocab),
        merges:
          hidden.size === 0 ? model.merges : model.merges.filter((merge) => !hidden.has(spelling(merge))),
      },
    };
  }
}

/**
 * A tokenizer from the bytes of a tokenizer.json.
 * @throws ModelFileError, UnsupportedModelError as `readTokenizerFile`
 */
export function readTokenizer(bytes: Uint8Array, fileName = 'tokenizer.json'): TextTokenizer {
  return new TextTokenizer(readTokenizerFile(readJsonObject(bytes, fileName), fileName), fileName);
}

/**
 * Refuses a tokenizer with more tokens than the model has rows. Fewer are fine: many models pad
 * their embedding.
 * @throws ModelFileError `tokenizer-mismatch`
 */
export function checkTokenizer(
  config: Pick<ModelConfig, 'vocabSize'>,
  tokenizer: Pick<TextTokenizer, 'vocabSize'>,
): void {
  if (tokenizer.vocabSize > config.vocabSize) {
    throw new ModelFileError(
      'tokenizer-mismatch',
      `The tokenizer has ids up to ${tokenizer.vocabSize - 1}, but the model knows only ${config.vocabSize} tokens. ` +
        'tokenizer.json and config.json belong to different models.',
    );
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function displayBytes(bytes: Uint8Array): string {
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at];
    const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    try {
      text += strictUtf8.decode(bytes.subarray(at, at + length));
      at += length;
    } catch {
      text += `\\x${lead.toString(16).toUpperCase().padStart(2, '0')}`;
      at += 1;
    }
  }
  return text;
}
