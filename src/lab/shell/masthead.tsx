/** What this is, which back end computes and why, and how light the page is. */
import { useEffect, useState } from 'react';
import type { Ready } from '../../worker/protocol';
import { count, grouped } from '../figures';
import { type Address, formatAddress, VIEWS, type View } from '../state/address';
import { PRESENT_KEY } from './presenter';

interface MastheadProps {
  readonly ready: Ready | null;
  readonly address: Address;
  readonly onView: (view: View) => void;
  readonly onPresent: (present: boolean) => void;
}

const VIEW_WORDS: Readonly<Record<View, string>> = {
  episode: 'One episode',
  group: 'Eight at once',
  training: 'Learning',
  memory: 'Memory',
  lessons: 'Lessons',
};

export function Masthead({ ready, address, onView, onPresent }: MastheadProps) {
  return (
    <header className="masthead">
      <div className="title">
        <h1>AgeMem Lab</h1>
        <p>A small language model learns what to remember, in this tab.</p>
      </div>
      <nav data-lesson="nav" aria-label="Parts of the page">
        {VIEWS.map((name) => (
          <a
            key={name}
            href={linkTo(name, address)}
            aria-current={name === address.view ? 'true' : undefined}
            onClick={(event) => {
              if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
              if (!besides(name, address)) event.preventDefault();
              onView(name);
            }}
          >
            {VIEW_WORDS[name]}
          </a>
        ))}
      </nav>
      <ThemeChoice />
      <button
        type="button"
        className="plain"
        data-lesson="present"
        aria-pressed={address.present}
        aria-keyshortcuts={PRESENT_KEY}
        title={`Large type for a wall; ${PRESENT_KEY} does the same`}
        onClick={() => onPresent(!address.present)}
      >
        {address.present ? 'Stop presenting' : 'Present'}
      </button>
      {ready && <Machine ready={ready} address={address} />}
    </header>
  );
}

/** True for parts of the page on view, which a fragment finds; memory and lessons are opened by an address. */
function besides(view: View, address: Address): boolean {
  return view !== 'memory' && view !== 'lessons' && address.view !== 'memory';
}

/** A link that opens the same in a tab of its own. */
function linkTo(view: View, address: Address): string {
  if (besides(view, address)) return `#${view}`;
  if (view === 'lessons') return formatAddress({ ...address, view, lesson: null });
  const search = formatAddress({ ...address, view }) || '?';
  return view === 'memory' ? search : `${search}#${view}`;
}

function Machine({ ready, address }: { readonly ready: Ready; readonly address: Address }) {
  const { backend, model } = ready;
  return (
    <details className="machine" data-lesson="machine">
      <summary>
        <span className="chip">{backend.name}</span> {backend.device}
        <span className="quiet"> · {grouped(model.parameters)} parameters</span>
      </summary>
      <p>{backend.reason}</p>
      <table>
        <caption>Other back ends</caption>
        <tbody>
          {backend.alternatives.map((option) => (
            <tr key={option.name}>
              <th scope="row">{option.name}</th>
              <td>
                {option.reason}{' '}
                {option.available && <a href={formatAddress({ ...address, backend: option.name })}>use it</a>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        {model.name}: {model.layers} layers, {count(model.parameters, 'parameter')},{' '}
        {count(model.vocabulary, 'token')} of vocabulary, a window of {model.window}
        {model.trainingTokens !== null && `, pretrained on ${count(model.trainingTokens, 'token')}`}.
      </p>
    </details>
  );
}

type Theme = 'auto' | 'light' | 'dark';
const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];
const THEME_KEY = 'agemem-theme';

function storedTheme(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(THEME_KEY)) ?? 'auto';
  } catch {
    return 'auto';
  }
}

function ThemeChoice() {
  const [theme, choose] = useState(storedTheme);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem(THEME_KEY, theme);
    } catch {
      // A browser that stores nothing forgets the choice with the tab.
    }
  }, [theme]);
  return (
    <fieldset className="theme" data-lesson="theme">
      <legend className="visually-hidden">Colours</legend>
      {THEMES.map((name) => (
        <label key={name}>
          <input
            type="radio"
            name="theme"
            value={name}
            checked={name === theme}
            onChange={() => choose(name)}
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
