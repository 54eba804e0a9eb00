/**
 * The parts of a Hugging Face `tokenizer.json` that must hold before anything is encoded with it.
 * Only byte-level BPE is read (Qwen, Llama 3, SmolLM and the bundled model): with it every text has
 * an encoding and every token exact bytes. A library that finds a file half right tends to drop
 * characters in silence; here it is an error that names the entry.
 */
import { ModelFileError, UnsupportedModelError } from '../errors';
import { BYTE_CHARS } from './byte-level';
import { isJsonObject, type JsonObject } from './json-file';

/** A token that stands for itself, whatever the merges say. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** True for control tokens (turn markers, padding), which the text of a message must never contain. */
  readonly special: boolean;
}

export interface TokenizerFile {
  /** The file as it was, for the library. */
  readonly json: JsonObject;
  /** Token spelling to id, without added tokens. */
  readonly vocab: ReadonlyMap<string, number>;
  readonly added: readonly AddedToken[];
}

/**
 * Checks the content of a tokenizer.json.
 * @throws ModelFileError with a `tokenizer-…` code for a file that contradicts itself
 * @throws UnsupportedModelError for another kind of tokenizer
 */
export function readTokenizerFile(json: JsonObject, fileName = 'tokenizer.json'): TokenizerFile {
  const { model, decoder } = json;
  if (!isJsonObject(model)) {
    throw new ModelFileError('tokenizer-model', `${fileName} has no "model"; it is not a tokenizer file.`);
  }
  if (model.type !== undefined && model.type !== 'BPE') {
    throw new UnsupportedModelError(
      'tokenizer-type',
      `${fileName}: model.type is ${JSON.stringify(model.type)}; only "BPE" is implemented.`,
    );
  }
  if (!usesByteLevel(decoder)) {
    throw new UnsupportedModelError(
      'tokenizer-decoder',
      `${fileName}: decoder is ${JSON.stringify(isJsonObject(decoder) ? decoder.type : decoder)}; only byte-level tokenizers ("ByteLevel") are implemented.`,
    );
  }
  checkPatterns(json.normalizer, fileName);
  checkPatterns(json.pre_tokenizer, fileName);
  const all = readVocab(model.vocab, fileName);
  checkMerges(model.merges, all, fileName);
  const added = readAdded(json.added_tokens ?? [], all, fileName);
  const vocab = new Map(all);
  for (const { content } of added) vocab.delete(content);
  const missing = BYTE_CHARS.findIndex((char) => !vocab.has(char));
  if (missing >= 0) {
    throw new ModelFileError(
      'tokenizer-bytes',
      `${fileName} has no token for the byte 0x${missing.toString(16).padStart(2, '0')}; text with it could not be encoded.`,
    );
  }
  return { json, vocab, added };
}

function usesByteLevel(decoder: unknown): boolean {
  if (!isJsonObject(decoder)) return false;
  if (decoder.type === 'Sequence' && Array.isArray(decoder.decoders)) {
    return decoder.decoders.length === 1 && usesByteLevel(decoder.decoders[0]);
  }
  return decoder.type === 'ByteLevel';
}

/** The library warns about a pattern it does not know and goes on without it. */
function checkPatterns(step: unknown, fileName: string): void {
  if (Array.isArray(step)) for (const part of step) checkPatterns(part, fileName);
  if (!isJsonObject(step)) return;
  const { pattern } = step;
  const known =
    pattern === undefined ||
    (isJsonObject(pattern) && (typeof pattern.Regex === 'string' || typeof pattern.String === 'string'));
  if (!known) {
    throw new ModelFileError(
      'tokenizer-pattern',
      `${fileName}: ${JSON.stringify(step.type)} has the pattern ${JSON.stringify(pattern)}; expected {"Regex": …} or {"String": …}.`,
    );
  }
  checkPatterns(step.normalizers, fileName);
  checkPatterns(step.pretokenizers, fileName);
}

function readVocab(vocab: unknown, fileName: string): Map<string, number> {
  if (!isJsonObject(vocab)) {
    throw new ModelFileError('tokenizer-vocab', `${fileName}: model.vocab must be an object of token: id.`);
  }
  const ids = new Map<number, string>();
  const out = new Map<string, number>();
  for (const [token, id] of Object.entries(vocab)) {
    claim(ids, token, id, fileName);
    out.set(token, id as number);
  }
  return out;
}

/** Records that `token` has this id. */
function claim(ids: Map<number, string>, token: string, id: unknown, fileName: string): void {
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id > 0xffffff) {
    throw new ModelFileError(
      'tokenizer-vocab',
      `${fileName}: the token ${JSON.stringify(token)} has the id ${JSON.stringify(id)}; expected an integer from 0.`,
    );
  }
  const other = ids.get(id);
  if (other !== undefined && other !== token) {
    throw new ModelFileError(
      'tokenizer-vocab',
      `${fileName}: the tokens ${JSON.stringify(other)} and ${JSON.stringify(token)} share the id ${id}.`,
    );
  }
  ids.set(id, token);
}

function checkMerges(merges: unknown, vocab: ReadonlyMap<string, number>, fileName: string): void {
  if (!Array.isArray(merges)) {
    throw new ModelFileError('tokenizer-merges', `${fileName}: model.merges must be an array.`);
  }
  // The library looks at the first merge only to tell "a b" from ["a", "b"].
  const asText = typeof merges[0] === 'string';
  merges.forEach((merge: unknown, i) => {
    const pair = asText && typeof merge === 'string' ? merge.split(' ') : merge;
    const valid =
      Array.isArray(pair) &&
      pair.length === 2 &&
      pair.every((part) => typeof part === 'string' && part !== '');
    if (!valid || (typeof merge === 'string') !== asText) {
      throw new ModelFileError(
        'tokenizer-merges',
        `${fileName}: merge ${i} is ${JSON.stringify(merge)}; expected two tokens, all written like the first merge.`,
      );
    }
    for (const token of [...(pair as string[]), (pair as string[]).join('')]) {
      if (!vocab.has(token)) {
        throw new ModelFileError(
          'tokenizer-merges',
          `${fileName}: merge ${i} (${JSON.stringify(merge)}) needs the token ${JSON.stringify(token)}, which is not in the vocabulary.`,
        );
      }
    }
  });
}

function readAdded(value: unknown, vocab: ReadonlyMap<string, number>, fileName: string): AddedToken[] {
  if (!Array.isArray(value)) {
    throw new ModelFileError('tokenizer-added', `${fileName}: added_tokens must be an array.`);
  }
  const ids = new Map([...vocab].map(([token, id]) => [id, token]));
  const seen = new Set<string>();
  return value.map((entry: unknown, i) => {
    if (!isJsonObject(entry) || typeof entry.content !== 'string' || entry.content === '') {
      throw new ModelFileError(
        'tokenizer-added',
        `${fileName}: added_tokens[${i}] must have a non-empty "content".`,
      );
    }
    const { content, id } = entry;
    claim(ids, content, id, fileName);
    const known = vocab.get(content);
    if (seen.has(content) || (known !== undefined && known !== id)) {
      throw new ModelFileError(
        'tokenizer-added',
        `${fileName}: added_tokens[${i}] gives ${JSON.stringify(content)} a second id, ${id}.`,
      );
    }
    seen.add(content);
    return { id: id as number, content, special: entry.special === true };
  });
}
