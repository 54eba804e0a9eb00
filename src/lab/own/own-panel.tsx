/** The door to the user's own data, whose script comes when it is opened. */
import { memo } from 'react';
import { say } from '../language/language';
import { useLanguage } from '../language/use-language';
import { LatePanel, lateView } from '../shell/late-panel';
import type { OwnDataProps } from './own-data';

const OwnData = lateView(() => import('./own-data'));

interface OwnPanelProps extends OwnDataProps {
  readonly ready: boolean;
}

export const OwnPanel = memo(function OwnPanel({ ready, ...props }: OwnPanelProps) {
  useLanguage();
  return (
    <LatePanel
      title={say('Your own data')}
      className="own-panel"
      part="own"
      door={say('Type facts, or open a file')}
      closed={!ready}
      note={say(
        'Type what a user would tell an assistant, in any words and names, and play it; or open a file of tasks, train on it and measure what was learned. Nothing leaves this machine.',
      )}
    >
      <OwnData {...props} />
    </LatePanel>
  );
});
