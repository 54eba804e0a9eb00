/** What the page says of where it runs: a line when a new version waits, and facts where it says how it computes. */
import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react';
import { count, figure } from '../figures';
import { phrase, say } from '../language/language';
import { Say } from '../language/say';
import { Home, type HomeState } from './home';
import type { OfflineState } from './offline-keeper';

const HomeContext = createContext<Home>(new Home('site', null));

export function useHome(): readonly [Home, HomeState] {
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
          {say('A new version of the lab is here.')} {tabsInTheWay(offline.otherTabs)}{' '}
          <button type="button" onClick={home.update}>
            {say('Reload to update')}
          </button>
        </p>
      )}
      {offline.kind === 'updating' && <p>{say('Updating …')}</p>}
    </div>
  );
}

function tabsInTheWay(otherTabs: number): string {
  if (otherTabs === 0) return '';
  return otherTabs === 1
    ? say('Another tab uses the version before: close it first.')
    : say('{n} other tabs use the version before: close them first.', { n: otherTabs });
}

export function HomeFacts() {
  const [, { kind, missing, offline }] = useHome();
  return (
    <>
      <p>{kind === 'single-file' ? say(SINGLE) : offlineWords(offline)}</p>
      {missing !== null && missing.length > 0 && (
        <>
          <p>
            {kind === 'single-file'
              ? say('Missing in a page opened from a file, or in this browser:')
              : say('Missing here:')}
          </p>
          <ul aria-label={say('Missing here')}>
            {missing.map(({ name, words }) => (
              <li key={name}>
                <Say
                  text="{name}: {words}"
                  with={{ name: <strong>{say(name)}</strong>, words: say(words) }}
                />
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

const SINGLE = phrase(
  'This is the lab in one file: page, engine, model and trained adapter. It needs no network and asks for none. What you keep here, this browser keeps for pages opened from files. Sentence encoders for long-term memory are left out.',
);

function offlineWords(offline: OfflineState): string {
  switch (offline.kind) {
    case 'not-asked':
      return say('Not kept for use without a network yet.');
    case 'preparing':
      return say('Being kept for use without a network …');
    case 'kept': {
      const { files, bytes, version } = offline.site;
      return say(
        'Kept for use without a network: {files}, {megabytes} MB, version {version}. From the next visit on the lab opens without its host.',
        { files: count(files, 'file'), megabytes: figure(bytes / 1e6, 1), version },
      );
    }
    case 'update-ready':
    case 'updating':
      return say('Kept for use without a network; a new version waits.');
    case 'unavailable':
      return say(offline.why, { detail: offline.detail ?? '' });
  }
}
