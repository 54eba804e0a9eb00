/** The exhibits: a list, and what each of them shows once it is run. */
import { useEffect, useRef } from 'react';
import { type Phrase, phrase, say } from '../language/language';
import { SourceMark } from '../shell/panel';
import { EXHIBITS } from './exhibits';
import type { Exhibit } from './exhibits/exhibit';
import { RecordingView } from './recording-view';
import { ScriptView } from './script-view';
import { TriedView } from './tried-view';
import { VariantView } from './variant-view';
import type { WhatIfProps } from './what-if';

export type ExhibitProps = Pick<
  WhatIfProps,
  'task' | 'options' | 'blocked' | 'progress' | 'line' | 'hasShipped'
>;

const KINDS: Readonly<Record<Exhibit['kind'], Phrase>> = {
  script: phrase('scripted'),
  variant: phrase('played now'),
  tried: phrase('played now'),
  recording: phrase('recorded runs'),
};

type ExhibitsProps = ExhibitProps & Pick<WhatIfProps, 'exhibit' | 'onExhibit'>;

export function Exhibits({ exhibit: id, onExhibit, ...props }: ExhibitsProps) {
  /** The exhibit in view: one that a lesson or a link opens is scrolled to, one chosen here is not. */
  const seen = useRef<string | null>(null);
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    if (id !== seen.current) place.current?.scrollIntoView();
    seen.current = id;
  }, [id]);
  const choose = (next: string | null) => {
    seen.current = next;
    onExhibit(next);
  };
  const exhibit = EXHIBITS.find((one) => one.id === id);
  return (
    <section className="exhibits" aria-label={say('Exhibits')}>
      <h3>{say('Exhibits')}</h3>
      <ul className="exhibit-list">
        {EXHIBITS.map((one) => (
          <li key={one.id}>
            <button
              type="button"
              aria-pressed={one.id === id}
              onClick={() => choose(one.id === id ? null : one.id)}
            >
              {say(one.title)} <span className="quiet">{say(KINDS[one.kind])}</span>
            </button>
          </li>
        ))}
      </ul>
      {exhibit && (
        <section key={exhibit.id} ref={place} className="exhibit" aria-label={say(exhibit.title)}>
          <p>
            {say(exhibit.about)} <SourceMark source={exhibit.source} />
          </p>
          <View {...props} exhibit={exhibit} />
        </section>
      )}
    </section>
  );
}

function View({ exhibit, ...props }: ExhibitProps & { readonly exhibit: Exhibit }) {
  switch (exhibit.kind) {
    case 'script':
      return <ScriptView {...props} exhibit={exhibit} />;
    case 'variant':
      return <VariantView {...props} exhibit={exhibit} />;
    case 'tried':
      return <TriedView {...props} exhibit={exhibit} />;
    case 'recording':
      return <RecordingView exhibit={exhibit} />;
  }
}
