/** What finds entries, and whether they age: both belong to one memory. */
import { useId, useState } from 'react';
import type { Ageing, EmbedderFacts, MemoryHome, NamespaceView } from '../../worker/memory-protocol';
import { figure, percent, size } from '../figures';
import { Empty, Panel } from '../shell/panel';
import type { MemoryController } from './memory-controller';
import { type MemoryState, mayWrite } from './memory-state';
import { DAY, span } from './times';

interface SettingsPanelProps {
  readonly state: MemoryState;
  readonly view: NamespaceView;
  readonly home: MemoryHome;
  readonly memory: MemoryController;
}

export function SettingsPanel(props: SettingsPanelProps) {
  return (
    <div className="memory-columns">
      <EmbedderPanel {...props} />
      <AgeingPanel key={JSON.stringify(props.view.ageing)} {...props} />
    </div>
  );
}

function EmbedderPanel({ state, view, home, memory }: SettingsPanelProps) {
  const { reembedding, fetching } = state;
  const coming = home.embedders.find(({ id }) => id === reembedding?.embedder);
  return (
    <Panel
      title="What finds entries"
      note="An embedder turns texts into vectors; near vectors are found together. Another one needs vectors of its own: the old ones answer until all are made."
    >
      {reembedding && (
        <div className="progress" role="status">
          <p>
            {fetching && reembedding.total === 0
              ? `Loading ${fetching.file}: ${size(fetching.done)}${fetching.total > 0 ? ` of ${size(fetching.total)}` : ''}`
              : `Making vectors with ${coming?.title ?? reembedding.embedder}: ${reembedding.done} of ${reembedding.total}`}
          </p>
          <progress
            aria-label="Making vectors"
            {...(reembedding.total > 0 ? { value: reembedding.done, max: reembedding.total } : {})}
          />
          <button type="button" onClick={() => void memory.keeping.cancelReembedding()}>
            Stop
          </button>
        </div>
      )}
      {home.embedders.length === 0 && <Empty>There is no choice of embedders here.</Empty>}
      <ul className="profile-list">
        {home.embedders.map((embedder) => (
          <Embedder
            key={embedder.id}
            embedder={embedder}
            inForce={embedder.id === view.facts.embedderId}
            onUse={
              mayWrite(state) && !reembedding && embedder.state !== 'unavailable'
                ? () => void memory.keeping.reembed(embedder.id, embedder.title)
                : null
            }
          />
        ))}
      </ul>
    </Panel>
  );
}

interface EmbedderProps {
  readonly embedder: EmbedderFacts;
  readonly inForce: boolean;
  readonly onUse: (() => void) | null;
}

function Embedder({ embedder, inForce, onUse }: EmbedderProps) {
  return (
    <li className={inForce ? 'profile profile-open' : 'profile'}>
      <p>
        <strong>{embedder.title}</strong>
        {inForce && <span className="chip">in force</span>}
        <br />
        {embedder.what}
        <br />
        <span className="quiet">
          {embedder.dimension} numbers a text ·{' '}
          {embedder.theta === null ? 'θ is found when it is first used' : `θ = ${figure(embedder.theta)}`}
          {embedder.reason !== '' && <> · {embedder.reason}</>}
        </span>
      </p>
      {!inForce && (
        <button
          type="button"
          disabled={onUse === null}
          aria-label={`Use ${embedder.title}`}
          onClick={() => onUse?.()}
        >
          {embedder.state === 'must be loaded' ? 'Load and use' : 'Use'}
        </button>
      )}
    </li>
  );
}

interface Rule {
  readonly on: boolean;
  readonly days: string;
}

const ruleOf = (milliseconds: number | null, otherwise: number): Rule => ({
  on: milliseconds !== null,
  days: String(Number(((milliseconds ?? otherwise * DAY) / DAY).toFixed(3))),
});

/** Null: off. Undefined: not a number of days that makes sense. */
function millisecondsOf({ on, days }: Rule): number | null | undefined {
  if (!on) return null;
  const value = Number(days);
  return days.trim() !== '' && value > 0 && value <= 36_500 ? Math.round(value * DAY) : undefined;
}

function AgeingPanel({ state, view, memory }: SettingsPanelProps) {
  const { ageing } = view;
  const [expiry, setExpiry] = useState(() => ruleOf(ageing.expireAfter, 365));
  const [decay, setDecay] = useState(() => ruleOf(ageing.halfLife, 90));
  const expireAfter = millisecondsOf(expiry);
  const halfLife = millisecondsOf(decay);
  const wrong = expireAfter === undefined || halfLife === undefined;
  const same = expireAfter === ageing.expireAfter && halfLife === ageing.halfLife;
  const set = (rules: Ageing) => void memory.age(rules);
  return (
    <Panel title="Ageing" note="Off unless you switch it on. While on, every row says what it does to it.">
      <form
        className="ageing"
        onSubmit={(event) => {
          event.preventDefault();
          if (!wrong) set({ expireAfter, halfLife });
        }}
      >
        <RuleField
          rule={expiry}
          label="Entries expire"
          unit="days after they were last written or retrieved"
          onChange={setExpiry}
        />
        <p className="quiet">
          They are deleted when the lab opens, as one act of the journal that can be undone
          {ageing.expireAfter !== null && `; in force: ${span(ageing.expireAfter)}`}.
        </p>
        <RuleField
          rule={decay}
          label="Older entries count less"
          unit="days halve the score of an entry in a search"
          onChange={setDecay}
        />
        <p className="quiet">
          {halfLife
            ? `After ${span(halfLife)} an entry counts ${percent(0.5)}, after ${span(2 * halfLife)} ${percent(0.25)}. Nothing is deleted.`
            : 'Every entry counts in full, however old.'}
        </p>
        {wrong && (
          <p className="warning" role="alert">
            Days are a number above 0 and at most 36,500.
          </p>
        )}
        <button
          type="submit"
          className="primary"
          disabled={wrong || same || !mayWrite(state) || state.busy !== null}
        >
          Set these rules
        </button>
      </form>
    </Panel>
  );
}

interface RuleFieldProps {
  readonly rule: Rule;
  readonly label: string;
  readonly unit: string;
  readonly onChange: (rule: Rule) => void;
}

function RuleField({ rule, label, unit, onChange }: RuleFieldProps) {
  const id = useId();
  return (
    <div className="rule">
      <label className="check">
        <input
          type="checkbox"
          checked={rule.on}
          onChange={(event) => onChange({ ...rule, on: event.target.checked })}
        />
        {label}
      </label>
      <span>
        <input
          id={id}
          inputMode="decimal"
          aria-label={`${label}: ${unit}`}
          value={rule.days}
          disabled={!rule.on}
          onChange={(event) => onChange({ ...rule, days: event.target.value })}
        />{' '}
        <span className="quiet">{unit}</span>
      </span>
    </div>
  );
}
