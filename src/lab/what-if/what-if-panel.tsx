/** The door to the what-if page, whose script comes when it is opened. */
import { lazy, memo, Suspense, useState } from 'react';
import { say } from '../language/language';
import { useLanguage } from '../language/use-language';
import { NotLoaded } from '../shell/notices';
import { Panel } from '../shell/panel';
import { isChanged } from '../state/branch-change';
import type { WhatIfProps } from './what-if';

const WhatIf = lazy(() =>
  import('./what-if').catch(() => ({ default: () => <NotLoaded what={say('The what-if page')} /> })),
);

export const WhatIfPanel = memo(function WhatIfPanel(props: WhatIfProps) {
  useLanguage();
  const { change, exhibit } = props;
  const [opened, open] = useState(false);
  // A link, or a lesson, may ask for what is inside.
  if (!opened && (exhibit !== null || isChanged(change))) open(true);
  return (
    <Panel
      title={say('What if')}
      className="what-if-panel"
      part="what-if"
      note={say(
        'Change what the policy did, remembered, was told or is paid for, and see what becomes of the same episode with the same dice. Ready exhibits show what goes wrong when the method is changed.',
      )}
    >
      {opened ? (
        <Suspense fallback={<p className="empty">{say('Loading …')}</p>}>
          <WhatIf {...props} />
        </Suspense>
      ) : (
        <button type="button" onClick={() => open(true)}>
          {say('Change something')}
        </button>
      )}
    </Panel>
  );
});
