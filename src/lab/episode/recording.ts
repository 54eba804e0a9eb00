/** Reads the recorded episode that is shipped with the site. */
import type { Recording } from '../../worker/episode-protocol';

const PATH = 'recorded/before-after.json';

/**
 * Null where it cannot be had: the page then waits for the live episode, which is no trouble worth telling.
 * @param files those of a page that brings them along and can fetch nothing
 */
export async function readRecording(
  site: string,
  files?: ReadonlyMap<string, Uint8Array>,
): Promise<Recording | null> {
  try {
    const brought = files?.get(PATH);
    if (brought) return JSON.parse(new TextDecoder().decode(brought)) as Recording;
    if (files) return null;
    const response = await fetch(new URL(PATH, site));
    return response.ok ? ((await response.json()) as Recording) : null;
  } catch {
    return null;
  }
}
