/** Reads the address, mounts the lab, shows the part a link asks for. */
import { createRoot } from 'react-dom/client';
import { Lab } from './lab';
import { parseAddress } from './state/address';
import { LabController } from './state/controller';

/** @param worker the lab's worker, just started */
export function mount(worker: Worker): void {
  const lab = new LabController({
    port: worker,
    address: parseAddress(window.location.search),
    site: new URL('./', document.baseURI).href,
    showAddress: (search, page) => {
      const { pathname, hash } = window.location;
      if (page) window.history.pushState(null, '', `${pathname}${search}`);
      else window.history.replaceState(null, '', `${pathname}${search}${hash}`);
    },
  });
  window.addEventListener('popstate', () => lab.return(parseAddress(window.location.search)));
  const root = document.getElementById('root');
  if (root) createRoot(root).render(<Lab lab={lab} />);
  void lab.start().then(() => {
    const { view } = lab.state().address;
    if (view === 'group' || view === 'training')
      requestAnimationFrame(() => document.getElementById(view)?.scrollIntoView());
  });
}
