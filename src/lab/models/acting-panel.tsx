/** Who acts now, and the way back; while another model is being opened, how far that is. */
import type { ActiveModel } from '../../worker/models-protocol';
import { figure } from '../figures';
import { type Phrase, phrase, say } from '../language/language';
import { isGuest, PROVIDERS } from '../state/acting';
import type { Opening } from '../state/lab-state';
import { ABILITIES } from './model-words';
import type { ModelsController } from './models-controller';

/** What lies below a long list on small windows is found from here. */
const PARTS: readonly { readonly id: string; readonly name: Phrase }[] = [
  { id: 'models-shelf', name: phrase('List of models') },
  { id: 'models-setup', name: phrase('Set-up') },
  { id: 'models-add', name: phrase('Add a model') },
  { id: 'models-room', name: phrase('Room that models take') },
  { id: 'models-foreign', name: phrase('Asked of other hosts in this visit') },
];

interface ActingPanelProps {
  readonly active: ActiveModel;
  readonly models: ModelsController;
  /** A model is being opened, as far as is known. */
  readonly opening: Opening | null;
  /** Why no model can be opened now; null: one can. */
  readonly held: string | null;
}

export function ActingPanel({ active, models, opening, held }: ActingPanelProps) {
  return (
    <section className="deck acting-now" aria-label={say('The model that acts')}>
      <div className="acting-who">
        <p className="quiet">{say('Acts now')}</p>
        <h2 translate="no">{active.title}</h2>
        <p>
          <span className="chip">{say(PROVIDERS[active.provider])}</span>{' '}
          {ABILITIES.map(({ name, yes, no }) => say(active.can[name] ? yes : no)).join(' · ')}
        </p>
        <p className="quiet">{setupWords(active)}</p>
      </div>
      {isGuest(active) && (
        <button type="button" disabled={held !== null} onClick={() => void models.back()}>
          {say('Back to the bundled policy')}
        </button>
      )}
      <nav className="models-parts" aria-label={say('Parts of the model page')}>
        {PARTS.map(({ id, name }) => (
          <a key={id} href={`#${id}`}>
            {say(name)}
          </a>
        ))}
      </nav>
      {opening ? (
        <div className="acting-opening" role="status">
          <p>
            {say('A model is being opened.')} {opening.text !== '' && <span lang="en">{opening.text}</span>}
          </p>
          <progress
            aria-label={say('Opening the model')}
            value={opening.total > 0 ? opening.done : undefined}
            max={opening.total > 0 ? opening.total : undefined}
          />
          <button type="button" className="plain" onClick={models.giveUp}>
            {say('Give up')}
          </button>
        </div>
      ) : (
        held !== null && <p className="notice">{held}</p>
      )}
    </section>
  );
}

function setupWords({ setup }: ActiveModel): string {
  const parts = [
    setup.prompt === 'full' ? say('full prompt') : say('short prompt'),
    setup.constrained ? say('held to the protocol') : say('free of the protocol'),
    say('temperature {t}', { t: figure(setup.temperature, 2) }),
    setup.topP < 1 ? say('top-p {p}', { p: figure(setup.topP, 2) }) : null,
    setup.thinking === null ? null : setup.thinking ? say('thinks first') : say('does not think first'),
    say('context of {n}', { n: setup.contextTokens }),
    setup.base === null ? null : say('weights as {base}', { base: setup.base }),
  ];
  return parts.filter((part) => part !== null).join(' · ');
}
