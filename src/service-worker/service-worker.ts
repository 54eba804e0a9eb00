/**
 * The lab without a network, from the second visit on, and with threads on hosts that send no headers.
 *
 * Each build has its list of files (put in place of `SITE_LIST` below), so each build is another script to the
 * browser, which then installs it beside the one at work: into a cache of its own, whole (`kept-site.ts`). It takes over
 * when no tab of the version before is left, or when the page asks for it and is the only one: whoever began
 * with a version ends with it. Nothing but the listed files of this site is ever touched.
 */
import { KeptSite } from './kept-site';
import type { KeptSite as About, TakeOver, ToServiceWorker } from './protocol';
import type { Hearing, ServiceWorkerScope } from './scope';
import { fileFor, type SiteList } from './site-list';

declare const SITE_LIST: SiteList;

const scope = self as unknown as ServiceWorkerScope;
const site = scope.registration.scope;
const kept = new KeptSite(
  { caches: scope.caches, fetch: (...words) => scope.fetch(...words) },
  site,
  SITE_LIST,
);

scope.addEventListener('install', (event) => event.waitUntil(kept.fill()));
scope.addEventListener('activate', (event) => event.waitUntil(kept.dropOthers()));

scope.addEventListener('fetch', (event) => {
  const file = fileFor(SITE_LIST, site, event.request.method, event.request.url);
  if (file) event.respondWith(kept.answer(file));
});

scope.addEventListener('message', (event) => {
  const asked = event.data as ToServiceWorker;
  event.waitUntil((async () => event.ports[0]?.postMessage(await answer(asked, event)))());
});

function answer(asked: ToServiceWorker, event: Hearing): unknown {
  switch (asked.kind) {
    case 'about':
      return about();
    case 'take-over':
      return takeOver(event);
    case 'keep':
      return kept.keep(asked.folders);
  }
}

function about(): About {
  const ahead = SITE_LIST.files.filter(({ late }) => !late);
  return {
    version: SITE_LIST.version,
    files: ahead.length,
    bytes: ahead.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

async function takeOver(event: Hearing): Promise<TakeOver> {
  const tabs = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const others = tabs.filter(({ id, url }) => id !== event.source?.id && url.startsWith(site));
  if (others.length === 0) await scope.skipWaiting();
  return { taken: others.length === 0, otherTabs: others.length };
}
