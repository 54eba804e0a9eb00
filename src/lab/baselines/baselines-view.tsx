/**
 * Memories beside the policy, loaded when they are asked for: a table of all of them on the task on view, and one of them
 * in full next to AgeMem's own log. Each is played in the worker when it is chosen.
 */
import '../styles/baselines.css';
import { useEffect, useMemo, useState } from 'react';
import type { BaselineId } from '../../worker/baselines-protocol';
import type { EventLog, PlayOptions, Ready, Task } from '../../worker/protocol';
import { say, sayEach } from '../language/language';
import { methodName } from '../method-names';
import { Choice } from '../shell/fields';
import type { BaselinesLine } from '../state/baselines-line';
import { ageMemSide } from './agemem-side';
import { ComparisonTable } from './comparison-table';
import { METHOD_IDS, PLACEMENTS, REPLIERS, type Replier } from './method-words';
import { OneMethod } from './one-method';
import { type Manner, type Runs, useRuns } from './use-runs';

export interface BaselinesProps {
  readonly ready: Ready | null;
  /** Of the live episode; null until there is one. */
  readonly task: Task | null;
  readonly options: PlayOptions | null;
  /** Of the live episode as far as it has come. */
  readonly log: EventLog;
  /** Changes with the adapter trained in this tab. */
  readonly weights: string;
  readonly blocked: boolean;
  /** Of a memory that is being played; null: none is. */
  readonly progress: { readonly finished: number; readonly total: number } | null;
  readonly line: BaselinesLine;
}

/** From so many parameters on a model may be able to write the replies. */
const WRITES = 50_000_000;

export default function BaselinesView(props: BaselinesProps) {
  const { task, options } = props;
  if (!task || !options) return <p className="empty">{say('Open an episode first.')}</p>;
  return <Compared {...props} task={task} options={options} />;
}

interface ComparedProps extends BaselinesProps {
  readonly task: Task;
  readonly options: PlayOptions;
}

function Compared(props: ComparedProps) {
  const { ready, task, options, weights, blocked, progress, line, log } = props;
  const byScript = options.player === 'demonstrator';
  const [wanted, want] = useState<Manner>({
    replies: (ready?.model.parameters ?? 0) >= WRITES ? 'model' : 'rules',
    placement: 'as-looked-up',
  });
  const manner = useMemo((): Manner => (byScript ? scripted(wanted) : wanted), [byScript, wanted]);
  const [chosen, choose] = useState<BaselineId>('mem0');
  const runs = useRuns({ ready, task, options, weights, manner, line });
  const side = useMemo(() => ageMemSide(log), [log]);
  const run = runs.of(chosen);
  // Rules reply at once; a model may take its time, so that it is asked for.
  const begins = manner.replies === 'rules' && !run && !runs.stopped(chosen) && !blocked;
  useEffect(() => {
    if (begins && !runs.playing()) void runs.play(chosen);
  });
  return (
    <div className="baselines">
      <Manners {...props} manner={manner} byScript={byScript} onChange={want} />
      <ComparisonTable
        task={task}
        runs={runs}
        side={side}
        chosen={chosen}
        onChoose={choose}
        blocked={blocked}
        line={line}
      />
      <Playing {...props} runs={runs} chosen={chosen} />
      {run && (
        <OneMethod
          key={`${task.id} ${chosen}`}
          run={run}
          task={task}
          log={log}
          side={side}
          line={line}
          blocked={blocked}
        />
      )}
      {!run && progress === null && !begins && (
        <p className="empty">
          {say('{name} has not been played on this task yet.', { name: methodName(chosen) })}
        </p>
      )}
    </div>
  );
}

/** A script writes no replies and calls no tools. */
const scripted = ({ placement }: Manner): Manner => ({
  replies: 'rules',
  placement: placement === 'on-call' ? 'before' : placement,
});

function Manners({
  ready,
  manner,
  byScript,
  blocked,
  onChange,
}: ComparedProps & {
  readonly manner: Manner;
  readonly byScript: boolean;
  readonly onChange: (manner: Manner) => void;
}) {
  const parameters = ready?.model.parameters ?? 0;
  return (
    <>
      <fieldset className="choices" disabled={blocked}>
        <legend className="visually-hidden">{say('How the memories are played')}</legend>
        <Choice
          label={say('Their calls are answered')}
          value={manner.replies}
          values={REPLIER_NAMES}
          words={sayEach(REPLIERS)}
          disabled={(replies) => replies === 'model' && byScript}
          onChange={(replies) => onChange({ ...manner, replies })}
        />
        <Choice
          label={say('What is read stands')}
          value={manner.placement}
          values={PLACEMENT_NAMES}
          words={sayEach(PLACEMENTS)}
          disabled={(placement) => placement === 'on-call' && byScript}
          onChange={(placement) => onChange({ ...manner, placement })}
        />
      </fieldset>
      <p className="quiet">
        {byScript
          ? say(
              'The demonstrator plays this episode: here the expert of its world reads what each memory brings, and rules stand in for the model that would write the memories’ replies.',
            )
          : manner.replies === 'rules'
            ? say(
                'Rules stand in for the model that would write the memories’ replies, and the tokens are those that the same calls would have cost. The policy on view reads what is brought, and answers.',
              )
            : parameters < WRITES
              ? say(
                  'The model that acts is asked for every reply. It is small and was never taught to write them: expect prompts that do not fit and replies that cannot be used. A rule then stands in, and it is told at the place.',
                )
              : say(
                  'The model that acts is asked for every reply. Where it cannot be used a rule stands in, and it is told at the place.',
                )}
      </p>
    </>
  );
}

const REPLIER_NAMES: readonly Replier[] = ['rules', 'model'];
const PLACEMENT_NAMES: readonly Manner['placement'][] = ['as-looked-up', 'before', 'on-call'];

/** What can be begun or stopped, and how far it is. */
function Playing({
  blocked,
  progress,
  line,
  runs,
  chosen,
}: ComparedProps & { readonly runs: Runs; readonly chosen: BaselineId }) {
  const left = METHOD_IDS.filter((method) => !runs.of(method));
  const playRest = async () => {
    for (const method of left) if (!(await runs.play(method))) return;
  };
  return (
    <div className="play">
      {!runs.of(chosen) && (
        <button type="button" disabled={blocked} onClick={() => void runs.play(chosen)}>
          {say('Play {name}', { name: methodName(chosen) })}
        </button>
      )}
      {left.length > 0 && (
        <button type="button" disabled={blocked} onClick={() => void playRest()}>
          {say('Play all that are missing')}
        </button>
      )}
      {progress && (
        <button type="button" onClick={() => void line.cancel()}>
          {say('Cancel')}
        </button>
      )}
      <span className="quiet" role="status">
        {progress && say('{finished} of {total} done', progress)}
      </span>
    </div>
  );
}
