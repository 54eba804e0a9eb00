/** Something asked of the worker, in its states: not there yet, there (perhaps being renewed), failed with a next step. */
import type { ReactNode } from 'react';
import type { LabError } from '../../worker/protocol';
import { say } from '../language/language';
import { ErrorWords } from '../shell/notices';
import { Empty } from '../shell/panel';
import { type Loaded, newest } from './loaded';

interface AwaitedProps<T> {
  readonly of: Loaded<T>;
  /** What is being waited for, e.g. "Reading the journal". */
  readonly waiting: string;
  /** Shown before anything was asked. */
  readonly before?: ReactNode;
  readonly onRetry: () => void;
  readonly children: (value: T) => ReactNode;
}

export function Awaited<T>({ of, waiting, before = null, onRetry, children }: AwaitedProps<T>) {
  const value = newest(of);
  return (
    <>
      {of.state === 'failed' && <Failed error={of.error} onRetry={onRetry} />}
      {value !== null ? (
        <div aria-busy={of.state === 'loading'}>{children(value)}</div>
      ) : of.state === 'loading' ? (
        <Empty>{waiting} …</Empty>
      ) : (
        of.state === 'none' && before
      )}
    </>
  );
}

export function Failed({ error, onRetry }: { readonly error: LabError; readonly onRetry: () => void }) {
  return (
    <div className="notice failed" role="alert">
      <p>
        <ErrorWords error={error} />
      </p>
      <button type="button" className="plain" onClick={onRetry}>
        {say('Try again')}
      </button>
    </div>
  );
}
