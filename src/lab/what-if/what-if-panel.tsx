/** The door to the what-if page, whose script comes when it is opened. */
import { memo } from 'react';
import { phrase, say } from '../language/language';
import { useLanguage } from '../language/use-language';
import { LatePanel, lateView } from '../shell/late-panel';
import { isChanged } from '../state/branch-change';
import type { WhatIfProps } from './what-if';

const WhatIf = lateView(() => import('./what-if'), { what: phrase('The what-if page') });

export const WhatIfPanel = memo(function WhatIfPanel(props: WhatIfProps) {
  useLanguage();
  const { change, exhibit } = props;
  return (
    <LatePanel
      title={say('What if')}
      className="what-if-panel"
      part="what-if"
      door={say('Change something')}
      wanted={exhibit !== null || isChanged(change)}
      note={say(
        'Change what the policy did, remembered, was told or is paid for, and see what becomes of the same episode with the same dice. Ready exhibits show what goes wrong when the method is changed.',
      )}
    >
      <WhatIf {...props} />
    </LatePanel>
  );
});
