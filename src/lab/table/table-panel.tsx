/** The door to the table of methods and environments, whose numbers come when it is opened. */
import { lazy, memo, Suspense, useState } from 'react';
import { say } from '../language/language';
import { useLanguage } from '../language/use-language';
import { NotLoaded } from '../shell/notices';
import { Panel } from '../shell/panel';
import type { TableProps } from './table-view';

const TableView = lazy(() =>
  import('./table-view').catch(() => ({ default: () => <NotLoaded what={say('This part')} /> })),
);

export const TablePanel = memo(function TablePanel(props: TableProps) {
  useLanguage();
  const [opened, open] = useState(false);
  return (
    <Panel
      title={say('The table')}
      className="table-panel"
      part="table"
      note={say(
        'Memories beside one policy, and AgeMem itself, over the worlds: recorded runs of this project, with 95 % intervals over seeds, and the same played here; each cell opens its episodes.',
      )}
    >
      {opened ? (
        <Suspense fallback={<p className="empty">{say('Loading …')}</p>}>
          <TableView {...props} />
        </Suspense>
      ) : (
        <button type="button" onClick={() => open(true)}>
          {say('Show the table')}
        </button>
      )}
    </Panel>
  );
});
