/** The door to the what-if page, whose script comes when it is opened. */
import { lazy, memo, Suspense, useState } from 'react';
import { say } from '../language/language';
import { useLanguage } from '../language/use-language';
import { NotLoaded } from '../shell/notices';
import { Panel } from '../shell/panel';
import type { WhatIfProps } from './what-if';

const WhatIf = lazy(() =>
  import('./what-if').catch(() => ({ default: () => <NotLoaded what={say('The what-if page')} /> })),
);

export const WhatIfPanel = memo(function WhatIfPanel(props: WhatIfProps) {
  useLanguage();
  const [opened, open] = useState(false);
  return (
    <Panel
      title={say('What if')}
      className="what-if-panel"
      note={say(
        'Change what the policy did, remembered, was told or is paid for, and see what becomes of the same episode with the same dice. Ready exhibits show what goes wrong when the method is changed.',
      )}
    >
      {opened ? (
        <Suspense fallback={<p className="empty">{say('Loading …')}</p>}>
          <WhatIf {...props} />
        </Suspense>
      ) : (
        <button type="button" onClick={() => open(true)} data-lesson="what-if">
          {say('Change something')}
        </button>
      )}
    </Panel>
  );
});
