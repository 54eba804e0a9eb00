/** How eq. 24 to the letter is gamed, in one episode: an update that changes nothing for the better is paid in full. */
import { phrase } from '../../language/language';
import type { ScriptExhibit } from './exhibit';
import { uselessUpdateScript } from './scripts/useless-update';

export const uselessUpdate: ScriptExhibit = {
  kind: 'script',
  id: 'useless-update',
  title: phrase('Maintenance paid for any update: one episode'),
  about: phrase(
    'A script misses the revision and rewrites the stale entry in other words. Read to the letter, eq. 24 pays this update in full, because an update was performed; the meaningful reading pays nothing, because the old value is still there. Scripted, and paid twice here.',
  ),
  source: 'P',
  alsoAnyUpdate: true,
  script: uselessUpdateScript,
};
