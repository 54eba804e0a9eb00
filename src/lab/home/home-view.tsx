/** What the page says of where it runs: a line when a new version waits, and facts where it says how it computes. */
import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react';
import { count, figure } from '../figures';
import { Home, type HomeState } from './home';
import type { OfflineState } from './offline-keeper';

const HomeContext = createContext<Home>(new Home('site', null));

function useHome(): readonly [Home, HomeState] {
  const home = useContext(HomeContext);
  return [home, useSyncExternalStore(home.subscribe, home.state, home.state)];
}

export function AtHome({ home, children }: { readonly home: Home; readonly children: ReactNode }) {
  return (
    <HomeContext value={home}>
      {children}
      <UpdateNotice />
    </HomeContext>
  );
}

/** Over the foot of the page, so that nothing moves. */
function UpdateNotice() {
  const [home, { offline }] = useHome();
  return (
    <div className="update" role="status">
      {offline.kind === 'update-ready' && (
        <p>
          A new version of the lab is here. {tabsInTheWay(offline.otherTabs)}
          <button type="button" onClick={home.update}>
            Reload to update
          </button>
        </p>
      )}
      {offline.kind === 'updating' && <p>Updating …</p>}
    </div>
  );
}

function tabsInTheWay(otherTabs: number): string {
  if (otherTabs === 0) return '';
  const tabs = otherTabs === 1 ? 'Another tab uses' : `${otherTabs} other tabs use`;
  return `${tabs} the version before: close ${otherTabs === 1 ? 'it' : 'them'} first. `;
}

export function HomeFacts() {
  const [, { kind, missing, offline }] = useHome();
  return (
    <>
      <p>{kind === 'single-file' ? SINGLE : offlineWords(offline)}</p>
      {missing !== null && missing.length > 0 && (
        <>
          <p>
            Missing {kind === 'single-file' ? 'in a page opened from a file, or in this browser' : 'here'}:
          </p>
          <ul aria-label="Missing here">
            {missing.map(({ name, words }) => (
              <li key={name}>
                <strong>{name}</strong>: {words}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

const SINGLE =
  'This is the lab in one file: page, engine, model and trained adapter. It needs no network and asks for none. ' +
  'What you keep here, this browser keeps for pages opened from files. Sentence encoders for long-term memory are left out.';

function offlineWords(offline: OfflineState): string {
  switch (offline.kind) {
    case 'not-asked':
      return 'Not kept for use without a network yet.';
    case 'preparing':
      return 'Being kept for use without a network …';
    case 'kept': {
      const { files, bytes, version } = offline.site;
      return `Kept for use without a network: ${count(files, 'file')}, ${figure(bytes / 1e6, 1)} MB, version ${version}. From the next visit on the lab opens without its host.`;
    }
    case 'update-ready':
    case 'updating':
      return 'Kept for use without a network; a new version waits.';
    case 'unavailable':
      return offline.why;
  }
}
