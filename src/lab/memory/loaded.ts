/**
 * Something the page asks the worker for: not yet, under way, there, or failed. While a newer value is under
 * way, or when it failed to come, the one before stays on view, so nothing jumps.
 */
import type { LabError } from '../../worker/protocol';

export type Loaded<T> =
  | { readonly state: 'none' }
  | { readonly state: 'loading'; readonly value: T | null }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly error: LabError; readonly value: T | null };

export const NONE: { readonly state: 'none' } = { state: 'none' };

/** The newest value there is, or null. */
export function newest<T>(loaded: Loaded<T>): T | null {
  return loaded.state === 'none' ? null : loaded.value;
}
