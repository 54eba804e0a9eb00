/** Reads the address, mounts the lab, shows the part a link asks for. */
import { createRoot } from 'react-dom/client';
import { readRecording } from './episode/recording';
import { Home } from './home/home';
import { AtHome } from './home/home-view';
import { OfflineKeeper } from './home/offline-keeper';
import { Lab } from './lab';
import { firstLanguage } from './language/chosen-language';
import { speak } from './language/language';
import { parseAddress } from './state/address';
import { LabController } from './state/controller';

/**
 * @param worker the lab's worker, just started
 * @param files the files of the site, where the page brings them along (`src/single-file`)
 */
export function mount(worker: Worker, files?: ReadonlyMap<string, Uint8Array>): void {
  const site = new URL('./', document.baseURI).href;
  const address = parseAddress(window.location.search);
  const lab = new LabController({
    port: worker,
    address,
    site,
    files,
    recorded: () => readRecording(site, files),
    still: window.matchMedia('(prefers-reduced-motion: reduce)').matches,
    showAddress: (search, page) => {
      const { pathname, hash } = window.location;
      if (page) window.history.pushState(null, '', `${pathname}${search}`);
      else window.history.replaceState(null, '', `${pathname}${search}${hash}`);
    },
  });
  window.addEventListener('popstate', () => lab.return(parseAddress(window.location.search)));
  const home = files ? new Home('single-file', null) : new Home('site', keeper(site));
  keepWhatActs(lab, home);
  const root = document.getElementById('root');
  const draw = () => {
    if (!root) return;
    createRoot(root).render(
      <AtHome home={home}>
        <Lab lab={lab} />
      </AtHome>,
    );
  };
  // A dictionary that cannot be fetched leaves a page in English, not an empty one.
  void speak(firstLanguage(address.lang)).then(draw, draw);
  void lab.start().then(() => {
    const { view } = lab.state().address;
    if (view === 'group' || view === 'training')
      requestAnimationFrame(() => document.getElementById(view)?.scrollIntoView());
    void home.start();
  });
}

/** A policy of the site that is chosen works without a network from then on. */
function keepWhatActs(lab: LabController, home: Home): void {
  let acting: string | undefined;
  lab.subscribe(() => {
    const { ready } = lab.state();
    if (!ready || ready.model.id === acting) return;
    acting = ready.model.id;
    home.keep(ready.sitePolicies.find(({ id }) => id === acting)?.folders ?? []);
  });
}

/** Null under the development server, whose files change all the time. */
function keeper(site: string): OfflineKeeper | null {
  if (import.meta.env.DEV) return null;
  // The type says it is always there; outside secure contexts it is not.
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  return new OfflineKeeper({ container, reload: () => window.location.reload() }, site);
}
