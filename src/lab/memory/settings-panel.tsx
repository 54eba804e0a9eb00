/** What finds entries, and whether they age: both belong to one memory. */
import { useId, useState } from 'react';
import type { Ageing, EmbedderFacts, MemoryHome, NamespaceView } from '../../worker/memory-protocol';
import { figure, percent, size } from '../figures';
import { say } from '../language/language';
import { Empty, Panel } from '../shell/panel';
import type { MemoryController } from './memory-controller';
import { type MemoryState, mayWrite } from './memory-state';
import { DAY, span } from './times';
import { embedderWords } from './worker-words';

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
      title={say('What finds entries')}
      note={say(
        'An embedder turns texts into vectors; near vectors are found together. Another one needs vectors of its own: the old ones answer until all are made.',
      )}
    >
      {reembedding && (
        <div className="progress" role="status">
          <p>
            {fetching && reembedding.total === 0
              ? loadingWords(fetching)
              : say('Making vectors with {embedder}: {done} of {all}', {
                  embedder: coming ? titleOf(coming) : reembedding.embedder,
                  done: reembedding.done,
                  all: reembedding.total,
                })}
          </p>
          <progress
            aria-label={say('Making vectors')}
            {...(reembedding.total > 0 ? { value: reembedding.done, max: reembedding.total } : {})}
          />
          <button type="button" onClick={() => void memory.keeping.cancelReembedding()}>
            {say('Stop')}
          </button>
        </div>
      )}
      {home.embedders.length === 0 && <Empty>{say('There is no choice of embedders here.')}</Empty>}
      <ul className="profile-list">
        {home.embedders.map((embedder) => (
          <Embedder
            key={embedder.id}
            embedder={embedder}
            inForce={embedder.id === view.facts.embedderId}
            onUse={
              mayWrite(state) && !reembedding && embedder.state !== 'unavailable'
                ? () => void memory.keeping.reembed(embedder.id, titleOf(embedder))
                : null
            }
          />
        ))}
      </ul>
    </Panel>
  );
}

function loadingWords({ file, done, total }: NonNullable<MemoryState['fetching']>): string {
  return total > 0
    ? say('Loading {file}: {done} of {all}', { file, done: size(done), all: size(total) })
    : say('Loading {file}: {done}', { file, done: size(done) });
}

const titleOf = ({ title }: EmbedderFacts): string => embedderWords(title) ?? title;

interface EmbedderProps {
  readonly embedder: EmbedderFacts;
  readonly inForce: boolean;
  readonly onUse: (() => void) | null;
}

function Embedder({ embedder, inForce, onUse }: EmbedderProps) {
  return (
    <li className={inForce ? 'profile profile-open' : 'profile'}>
      <p>
        <strong>{titleOf(embedder)}</strong>
        {inForce && <span className="chip">{say('in force')}</span>}
        <br />
        {embedderWords(embedder.what) ?? <span lang="en">{embedder.what}</span>}
        <br />
        <span className="quiet">
          {say('{n} numbers a text', { n: embedder.dimension })} ·{' '}
          {embedder.theta === null
            ? say('θ is found when it is first used')
            : `θ = ${figure(embedder.theta)}`}
          {embedder.reason !== '' && (
            <> · {embedderWords(embedder.reason) ?? <span lang="en">{embedder.reason}</span>}</>
          )}
        </span>
      </p>
      {!inForce && (
        <button
          type="button"
          disabled={onUse === null}
          aria-label={say('Use {embedder}', { embedder: titleOf(embedder) })}
          onClick={() => onUse?.()}
        >
          {embedder.state === 'must be loaded' ? say('Load and use') : say('Use')}
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
    <Panel
      title={say('Ageing')}
      note={say('Off unless you switch it on. While on, every row says what it does to it.')}
    >
      <form
        className="ageing"
        onSubmit={(event) => {
          event.preventDefault();
          if (!wrong) set({ expireAfter, halfLife });
        }}
      >
        <RuleField
          rule={expiry}
          label={say('Entries expire')}
          unit={say('days after they were last written or retrieved')}
          onChange={setExpiry}
        />
        <p className="quiet">
          {ageing.expireAfter === null
            ? say('They are deleted when the lab opens, as one act of the journal that can be undone.')
            : say(
                'They are deleted when the lab opens, as one act of the journal that can be undone; in force: {time}.',
                { time: span(ageing.expireAfter) },
              )}
        </p>
        <RuleField
          rule={decay}
          label={say('Older entries count less')}
          unit={say('days halve the score of an entry in a search')}
          onChange={setDecay}
        />
        <p className="quiet">
          {halfLife
            ? say('After {once} an entry counts {half}, after {twice} {quarter}. Nothing is deleted.', {
                once: span(halfLife),
                half: percent(0.5),
                twice: span(2 * halfLife),
                quarter: percent(0.25),
              })
            : say('Every entry counts in full, however old.')}
        </p>
        {wrong && (
          <p className="warning" role="alert">
            {say('Days are a number above 0 and at most 36,500.')}
          </p>
        )}
        <button
          type="submit"
          className="primary"
          disabled={wrong || same || !mayWrite(state) || state.busy !== null}
        >
          {say('Set these rules')}
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
