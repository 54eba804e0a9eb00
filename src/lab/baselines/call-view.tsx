/**
 * One call to the language model, written out: role, input, form of the reply, the reply; whether the model wrote it or a
 * rule in its place, and why what a model wrote was not taken.
 */
import type { CallRecord } from '../../worker/baselines-protocol';
import { count } from '../figures';
import { say } from '../language/language';
import { Say } from '../language/say';
import { callWords } from './method-words';
import { costWords } from './told';

export function CallView({ call, n }: { readonly call: CallRecord; readonly n: number }) {
  const { purpose, role, input, schema, output, by, failures } = call;
  const words = callWords(purpose);
  return (
    <li className="baselines-call">
      <div className="message-head">
        <strong>
          {n}. {words ?? <span lang="en">{purpose}</span>}
        </strong>
        <span className={`chip baselines-by-${by}`}>
          {by === 'model'
            ? say('reply of the model')
            : failures.length > 0
              ? say('a rule stands in')
              : say('reply by a rule')}
        </span>
      </div>
      {failures.map(({ reason, text }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: tries have no identity but their order
        <p key={i} className="baselines-failure">
          <Say
            text="Try {n} was not taken: {reason}"
            with={{ n: i + 1, reason: <span lang="en">{reason}</span> }}
          />
          {text !== '' && (
            <span className="baselines-raw" lang="en">
              {text}
            </span>
          )}
        </p>
      ))}
      <pre className="baselines-raw" lang="en">
        {output}
      </pre>
      <p className="quiet">{costWords(call)}</p>
      <details>
        <summary>
          {by === 'model' || failures.length > 0
            ? say('What the model was given')
            : say('What a model would be given')}
        </summary>
        <dl className="baselines-prompt">
          <dt>{say('Role§of a call')}</dt>
          <dd lang="en">{role}</dd>
          <dt>{say('Input')}</dt>
          <dd lang="en">
            <pre className="baselines-raw">{input}</pre>
          </dd>
          <dt>{say('Form of the reply')}</dt>
          <dd lang="en">
            <pre className="baselines-raw">{JSON.stringify(schema)}</pre>
          </dd>
        </dl>
      </details>
    </li>
  );
}

/** All calls of a write or read, or that there were none. */
export function CallsView({ calls }: { readonly calls: readonly CallRecord[] }) {
  if (calls.length === 0) return <p className="quiet">{say('No model is asked.')}</p>;
  return (
    <ol className="baselines-calls" aria-label={count(calls.length, 'call to a model', 'calls to a model')}>
      {calls.map((call, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: calls have no identity but their order
        <CallView key={i} call={call} n={i + 1} />
      ))}
    </ol>
  );
}
