/** One memory in full: what it is, how it writes, meets a correction, holds and reads, each next to AgeMem. */
import type { ReactNode } from 'react';
import type { BaselineRun } from '../../worker/baselines-protocol';
import type { EventLog, Task } from '../../worker/protocol';
import { duration } from '../figures';
import { say } from '../language/language';
import { Say } from '../language/say';
import { methodName } from '../method-names';
import type { BaselinesLine } from '../state/baselines-line';
import type { AgeMemSide } from './agemem-side';
import { ConflictView } from './conflict-view';
import { METHODS } from './method-words';
import { ReadPath } from './read-path';
import { StoreView } from './store-view';
import { WritePath } from './write-path';

interface OneMethodProps {
  readonly run: BaselineRun;
  readonly task: Task;
  readonly log: EventLog;
  readonly side: AgeMemSide;
  readonly line: BaselinesLine;
  readonly blocked: boolean;
}

export function OneMethod(props: OneMethodProps) {
  const { run } = props;
  const { method } = run.setting;
  const { about, differs, source } = METHODS[method];
  const name = methodName(method);
  return (
    <section className="baselines-method" aria-label={say('{name} in full', { name })}>
      <h3 translate={method === 'no-memory' ? undefined : 'no'}>{name}</h3>
      <p>
        {say(about)} {say(differs)}{' '}
        {source && (
          <Say
            text="Source: {source}."
            with={{
              source: (
                <a href={source.at} translate="no">
                  {source.name}
                </a>
              ),
            }}
          />
        )}
      </p>
      <p className="quiet">
        <Say
          text="Read by {policy}, searched with {embedder}, played in {time}."
          with={{
            policy: <code translate="no">{run.facts.policyId}</code>,
            embedder: <code translate="no">{run.facts.embedder}</code>,
            time: duration(run.facts.ms),
          }}
        />{' '}
        {run.facts.window !== null && say('Asked for replies within {n} tokens.', { n: run.facts.window })}
      </p>
      <Part title={say('How it writes')}>
        <WritePath {...props} />
      </Part>
      <Part title={say('What becomes of a correction')}>
        <ConflictView {...props} />
      </Part>
      <Part title={say('What it holds at the end')}>
        <StoreView {...props} />
      </Part>
      <Part title={say('How it reads')}>
        <ReadPath {...props} />
      </Part>
    </section>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="baselines-part" aria-label={title}>
      <h4>{title}</h4>
      {children}
    </section>
  );
}
