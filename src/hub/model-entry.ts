/**
 * A model as the lab knows it: what it is, where its files lie, which of them are wanted. Plain data: it is what is noted
 * beside the files of a model that is kept in the browser.
 */
import type { ModelConfig } from '../engine/model/model-config';

/** What computes; as `ProviderName` of the protocol. */
export type ModelProvider = 'engine' | 'transformers' | 'web-llm';

export interface ModelFile {
  /** Below the model's folder, e.g. `onnx/model_q4.onnx`. */
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal; null where the hub does not name it (small files, kept in Git). */
  readonly sha256: string | null;
  /** What tells this content from any other: the Git object, a SHA-256, a date. */
  readonly tag: string;
  /** Where it lies if not in the repository (the compiled kernels of WebLLM). */
  readonly address?: string;
}

/** The kernels that MLC compiled for a model; not in its repository. */
export interface CompiledLibrary {
  /** Absolute; its path names the version it was compiled for. */
  readonly address: string;
  /** The name it has among the model's files. */
  readonly path: string;
  /** Null where nobody has noted it yet: then the file that comes first is the one that is meant. */
  readonly sha256: string | null;
}

export interface ModelEntry {
  /** `provider:name`, for transformers.js with the storage of the weights behind an @. */
  readonly id: string;
  readonly provider: ModelProvider;
  /** On the hub (`Qwen/Qwen3-0.6B`), or of the folder. */
  readonly name: string;
  readonly title: string;
  readonly origin: 'site' | 'hub' | 'folder';
  /** A commit of the hub; null: whatever its newest state is when it is asked, pinned from then on; and for other origins. */
  readonly revision: string | null;
  /** SPDX identifier; null: its files do not say. */
  readonly licence: string | null;
  readonly parameters: number | null;
  /** As its files are, e.g. `bf16`, `q4f16_1`. */
  readonly quantisation: string;
  /** Its shape, where it is known. */
  readonly shape: ModelConfig | null;
  /** Bytes of memory that its maker names for it (WebLLM's `vram_required_MB`); null: nobody says. */
  readonly memoryBytes: number | null;
  readonly library: CompiledLibrary | null;
  /** Null until the hub was asked. */
  readonly files: readonly ModelFile[] | null;
  /** Offered from the start. */
  readonly offered: boolean;
}

export function totalBytes(files: readonly ModelFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Whether something read from a disk is an entry; what is not is left out of the list. */
export function isModelEntry(value: unknown): value is ModelEntry {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as Readonly<Record<string, unknown>>;
  const texts = ['id', 'name', 'title', 'quantisation'].every((key) => typeof entry[key] === 'string');
  const files = entry.files;
  return (
    texts &&
    ['engine', 'transformers', 'web-llm'].includes(String(entry.provider)) &&
    ['site', 'hub', 'folder'].includes(String(entry.origin)) &&
    (files === null || (Array.isArray(files) && files.every(isModelFile)))
  );
}

function isModelFile(value: unknown): value is ModelFile {
  if (typeof value !== 'object' || value === null) return false;
  const { path, bytes, sha256, tag } = value as Readonly<Record<string, unknown>>;
  return (
    typeof path === 'string' &&
    typeof tag === 'string' &&
    Number.isSafeInteger(bytes) &&
    (sha256 === null || typeof sha256 === 'string')
  );
}
