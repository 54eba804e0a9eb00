/** What page and service worker say to each other; answers come through the port that the question brings. Types only. */

export type ToServiceWorker =
  /** What is kept for use without a network? */
  | { readonly kind: 'about' }
  /** Take the place of the version before. Only if no other tab is open: one tab never sees two versions. */
  | { readonly kind: 'take-over' };

export interface KeptSite {
  /** Begins the SHA-256 of the list of files. */
  readonly version: string;
  /** Of what is fetched ahead. */
  readonly files: number;
  readonly bytes: number;
}

export interface TakeOver {
  readonly taken: boolean;
  /** Other open tabs of the lab. */
  readonly otherTabs: number;
}

export interface ServiceWorkerAnswers {
  readonly about: KeptSite;
  readonly 'take-over': TakeOver;
}
