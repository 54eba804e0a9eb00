/** The journal, newest first, act by act, each with its undo; and the memory as it was at any moment of it. */
import { memo, useMemo, useState } from 'react';
import type { ActKind, Actor, JournalRecord, NamespaceView } from '../../worker/memory-protocol';
import { count, figure } from '../figures';
import { listed, say } from '../language/language';
import { Say } from '../language/say';
import { useLanguage } from '../language/use-language';
import { Empty, Panel } from '../shell/panel';
import {
  ACT_KINDS,
  ACT_WORDS,
  actorWords,
  actsOf,
  actTitle,
  canUndo,
  opWords,
  type ToldAct,
  undoneActs,
} from './acts';
import { Awaited } from './awaited';
import { EntryChange, MetadataLine } from './change-text';
import { Select } from './filter-fields';
import { ForgetForGood } from './forget-for-good';
import { Inert } from './inert';
import type { MemoryController } from './memory-controller';
import { type MemoryState, mayWrite } from './memory-state';
import { PastPanel } from './past-panel';
import { When } from './when';
import { reasonWords } from './worker-words';

/** Most records shown of one act. */
const MOST = 50;

interface JournalPanelProps {
  readonly state: MemoryState;
  readonly view: NamespaceView;
  readonly memory: MemoryController;
  readonly now: number;
}

type Kinds = ActKind | 'all' | 'changes';
type Who = Actor['kind'] | 'anybody';

export function JournalPanel({ state, view, memory, now }: JournalPanelProps) {
  const [kinds, chooseKinds] = useState<Kinds>('all');
  const [who, chooseWho] = useState<Who>('anybody');
  return (
    <div className="memory-columns">
      <PastPanel state={state} view={view} memory={memory} now={now} />
      <Panel
        title={say('Journal')}
        note={say(
          'Every change and every retrieval, in order. It only grows: an undo is a new record, so nothing gets lost, and what you delete stays readable here until you forget it for good.',
        )}
      >
        {mayWrite(state) && (
          <ForgetForGood
            ids="deleted"
            label={say('Forget deleted entries for good …')}
            disabled={state.busy !== null}
            memory={memory}
          />
        )}
        <div className="choices">
          <Select
            label={say('What')}
            value={kinds}
            options={[
              ['all', say('everything')],
              ['changes', say('changes only')],
              ...ACT_KINDS.map((kind) => [kind, say(ACT_WORDS[kind]).toLowerCase()] as const),
            ]}
            onChange={(value) => chooseKinds(value as Kinds)}
          />
          <Select
            label={say('By whom')}
            value={who}
            options={[
              ['anybody', say('anybody')],
              ['user', say('you')],
              ['policy', say('a policy')],
              ['lab', say('the lab')],
            ]}
            onChange={(value) => chooseWho(value as Who)}
          />
        </div>
        <Awaited
          of={state.parts.journal}
          waiting={say('Reading the journal')}
          onRetry={() => void memory.go('journal')}
        >
          {({ records, complete }) => (
            <>
              <Acts
                records={records}
                kinds={kinds}
                who={who}
                all={view.facts.journal}
                now={now}
                onUndo={
                  mayWrite(state) && state.busy === null
                    ? (told) => void memory.undo(told.act.id, undoWords(told))
                    : null
                }
                onShow={(seq) => memory.look(seq)}
              />
              {!complete && (
                <button
                  type="button"
                  disabled={state.parts.journal.state === 'loading'}
                  onClick={() => void memory.older()}
                >
                  {say('Older records')}
                </button>
              )}
            </>
          )}
        </Awaited>
      </Panel>
    </div>
  );
}

function undoWords({ act, records }: ToldAct): string {
  const values = {
    act: say(ACT_WORDS[act.kind]).toLowerCase(),
    records: count(records.length, 'record'),
  };
  return act.kind === 'undo'
    ? say('Did again {act} ({records}).', values)
    : say('Undid {act} ({records}).', values);
}

interface ActsProps {
  readonly records: readonly JournalRecord[];
  readonly kinds: Kinds;
  readonly who: Who;
  /** Records in the whole journal. */
  readonly all: number;
  readonly now: number;
  /** Null while nothing may be written. */
  readonly onUndo: ((told: ToldAct) => void) | null;
  readonly onShow: (seq: number) => void;
}

