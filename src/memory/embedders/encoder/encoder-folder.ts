/**
 * The files of a sentence encoder, read and looked at before any runtime is started: what is missing or of another
 * kind is told by name, in a moment and without 27 MB of ONNX Runtime.
 */

import { EncoderDamagedError, EncoderFilesMissingError, EncoderLayoutError } from './encoder-errors';
import type { EncoderFiles, ReadControl } from './encoder-files';

/** Weights as they may be stored, by the name under which transformers.js knows them; the smallest first. */
const WEIGHTS = [
  { dtype: 'q8', file: 'onnx/model_quantized.onnx' },
  { dtype: 'fp32', file: 'onnx/model.onnx' },
] as const;
export type EncoderDtype = (typeof WEIGHTS)[number]['dtype'];

const CONFIG = 'config.json';
const TOKENIZER = 'tokenizer.json';
const TOKENIZER_CONFIG = 'tokenizer_config.json';

export interface EncoderFolder {
  readonly where: string;
  readonly dtype: EncoderDtype;
  /** By name, as transformers.js asks for them. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Length of the vectors. */
  readonly dimension: number;
  /** Longest input in tokens, special ones included. */
  readonly maxTokens: number;
  /** Of weights and tokenizer: eight hexadecimal digits by which vectors of different encoders are told apart. */
  readonly fingerprint: string;
}

/**
 * @throws EncoderFilesMissingError, EncoderLayoutError, EncoderDamagedError naming the file, and what reading throws
 */
export async function readEncoderFolder(
  source: EncoderFiles,
  control: ReadControl = {},
): Promise<EncoderFolder> {
  const needed = async (file: string) => {
    const bytes = await source.read(file, control);
    if (!bytes) throw new EncoderFilesMissingError(file, source.where);
    return bytes;
  };
  const files = new Map<string, Uint8Array>();
  const config = await needed(CONFIG);
  const { dimension, maxTokens } = readConfig(config, source.where);
  files.set(CONFIG, config);
  for (const name of [TOKENIZER, TOKENIZER_CONFIG]) {
    const bytes = await needed(name);
    readJson(bytes, name, source.where);
    files.set(name, bytes);
  }
  for (const { dtype, file } of WEIGHTS) {
    const bytes = await source.read(file, control);
    if (!bytes) continue;
    checkWeights(bytes, file, source.where);
    files.set(file, bytes);
    const tokenizer = files.get(TOKENIZER) ?? new Uint8Array();
    const fingerprint = await fingerprintOf([bytes, tokenizer]);
    return { where: source.where, dtype, files, dimension, maxTokens, fingerprint };
  }
  throw new EncoderFilesMissingError(WEIGHTS[0].file, source.where);
}

/** What is needed of config.json, as BERT and its kin write it. */
function readConfig(
  bytes: Uint8Array,
  where: string,
): { readonly dimension: number; readonly maxTokens: number } {
  const config = readJson(bytes, CONFIG, where);
  const { hidden_size: dimension, max_position_embeddings: positions, model_type: type } = config;
  if (typeof dimension !== 'number' || !Number.isInteger(dimension) || dimension < 1) {
    throw new EncoderLayoutError(
      `${CONFIG} from ${where} has no hidden_size: it is not the configuration of a sentence encoder.`,
    );
  }
  // RoBERTa and its kin count two positions for padding.
  const reserved = typeof type === 'string' && /roberta|camembert/.test(type) ? 2 : 0;
  const maxTokens = typeof positions === 'number' && positions > reserved ? positions - reserved : 512;
  return { dimension, maxTokens };
}

function readJson(bytes: Uint8Array, file: string, where: string): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new EncoderDamagedError(file, where, 'is not JSON: cut off, or another file under its name', {
      cause,
    });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new EncoderLayoutError(`${file} from ${where} holds no object.`);
  }
  return json as Readonly<Record<string, unknown>>;
}

/** An ONNX file begins with its version, field 1 of its message. */
function checkWeights(bytes: Uint8Array, file: string, where: string): void {
  if (bytes.length < 16 || bytes[0] !== 0x08) {
    throw new EncoderDamagedError(
      file,
      where,
      'is not an ONNX model: cut off, or another file under its name',
    );
  }
}

async function fingerprintOf(parts: readonly Uint8Array[]): Promise<string> {
  const digests = await Promise.all(parts.map((part) => crypto.subtle.digest('SHA-256', part.slice())));
  const whole = await crypto.subtle.digest('SHA-256', await new Blob(digests).arrayBuffer());
  return hex(new Uint8Array(whole, 0, 4));
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
