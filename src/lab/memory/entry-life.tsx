/** The life of one entry, oldest first: written, changed, retrieved, deleted; by whom, why, and what changed. */
import { memo } from 'react';
import type { JournalRecord } from '../../worker/memory-protocol';
import { say } from '../language/language';
import { Say } from '../language/say';
import { useLanguage } from '../language/use-language';
import { Empty } from '../shell/panel';
import { actorWords, opWords } from './acts';
import { EntryChange } from './change-text';
import { Inert } from './inert';
import { When } from './when';
import { reasonWords } from './worker-words';

interface EntryLifeProps {
  readonly id: string;
  /** Newest first. */
  readonly records: readonly JournalRecord[];
  readonly now: number;
}

export const EntryLife = memo(function EntryLife({ id, records, now }: EntryLifeProps) {
  useLanguage();
  if (records.length === 0) return <Empty>{say('The journal says nothing of it.')}</Empty>;
  return (
    <ol className="life">
      {[...records].reverse().map((record) => (
        <li key={record.seq} className={`life-${record.op.kind}`}>
          <p>
            <strong>{opWords(record.op, id)}</strong>{' '}
            <span className="quiet">
              <When at={record.at} now={now} /> · <Inert text={actorWords(record.by)} most={200} />
            </span>
          </p>
          {record.op.kind === 'update' && <EntryChange before={record.op.before} after={record.op.after} />}
          {record.op.kind === 'retrieve' && (
            <p className="quiet">
              <Say text="asked: “{query}”" with={{ query: <Inert text={record.op.query} most={200} /> }} />
            </p>
          )}
          {record.why !== '' && (
            <p className="think">
              “<Inert text={reasonWords(record)} most={600} />”
            </p>
          )}
        </li>
      ))}
    </ol>
  );
});
