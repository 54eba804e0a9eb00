/**
 * What the user's actions on the model page do. Downloads run beside one another and beside everything else; each place
 * of the page waits for its own answer and shows its own error. React reads the state through `subscribe` and `state`.
 */
import type { ActingSetup, ModelShelf, ProviderName } from '../../worker/models-protocol';
import { phrase, say } from '../language/language';
import { BUNDLED } from '../state/acting';
import type { ModelsLine } from '../state/models-line';
import { labErrorOf, told } from '../state/worker-client';
import {
  changeModels,
  INITIAL,
  type ModelsChange,
  type ModelsState,
  newcomer,
  type Place,
  placeOf,
} from './models-state';
import { MOST_FILES, type PickedFolder, TooManyFilesError } from './picked-folder';

const WHAT_TO_DO = phrase('Try again, or reload the page.');

export class ModelsController {
  private current: ModelsState = INITIAL;
  private readonly listeners = new Set<() => void>();
  private deaf: (() => void) | null = null;

  constructor(private readonly line: ModelsLine) {}

  readonly state = (): ModelsState => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Begins to listen and reads the list anew: it may have changed while nobody looked. */
  readonly open = async (): Promise<void> => {
    this.deaf ??= this.line.listen((news) => {
      if (news.kind === 'models-changed') this.apply({ type: 'shelf', shelf: news.shelf });
    });
    await this.during('list', () => this.line.call('listModels', {}));
  };

  close(): void {
    this.deaf?.();
    this.deaf = null;
  }

  // -------------------------------------------------------------- files

  /** Fetches it, or what is missing of it. Answered when that is over; meanwhile it can be paused. */
  readonly download = (id: string): Promise<void> =>
    this.during(placeOf(id), () => this.line.call('downloadModel', { id }));

  readonly pause = (id: string): Promise<void> => this.beside(id, 'pauseDownload');

  readonly cancel = (id: string): Promise<void> => this.beside(id, 'cancelDownload');

  readonly remove = (id: string): Promise<void> =>
    this.during(placeOf(id), () => this.line.call('deleteModel', { id }));

  /** Not waited for by its place, which waits for the download itself. */
  private async beside(id: string, name: 'pauseDownload' | 'cancelDownload'): Promise<void> {
    try {
      this.apply({ type: 'shelf', shelf: await this.line.call(name, { id }) });
    } catch (error) {
      this.report(placeOf(id), error);
    }
  }

  // -------------------------------------------------------------- the list

  /** True if it is in the list now. */
  readonly addHub = async (name: string, provider: ProviderName): Promise<boolean> =>
    this.adding('hub', () => this.line.call('addHubModel', { name, provider }));

  /** What was picked or dropped, as soon as it is looked through. */
  readonly pick = async (files: PickedFolder | Promise<PickedFolder>): Promise<void> => {
    try {
      const folder = await files;
      this.apply({ type: 'picked', folder: folder.files.size > 0 ? folder : null });
      if (folder.files.size === 0) this.refuse('folder-empty', say('There are no files in it.'));
    } catch (error) {
      this.apply({ type: 'picked', folder: null });
      if (error instanceof TooManyFilesError)
        this.refuse('folder-too-large', say('There are more than {n} files in it.', { n: MOST_FILES }));
      else this.report('folder', error);
    }
  };

  readonly unpick = (): void => this.apply({ type: 'picked', folder: null });

  readonly addFolder = async (name: string, keep: boolean): Promise<void> => {
    const { picked } = this.current;
    if (!picked) return;
    const add = () => this.line.call('addModelFolder', { name, files: picked.files, keep });
    if (await this.adding('folder', add)) this.unpick();
  };

  private refuse(code: string, message: string): void {
    const error = told(code, message, say('Choose the folder that holds the files of one model.'));
    this.apply({ type: 'answered', place: 'folder', error });
  }

  private async adding(place: Place, call: () => Promise<ModelShelf>): Promise<boolean> {
    const before = this.current.shelf;
    await this.during(place, call);
    if (this.current.troubles.has(place) || !this.current.shelf) return false;
    this.apply({ type: 'fresh', id: newcomer(before, this.current.shelf) });
    return true;
  }

  /** The newcomer has been looked at. */
  readonly seen = (): void => this.apply({ type: 'fresh', id: null });

  // -------------------------------------------------------------- who acts

  readonly use = (id: string, setup?: Partial<ActingSetup>): Promise<void> =>
    this.during(placeOf(id), async () => (await this.line.open(id, setup))?.shelf ?? null);

  readonly back = (): Promise<void> => this.use(BUNDLED);

  readonly setUp = (setup: Partial<ActingSetup>): Promise<void> =>
    this.during('setup', async () => (await this.line.setUp(setup))?.shelf ?? null);

  readonly giveUp = (): void => void this.line.cancel();

  readonly dismiss = (place: Place): void => this.apply({ type: 'read', place });

  /** One call at a time of a place; what it answers is the list on view. */
  private async during(place: Place, call: () => Promise<ModelShelf | null>): Promise<void> {
    if (this.current.waiting.has(place)) return;
    this.apply({ type: 'asked', place });
    try {
      const shelf = await call();
      if (shelf) this.apply({ type: 'shelf', shelf });
      this.apply({ type: 'answered', place, error: null });
    } catch (error) {
      this.report(place, error);
    }
  }

  private report(place: Place, error: unknown): void {
    this.apply({ type: 'answered', place, error: labErrorOf(error, say(WHAT_TO_DO)) });
  }

  private apply(by: ModelsChange): void {
    this.current = changeModels(this.current, by);
    for (const listener of this.listeners) listener();
  }
}
