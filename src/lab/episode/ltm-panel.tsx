/** Long-term memory of the episode with what the step changed, and the user's own, which no rollout sees. */
import { memo } from 'react';
import type { StoredEntry } from '../../worker/protocol';
import { count, figure, grouped } from '../figures';
import { type Phrase, phrase, say } from '../language/language';
import { useLanguage } from '../language/use-language';
import { Empty, Panel } from '../shell/panel';
import { PROMISE_WORDS } from '../state/storage-promise';
import { storageWords } from '../state/worker-words';
import type { FrameView, MemoryLine } from './frame-view';
import { wordDiff } from './word-diff';

/** Most entries of the user's own shown here; the memory page shows any number. */
const NEWEST = 20;

interface LongTermPanelProps {
  readonly view: FrameView | null;
  /** True where the episode stands now: only what is in the store can be kept. */
  readonly newest: boolean;
  readonly storage: string;
  readonly userMemory: readonly StoredEntry[];
  /** What the browser answered when it was asked to keep it; null: not asked here. */
  readonly promised: boolean | null;
  readonly onKeep: (ids: readonly string[]) => void;
  readonly onForget: (ids: readonly string[] | 'all') => void;
}

export const LongTermPanel = memo(function LongTermPanel(props: LongTermPanelProps) {
  useLanguage();
  const { view, newest, onKeep } = props;
  const held = view?.memory.filter((line) => line.mark !== 'deleted') ?? [];
  return (
    <Panel
      title={say('Long-term memory')}
      className="ltm"
      part="ltm"
      note={say('What the policy chose to store. It outlives the reset.')}
    >
      {view && view.memory.length === 0 && (
        <Empty>
          {say('Empty. It fills when the policy calls Add_memory; every episode begins without entries.')}
        </Empty>
      )}
      {view && view.memory.length > 0 && (
        <ul className="entries" aria-label={say('Entries')}>
          {view.memory.map((line) => (
            <Entry key={line.entry.id} line={line} />
          ))}
        </ul>
      )}
      {newest && held.length > 0 && (
        <button type="button" className="plain" onClick={() => onKeep(held.map((line) => line.entry.id))}>
          {say('Keep {entries} as my own', { entries: count(held.length, 'entry', 'entries') })}
        </button>
      )}
      {props.promised !== null && (
        <p className="quiet" role="status">
          {say(PROMISE_WORDS[props.promised ? 'yes' : 'no'])}
        </p>
      )}
      <UserMemory {...props} />
    </Panel>
  );
});

const MARKS: Readonly<Record<Exclude<MemoryLine['mark'], 'kept'>, Phrase>> = {
  added: phrase('+ added'),
  updated: phrase('± updated'),
  deleted: phrase('− deleted'),
};

function Entry({ line }: { readonly line: MemoryLine }) {
  const { entry, mark, before, read } = line;
  const metadata = Object.entries(entry.metadata);
  return (
    <li className={`entry mark-${mark}`}>
      <div className="message-head">
        <code className="entry-id">{entry.id}</code>
        {entry.memoryType && (
          <span className="quiet" lang="en">
            {entry.memoryType}
          </span>
        )}
        {read && (
          <span className="read">
            {read.how === 'retrieved'
              ? say('retrieved, cosine {score}', { score: figure(read.score, 2) })
              : say('shown before acting, cosine {score}', { score: figure(read.score, 2) })}
          </span>
        )}
        {mark !== 'kept' && <span className="change">{say(MARKS[mark])}</span>}
      </div>
      <div className="message-text" lang="en">
        {mark === 'deleted' ? (
          <del>{entry.content}</del>
        ) : before === null ? (
          entry.content
        ) : (
          <Diff before={before} after={entry.content} />
        )}
      </div>
      {metadata.length > 0 && (
        <p className="quiet" translate="no" lang="en">
          {metadata.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(' · ')}
        </p>
      )}
    </li>
  );
}

function Diff({ before, after }: { readonly before: string; readonly after: string }) {
  return (
    <>
      {wordDiff(before, after).map((part, index) => {
        // biome-ignore-start lint/suspicious/noArrayIndexKey: parts have no identity but their place
        if (part.kind === 'removed') return <del key={index}>{part.text}</del>;
        if (part.kind === 'added') return <ins key={index}>{part.text}</ins>;
        return <span key={index}>{part.text}</span>;
        // biome-ignore-end lint/suspicious/noArrayIndexKey: parts have no identity but their place
      })}
    </>
  );
}

function UserMemory({ userMemory, storage, onForget }: LongTermPanelProps) {
  return (
    <details className="user-memory">
      <summary>{say('Your own memory ({n})', { n: grouped(userMemory.length) })}</summary>
      <p className="quiet">
        {say('Entries you keep stay in this browser. Episodes and training never touch them.')}{' '}
        {storageWords(storage) ?? <span lang="en">{storage}</span>}
      </p>
      {userMemory.length > 0 && (
        <>
          <ul className="entries">
            {userMemory.slice(-NEWEST).map((entry) => (
              <li key={entry.id} className="entry">
                <div className="message-head">
                  <code className="entry-id">{entry.id}</code>
                  <button type="button" className="plain small" onClick={() => onForget([entry.id])}>
                    {say('Forget {id}', { id: entry.id })}
                  </button>
                </div>
                <div className="message-text" lang="en">
                  {entry.content}
                </div>
              </li>
            ))}
          </ul>
          {userMemory.length > NEWEST && (
            <p className="quiet">
              {say('The newest {n}; all {all} are on the memory page.', {
                n: NEWEST,
                all: grouped(userMemory.length),
              })}
            </p>
          )}
          <button type="button" className="plain" onClick={() => onForget('all')}>
            {say('Forget all')}
          </button>
        </>
      )}
    </details>
  );
}
