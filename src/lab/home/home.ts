/**
 * Where the lab runs: from a site or as a single file, in a browser that has some things and lacks others, kept for use
 * without a network or not. Apart from the state of the lab, which is the same everywhere.
 */
import { type HomeKind, lookAtBrowser, type MissingFeature, missingFeatures } from './browser-features';
import type { OfflineKeeper, OfflineState } from './offline-keeper';

export interface HomeState {
  readonly kind: HomeKind;
  /** Null until it is known. */
  readonly missing: readonly MissingFeature[] | null;
  readonly offline: OfflineState;
}

export class Home {
  private current: HomeState;
  private readonly listeners = new Set<() => void>();

  constructor(
    kind: HomeKind,
    /** Null: nothing is kept, as in a single file. */
    private readonly keeper: OfflineKeeper | null,
    private readonly look = lookAtBrowser,
  ) {
    this.current = { kind, missing: null, offline: { kind: 'not-asked' } };
  }

  readonly state = (): HomeState => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** When the page has done what the user came for: looks at the browser and begins to keep the site. */
  async start(): Promise<void> {
    this.apply({ missing: missingFeatures(await this.look(), this.current.kind) });
    await this.keeper?.start((offline) => this.apply({ offline }));
  }

  /** Files of these folders of the site are in use now. */
  readonly keep = (folders: readonly string[]): void => this.keeper?.keep(folders);

  /** Goes over to the version that waits. */
  readonly update = (): void => {
    void this.keeper?.update();
  };

  private apply(part: Partial<HomeState>): void {
    this.current = { ...this.current, ...part };
    for (const listener of this.listeners) listener();
  }
}
