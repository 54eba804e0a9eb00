/** The door to the judge, whose script comes when it is opened. */
import { lazy, memo, Suspense, useState } from 'react';
import { say } from '../language/language';
import { useLanguage } from '../language/use-language';
import { NotLoaded } from '../shell/notices';
import { Panel } from '../shell/panel';
import type { JudgeProps } from './judge-view';

const JudgeView = lazy(() =>
  import('./judge-view').catch(() => ({ default: () => <NotLoaded what={say('This part')} /> })),
);

export const JudgePanel = memo(function JudgePanel(props: JudgeProps) {
  useLanguage();
  const { summaries, distractors } = props.writers;
  const [opened, open] = useState(summaries === 'model' || distractors === 'model');
  return (
    <Panel
      title={say('A model as judge')}
      className="judge-panel"
      part="judge"
      note={say(
        'Rewards are computed by rules. The paper asks a large model for some of them: the one that acts here can be asked too, and its scores stand beside those of the rules. It may also write summaries and distractors.',
      )}
    >
      {opened ? (
        <Suspense fallback={<p className="empty">{say('Loading …')}</p>}>
          <JudgeView {...props} />
        </Suspense>
      ) : (
        <button type="button" disabled={!props.ready} onClick={() => open(true)}>
          {say('Ask the model')}
        </button>
      )}
    </Panel>
  );
});
