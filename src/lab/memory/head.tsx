/** The head of the page: which memory, how it is, and the parts of the page as tabs. */
import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react';
import type {
  BackupFacts,
  Health,
  MemoryHome,
  NamespaceFacts,
  NamespaceKind,
  NamespaceView,
} from '../../worker/memory-protocol';
import { count, grouped, size } from '../figures';
import { type Phrase, phrase, say } from '../language/language';
import { Say } from '../language/say';
import { LastChance } from '../shell/last-chance';
import { optionText } from './inert';
import type { MemoryController } from './memory-controller';
import { type MemoryState, TABS, type Tab } from './memory-state';
import { titleOf } from './names';
import { HealthWords } from './safety-panel';
import { clock } from './times';
import { When } from './when';

const TAB_WORDS: Readonly<Record<Tab, Phrase>> = {
  entries: phrase('Entries'),
  journal: phrase('Journal'),
  audit: phrase('Audit'),
  exchange: phrase('Import and export'),
  profiles: phrase('Profiles'),
  safety: phrase('Kept safe'),
  settings: phrase('Settings'),
};

const KIND_WORDS: Readonly<Record<NamespaceKind, Phrase>> = {
  user: phrase('Your profiles'),
  episode: phrase('Episode on view'),
  rollout: phrase('Rollouts of the last group'),
};

interface HeadProps {
  readonly state: MemoryState;
  readonly home: MemoryHome;
  readonly view: NamespaceView | null;
  readonly memory: MemoryController;
  readonly now: number;
  /** The id of the region the tabs show. */
  readonly panelId: string;
}

export function Head({ state, home, view, memory, now, panelId }: HeadProps) {
  const facts = view?.facts ?? home.namespaces.find(({ name }) => name === state.name) ?? null;
  const health = state.name === null ? undefined : home.health[state.name];
  const closed = isClosed(state);
  return (
    <section className="deck memory-head" aria-label={say('Memory on view')}>
      <div className="memory-facts">
        <Switcher state={state} namespaces={home.namespaces} memory={memory} />
        <p className="memory-count">
          <Say
            text={facts?.count === 1 ? '{n} entry' : '{n} entries'}
            with={{ n: <span className="total-value">{facts ? grouped(facts.count) : '–'}</span> }}
          />
        </p>
        <dl className="memory-marks">
          <Mark name={say('State')} tone={closed ? 'bad' : health ? HEALTH_TONES[health.state] : ''}>
            {closed
              ? say('✗ not reachable')
              : health
                ? say(HEALTH_MARKS[health.state])
                : facts?.kind === 'user'
                  ? say('– not checked')
                  : say('– not kept')}
          </Mark>
          <Mark name={say('Room')}>
            {facts ? size(facts.bytes) : '–'}
            <span className="quiet"> · {count(facts?.journal ?? 0, 'record')}</span>
          </Mark>
          <Mark name={say('Backup')}>
            {home.backups[0] ? <When at={home.backups[0].made} now={now} short /> : say('none yet')}
          </Mark>
          <Mark name={say("Browser's promise")} tone={home.storage.persisted === 'yes' ? 'good' : ''}>
            {home.storage.persisted === 'yes' ? (
              say('✓ kept safe')
            ) : (
              <button
                type="button"
                className="plain"
                disabled={state.busy !== null}
                onClick={() => void memory.keeping.persist()}
              >
                {say('Keep safe')}
              </button>
            )}
          </Mark>
        </dl>
      </div>
      <Tabs tab={state.tab} panelId={panelId} onTab={(tab) => void memory.go(tab)} />
    </section>
  );
}

/** The storage has gone from under the page: what is shown is what was read before. */
export function isClosed({ parts: { home } }: MemoryState): boolean {
  return home.state === 'failed' && home.error.code === 'storage-closed';
}

const HEALTH_MARKS: Readonly<Record<Health['state'], Phrase>> = {
  whole: phrase('✓ whole'),
  lost: phrase('✗ lost'),
  damaged: phrase('✗ damaged'),
  unchecked: phrase('– unchecked'),
};

const HEALTH_TONES: Readonly<Record<Health['state'], '' | 'good' | 'bad'>> = {
  whole: 'good',
  lost: 'bad',
  damaged: 'bad',
  unchecked: '',
};

