/** The memory page: one state, read once here and handed to its parts. Loaded when it is first asked for. */
import '../styles/memory.css';
import '../styles/memory-entries.css';
import '../styles/memory-journal.css';
import '../styles/memory-keeping.css';
import { useEffect, useEffectEvent, useId, useMemo, useState, useSyncExternalStore } from 'react';
import type { MemoryHome, NamespaceView } from '../../worker/memory-protocol';
import type { LabError } from '../../worker/protocol';
import { say } from '../language/language';
import { useLanguage } from '../language/use-language';
import { ErrorWords } from '../shell/notices';
import { saveFile } from '../shell/save-file';
import type { MemoryLine } from '../state/memory-line';
import { AuditPanel } from './audit-panel';
import { Failed } from './awaited';
import { EntriesPanel } from './entries-panel';
import { EntryPanel } from './entry-panel';
import { ExchangePanel } from './exchange-panel';
import { Head, HealthAlerts } from './head';
import { JournalPanel } from './journal-panel';
import { newest } from './loaded';
import { MapPanel } from './map-panel';
import { MemoryController } from './memory-controller';
import type { MemoryState } from './memory-state';
import { inOrder } from './names';
import { ProfilesPanel } from './profiles-panel';
import { SafetyPanel } from './safety-panel';
import { SettingsPanel } from './settings-panel';

/** How often health, backups and room are looked at again while the page is on view. Milliseconds. */
const GLANCE = 60_000;

interface MemoryPageProps {
  /** The worker, ready to be asked. */
  readonly line: MemoryLine;
  /** Loss or damage that was announced; null: none, or seen. */
  readonly alarm: LabError | null;
  /** The alarm is told here by now, with what can be done. */
  readonly onSeen: () => void;
}

export default function MemoryPage({ line, alarm, onSeen }: MemoryPageProps) {
  const [memory] = useState(() => new MemoryController(line, { save: saveFile }));
  useEffect(() => {
    void memory.open();
    return () => memory.close();
  }, [memory]);
  useEffect(() => {
    const look = () => document.visibilityState === 'visible' && void memory.glance();
    const timer = setInterval(look, GLANCE);
    return () => clearInterval(timer);
  }, [memory]);
  const see = useEffectEvent(async () => {
    if (await memory.glance()) onSeen();
  });
  useEffect(() => {
    if (alarm) void see();
  }, [alarm]);
  return <MemoryView memory={memory} />;
}

/** Apart from the page, so that it can be drawn from any state. */
export function MemoryView({ memory }: { readonly memory: MemoryController }) {
  const state = useSyncExternalStore(memory.subscribe, memory.state, memory.state);
  const now = useNow();
  const panelId = useId();
  const read = newest(state.parts.home);
  const language = useLanguage();
  // biome-ignore lint/correctness/useExhaustiveDependencies: titles and their order are of the language on view
  const home = useMemo(() => read && inOrder(read), [read, language]);
  const view = newest(state.parts.view);
  if (!home) {
    return state.parts.home.state === 'failed' ? (
      <Failed error={state.parts.home.error} onRetry={() => void memory.open()} />
    ) : (
      <div className="loading" role="status">
        <p>{say('Opening memory …')}</p>
        <progress aria-label={say('Opening memory')} />
      </div>
    );
  }
  return (
    <div className="memory">
      <Head state={state} home={home} view={view} memory={memory} now={now} panelId={panelId} />
      <HealthAlerts state={state} home={home} memory={memory} now={now} />
      {!home.lasts && (
        <div className="trouble memory-trouble" role="alert">
          <p>
            <strong>{say('What is written here is gone when this tab is closed.')}</strong>{' '}
            <span lang="en">{home.where}</span> {say('Export what is to stay.')}
          </p>
        </div>
      )}
      {state.trouble && (
        <div className="trouble memory-trouble" role="alert">
          <p>
            <ErrorWords error={state.trouble} />
          </p>
          <p className="trouble-actions">
            <button type="button" onClick={() => memory.dismiss()}>
              {say('Dismiss')}
            </button>
          </p>
        </div>
      )}
      <div id={panelId} role="tabpanel" aria-labelledby={`${panelId}-${state.tab}`}>
        {state.parts.view.state === 'failed' && (
          <Failed error={state.parts.view.error} onRetry={() => void memory.open()} />
        )}
        <Part state={state} home={home} view={view} memory={memory} now={now} />
      </div>
      <Said state={state} memory={memory} />
    </div>
  );
}

interface PartProps {
  readonly state: MemoryState;
  readonly home: MemoryHome;
  readonly view: NamespaceView | null;
  readonly memory: MemoryController;
  readonly now: number;
}

function Part({ state, home, view, memory, now }: PartProps) {
  if (state.tab === 'profiles') return <ProfilesPanel state={state} home={home} memory={memory} now={now} />;
  if (state.tab === 'safety') return <SafetyPanel state={state} home={home} memory={memory} now={now} />;
  if (!view) {
    return (
      <p className="empty" role="status">
        {state.name === null
          ? say('There is no memory yet. Create one under Profiles.')
          : say('Reading the memory …')}
      </p>
    );
  }
  switch (state.tab) {
    case 'entries':
      return <Entries state={state} view={view} memory={memory} now={now} />;
    case 'journal':
      return <JournalPanel state={state} view={view} memory={memory} now={now} />;
    case 'audit':
      return <AuditPanel state={state} view={view} memory={memory} />;
    case 'exchange':
      return <ExchangePanel state={state} view={view} memory={memory} />;
    case 'settings':
      return <SettingsPanel state={state} view={view} home={home} memory={memory} />;
  }
}

function Entries({
  state,
  view,
  memory,
  now,
}: Omit<PartProps, 'home' | 'view'> & { readonly view: NamespaceView }) {
  const search = state.query === '' ? null : newest(state.parts.search);
  const found = useMemo(() => search?.scores.slice(0, search.topK).map(({ id }) => id) ?? NOTHING, [search]);
  return (
    <div className="memory-desk">
      <EntriesPanel state={state} view={view} memory={memory} now={now} />
      <div className="memory-side">
        <EntryPanel state={state} view={view} memory={memory} now={now} />
        <MapPanel
          map={state.parts.map}
          entries={view.entries}
          active={state.active}
          selected={state.selected}
          found={found}
          onOpen={memory.activate}
          onRetry={memory.map}
        />
      </div>
    </div>
  );
}

const NOTHING: readonly string[] = [];

/** What is being done and what was done last, with its undo; above everything, so that nothing moves. */
function Said({ state, memory }: { readonly state: MemoryState; readonly memory: MemoryController }) {
  const { said, busy, acting } = state;
  const undo = said?.undo ?? null;
  return (
    <div className="said-place">
      <div className={busy !== null || said ? 'said' : ''}>
        <p role="status">{busy !== null ? `${busy} …` : said?.words}</p>
        {acting && <progress aria-label={busy ?? undefined} value={acting.done} max={acting.total} />}
        {busy === null && undo !== null && (
          <button type="button" onClick={() => void memory.undo(undo, say('Undone.'))}>
            {say('Undo')}
          </button>
        )}
        {busy === null && said && (
          <button
            type="button"
            className="plain"
            aria-label={say('Close this note')}
            onClick={() => memory.hush()}
          >
            ✕
          </button>
        )}
      </div>
    </div>
  );
}

/** The time, moving on often enough for "3 minutes ago". Milliseconds since the epoch. */
function useNow(): number {
  const [now, tick] = useState(Date.now);
  useEffect(() => {
    tick(Date.now());
    const timer = setInterval(() => tick(Date.now()), 20_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
