/**
 * The lab kept for use without a network, as the page sees it: registers the service worker, knows what is kept, hears
 * of a new version, and goes over to it when the user asks: at once and with a reload, since a page and its files
 * are always of one version.
 */
import type { KeptSite, ServiceWorkerAnswers, ToServiceWorker } from '../../service-worker/protocol';
import { type Phrase, phrase } from '../language/language';

export type OfflineState =
  /** Nobody has asked for it yet. */
  | { readonly kind: 'not-asked' }
  /** Why, as a sentence; `detail`: what the browser said, in its own words. */
  | { readonly kind: 'unavailable'; readonly why: Phrase; readonly detail?: string }
  | { readonly kind: 'preparing' }
  | { readonly kind: 'kept'; readonly site: KeptSite }
  /** It waits. `otherTabs`: how many of the lab were open when it was last asked to take over. */
  | { readonly kind: 'update-ready'; readonly otherTabs: number }
  | { readonly kind: 'updating' };

/** What of the browser it uses. */
export interface OfflineBrowser {
  /** Undefined on pages that may have none. */
  readonly container: ServiceWorkerContainer | undefined;
  readonly reload: () => void;
}

/** Below the site's folder, which it may keep by lying there. */
const SCRIPT = 'service-worker.js';

export class OfflineKeeper {
  private registration: ServiceWorkerRegistration | undefined;
  private tell: (state: OfflineState) => void = () => undefined;
  /** Folders whose late files are to be kept as soon as somebody keeps anything. */
  private wanted: ReadonlySet<string> = new Set();

  constructor(
    private readonly browser: OfflineBrowser,
    /** Absolute address of the site's folder, with a slash at its end. */
    private readonly site: string,
  ) {}

  /** Begins to keep the site, or to look for a new version if it is kept. Never fails: what is wrong is told. */
  async start(tell: (state: OfflineState) => void): Promise<void> {
    this.tell = tell;
    const { container } = this.browser;
    if (!container) return tell({ kind: 'unavailable', why: NOT_HERE });
    try {
      const registration = await container.register(this.site + SCRIPT, { updateViaCache: 'none' });
      this.registration = registration;
      registration.addEventListener('updatefound', () => this.follow(registration.installing));
      if (registration.waiting) return tell({ kind: 'update-ready', otherTabs: 0 });
      if (registration.active) await this.atWork(registration.active);
      this.follow(registration.installing);
    } catch (error) {
      tell({ kind: 'unavailable', why: FAILED, detail: words(error) });
    }
  }

  /** Reloads with the version that waits, unless other tabs use the one before; the state says so then. */
  async update(): Promise<void> {
    const waiting = this.registration?.waiting;
    if (!waiting) return;
    waiting.addEventListener('statechange', () => {
      if (waiting.state === 'activated') this.browser.reload();
    });
    const { taken, otherTabs } = await ask(waiting, { kind: 'take-over' });
    this.tell(taken ? { kind: 'updating' } : { kind: 'update-ready', otherTabs });
  }

  /**
   * These folders are in use, some of whose files are kept only then. Who is looked after by the service worker need not
   * say so: it has seen the requests. A first visit, which came before it, does.
   */
  keep(folders: readonly string[]): void {
    const { container } = this.browser;
    if (!container || container.controller) return;
    this.wanted = new Set([...this.wanted, ...folders]);
    const worker = this.registration?.active;
    if (worker) void this.keepWanted(worker);
  }

  private async atWork(worker: ServiceWorker): Promise<void> {
    this.tell({ kind: 'kept', site: await ask(worker, { kind: 'about' }) });
    await this.keepWanted(worker);
  }

  private async keepWanted(worker: ServiceWorker): Promise<void> {
    const folders = [...this.wanted];
    if (folders.length === 0) return;
    this.wanted = new Set();
    // What cannot be had now is had when it is used the next time.
    await ask(worker, { kind: 'keep', folders });
  }

  private follow(worker: ServiceWorker | null): void {
    if (!worker) return;
    // The one at work keeps the site; a new one is told of when it is whole.
    const first = !this.registration?.active;
    if (first) this.tell({ kind: 'preparing' });
    worker.addEventListener('statechange', async () => {
      if (worker.state === 'installed' && !first) this.tell({ kind: 'update-ready', otherTabs: 0 });
      if (worker.state === 'activated' && first) await this.atWork(worker);
      if (worker.state === 'redundant' && first) this.tell({ kind: 'unavailable', why: NOT_KEPT });
    });
  }
}

const NOT_HERE = phrase('This browser keeps no pages for use without a network.');
const NOT_KEPT = phrase('The lab could not be kept for use without a network; the next visit tries again.');
const FAILED = phrase(
  'The lab could not be kept for use without a network; the next visit tries again ({detail})',
);

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function ask<Asked extends ToServiceWorker>(
  worker: ServiceWorker,
  asked: Asked,
): Promise<ServiceWorkerAnswers[Asked['kind']]> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<ServiceWorkerAnswers[Asked['kind']]>) => {
      port1.close();
      resolve(data);
    };
    worker.postMessage(asked, [port2]);
  });
}
