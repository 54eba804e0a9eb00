/** Where memory is kept, whether it is whole, its backups, and the room it takes. */
import type { BackupFacts, Health, MemoryHome, StorageUse } from '../../worker/memory-protocol';
import { count, size } from '../figures';
import { type Phrase, phrase, say } from '../language/language';
import { Say } from '../language/say';
import { LastChance } from '../shell/last-chance';
import { Empty, Panel } from '../shell/panel';
import { storageWords } from '../state/worker-words';
import { Inert } from './inert';
import type { MemoryController } from './memory-controller';
import type { MemoryKeeping } from './memory-keeping';
import type { MemoryState } from './memory-state';
import { storedWords, titleOf } from './names';
import { ago, clock } from './times';
import { When } from './when';
import { lossWords } from './worker-words';

interface SafetyPanelProps {
  readonly state: MemoryState;
  readonly home: MemoryHome;
  readonly memory: MemoryController;
  readonly now: number;
}

export function SafetyPanel({ state, home, memory, now }: SafetyPanelProps) {
  const title = (name: string) => titleOf(home, name);
  const busy = state.busy !== null;
  return (
    <div className="memory-columns">
      <Panel title={say('Kept safe')} note={storageWords(home.where) ?? <span lang="en">{home.where}</span>}>
        <ul className="facts">
          {Object.entries(home.health).map(([name, health]) => (
            <li key={name}>
              <Say
                text="{title}: {health}"
                with={{
                  title: (
                    <strong>
                      <Inert text={title(name)} most={80} />
                    </strong>
                  ),
                  health: <HealthWords health={health} now={now} />,
                }}
              />
            </li>
          ))}
        </ul>
        {home.logged !== null && (
          <p>{say(home.logged === 'behind' ? BEHIND : home.logged ? LOGGED : NOT_LOGGED)}</p>
        )}
        <h3>{say("The browser's promise")}</h3>
        <p>{say(PROMISES[home.storage.persisted])}</p>
        {home.storage.persisted !== 'yes' && (
          <button
            type="button"
            className="ask-promise"
            disabled={busy}
            onClick={() => void memory.keeping.persist()}
          >
            {say('Ask it to keep everything')}
          </button>
        )}
      </Panel>
      <Panel
        title={say('Backups')}
        note={say(
          'Kept apart from the database, so that they outlive it when it is damaged. Made by itself after changes.',
        )}
      >
        <button type="button" disabled={busy} onClick={() => void memory.keeping.backUp()}>
          {say('Back up now')}
        </button>
        {home.backups.length === 0 ? (
          <Empty>{say('There is none yet.')}</Empty>
        ) : (
          <ul className="profile-list">
            {home.backups.map((backup) => (
              <Backup key={backup.id} backup={backup} title={title} state={state} memory={memory} now={now} />
            ))}
          </ul>
        )}
      </Panel>
      <StoragePanel storage={home.storage} busy={busy} memory={memory} />
    </div>
  );
}

export function HealthWords({ health, now }: { readonly health: Health; readonly now: number }) {
  return health.state === 'whole' ? (
    say('whole, checked {when}', { when: ago(health.checked, now) })
  ) : (
    <span lang="en">{health.message}</span>
  );
}

const LOGGED = phrase(
  'Each change is also logged in a file beside the database before it counts as done, until two backups hold it.',
);
const BEHIND = phrase(
  'The log beside the database could not be written: the last changes have no second copy until it can be, or a backup is made.',
);
const NOT_LOGGED = phrase(
  'This browser lets no file be written change by change: what came after the newest backup has no second copy.',
);

const PROMISES: Readonly<Record<StorageUse['persisted'], Phrase>> = {
  yes: phrase('It keeps what this site stores until you clear it yourself.'),
  no: phrase('None yet: when space runs short it may clear this site by itself.'),
  unknown: phrase('It cannot say whether it may clear this site by itself.'),
};

interface BackupProps {
  readonly backup: BackupFacts;
  readonly title: (name: string) => string;
  readonly state: MemoryState;
  readonly memory: MemoryController;
  readonly now: number;
}

function Backup({ backup, title, state, memory, now }: BackupProps) {
  const made = clock(backup.made, now);
  return (
    <li className="profile">
      <p>
        <strong>
          <When at={backup.made} now={now} />
        </strong>{' '}
        <span className="quiet">{size(backup.bytes)}</span>
      </p>
      <ul className="play">
        {backup.namespaces.map(({ name, count: entries }) => (
          <li key={name}>
            <LastChance
              className="plain"
              label={say('Restore {title} ({entries}) …', {
                title: title(name),
                entries: count(entries, 'entry', 'entries'),
              })}
              disabled={state.busy !== null}
              words={say(
                'Make {title} what it was at {time}: {entries}. It is one act of the journal and can be undone.',
                { title: title(name), time: made, entries: count(entries, 'entry', 'entries') },
              )}
              yes={say('Restore {title}', { title: title(name) })}
              no={say('Leave it as it is')}
              onYes={() =>
                void memory.keeping.restore(
                  backup.id,
                  name,
                  say('Restored {title} from the backup of {time}.', { title: title(name), time: made }),
                )
              }
            />
          </li>
        ))}
      </ul>
    </li>
  );
}

function StoragePanel({
  storage,
  busy,
  memory,
}: {
  readonly storage: StorageUse;
  readonly busy: boolean;
  readonly memory: MemoryController;
}) {
  const most = Math.max(1, ...storage.kinds.map(({ bytes }) => bytes));
  return (
    <Panel
      title={say('Room it takes')}
      className="storage-panel"
      note={
        storage.used !== null && storage.quota !== null
          ? say('The browser counts about {used} for this site and allows {quota}.', {
              used: size(storage.used),
              quota: size(storage.quota),
            })
          : say('The browser does not say how much room there is.')
      }
    >
      <ul className="storage">
        {storage.kinds.map(({ kind, bytes, loss, deletable }) => (
          <li key={kind}>
            <span className="storage-kind">{storedWords(kind)}</span>
            <span className="storage-bar" aria-hidden="true">
              {bytes > 0 && <span className="fill" style={{ width: `max(2px, ${(bytes / most) * 100}%)` }} />}
            </span>
            <span className="number">{size(bytes)}</span>
            <span className="quiet storage-loss">{lossWords(loss) ?? <span lang="en">{loss}</span>}</span>
            {deletable && isDeletable(kind) && bytes > 0 && (
              <LastChance
                className="plain"
                label={
                  <>
                    {say('Delete …')}
                    <span className="visually-hidden"> {storedWords(kind)}</span>
                  </>
                }
                disabled={busy}
                words={
                  <>
                    {say('Delete {kind}, {size}.', { kind: storedWords(kind), size: size(bytes) })}{' '}
                    {lossWords(loss) ?? <span lang="en">{loss}</span>}
                  </>
                }
                yes={say('Delete {kind}', { kind: storedWords(kind) })}
                no={say('Keep them')}
                onYes={() => void memory.keeping.deleteStored(kind)}
              />
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

type Deletable = Parameters<MemoryKeeping['deleteStored']>[0];
const DELETABLE = {
  checkpoints: true,
  backups: true,
  'index snapshots': true,
} as const satisfies Readonly<Record<Deletable, true>>;

function isDeletable(kind: string): kind is Deletable {
  return Object.hasOwn(DELETABLE, kind);
}
