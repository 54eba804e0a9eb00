/**
 * The first thing one sees: the same task with the same dice before and after training, as it was recorded. It says
 * what the lab is about, and plays either run in the panels below.
 */
import { memo } from 'react';
import type { RecordedRun, Recording } from '../../worker/episode-protocol';
import { figure } from '../figures';
import { type Phrase, phrase, say } from '../language/language';
import { Say } from '../language/say';
import { useLanguage } from '../language/use-language';
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

const WHEN: Readonly<Record<RecordedRun['adapter'], { readonly title: Phrase; readonly watch: Phrase }>> = {
  none: { title: phrase('Before training'), watch: phrase('Watch before training') },
  shipped: { title: phrase('After training'), watch: phrase('Watch after training') },
};

export const BeforeAfter = memo(function BeforeAfter({
  recording,
  watched,
  live,
  onWatch,
}: BeforeAfterProps) {
  useLanguage();
  const { task, runs, command, commit } = recording;
  return (
    <Panel
      title={say('Before and after training')}
      className="before-after"
      part="before-after"
      note={
        <Say
          text="A user talks, the context is emptied, and only what was stored is left to answer “{question}” The same policy, the same dice: reinforcement learning taught it what to keep."
          with={{ question: <span lang="en">{task.query}</span> }}
        />
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
      {/* Always there, so that nothing moves when the live episode takes the place of the recorded one. */}
      <button
        type="button"
        className="plain"
        disabled={watched === null || !live}
        onClick={() => onWatch(null)}
      >
        {say('Back to the live episode')}
      </button>
      <details className="quiet">
        <summary>{say('Recorded, not played now')}</summary>
        <p>
          <Say
            text="From the bundled policy, by {command} at commit {commit}."
            with={{ command: <code>{command}</code>, commit: <span translate="no">{commit}</span> }}
          />
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
      <strong>{say(when.title)}</strong>
      <span
        className="recorded-steps"
        role="img"
        aria-label={say('Its steps: {steps}', { steps: stepsInWords(run) })}
      >
        {steps(run).map(({ index, stage, marks }) => (
          <span key={index} className={`stage-${stage}`} title={say(MARK_LABELS[marks[0]])}>
            {marks.map((mark, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a step may call the same tool twice; its place tells them apart
              <ToolIcon key={place} name={mark} />
            ))}
          </span>
        ))}
      </span>
      <span className={correct ? 'recorded-answer right' : 'recorded-answer wrong'}>
        {correct ? '✓' : '✗'}{' '}
        <Say
          text={correct ? 'answers “{answer}”' : 'answers “{answer}” · right: “{right}”'}
          with={{
            answer: answer === null ? say('nothing') : <span lang="en">{answer}</span>,
            right: <span lang="en">{right}</span>,
          }}
        />
      </span>
      <span className="number">{say('reward {value}', { value: figure(run.reward.total, 2) })}</span>
      <button type="button" className="plain" aria-pressed={shown} onClick={onWatch}>
        {say(when.watch)}
      </button>
    </li>
  );
}

const steps = ({ log }: RecordedRun) => momentsOf(log, framesOf(log));

function stepsInWords(run: RecordedRun): string {
  return steps(run)
    .map(({ marks }) => marks.map((mark) => say(MARK_LABELS[mark])).join(say(' and §list')))
    .join(say(', §list'));
}
