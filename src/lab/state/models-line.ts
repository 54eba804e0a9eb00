/** What the model page needs of the worker: its calls by name, and its news. The lab's controller is one; tests bring their own. */
import type { ActingSetup, ModelsCalls, ModelsNews, OpenedModel } from '../../worker/models-protocol';
import type { News } from '../../worker/protocol';

/** Those that change who acts go through `open` and `setUp`, because the whole page follows. */
export type ModelsCallName = Exclude<keyof ModelsCalls, 'openModel' | 'setUpModel'>;
export type ModelsArgs<Name extends keyof ModelsCalls> = ModelsCalls[Name]['args'];
export type ModelsResult<Name extends keyof ModelsCalls> = ModelsCalls[Name]['result'];

/** All reject with `CallFailedError`. */
export interface ModelsLine {
  call<Name extends ModelsCallName>(name: Name, args: ModelsArgs<Name>): Promise<ModelsResult<Name>>;
  /** Another model acts, and the page begins anew with it; null if that was cancelled. */
  open(id: string, setup?: Partial<ActingSetup>): Promise<OpenedModel | null>;
  /** The model that acts is used otherwise. */
  setUp(setup: Partial<ActingSetup>): Promise<OpenedModel | null>;
  /** Gives up opening a model. */
  cancel(): Promise<void>;
  /** Returns how to stop listening. */
  listen(listener: (news: ModelsNews) => void): () => void;
}

const MODELS_NEWS: Readonly<Record<ModelsNews['kind'], true>> = {
  'models-changed': true,
  'model-loading': true,
  'foreign-request': true,
};

export function isModelsNews(news: News | ModelsNews): news is ModelsNews {
  return Object.hasOwn(MODELS_NEWS, news.kind);
}