function Acts({ records, kinds, who, all, now, onUndo, onShow }: ActsProps) {
  const told = useMemo(() => actsOf(records), [records]);
  const undone = useMemo(() => undoneActs(told), [told]);
  const shown = told.filter(
    ({ act, by }) =>
      (kinds === 'all' || (kinds === 'changes' ? act.kind !== 'retrieve' : act.kind === kinds)) &&
      (who === 'anybody' || by.kind === who),
  );
  return (
    <>
      <p className="quiet" role="status">
        {shown.length === told.length
          ? say('{records} of {all}', { records: count(records.length, 'record'), all })
          : say('{acts} of the {told} in the {records} read, of {all}', {
              acts: count(shown.length, 'act'),
              told: told.length,
              records: count(records.length, 'record'),
              all,
            })}
      </p>
      {shown.length === 0 ? (
        <Empty>
          {all === 0
            ? say('Nothing has happened here yet.')
            : say('None of the records read so far is of this kind.')}
        </Empty>
      ) : (
        <ol className="acts">
          {shown.map((one) => (
            <ActItem
              key={one.act.id}
              told={one}
              undone={undone.has(one.act.id)}
              now={now}
              onUndo={onUndo}
              onShow={onShow}
            />
          ))}
        </ol>
      )}
    </>
  );
}

interface ActItemProps extends Pick<ActsProps, 'now' | 'onUndo' | 'onShow'> {
  readonly told: ToldAct;
  readonly undone: boolean;
}

const ActItem = memo(function ActItem({ told, undone, now, onUndo, onShow }: ActItemProps) {
  useLanguage();
  const { act, at, by, why, records } = told;
  const reason = reasonWords(told);
  const newest = records[0].seq;
  return (
    <li className={undone ? 'act act-undone' : 'act'}>
      <div className="act-head">
        <p>
          <strong>{actTitle(told)}</strong>
          {undone && <span className="quiet"> · {say('undone later')}</span>}
          <br />
          <span className="quiet">
            <When at={at} now={now} /> · <Inert text={actorWords(by)} most={200} /> ·{' '}
            {records.length === 1
              ? say('record {n}', { n: newest })
              : say('record {first} to {last}', { first: records[records.length - 1].seq, last: newest })}
          </span>
        </p>
        <div className="act-buttons">
          <button type="button" className="plain" onClick={() => onShow(newest)}>
            {say('See it then')}
          </button>
          {canUndo(told) && !undone && (
            <button
              type="button"
              className="plain"
              disabled={onUndo === null}
              aria-label={
                act.kind === 'undo'
                  ? say('Redo act {id}: {title}', { id: act.id, title: actTitle(told) })
                  : say('Undo act {id}: {title}', { id: act.id, title: actTitle(told) })
              }
              onClick={() => onUndo?.(told)}
            >
              {act.kind === 'undo' ? say('Redo') : say('Undo')}
            </button>
          )}
        </div>
      </div>
      {why !== '' && (
        <p className="think">
          “<Inert text={reason} most={600} />”
        </p>
      )}
      {records.length === 1 ? (
        <Op record={records[0]} />
      ) : (
        <details>
          <summary>{say('What it did, record by record')}</summary>
          <ul className="entries">
            {[...records]
              .reverse()
              .slice(0, MOST)
              .map((record) => (
                <li key={record.seq} className="entry">
                  <span className="quiet">{opWords(record.op)}</span>
                  <Op record={record} />
                </li>
              ))}
          </ul>
          {records.length > MOST && <p className="quiet">{say('The first {n} are shown.', { n: MOST })}</p>}
        </details>
      )}
    </li>
  );
});

function Op({ record: { op } }: { readonly record: JournalRecord }) {
  switch (op.kind) {
    case 'add':
    case 'delete': {
      const entry = op.kind === 'add' ? op.after : op.before;
      const text = <Inert text={entry.content} most={600} />;
      return (
        <div className="message-text">
          <code className="entry-id">{entry.id}</code>{' '}
          {op.kind === 'add' ? <ins>{text}</ins> : <del>{text}</del>}{' '}
          <span className="quiet">
            <MetadataLine entry={entry} />
          </span>
        </div>
      );
    }
    case 'update':
      return (
        <>
          <code className="entry-id">{op.after.id}</code>
          <EntryChange before={op.before} after={op.after} />
        </>
      );
    case 'retrieve':
      return (
        <p>
          <Say
            text="asked “{query}”, top_k {k}: {found}"
            with={{
              query: <Inert text={op.query} most={200} />,
              k: op.topK,
              found:
                op.hits.length === 0
                  ? say('nothing was found')
                  : listed(op.hits.map(({ id, score }) => `${id} (${figure(score, 2)})`)),
            }}
          />
        </p>
      );
  }
}
