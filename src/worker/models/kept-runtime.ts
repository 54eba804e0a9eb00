/**
 * A model that is kept works without a network only if what computes it is kept too. Runtimes of other libraries are
 * large and come late: the service worker keeps a file when it is first asked for, so they are asked for once here.
 */
import { LabRefusal } from '../lab-errors';

/** Begins the names of the caches of a kept site (`service-worker/site-list.ts`). */
const SITE_CACHE = 'agemem-lab ';

/**
 * Nothing happens where no site is kept: there a reload needs the network anyway.
 * @param addresses of this site
 * @throws LabRefusal `runtime-not-kept`
 */
export async function keepRuntime(addresses: readonly string[]): Promise<void> {
  const caches = await globalThis.caches?.keys().catch(() => []);
  if (!caches?.some((name) => name.startsWith(SITE_CACHE))) return;
  for (const address of addresses) {
    const response = await fetch(address).catch(() => null);
    // It is kept before it is answered; nobody here reads it.
    await response?.body?.cancel();
    if (response?.ok) continue;
    throw new LabRefusal(
      'runtime-not-kept',
      'The model is kept, but the library that computes it could not be fetched from this site.',
      'Use the model once while there is a network; from then on it works without.',
    );
  }
}
