/** Where memory is kept, whether it is whole, its backups, and the room it takes. */
import type { BackupFacts, Health, MemoryHome, StorageUse } from '../../worker/memory-protocol';
import { count, size } from '../figures';
import { LastChance } from '../shell/last-chance';
import { Empty, Panel } from '../shell/panel';
import { Inert } from './inert';
import type { MemoryController } from './memory-controller';
import type { MemoryKeeping } from './memory-keeping';
import type { MemoryState } from './memory-state';
import { titleOf } from './names';
import { ago, clock } from './times';
import { When } from './when';

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
      <Panel title="Kept safe" note={home.where}>
        <ul className="facts">
          {Object.entries(home.health).map(([name, health]) => (
            <li key={name}>
              <strong>
                <Inert text={title(name)} most={80} />
              </strong>
              : {healthWords(health, now)}
            </li>
          ))}
        </ul>
        <h3>The browser's promise</h3>
        <p>{PROMISES[home.storage.persisted]}</p>
        {home.storage.persisted !== 'yes' && (
          <button
            type="button"
            className="ask-promise"
            disabled={busy}
            onClick={() => void memory.keeping.persist()}
          >
            Ask it to keep everything
          </button>
        )}
      </Panel>
      <Panel
        title="Backups"
        note="Kept apart from the database, so that they outlive it when it is damaged. Made by itself after changes."
      >
        <button type="button" disabled={busy} onClick={() => void memory.keeping.backUp()}>
          Back up now
        </button>
        {home.backups.length === 0 ? (
          <Empty>There is none yet.</Empty>
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

export function healthWords(health: Health, now: number): string {
  return health.state === 'whole' ? `whole, checked ${ago(health.checked, now)}` : health.message;
}

const PROMISES: Readonly<Record<StorageUse['persisted'], string>> = {
  yes: 'It keeps what this site stores until you clear it yourself.',
  no: 'None yet: when space runs short it may clear this site by itself.',
  unknown: 'It cannot say whether it may clear this site by itself.',
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
              label={`Restore ${title(name)} (${count(entries, 'entry', 'entries')}) …`}
              disabled={state.busy !== null}
              words={`Make ${title(name)} what it was at ${made}: ${count(entries, 'entry', 'entries')}. It is one act of the journal and can be undone.`}
              yes={`Restore ${title(name)}`}
              no="Leave it as it is"
              onYes={() =>
                void memory.keeping.restore(
                  backup.id,
                  name,
                  `Restored ${title(name)} from the backup of ${made}.`,
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
      title="Room it takes"
      className="storage-panel"
      note={
        storage.used !== null && storage.quota !== null
          ? `The browser counts about ${size(storage.used)} for this site and allows ${size(storage.quota)}.`
          : 'The browser does not say how much room there is.'
      }
    >
      <ul className="storage">
        {storage.kinds.map(({ kind, bytes, loss, deletable }) => (
          <li key={kind}>
            <span className="storage-kind">{kind}</span>
            <span className="storage-bar" aria-hidden="true">
              {bytes > 0 && <span className="fill" style={{ width: `max(2px, ${(bytes / most) * 100}%)` }} />}
            </span>
            <span className="number">{size(bytes)}</span>
            <span className="quiet storage-loss">{loss}</span>
            {deletable && isDeletable(kind) && bytes > 0 && (
              <LastChance
                className="plain"
                label={
                  <>
                    Delete …<span className="visually-hidden"> {kind}</span>
                  </>
                }
                disabled={busy}
                words={`Delete ${kind}, ${size(bytes)}. ${loss}`}
                yes={`Delete ${kind}`}
                no="Keep them"
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
const DELETABLE: readonly string[] = ['checkpoints', 'backups', 'index snapshots'] satisfies Deletable[];

function isDeletable(kind: string): kind is Deletable {
  return DELETABLE.includes(kind);
}
