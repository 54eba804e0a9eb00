/** The task on view, replayed while the adapter's strength is moved from 0 to 1.5: the same dice at each. */
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import type { LearnedAdapter, ReplayRun } from '../../worker/protocol';
import { figure } from '../figures';
import { say } from '../language/language';
import type { LabController } from '../state/controller';
import { Latest } from '../state/latest';
import { Moves } from './comparison';

interface AdapterStrengthProps {
  readonly lab: LabController;
  readonly adapter: LearnedAdapter;
  /** A model call is under way, or training. */
  readonly blocked: boolean;
  /** Training uses the model. */
  readonly trains: boolean;
}

type Played = ReplayRun & { readonly strength: number };

export function AdapterStrength({ lab, adapter, blocked, trains }: AdapterStrengthProps) {
  const id = useId();
  const [strength, set] = useState(1);
  const [played, show] = useState<Played | null>(null);
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  // As quick as episodes are played; what the slider passed over meanwhile is left out.
  const wishes = useMemo(
    () =>
      new Latest<number>(async (wish) => {
        const run = await lab.replayStrength(adapter, wish);
        if (run && here.current) show(run);
      }),
    [lab, adapter],
  );
  return (
    <section className="adapter-strength">
      <h4>{say('The same episode, the adapter weaker or stronger')}</h4>
      <div className="play">
        <label htmlFor={id}>{say('Strength')}</label>
        <input
          id={id}
          type="range"
          min={0}
          max={1.5}
          step={0.05}
          value={strength}
          // While it plays its own episode the slider stays free, and keeps the keyboard's focus.
          disabled={trains}
          aria-valuetext={strengthWords(strength)}
          onChange={(event) => {
            set(event.target.valueAsNumber);
            wishes.want(event.target.valueAsNumber);
          }}
        />
        <output htmlFor={id}>{strengthWords(strength)}</output>
        {!played && (
          <button type="button" disabled={blocked} onClick={() => wishes.want(strength)}>
            {say('Play at this strength')}
          </button>
        )}
      </div>
      {played && (
        <article
          aria-label={say('At strength {strength}', { strength: figure(played.strength, 2) })}
          aria-live="polite"
        >
          <p className="total">
            <span className="total-value">{figure(played.reward.total)}</span>{' '}
            <span className="quiet">
              {say('reward at strength {strength}', { strength: figure(played.strength, 2) })}
            </span>
          </p>
          <Moves run={played} />
        </article>
      )}
    </section>
  );
}

function strengthWords(strength: number): string {
  if (strength === 0) return say('0: the base policy');
  if (strength === 1) return say('1: as it was trained');
  return figure(strength, 2);
}
