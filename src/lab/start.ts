/**
 * The page's entry: starts the worker before anything else, so that it loads and looks for a device while the page
 * itself is still being read. The page follows as a script of its own, fetched at the same time
 * (`modulepreload`, see `vite.config.ts`).
 */
import './styles';

const worker = new Worker(new URL('../worker/lab-worker.ts', import.meta.url), {
  type: 'module',
  name: 'lab',
});
let failed: ErrorEvent | undefined;
const note = (event: ErrorEvent) => {
  failed = event;
};
worker.addEventListener('error', note);
void import('./main').then(({ mount }) => {
  worker.removeEventListener('error', note);
  mount(worker);
  // What happened before anybody listened is told again.
  if (failed) worker.dispatchEvent(new ErrorEvent('error', { message: failed.message }));
});
