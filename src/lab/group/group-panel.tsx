/** The rollouts of one task, compared: rewards with mean and spread, and the advantage each step gets. */
import { memo } from 'react';
import type { AdvantageOptions, GroupRun, TrainingMetrics } from '../../worker/protocol';
import { say } from '../language/language';
import { useLanguage } from '../language/use-language';
import { NumberField } from '../shell/fields';
import { Empty, Panel, SourceMark } from '../shell/panel';
import { MAX_GROUP } from '../state/address';
import { Comparison } from './comparison';
import type { GroupLook } from './group-state';
import type { Lane } from './lanes';
import { Lanes } from './lanes-view';

interface Progress {
  readonly finished: number;
  readonly total: number;
}

interface GroupPanelProps {
  readonly group: GroupRun | null;
  readonly look: GroupLook;
  /** Rollouts that the button plays. */
  readonly size: number;
  readonly latest: TrainingMetrics | null;
  readonly blocked: boolean;
  readonly progress: Progress | null;
  readonly forking: Progress | null;
  readonly onRun: () => void;
  readonly onSize: (size: number) => void;
  readonly onRegroup: (options: AdvantageOptions | null) => void;
  readonly onFork: (rollout: number, step: number, size: number) => void;
  readonly onCancel: () => void;
}

export const GroupPanel = memo(function GroupPanel(props: GroupPanelProps) {
  useLanguage();
  const { group, look, size, latest, blocked, progress, forking, onRun, onSize } = props;
  return (
    <Panel
      title={say('Group')}
      className="group"
      part="group"
      note={
        <>
          {say(
            'The same task, played {size} times with different dice. GRPO asks only which rollouts did better than the others.',
            { size },
          )}{' '}
          <SourceMark source="P" />
        </>
      }
    >
      <div className="play">
        <button type="button" data-lesson="run-group" className="primary" disabled={blocked} onClick={onRun}>
          {say('Run group')}
        </button>
        <NumberField label={say('Rollouts')} value={size} min={2} max={MAX_GROUP} whole onChange={onSize} />
        {progress && (
          <span className="quiet">{say('{finished} of {total} rollouts done', { ...progress })}</span>
        )}
      </div>
      {group ? (
        <Comparison
          key={group.origin}
          group={group}
          look={look}
          latest={latest}
          blocked={blocked}
          progress={forking}
          onRegroup={props.onRegroup}
          onFork={props.onFork}
          onCancel={props.onCancel}
        />
      ) : (
        <>
          <Lanes lanes={waitingLanes(size)} chosen={-1} mean={null} />
          <Empty>
            {say(
              '“Run group” plays the task above {size} times. Each lane will show one rollout, step by step.',
              { size },
            )}
          </Empty>
        </>
      )}
    </Panel>
  );
});

/** Lanes before there is anything in them. */
function waitingLanes(size: number): readonly Lane[] {
  return Array.from({ length: size }, (_, k) => ({
    k,
    reward: Number.NaN,
    advantage: Number.NaN,
    parts: [],
    answer: null,
    steps: [],
  }));
}
