/** Two states of a memory beside each other: entries only one of them has, and those that changed as word diffs. */
import { memo, type ReactNode } from 'react';
import type { EntryText } from '../../worker/memory-protocol';
import { say } from '../language/language';
import { useLanguage } from '../language/use-language';
import { EntryChange, MetadataLine } from './change-text';
import type { Differences } from './differences';
import { Inert } from './inert';

/** Most entries shown of each kind; all are counted. */
const MOST = 100;

interface DifferencesViewProps {
  readonly differences: Differences;
  readonly words: {
    readonly onlyLeft: string;
    readonly onlyRight: string;
    readonly changed: string;
    readonly same: string;
  };
}

export const DifferencesView = memo(function DifferencesView({ differences, words }: DifferencesViewProps) {
  useLanguage();
  const { onlyLeft, onlyRight, changed, same } = differences;
  return (
    <div className="differences">
      <Part title={words.onlyLeft} count={onlyLeft.length}>
        {onlyLeft.slice(0, MOST).map((entry) => (
          <li key={entry.id} className="entry mark-removed">
            <Line entry={entry} />
          </li>
        ))}
      </Part>
      <Part title={words.changed} count={changed.length}>
        {changed.slice(0, MOST).map(({ left, right }) => (
          <li key={`${left.id} ${right.id}`} className="entry">
            <code className="entry-id">{left.id === right.id ? left.id : `${left.id} → ${right.id}`}</code>
            <EntryChange before={left} after={right} />
          </li>
        ))}
      </Part>
      <Part title={words.onlyRight} count={onlyRight.length}>
        {onlyRight.slice(0, MOST).map((entry) => (
          <li key={entry.id} className="entry mark-added">
            <Line entry={entry} />
          </li>
        ))}
      </Part>
      <p className="quiet">{say('{title}: {n}', { title: words.same, n: same })}</p>
    </div>
  );
});

function Part({
  title,
  count,
  children,
}: {
  readonly title: string;
  readonly count: number;
  readonly children: ReactNode;
}) {
  if (count === 0) return null;
  return (
    <section aria-label={title}>
      <h3>{say('{title}: {n}', { title, n: count })}</h3>
      <ul className="entries">{children}</ul>
      {count > MOST && <p className="quiet">{say('The first {n} are shown.', { n: MOST })}</p>}
    </section>
  );
}

function Line({ entry }: { readonly entry: EntryText }) {
  return (
    <>
      <code className="entry-id">{entry.id}</code> <Inert text={entry.content} most={600} />
      <span className="quiet">
        {' '}
        <MetadataLine entry={entry} />
      </span>
    </>
  );
}
