/** The door to the judge, whose script comes when it is opened. */
import { memo } from 'react';
import { say } from '../language/language';
import { useLanguage } from '../language/use-language';
import { LatePanel, lateView } from '../shell/late-panel';
import type { JudgeProps } from './judge-view';

const JudgeView = lateView(() => import('./judge-view'));

export const JudgePanel = memo(function JudgePanel(props: JudgeProps) {
  useLanguage();
  const { summaries, distractors } = props.writers;
  return (
    <LatePanel
      title={say('A model as judge')}
      className="judge-panel"
      part="judge"
      door={say('Ask the model')}
      closed={!props.ready}
      wanted={summaries === 'model' || distractors === 'model'}
      note={say(
        'Rewards are computed by rules. The paper asks a large model for some of them: the one that acts here can be asked too, and its scores stand beside those of the rules. It may also write summaries and distractors.',
      )}
    >
      <JudgeView {...props} />
    </LatePanel>
  );
});
