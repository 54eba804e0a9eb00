/** How many steps of the model that acts followed the protocol, drawn freely and held to it. */
import type { ActiveModel, WellFormed } from '../../worker/models-protocol';
import { grouped, percent } from '../figures';
import { type Phrase, phrase, say } from '../language/language';
import { Say } from '../language/say';
import { Panel } from '../shell/panel';
import { ModelName } from './model-name';

const WAYS: readonly { readonly way: keyof WellFormed; readonly name: Phrase }[] = [
  { way: 'free', name: phrase('Drawn freely') },
  { way: 'constrained', name: phrase('Held to the protocol') },
];

export function WellFormedPanel({ active }: { readonly active: ActiveModel }) {
  return (
    <Panel
      title={say('Well-formed steps')}
      note={
        <Say
          text="Of {title}, in this visit: steps the protocol could read, of all it wrote."
          with={{ title: <ModelName title={active.title} /> }}
        />
      }
    >
      <dl className="well-formed">
        {WAYS.map(({ way, name }) => {
          const { steps, wellFormed } = active.wellFormed[way];
          return (
            <div key={way}>
              <dt>{say(name)}</dt>
              {steps === 0 ? (
                <dd className="quiet">{say('no steps yet')}</dd>
              ) : (
                <dd>
                  <span className="share-of" aria-hidden="true">
                    <span className="fill" style={{ width: `${(100 * wellFormed) / steps}%` }} />
                  </span>
                  <span className="number">
                    {percent(wellFormed / steps)} ·{' '}
                    {say('{n} of {all} steps', { n: grouped(wellFormed), all: grouped(steps) })}
                  </span>
                </dd>
              )}
            </div>
          );
        })}
      </dl>
    </Panel>
  );
}
