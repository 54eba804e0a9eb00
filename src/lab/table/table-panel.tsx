/** The door to the table of methods and environments, whose numbers come when it is opened. */
import { memo } from 'react';
import { say } from '../language/language';
import { useLanguage } from '../language/use-language';
import { LatePanel, lateView } from '../shell/late-panel';
import type { TableProps } from './table-view';

const TableView = lateView(() => import('./table-view'));

export const TablePanel = memo(function TablePanel(props: TableProps) {
  useLanguage();
  return (
    <LatePanel
      title={say('The table')}
      className="table-panel"
      part="table"
      door={say('Show the table')}
      note={say(
        'Memories beside one policy, and AgeMem itself, over the worlds: recorded runs of this project, with 95 % intervals over seeds, and the same played here; each cell opens its episodes.',
      )}
    >
      <TableView {...props} />
    </LatePanel>
  );
});
