/** Memories side by side: make one, copy one, compare two, delete one after a last chance that names what goes. */
import { type FormEvent, useId, useState } from 'react';
import type { BackupFacts, MemoryHome, NamespaceFacts } from '../../worker/memory-protocol';
import { count, size } from '../figures';
import { listed, say } from '../language/language';
import { Say } from '../language/say';
import { LastChance } from '../shell/last-chance';
import { Empty, Panel } from '../shell/panel';
import { Awaited } from './awaited';
import { DifferencesView } from './differences-view';
import { Select } from './filter-fields';
import { Inert } from './inert';
import type { MemoryController } from './memory-controller';
import type { MemoryState } from './memory-state';
import { When } from './when';

interface ProfilesPanelProps {
  readonly state: MemoryState;
  readonly home: MemoryHome;
  readonly memory: MemoryController;
  readonly now: number;
}

export function ProfilesPanel({ state, home, memory, now }: ProfilesPanelProps) {
  const own = home.namespaces.filter(({ kind }) => kind === 'user');
  const others = home.namespaces.filter(({ kind }) => kind !== 'user');
  const busy = state.busy !== null;
  return (
    <div className="memory-columns">
      <Panel
        title={say('Profiles')}
        note={say('Memories of your own. Episodes and training never touch them, and none sees another.')}
      >
        <ul className="profile-list">
          {own.map((facts) => (
            <Profile
              key={facts.name}
              facts={facts}
              backups={home.backups.filter((backup) => holds(backup, facts.name)).length}
              state={state}
              memory={memory}
              now={now}
            />
          ))}
        </ul>
        <NameForm
          label={say('A new profile')}
          verb={say('Create')}
          busy={busy}
          taken={home.namespaces}
          onName={(name) => void memory.keeping.create(name)}
        />
      </Panel>
      <Panel
        title={say('Only to look at')}
        note={say(
          'Memories of the episode and of the last group; they are gone with the next. A copy stays.',
        )}
      >
        {others.length === 0 ? (
          <Empty>{say('None. Play an episode or a group, and its memories appear here.')}</Empty>
        ) : (
          <ul className="profile-list">
            {others.map((facts) => (
              <Profile key={facts.name} facts={facts} backups={0} state={state} memory={memory} now={now} />
            ))}
          </ul>
        )}
      </Panel>
      <ComparePanel state={state} home={home} memory={memory} />
    </div>
  );
}

function holds(backup: BackupFacts, name: string): boolean {
  return backup.namespaces.some((namespace) => namespace.name === name);
}

/** What is still there of a memory once it is deleted. `backups`: how many hold it. */
export function whatStays(backups: number): string {
  if (backups === 0) return say('This cannot be undone; a file exported before can bring it back.');
  return backups === 1
    ? say(
        'This cannot be undone. 1 backup still holds it until a newer one takes its place: under Kept safe it can be restored, or the backups deleted if nothing is to stay.',
      )
    : say(
        'This cannot be undone. {n} backups still hold it until newer ones take their place: under Kept safe it can be restored, or the backups deleted if nothing is to stay.',
        { n: backups },
      );
}

interface ProfileProps {
  readonly facts: NamespaceFacts;
  /** How many hold it. */
  readonly backups: number;
  readonly state: MemoryState;
  readonly memory: MemoryController;
  readonly now: number;
}

