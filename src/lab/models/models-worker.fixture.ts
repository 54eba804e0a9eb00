/**
 * A worker's models behind the calls of the page, kept in this process: for tests of the page's own logic. Downloads go
 * on as far as a test tells them; what the worker really does is tested with the worker.
 */
import type {
  ActingSetup,
  ActiveModel,
  ModelShelf,
  ModelState,
  ModelsNews,
  OfferedModel,
  OpenedModel,
} from '../../worker/models-protocol';
import type { Ready } from '../../worker/protocol';
import { BUNDLED } from '../state/acting';
import type { ModelsArgs, ModelsCallName, ModelsLine, ModelsResult } from '../state/models-line';
import { CallFailedError } from '../state/worker-client';

export const QWEN = 'engine:Qwen/Qwen3-0.6B';
export const SMOL = 'transformers:HuggingFaceTB/SmolLM2-135M-Instruct@q4f16';
export const BIG = 'web-llm:mlc-ai/Qwen2.5-7B-Instruct-q4f16_1-MLC';

const SETUP: ActingSetup = {
  prompt: 'short',
  thinking: null,
  constrained: false,
  temperature: 1,
  topP: 1,
  maxNewTokens: 96,
  contextTokens: 1024,
  base: 'f32',
};

const HUB = ['huggingface.co', 'cas-bridge.xethub.hf.co'];
const ALL = { act: true, logprobs: true, train: true, constrain: true };

/** What `Ready` says is the lab's to read, not this page's. */
export const NEW_READY = { model: { name: 'as opened' } } as unknown as Ready;

export function listOfModels(): readonly OfferedModel[] {
  const model: OfferedModel = {
    id: BUNDLED,
    provider: 'engine',
    name: 'policy',
    title: 'Bundled policy',
    origin: 'site',
    revision: null,
    licence: 'MIT',
    parameters: 820_608,
    quantisation: 'f16',
    downloadBytes: null,
    hosts: [],
    can: ALL,
    need: { actBytes: 6e6, trainBytes: 40e6, grantedBytes: 4e9, refusal: null },
    lacks: [],
    state: { kind: 'here' },
    offered: true,
  };
  return [
    model,
    {
      ...model,
      id: QWEN,
      name: 'Qwen/Qwen3-0.6B',
      title: 'Qwen3 0.6B',
      origin: 'hub',
      revision: 'c1899de289a04d12100db370d81485cdf75e47ca',
      licence: 'Apache-2.0',
      parameters: 596_049_920,
      quantisation: 'bf16',
      downloadBytes: 1_519_000_000,
      hosts: HUB,
      need: {
        actBytes: 1.37e9,
        trainBytes: 5.2e9,
        grantedBytes: 4e9,
        refusal: 'Training needs 5.2 GB and 4 GB are granted. With an int8 base it needs 3.1 GB.',
      },
      state: { kind: 'absent' },
    },
    {
      ...model,
      id: SMOL,
      provider: 'transformers',
      name: 'HuggingFaceTB/SmolLM2-135M-Instruct',
      title: 'SmolLM2 135M Instruct',
      origin: 'hub',
      revision: '12fd25f77366fa6b3b4b768ec3050bf629380bac',
      licence: 'Apache-2.0',
      parameters: 134_515_008,
      quantisation: 'q4f16',
      downloadBytes: 118_000_000,
      hosts: HUB,
      can: { ...ALL, train: false },
      need: { actBytes: 410e6, trainBytes: null, grantedBytes: null, refusal: null },
      state: { kind: 'absent' },
    },
    {
      ...model,
      id: BIG,
      provider: 'web-llm',
      name: 'mlc-ai/Qwen2.5-7B-Instruct-q4f16_1-MLC',
      title: 'Qwen2.5 7B Instruct',
      origin: 'hub',
      revision: null,
      licence: null,
      parameters: 7_615_616_512,
      quantisation: 'q4f16_1',
      downloadBytes: null,
      hosts: [...HUB, 'raw.githubusercontent.com'],
      can: { act: true, logprobs: false, train: false, constrain: true },
      need: null,
      lacks: ['Its kernels need the WebGPU feature shader-f16, which this device does not have.'],
      state: { kind: 'absent' },
    },
  ];
}

