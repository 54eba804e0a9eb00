/**
 * The first thing one sees: the same task with the same dice before and after training, as it was recorded. It says
 * what the lab is about, and plays either run in the panels below.
 */
import { memo } from 'react';
import type { RecordedRun, Recording } from '../../worker/episode-protocol';
import { figure } from '../figures';
import { Panel } from '../shell/panel';
import { MARK_LABELS, ToolIcon } from '../shell/tool-mark';
import { framesOf } from './frames';
import { momentsOf } from './moments';

interface BeforeAfterProps {
  readonly recording: Recording;
  /** Which run is on view below; null: the live episode. */
  readonly watched: number | null;
  /** A live episode is there to go back to. */
  readonly live: boolean;
  readonly onWatch: (run: number | null) => void;
}

const WHEN: Readonly<Record<RecordedRun['adapter'], string>> = {
  none: 'Before training',
  shipped: 'After training',
};

export const BeforeAfter = memo(function BeforeAfter({
  recording,
  watched,
  live,
  onWatch,
}: BeforeAfterProps) {
  const { task, runs, command, commit } = recording;
  return (
    <Panel
      title="Before and after training"
      className="before-after"
      part="before-after"
      note={
        <>
          A user talks, the context is emptied, and only what was stored is left to answer “{task.query}” The
          same policy, the same dice: reinforcement learning taught it what to keep.
        </>
      }
    >
      <ul className="recorded-runs">
        {runs.map((run, index) => (
          <Run
            key={run.adapter}
            run={run}
            right={task.answers[0] ?? ''}
            shown={watched === index}
            onWatch={() => onWatch(index)}
          />
        ))}
      </ul>
      {watched !== null && live && (
        <button type="button" className="plain" onClick={() => onWatch(null)}>
          Back to the live episode
        </button>
      )}
      <details className="quiet">
        <summary>Recorded, not played now</summary>
        <p>
          From the bundled policy, by <code>{command}</code> at commit {commit}.
        </p>
      </details>
    </Panel>
  );
});

interface RunProps {
  readonly run: RecordedRun;
  readonly right: string;
  readonly shown: boolean;
  readonly onWatch: () => void;
}

function Run({ run, right, shown, onWatch }: RunProps) {
  const ended = run.log[run.log.length - 1];
  const answer = ended?.type === 'episode-ended' ? ended.answer : null;
  const correct = run.reward.task.value === 1;
  const when = WHEN[run.adapter];
  return (
    <li className={shown ? 'recorded-run shown' : 'recorded-run'}>
      <strong>{when}</strong>
      <span className="recorded-steps" role="img" aria-label={`Its steps: ${stepsInWords(run)}`}>
        {steps(run).map(({ index, stage, marks }) => (
          <span key={index} className={`stage-${stage}`} title={MARK_LABELS[marks[0]]}>
            {marks.map((mark, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a step may call the same tool twice; its place tells them apart
              <ToolIcon key={place} name={mark} />
            ))}
          </span>
        ))}
      </span>
      <span className={correct ? 'recorded-answer right' : 'recorded-answer wrong'}>
        {correct ? '✓' : '✗'} answers “{answer ?? 'nothing'}”{!correct && <> · right: “{right}”</>}
      </span>
      <span className="number">reward {figure(run.reward.total, 2)}</span>
      <button type="button" className="plain" aria-pressed={shown} onClick={onWatch}>
        Watch {when.toLowerCase()}
      </button>
    </li>
  );
}

const steps = ({ log }: RecordedRun) => momentsOf(log, framesOf(log));

function stepsInWords(run: RecordedRun): string {
  return steps(run)
    .map(({ marks }) => marks.map((mark) => MARK_LABELS[mark]).join(' and '))
    .join(', ');
}
