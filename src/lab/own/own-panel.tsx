/** The door to the user's own data, whose script comes when it is opened. */
import { lazy, memo, Suspense, useState } from 'react';
import { say } from '../language/language';
import { useLanguage } from '../language/use-language';
import { NotLoaded } from '../shell/notices';
import { Panel } from '../shell/panel';
import type { OwnDataProps } from './own-data';

const OwnData = lazy(() =>
  import('./own-data').catch(() => ({ default: () => <NotLoaded what={say('This part')} /> })),
);

interface OwnPanelProps extends OwnDataProps {
  readonly ready: boolean;
}

export const OwnPanel = memo(function OwnPanel({ ready, ...props }: OwnPanelProps) {
  useLanguage();
  const [opened, open] = useState(false);
  return (
    <Panel
      title={say('Your own data')}
      className="own-panel"
      part="own"
      note={say(
        'Type what a user would tell an assistant, in any words and names, and play it; or open a file of tasks, train on it and measure what was learned. Nothing leaves this machine.',
      )}
    >
      {opened ? (
        <Suspense fallback={<p className="empty">{say('Loading …')}</p>}>
          <OwnData {...props} />
        </Suspense>
      ) : (
        <button type="button" disabled={!ready} onClick={() => open(true)}>
          {say('Type facts, or open a file')}
        </button>
      )}
    </Panel>
  );
});