function activeOf({ id, provider, title, can }: OfferedModel, setup: ActingSetup): ActiveModel {
  return {
    id,
    provider,
    title,
    can,
    setup: provider === 'engine' ? setup : { ...setup, base: null },
    choices: {
      thinking: id === QWEN,
      bases: provider === 'engine' ? ['f32', 'f16', 'int8'] : [],
      maxContextTokens: id === BUNDLED ? 1024 : 8192,
    },
    wellFormed: { free: { steps: 0, wellFormed: 0 }, constrained: { steps: 0, wellFormed: 0 } },
  };
}

export class RecordedModels implements ModelsLine {
  readonly asked: { readonly name: string; readonly args: unknown }[] = [];
  /** Set to make every call of this name fail. */
  failing: string | null = null;
  /** Calls that wait for the end of a download. */
  private readonly ends = new Map<string, () => void>();
  private readonly listeners = new Set<(news: ModelsNews) => void>();
  shelf: ModelShelf;

  constructor(models = listOfModels()) {
    this.shelf = {
      models,
      active: activeOf(models[0], SETUP),
      storedBytes: 0,
      quota: { usedBytes: 12e6, grantedBytes: 60e9 },
      keeps: true,
    };
  }

  async call<Name extends ModelsCallName>(name: Name, args: ModelsArgs<Name>): Promise<ModelsResult<Name>> {
    await this.note(name, args);
    const { id = '' } = args as { readonly id?: string };
    switch (name as ModelsCallName) {
      case 'listModels':
        break;
      case 'addHubModel':
      case 'addModelFolder':
        this.add((args as { readonly name: string }).name);
        break;
      case 'downloadModel':
        this.become(id, {
          kind: 'downloading',
          storedBytes: 0,
          totalBytes: 1000,
          bytesPerSecond: null,
          file: 'a',
        });
        await new Promise<void>((resolve) => this.ends.set(id, resolve));
        break;
      case 'pauseDownload':
        this.become(id, { kind: 'partial', storedBytes: 400, totalBytes: 1000, trouble: null });
        break;
      case 'cancelDownload':
        this.become(id, { kind: 'absent' });
        break;
      case 'deleteModel':
        this.become(id, { kind: 'absent' });
        break;
    }
    return this.shelf as ModelsResult<Name>;
  }

  async open(id: string, setup: Partial<ActingSetup> = {}): Promise<OpenedModel> {
    await this.note('openModel', { id, setup });
    const model = this.shelf.models.find((one) => one.id === id);
    if (!model) throw new Error(`There is no ${id}.`);
    this.show({ active: activeOf(model, { ...SETUP, ...setup }) });
    return { ready: NEW_READY, shelf: this.shelf };
  }

  async setUp(setup: Partial<ActingSetup>): Promise<OpenedModel> {
    await this.note('setUpModel', { setup });
    const { active } = this.shelf;
    this.show({ active: { ...active, setup: { ...active.setup, ...setup } } });
    return { ready: NEW_READY, shelf: this.shelf };
  }

  async cancel(): Promise<void> {
    await this.note('cancel', {});
  }

  listen(listener: (news: ModelsNews) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Of a model, from now on; a state that no longer downloads ends the call that waits for it. */
  become(id: string, state: ModelState): void {
    this.show({ models: this.shelf.models.map((model) => (model.id === id ? { ...model, state } : model)) });
    if (state.kind !== 'downloading') this.ends.get(id)?.();
  }

  show(part: Partial<ModelShelf>): void {
    this.shelf = { ...this.shelf, ...part };
    for (const listener of this.listeners) listener({ kind: 'models-changed', shelf: this.shelf });
  }

  private add(name: string): void {
    const [, like] = listOfModels();
    const added: OfferedModel = { ...like, id: `engine:${name}`, name, title: name, offered: false };
    this.show({ models: [...this.shelf.models, added] });
  }

  private async note(name: string, args: unknown): Promise<void> {
    this.asked.push({ name, args });
    await Promise.resolve();
    if (this.failing === name) {
      throw new CallFailedError({ code: 'broken', message: `${name} is broken.`, whatToDo: 'Mend it.' });
    }
  }
}