function Mark({
  name,
  tone = '',
  children,
}: {
  readonly name: string;
  readonly tone?: '' | 'good' | 'bad';
  readonly children: ReactNode;
}) {
  return (
    <div className={`mark ${tone}`}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Switcher({
  state,
  namespaces,
  memory,
}: {
  readonly state: MemoryState;
  readonly namespaces: readonly NamespaceFacts[];
  readonly memory: MemoryController;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{say('Memory')}</label>
      <select id={id} value={state.name ?? ''} onChange={(event) => void memory.choose(event.target.value)}>
        {(Object.keys(KIND_WORDS) as NamespaceKind[]).map((kind) => {
          const some = namespaces.filter((facts) => facts.kind === kind);
          return (
            some.length > 0 && (
              <optgroup key={kind} label={say(KIND_WORDS[kind])}>
                {some.map((facts) => (
                  <option key={facts.name} value={facts.name}>
                    {optionText(facts.title)}
                  </option>
                ))}
              </optgroup>
            )
          );
        })}
      </select>
    </div>
  );
}

interface TabsProps {
  readonly tab: Tab;
  readonly panelId: string;
  readonly onTab: (tab: Tab) => void;
}

/** Arrow keys move between tabs, as in every tab list; only the one on view is a stop of the Tab key. */
function Tabs({ tab, panelId, onTab }: TabsProps) {
  const list = useRef<HTMLDivElement>(null);
  const press = (event: KeyboardEvent) => {
    const at = TABS.indexOf(tab);
    const to: Readonly<Record<string, number>> = {
      ArrowRight: (at + 1) % TABS.length,
      ArrowLeft: (at + TABS.length - 1) % TABS.length,
      Home: 0,
      End: TABS.length - 1,
    };
    const next = to[event.key];
    if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    onTab(TABS[next]);
    list.current?.querySelectorAll<HTMLElement>('[role="tab"]')[next]?.focus();
  };
  return (
    <div
      ref={list}
      className="tabs"
      role="tablist"
      aria-label={say('Parts of the memory page')}
      onKeyDown={press}
    >
      {TABS.map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`${panelId}-${name}`}
          aria-controls={panelId}
          aria-selected={name === tab}
          tabIndex={name === tab ? 0 : -1}
          onClick={() => onTab(name)}
        >
          {say(TAB_WORDS[name])}
        </button>
      ))}
    </div>
  );
}

/** What a restore starts from: a backup, the log of changes, or the one and then the other. */
function sourceWords({ made, logged }: BackupFacts, now: number): string {
  const time = clock(made, now);
  if (!logged) return say('the backup of {time}', { time });
  const changes = count(logged.acts, 'logged change', 'logged changes');
  return logged.onBackup ? say('the backup of {time} and {changes} since', { time, changes }) : changes;
}

/** Loss and damage, until something was done about it. */
export function HealthAlerts({ state, home, memory, now }: Omit<HeadProps, 'view' | 'panelId'>) {
  return Object.entries(home.health).map(([name, health]) => {
    if (health.state === 'whole' || health.state === 'unchecked') return null;
    const title = titleOf(home, name);
    const { backup, found } = health;
    const inBackup = backup?.namespaces.find((one) => one.name === name)?.count;
    return (
      <div key={name} className="trouble memory-trouble" role="alert">
        <p>
          <strong>
            {health.state === 'lost'
              ? say('{title} is lost.', { title })
              : say('{title} is damaged.', { title })}
          </strong>{' '}
          <HealthWords health={health} now={now} />
          {backup && health.state === 'lost' && found > 0 && (
            <> {say('Restoring takes nothing away of what was written since.')}</>
          )}
        </p>
        <div className="trouble-actions">
          {backup && (
            <button
              type="button"
              className="primary"
              disabled={state.busy !== null}
              onClick={() =>
                void memory.keeping.restore(
                  backup.id,
                  name,
                  say('Restored {title} from {source}.', { title, source: sourceWords(backup, now) }),
                )
              }
            >
              {inBackup === undefined
                ? say('Restore {source}', { source: sourceWords(backup, now) })
                : say('Restore {source} ({entries})', {
                    source: sourceWords(backup, now),
                    entries: count(inBackup, 'entry', 'entries'),
                  })}
            </button>
          )}
          <LastChance
            label={say('Accept what is there …')}
            disabled={state.busy !== null}
            words={say(
              'Accept {title} as it is, with {entries}. What is missing will not be looked for again.',
              { title, entries: count(found, 'entry', 'entries') },
            )}
            yes={say('Accept the loss')}
            no={say('Not now')}
            onYes={() => void memory.keeping.accept(name, say('{title} is accepted as it is.', { title }))}
          />
        </div>
      </div>
    );
  });
}
