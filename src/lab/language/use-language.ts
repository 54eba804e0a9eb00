/** The language on view, for what has to be drawn anew when it changes. */
import { useSyncExternalStore } from 'react';
import { type Language, onLanguage, spoken } from './language';

export function useLanguage(): Language {
  return useSyncExternalStore(onLanguage, spoken, spoken);
}
