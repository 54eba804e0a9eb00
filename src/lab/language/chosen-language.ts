/** Which language the page begins with, and the memory of a choice. */
import { LANGUAGES, type Language } from './language';

const KEY = 'agemem-language';

/** What the address asks for, else what was chosen here before, else the first of the browser's that there is. */
export function firstLanguage(asked: Language | null): Language {
  return asked ?? stored() ?? ofBrowser(navigator.languages);
}

/** `zh`, `zh-CN`, `zh-Hant-TW`: all Chinese readers get the Chinese there is. */
export function ofBrowser(tags: readonly string[]): Language {
  for (const tag of tags) {
    const found = LANGUAGES.find((name) => name === tag.toLowerCase().split('-')[0]);
    if (found) return found;
  }
  return 'en';
}

export function keepLanguage(language: Language): void {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // A browser that stores nothing forgets the choice with the tab.
  }
}

function stored(): Language | null {
  try {
    return LANGUAGES.find((name) => name === localStorage.getItem(KEY)) ?? null;
  } catch {
    return null;
  }
}
