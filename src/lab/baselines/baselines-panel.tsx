/** The door to the comparison of memories, whose script comes when it is opened. */
import { lazy, memo, Suspense, useState } from 'react';
import { say } from '../language/language';
import { useLanguage } from '../language/use-language';
import { NotLoaded } from '../shell/notices';
import { Panel } from '../shell/panel';
import type { BaselinesProps } from './baselines-view';

const BaselinesView = lazy(() =>
  import('./baselines-view').catch(() => ({ default: () => <NotLoaded what={say('This part')} /> })),
);

export const BaselinesPanel = memo(function BaselinesPanel(props: BaselinesProps) {
  useLanguage();
  const [opened, open] = useState(false);
  return (
    <Panel
      title={say('Memories compared')}
      className="baselines-panel"
      part="baselines"
      note={say(
        'The paper’s six memories that work beside a policy, each on the task on view, next to what AgeMem did with it: what they write, what they make of a correction, what they hold and what they read.',
      )}
    >
      {opened ? (
        <Suspense fallback={<p className="empty">{say('Loading …')}</p>}>
          <BaselinesView {...props} />
        </Suspense>
      ) : (
        <button type="button" disabled={!props.ready} onClick={() => open(true)}>
          {say('Compare on this task')}
        </button>
      )}
    </Panel>
  );
});
