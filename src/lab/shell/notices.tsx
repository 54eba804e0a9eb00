/** What the page says when it is loading and when something went wrong: a sentence and a next step. */
import type { LabError } from '../../worker/protocol';
import { say } from '../language/language';
import type { LabState } from '../state/lab-state';
import { loadingWords } from '../state/worker-words';

/** Both sentences of an error, marked with the language they are in. */
export function ErrorWords({ error }: { readonly error: LabError }) {
  return (
    <span lang={error.lang ?? 'en'}>
      <strong>{error.message}</strong> {error.whatToDo}
    </span>
  );
}

export function Trouble({
  error,
  fatal,
  onDismiss,
}: {
  readonly error: LabError;
  readonly fatal: boolean;
  readonly onDismiss: () => void;
}) {
  return (
    <div className="trouble" role="alert">
      <p>
        <ErrorWords error={error} />
      </p>
      <p className="trouble-actions">
        {fatal ? (
          <>
            {/* No link to the page's own address: with a fragment in it that is a jump, not a reload. */}
            <button type="button" onClick={() => window.location.reload()}>
              {say('Reload')}
            </button>
            {window.location.search.includes('backend=') && (
              <a className="button" href="?">
                {say('Let the lab choose the back end')}
              </a>
            )}
          </>
        ) : (
          <button type="button" onClick={onDismiss}>
            {say('Dismiss')}
          </button>
        )}
      </p>
    </div>
  );
}

export function Loading({ loading }: { readonly loading: LabState['loading'] }) {
  const known = loading !== null && loading.total > 0;
  return (
    <div className="loading" role="status">
      <p>
        {loading
          ? `${loadingWords(loading.text) ?? loading.text} …`
          : say('Starting the worker that runs the model …')}
      </p>
      <progress
        aria-label={say('Loading')}
        value={known ? loading.done : undefined}
        max={known ? loading.total : undefined}
      />
    </div>
  );
}

/**
 * A part of the site that did not come: the network is gone, or the site was published anew meanwhile.
 *
 * @param onAgain asks for it once more; left out: only the whole page can be
 */
export function NotLoaded({ what, onAgain }: { readonly what: string; readonly onAgain?: () => void }) {
  return (
    <div className="trouble" role="alert">
      <p>
        <strong>{say('{what} could not be loaded.', { what })}</strong>{' '}
        {onAgain
          ? say('Try again, or reload the page; if neither helps, the network or the site is not whole.')
          : say('Reload the page; if that does not help, the network or the site is not whole.')}
      </p>
      <p className="trouble-actions">
        {onAgain && (
          <button type="button" onClick={onAgain}>
            {say('Try again')}
          </button>
        )}
        <button type="button" onClick={() => window.location.reload()}>
          {say('Reload')}
        </button>
      </p>
    </div>
  );
}
