/** What went wrong at a place of the page, there: a sentence, a next step, and how to put it away. */
import type { LabError } from '../../worker/protocol';
import { say } from '../language/language';
import { ErrorWords } from '../shell/notices';

/** Nothing else can be shown: it is asked for again. */
export function NoList({ error, onRetry }: { readonly error: LabError; readonly onRetry: () => void }) {
  return (
    <div className="trouble" role="alert">
      <p>
        <ErrorWords error={error} />
      </p>
      <p className="trouble-actions">
        <button type="button" onClick={onRetry}>
          {say('Try again')}
        </button>
      </p>
    </div>
  );
}

interface PlaceTroubleProps {
  readonly error: LabError | undefined;
  readonly onDismiss: () => void;
}

export function PlaceTrouble({ error, onDismiss }: PlaceTroubleProps) {
  if (!error) return null;
  return (
    <div className="notice failed" role="alert">
      <p>
        <ErrorWords error={error} />
      </p>
      <button type="button" className="plain" onClick={onDismiss}>
        {say('Dismiss')}
      </button>
    </div>
  );
}
