/** The world of stage 3 at the moment on view. Tasks that are questions alone have none, and no panel; its script comes late. */
import { memo } from 'react';
import type { EventLog, Task } from '../../worker/protocol';
import { say } from '../language/language';
import { useLanguage } from '../language/use-language';
import { lateView } from '../shell/late-panel';
import { Panel } from '../shell/panel';
import type { WorldsLine } from '../state/worlds-line';

export interface WorldProps {
  readonly task: Task;
  readonly log: EventLog;
  /** Events below this number have happened. */
  readonly until: number;
  readonly line: WorldsLine;
}

const WorldView = lateView(() => import('./world-view'));

export const WorldPanel = memo(function WorldPanel(props: WorldProps) {
  useLanguage();
  if (props.task.world === undefined) return null;
  return (
    <Panel
      title={say('The world')}
      className="world-panel"
      part="world"
      note={say(
        'Where stage 3 takes place, at the moment on view. The policy never sees this picture, only the texts.',
      )}
    >
      <WorldView {...props} />
    </Panel>
  );
});
