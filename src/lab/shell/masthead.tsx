/** What this is, which back end computes and why, and how light the page is. */
import { useEffect, useState } from 'react';
import type { ModelFacts, Ready } from '../../worker/protocol';
import { count } from '../figures';
import {
  LANGUAGE_NAMES,
  LANGUAGE_TAGS,
  LANGUAGES,
  type Language,
  type Phrase,
  phrase,
  say,
  spoken,
} from '../language/language';
import { Say } from '../language/say';
import { isGuest, PROVIDERS } from '../state/acting';
import { type Address, formatAddress, isPage, VIEWS, type View } from '../state/address';
import { PRESENT_KEY } from './presenter';

interface MastheadProps {
  readonly ready: Ready | null;
  readonly address: Address;
  /** The model that acts can make room for the bundled one now. */
  readonly idle: boolean;
  readonly onBundled: () => void;
  readonly onView: (view: View) => void;
  readonly onPresent: (present: boolean) => void;
  readonly onLanguage: (language: Language) => void;
}

const VIEW_WORDS: Readonly<Record<View, Phrase>> = {
  episode: phrase('One episode'),
  group: phrase('Eight at once'),
  training: phrase('Learning'),
  memory: phrase('Memory'),
  models: phrase('Models'),
  lessons: phrase('Lessons'),
};

export function Masthead(props: MastheadProps) {
  const { ready, address, onView, onPresent, onLanguage } = props;
  const guest = ready && isGuest(ready.model) ? ready.model : null;
  return (
    <header className="masthead">
      <div className="title">
        <h1 translate="no">AgeMem Lab</h1>
        <p>{say('A small language model learns what to remember, in this tab.')}</p>
      </div>
      <nav data-lesson="nav" aria-label={say('Parts of the page')}>
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
            {say(VIEW_WORDS[name])}
          </a>
        ))}
      </nav>
      <LanguageChoice onChoose={onLanguage} />
      <ThemeChoice />
      <button
        type="button"
        className="plain"
        data-lesson="present"
        aria-pressed={address.present}
        aria-keyshortcuts={PRESENT_KEY}
        title={say('Large type for a wall; {key} does the same', { key: PRESENT_KEY })}
        onClick={() => onPresent(!address.present)}
      >
        {address.present ? say('Stop presenting') : say('Present')}
      </button>
      {ready && <Machine ready={ready} address={address} />}
      {guest && (
        <p className="acting">
          <span>
            <Say
              text="{title} acts, by {provider}."
              with={{
                title: <strong translate="no">{guest.name}</strong>,
                provider: say(PROVIDERS[guest.provider]),
              }}
            />
          </span>
          <button type="button" className="plain" disabled={!props.idle} onClick={props.onBundled}>
            {say('Back to the bundled policy')}
          </button>
        </p>
      )}
    </header>
  );
}

/** True for parts of the page on view, which a fragment finds; other pages and lessons are opened by an address. */
function besides(view: View, address: Address): boolean {
  return !isPage(view) && view !== 'lessons' && !isPage(address.view);
}

/** A link that opens the same in a tab of its own. */
function linkTo(view: View, address: Address): string {
  if (besides(view, address)) return `#${view}`;
  if (view === 'lessons') return formatAddress({ ...address, view, lesson: null });
  const search = formatAddress({ ...address, view }) || '?';
  return isPage(view) ? search : `${search}#${view}`;
}

function Machine({ ready, address }: { readonly ready: Ready; readonly address: Address }) {
  const { backend, model } = ready;
  return (
    <details className="machine" data-lesson="machine">
      <summary>
        <span className="chip" translate="no">
          {backend.name}
        </span>{' '}
        <span lang="en">{model.device ?? backend.device}</span>
        {model.parameters !== null && (
          <span className="quiet"> · {count(model.parameters, 'parameter')}</span>
        )}
      </summary>
      <p lang="en">{backend.reason}</p>
      <table>
        <caption>{say('Other back ends')}</caption>
        <tbody>
          {backend.alternatives.map((option) => (
            <tr key={option.name}>
              <th scope="row" translate="no">
                {option.name}
              </th>
              <td>
                <span lang="en">{option.reason}</span>{' '}
                {option.available && (
                  <a href={formatAddress({ ...address, backend: option.name })}>{say('use it')}</a>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        <ModelSize model={model} />
        {model.trainingTokens !== null && (
          <> {say('Pretrained on {tokens}.', { tokens: count(model.trainingTokens, 'token') })}</>
        )}
      </p>
    </details>
  );
}

/** Of models of other providers not all is known. */
function ModelSize({ model }: { readonly model: ModelFacts }) {
  const { name, layers, parameters, vocabulary, window } = model;
  const known = { name: <span translate="no">{name}</span>, window: count(window, 'token') };
  if (layers === null || parameters === null || vocabulary === null) {
    return <Say text="{name}: a window of {window}." with={known} />;
  }
  return (
    <Say
      text="{name}: {layers}, {parameters}, a vocabulary of {vocabulary}, a window of {window}."
      with={{
        ...known,
        layers: count(layers, 'layer'),
        parameters: count(parameters, 'parameter'),
        vocabulary: count(vocabulary, 'token'),
      }}
    />
  );
}

function LanguageChoice({ onChoose }: { readonly onChoose: (language: Language) => void }) {
  return (
    <select
      className="language"
      // In every language the same, so that who cannot read the one on view finds the other.
      aria-label="Language · 语言"
      translate="no"
      value={spoken()}
      onChange={(event) => {
        const next = LANGUAGES.find((name) => name === event.target.value);
        if (!next) return;
        onChoose(next);
      }}
    >
      {LANGUAGES.map((name) => (
        <option key={name} value={name} lang={LANGUAGE_TAGS[name]}>
          {LANGUAGE_NAMES[name]}
        </option>
      ))}
    </select>
  );
}

type Theme = 'auto' | 'light' | 'dark';
const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];
const THEME_WORDS: Readonly<Record<Theme, Phrase>> = {
  auto: phrase('auto'),
  light: phrase('light'),
  dark: phrase('dark'),
};
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
      <legend className="visually-hidden">{say('Colours')}</legend>
      {THEMES.map((name) => (
        <label key={name}>
          <input
            type="radio"
            name="theme"
            value={name}
            checked={name === theme}
            onChange={() => choose(name)}
          />
          {say(THEME_WORDS[name])}
        </label>
      ))}
    </fieldset>
  );
}
