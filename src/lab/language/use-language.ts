/** The language on view, for what is to be drawn anew when it changes though nothing else has: what is memoised. */
import { useSyncExternalStore } from 'react';
import { type Language, onLanguage, spoken } from './language';

export function useLanguage(): Language {
  return useSyncExternalStore(onLanguage, spoken, spoken);
}