function Profile({ facts, backups, state, memory, now }: ProfileProps) {
  const [copying, copy] = useState(false);
  const busy = state.busy !== null;
  const { name, title, kind } = facts;
  return (
    <li className={name === state.name ? 'profile profile-open' : 'profile'}>
      <p>
        <strong>
          <Inert text={title} most={80} />
        </strong>
        {name === state.name && <span className="chip">{say('on view')}</span>}
        <br />
        <span className="quiet">
          {listed([
            count(facts.count, 'entry', 'entries'),
            count(facts.journal, 'journal record'),
            size(facts.bytes),
          ])}{' '}
          ·{' '}
          <Say
            text="changed {when}"
            with={{ when: <When at={facts.lastAt || facts.created} now={now} short /> }}
          />
        </span>
      </p>
      <div className="play">
        <button
          type="button"
          aria-label={say('Open {title}', { title })}
          disabled={name === state.name}
          onClick={() => void memory.choose(name)}
        >
          {say('Open§profile')}
        </button>
        <button
          type="button"
          aria-expanded={copying}
          aria-label={say('Copy {title} …', { title })}
          onClick={() => copy(!copying)}
        >
          {say('Copy …')}
        </button>
        {kind === 'user' && (
          <LastChance
            label={
              <>
                {say('Delete …')}
                <span className="visually-hidden"> {title}</span>
              </>
            }
            disabled={busy}
            words={
              <>
                <Say
                  text="Delete “{title}”: {entries} and {records}."
                  with={{
                    title: <Inert text={title} most={80} />,
                    entries: count(facts.count, 'entry', 'entries'),
                    records: count(facts.journal, 'journal record'),
                  }}
                />{' '}
                {whatStays(backups)}
              </>
            }
            yes={say('Delete “{title}” for good', { title })}
            onYes={() => void memory.keeping.drop(name, title)}
          />
        )}
      </div>
      {copying && (
        <NameForm
          label={say('Name of the copy of {title}', { title })}
          verb={say('Copy')}
          busy={busy}
          taken={[]}
          onName={(to) => {
            copy(false);
            void memory.keeping.copy(name, to);
          }}
        />
      )}
    </li>
  );
}

interface NameFormProps {
  readonly label: string;
  readonly verb: string;
  readonly busy: boolean;
  readonly taken: readonly NamespaceFacts[];
  readonly onName: (name: string) => void;
}

function NameForm({ label, verb, busy, taken, onName }: NameFormProps) {
  const id = useId();
  const [text, write] = useState('');
  const name = text.trim();
  const double = taken.some((facts) => facts.title === name || facts.name === name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name === '' || double) return;
    write('');
    onName(name);
  };
  return (
    <form className="name-form" onSubmit={submit}>
      <div className="field">
        <label htmlFor={id}>{label}</label>
        <input
          id={id}
          value={text}
          maxLength={60}
          autoComplete="off"
          onChange={(event) => write(event.target.value)}
        />
      </div>
      <button type="submit" disabled={busy || name === '' || double}>
        {verb}
      </button>
      {double && <p className="warning">{say('There is one of this name.')}</p>}
    </form>
  );
}

function ComparePanel({ state, home, memory }: Omit<ProfilesPanelProps, 'now'>) {
  const names = home.namespaces.map(({ name }) => name);
  const [left, chooseLeft] = useState(state.name ?? names[0] ?? '');
  const [chosen, chooseRight] = useState<string | null>(null);
  // Until one is chosen: another memory of the user's own, else any other.
  const others = home.namespaces.filter(({ name }) => name !== left);
  const right = chosen ?? (others.find(({ kind }) => kind === 'user') ?? others[0])?.name ?? '';
  const options = home.namespaces.map(({ name, title }) => [name, title] as const);
  const title = (name: string) => home.namespaces.find((facts) => facts.name === name)?.title ?? name;
  return (
    <Panel
      title={say('Compare')}
      className="compare"
      note={say('What only one of two memories holds, and what they hold differently.')}
    >
      {names.length < 2 ? (
        <Empty>{say('There is only one memory. Copy it, or create another, to compare.')}</Empty>
      ) : (
        <>
          <div className="choices">
            <Select label={say('This one')} value={left} options={options} onChange={chooseLeft} />
            <Select
              label={say('with§another memory')}
              value={right}
              options={options}
              onChange={chooseRight}
            />
            <button
              type="button"
              disabled={left === right || !names.includes(left) || !names.includes(right)}
              onClick={() => void memory.keeping.compare(left, right)}
            >
              {say('Compare')}
            </button>
          </div>
          <Awaited
            of={state.parts.comparison}
            waiting={say('Comparing')}
            onRetry={() => void memory.keeping.compare(left, right)}
          >
            {(comparison) => (
              <DifferencesView
                differences={comparison}
                words={{
                  onlyLeft: say('Only in {title}', { title: title(left) }),
                  onlyRight: say('Only in {title}', { title: title(right) }),
                  changed: say('Different'),
                  same: say('The same in both'),
                }}
              />
            )}
          </Awaited>
        </>
      )}
    </Panel>
  );
}
