/**
 * What a memory holds at the end, as it is: chunks; facts with their history; notes with keywords, tags and ties; a graph
 * beside its facts. Next to it what AgeMem's policy has stored.
 */
import { useMemo } from 'react';
import type { BaselineRun, HeldEntry } from '../../worker/baselines-protocol';
import { count } from '../figures';
import { listed, type Phrase, phrase, say } from '../language/language';
import { Say } from '../language/say';
import { AGEMEM, methodName } from '../method-names';
import type { AgeMemSide } from './agemem-side';
import { deletedOf, type LifeEvent, lives, readsOf } from './beside-side';
import { GraphView } from './graph-view';
import { METHODS, OPERATIONS } from './method-words';
import { messageName } from './told';

export function StoreView({ run, side }: { readonly run: BaselineRun; readonly side: AgeMemSide }) {
  const { method } = run.setting;
  const { entries, graph, summary } = run.view;
  const life = useMemo(() => lives(run), [run]);
  const gone = useMemo(() => deletedOf(run), [run]);
  const read = useMemo(
    () => new Set(readsOf(run).flatMap((trace) => trace.entries.map(({ id }) => id))),
    [run],
  );
  return (
    <>
      <div className="baselines-beside">
        <article aria-label={methodName(method)}>
          <h5>
            <span translate="no">{methodName(method)}</span>: {say(METHODS[method].holds)}
          </h5>
          {entries.length === 0 && !graph && <p className="quiet">{say('It holds nothing.')}</p>}
          <ul className="entries">
            {entries.map((entry) => (
              <Held key={entry.id} entry={entry} life={life.get(entry.id) ?? []} read={read.has(entry.id)} />
            ))}
            {gone.map(({ id, content, life: events }) => (
              <li key={id} className="entry mark-deleted">
                <code className="entry-id">{id}</code> <del lang="en">{content}</del>
                <Life life={events} />
              </li>
            ))}
          </ul>
          {summary !== undefined && (
            <p>
              {summary === '' ? (
                say('Running summary: none, no thread was long enough.')
              ) : (
                <Say text="Running summary: {summary}" with={{ summary: <span lang="en">{summary}</span> }} />
              )}
            </p>
          )}
        </article>
        <article aria-label={AGEMEM}>
          <h5>
            <span translate="no">AgeMem</span>: {say('entries')}
          </h5>
          {side.entries.length === 0 ? (
            <p className="quiet">{say('It holds nothing.')}</p>
          ) : (
            <ul className="entries">
              {side.entries.map(({ id, content }) => (
                <li key={id} className="entry">
                  <code className="entry-id">{id}</code> <span lang="en">{content}</span>
                </li>
              ))}
            </ul>
          )}
          {side.end === null && <p className="quiet">{say('The episode is not over yet.')}</p>}
        </article>
      </div>
      {graph && <GraphView graph={graph} read={read} />}
    </>
  );
}

const DETAILS: Readonly<Record<string, Phrase>> = {
  context: phrase('context§of a note'),
  keywords: phrase('keywords'),
  tags: phrase('tags'),
  links: phrase('tied to'),
};

function Held({
  entry: { id, content, details },
  life,
  read,
}: {
  readonly entry: HeldEntry;
  readonly life: readonly LifeEvent[];
  readonly read: boolean;
}) {
  const told = Object.entries(details).filter(([, value]) => value.length > 0);
  return (
    <li className="entry">
      <div className="message-head">
        <code className="entry-id">{id}</code>
        {read && <span className="read">{say('read for the question')}</span>}
      </div>
      <div className="message-text" lang="en">
        {content}
      </div>
      {told.length > 0 && (
        <dl className="baselines-details">
          {told.map(([key, value]) => (
            <div key={key}>
              <dt>{Object.hasOwn(DETAILS, key) ? say(DETAILS[key]) : <span lang="en">{key}</span>}</dt>
              <dd lang="en">{typeof value === 'string' ? value : value.join(', ')}</dd>
            </div>
          ))}
        </dl>
      )}
      {life.length > 1 && <Life life={life} />}
    </li>
  );
}

function Life({ life }: { readonly life: readonly LifeEvent[] }) {
  return (
    <details>
      <summary>{say('History: {changes}', { changes: count(life.length, 'change') })}</summary>
      <ol className="baselines-life">
        {life.map(({ stage, index, operation: { kind, before, after, why } }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: changes have no identity but their order
          <li key={i}>
            <span className="quiet">{listed([messageName(stage, index), say(OPERATIONS[kind])])}: </span>
            <span lang="en">{after ?? before}</span>
            {why !== '' && (
              <span className="quiet" lang="en">
                {' '}
                ({why})
              </span>
            )}
          </li>
        ))}
      </ol>
    </details>
  );
}
