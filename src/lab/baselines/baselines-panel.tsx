/** The door to the comparison of memories, whose script comes when it is opened. */
import { memo } from 'react';
import { say } from '../language/language';
import { useLanguage } from '../language/use-language';
import { LatePanel, lateView } from '../shell/late-panel';
import type { BaselinesProps } from './baselines-view';

const BaselinesView = lateView(() => import('./baselines-view'));

export const BaselinesPanel = memo(function BaselinesPanel(props: BaselinesProps) {
  useLanguage();
  return (
    <LatePanel
      title={say('Memories compared')}
      className="baselines-panel"
      part="baselines"
      door={say('Compare on this task')}
      closed={!props.ready}
      note={say(
        'The paper’s six memories that work beside a policy, each on the task on view, next to what AgeMem did with it: what they write, what they make of a correction, what they hold and what they read.',
      )}
    >
      <BaselinesView {...props} />
    </LatePanel>
  );
});
