/**
 * Another model in the place of the one that acts, as the page sees it: while it is opened nothing else uses the model,
 * then the page begins anew with it. Where that fails, who acts is asked: the one before may be gone already.
 */
import type { ActingSetup, ModelsNews, OpenedModel } from '../../worker/models-protocol';
import type { Args, CallName, Result } from '../../worker/protocol';
import { say } from '../language/language';
import { BUNDLED } from './acting';
import type { Change, LabState } from './lab-state';
import type { ModelsArgs, ModelsCallName, ModelsLine, ModelsResult } from './models-line';
import { CallFailedError, labErrorOf, told } from './worker-client';

/** What it needs of the page's controller. */
export interface ExchangeHands {
  readonly call: <Name extends CallName>(name: Name, args: Args<Name>) => Promise<Result<Name>>;
  readonly state: () => LabState;
  readonly apply: (change: Change) => void;
  /** Nothing else uses the model from now on, */
  readonly begin: () => void;
  /** until now; an episode is opened where none is. */
  readonly end: () => Promise<void>;
  readonly listen: (listener: (news: ModelsNews) => void) => () => void;
  /** Whoever listens hears of the list that an opening leads to, from wherever it was asked for. */
  readonly tell: (news: ModelsNews) => void;
}

/** Refusals before anything was let go of. */
const UNTOUCHED: ReadonlySet<string> = new Set(['busy', 'training-active']);

export class ModelExchange implements ModelsLine {
  readonly listen: ModelsLine['listen'];

  constructor(private readonly hands: ExchangeHands) {
    this.listen = hands.listen;
  }

  call<Name extends ModelsCallName>(name: Name, args: ModelsArgs<Name>): Promise<ModelsResult<Name>> {
    return this.hands.call(name, args);
  }

  open(id: string, setup?: Partial<ActingSetup>): Promise<OpenedModel | null> {
    const call = () => this.hands.call('openModel', setup ? { id, setup } : { id });
    return this.exchange('model-opened', call);
  }

  /** Weights that are kept otherwise are read anew; everything else only changes how the next episode is played. */
  setUp(setup: Partial<ActingSetup>): Promise<OpenedModel | null> {
    const how = setup.base === undefined ? 'model-set-up' : 'model-opened';
    return this.exchange(how, () => this.hands.call('setUpModel', { setup }));
  }

  async cancel(): Promise<void> {
    await this.hands.call('cancel', {});
  }

  private async exchange(
    type: 'model-opened' | 'model-set-up',
    call: () => Promise<OpenedModel>,
  ): Promise<OpenedModel | null> {
    const { state, apply, begin, end } = this.hands;
    const { ready, busy } = state();
    if (!ready || busy) {
      const refusal = told('busy', say('The model that acts is at work.'), say('Try again when it is done.'));
      throw new CallFailedError(refusal);
    }
    const before = ready.model.id;
    begin();
    apply({ type: 'opening', opening: { text: '', done: 0, total: 0 } });
    try {
      const opened = await call();
      this.follow(type, opened);
      return opened;
    } catch (error) {
      const { code } = labErrorOf(error, '');
      if (type === 'model-opened' && !UNTOUCHED.has(code)) await this.askWhoActs(before);
      if (code === 'cancelled') return null;
      throw error;
    } finally {
      apply({ type: 'opening', opening: null });
      await end();
    }
  }

  private follow(type: 'model-opened' | 'model-set-up', opened: OpenedModel): void {
    this.hands.apply({ type, opened });
    this.hands.tell({ kind: 'models-changed', shelf: opened.shelf });
  }

  /** A guest that still acts has not been touched; the bundled policy may have been closed and opened again. */
  private async askWhoActs(before: string): Promise<void> {
    const { call, apply } = this.hands;
    try {
      const { active } = await call('listModels', {});
      if (active.id === before && before !== BUNDLED) return;
      this.follow('model-opened', await call('openModel', { id: active.id }));
    } catch (error) {
      // Beside the error that led here, which is told where the model was asked for.
      apply({ type: 'trouble', error: labErrorOf(error, say('Reload the page.')), fatal: false });
    }
  }
}
