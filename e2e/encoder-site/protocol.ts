/** What the page asks of the worker that opens encoders, as the lab's worker does. */
export type Ask =
  | {
      readonly kind: 'open';
      readonly name: string;
      /** A folder of the site, or null: the copy alone. */
      readonly folder: string | null;
      /** Asks the hub for the name instead. */
      readonly hub: boolean;
      readonly device: 'wasm' | 'webgpu';
      /** Cancelled so many milliseconds later. */
      readonly cancelAfter?: number;
    }
  | { readonly kind: 'embed'; readonly texts: readonly string[] }
  | { readonly kind: 'close' }
  | { readonly kind: 'kept' }
  | { readonly kind: 'forget'; readonly name: string };

export interface Answer {
  readonly error?: { readonly code: string; readonly message: string };
  readonly from?: string;
  readonly kept?: unknown;
  readonly id?: string;
  readonly vectors?: readonly (readonly number[])[];
  /** Requests told before they were made. */
  readonly told: readonly string[];
  /** Files whose progress was heard of, with the last bytes of how many. */
  readonly progress: Readonly<Record<string, readonly [number, number | null]>>;
}
