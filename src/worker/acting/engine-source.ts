/**
 * Where a model of the engine comes from, and how it gets to a device: the bundled policy, which is small and opened
 * again and again, is held on the host; any other is streamed from its files each time a device needs it.
 */
import type { Backend } from '../../engine/backend';
import { type BaseIdentity, baseFingerprint, storedFingerprint } from '../../engine/model/base-fingerprint';
import type { ChatTokenizer } from '../../engine/model/chat-template';
import { EngineModel } from '../../engine/model/engine-model';
import { readWeights } from '../../engine/model/host-weights';
import type { LoraConfig, ModelConfig, NamedTensors } from '../../engine/model/model-config';
import {
  MissingFileError,
  openFolder,
  openModelFolder,
  type ReadFile,
} from '../../engine/model/model-folder';
import type { EngineModelOptions } from '../../engine/model/model-options';
import type { BaseFormat } from '../../engine/model/packed-rows';
import { readCatalogue, type WeightCatalogue } from '../../engine/model/weight-catalogue';
import type { WeightSource } from '../../engine/model/weight-source';
import { LoadAbortedError } from '../../engine/model/weight-stream';
import { crc32 } from '../../storage/checksum';
import { hexadecimal } from '../../storage/hexadecimal';

type Decode = EngineModelOptions['decode'];

export interface OpenBase {
  readonly backend: Backend;
  readonly adapter?: LoraConfig;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface EngineSource {
  readonly config: ModelConfig;
  readonly chat: ChatTokenizer;
  /** CRC-32 of the tokenizer's file, eight hexadecimal digits. */
  readonly tokenizer: string;
  /** What it is, by name and by its weights. */
  readonly base: () => BaseIdentity;
  /** Puts its weights on a device. @throws what `EngineModel.open` and `stream` throw */
  open(on: OpenBase): Promise<EngineModel>;
  /** The weights on the host, for a model so small that it decodes many tokens a dispatch. */
  onHost(): Promise<NamedTensors>;
}

/** Weights and all on the host. */
export async function heldSource(folder: ReadFile, name: string, decode: Decode): Promise<EngineSource> {
  const { read, tokenizer } = noting(folder);
  const { config, chat, weights } = await openModelFolder(read);
  let fingerprint: string | undefined;
  return {
    config,
    chat,
    tokenizer: tokenizer(),
    base: () => {
      // At the first call: it reads every weight.
      fingerprint ??= baseFingerprint(config, weights);
      return { name, fingerprint };
    },
    open: ({ backend, adapter }) => EngineModel.open({ backend, config, weights, adapter, decode }),
    onHost: async () => weights,
  };
}

/** Everything but the weights, which stay in their files. */
export async function filedSource(files: WeightSource, name: string): Promise<FiledSource> {
  const { read, tokenizer } = noting(Object.assign(wholeFiles(files), { ranges: files }));
  const { config, chat } = await openFolder(read);
  return new FiledSource(files, config, chat, tokenizer(), name);
}

/** Activations of models above this are computed again on the way back, unless the device says it has room. */
export const KEPT_ACTIVATIONS_PARAMETERS = 50e6;

export class FiledSource implements EngineSource {
  private catalogue: WeightCatalogue | null = null;
  private fingerprint: string | null = null;
  /** How the matrices of the blocks are kept. */
  format: BaseFormat = 'f32';
  decode: Decode;

  constructor(
    private readonly files: WeightSource,
    readonly config: ModelConfig,
    readonly chat: ChatTokenizer,
    readonly tokenizer: string,
    private readonly name: string,
  ) {}

  readonly base = (): BaseIdentity => ({ name: this.name, fingerprint: this.fingerprint });

  /** Parameters, from the headers of its files. */
  async parameters(signal?: AbortSignal): Promise<number> {
    const { tensors } = await this.headers(signal);
    return tensors.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  }

  async open({ backend, adapter, signal, onProgress }: OpenBase): Promise<EngineModel> {
    const large = (await this.parameters(signal)) > KEPT_ACTIVATIONS_PARAMETERS;
    const knowsMemory = backend.info.memoryBytes !== undefined;
    return EngineModel.stream({
      backend,
      config: this.config,
      adapter,
      source: this.files,
      baseFormat: this.format,
      decode: this.decode,
      recompute: large && !knowsMemory ? true : undefined,
      signal,
      onProgress: ({ loadedBytes, totalBytes }) => onProgress?.(loadedBytes, totalBytes),
    });
  }

  onHost(): Promise<NamedTensors> {
    return readWeights(this.files, this.config);
  }

  /** Reads every weight once more: what runs and adapters of this base are known by. */
  async identify(signal: AbortSignal, onProgress: (done: number, total: number) => void): Promise<void> {
    const catalogue = await this.headers(signal);
    let done = 0;
    const watched: WeightSource = {
      ...this.files,
      read: async (name, start, end, ended) => {
        const bytes = await this.files.read(name, start, end, ended);
        done += bytes.length;
        onProgress(done, catalogue.bytes);
        return bytes;
      },
    };
    this.fingerprint = await storedFingerprint(this.config, watched, catalogue, signal);
  }

  private async headers(signal?: AbortSignal): Promise<WeightCatalogue> {
    this.catalogue ??= await readCatalogue(this.files, this.config, signal);
    if (signal?.aborted) throw new LoadAbortedError();
    return this.catalogue;
  }
}

/** The folder, with the checksum of its tokenizer once that was read. */
function noting(folder: ReadFile): { readonly read: ReadFile; readonly tokenizer: () => string } {
  let crc = 0;
  const read = async (name: string) => {
    const bytes = await folder(name);
    if (name === 'tokenizer.json') crc = crc32(bytes);
    return bytes;
  };
  return { read: Object.assign(read, { ranges: folder.ranges }), tokenizer: () => hexadecimal(crc) };
}

function wholeFiles(files: WeightSource): (name: string) => Promise<Uint8Array> {
  return async (name) => {
    const size = await files.size(name);
    if (size === null) throw new MissingFileError(name, `in ${files.where}`);
    return files.read(name, 0, size);
  };
}
