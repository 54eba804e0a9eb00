/** What page and service worker say to each other; answers come through the port that the question brings. Types only. */

export type ToServiceWorker =
  /** What is kept for use without a network? */
  | { readonly kind: 'about' }
  /** Take the place of the version before. Only if no other tab is open: one tab never sees two versions. */
  | { readonly kind: 'take-over' }
  /** Late files of these folders are wanted: of a page whose own requests for them passed by, since it came first. */
  | { readonly kind: 'keep'; readonly folders: readonly string[] };

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
  /** True once all of them are kept; false: not all could be had, and the next visit that uses them tries again. */
  readonly keep: boolean;
}
