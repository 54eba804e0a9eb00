/** One task played by the base policy, the shipped adapter and the one trained here, on the same dice. */
import type { ReplayRun } from '../../worker/protocol';
import { actionWords } from '../episode/action-view';
import { actsInWorldAt } from '../episode/acts-in-world';
import { figure } from '../figures';
import { say } from '../language/language';
import { useAdapterNames } from '../shell/adapter-names';

interface Move {
  readonly seq: number;
  readonly stage: number;
  readonly words: string;
  readonly failed: string | null;
}

export function Comparison({ runs }: { readonly runs: readonly ReplayRun[] }) {
  const names = useAdapterNames();
  return (
    <div className="comparison">
      {runs.map((run) => (
        <article key={run.adapter} aria-label={say(names[run.adapter])}>
          <h4>{say(names[run.adapter])}</h4>
          <p className="total">
            <span className="total-value">{figure(run.reward.total)}</span>
            <span className="quiet">
              {' '}
              {say('task {task} · context {context} · memory {memory}', {
                task: figure(run.reward.task.value, 2),
                context: figure(run.reward.context.value, 2),
                memory: figure(run.reward.memory.value, 2),
              })}
            </span>
          </p>
          <Moves run={run} />
        </article>
      ))}
    </div>
  );
}

export function Moves({ run }: { readonly run: ReplayRun }) {
  return (
    <ol className="moves">
      {movesOf(run).map((move) => (
        <li key={move.seq}>
          <span className="quiet">{say('stage {stage}', { stage: move.stage })}</span> {move.words}
          {move.failed && <span className="warning"> {move.failed}</span>}
        </li>
      ))}
    </ol>
  );
}

/** What the policy did, step by step, with the text it stored and what was refused. */
function movesOf({ log }: ReplayRun): readonly Move[] {
  return log.flatMap((event) => {
    if (event.type !== 'parsed') return [];
    const calls = log.filter((other) => other.type === 'tool-called' && other.step === event.step);
    const contents = calls.flatMap((call) =>
      call.type === 'tool-called' && typeof call.requested.arguments.content === 'string'
        ? [`“${call.requested.arguments.content}”`]
        : [],
    );
    const refused = calls.some((call) => call.type === 'tool-called' && !call.outcome.ok);
    return {
      seq: event.seq,
      stage: event.stage,
      words: [actionWords(event.action, actsInWorldAt(log, event.step)), ...contents].join(' '),
      failed: refused ? say('✗ refused') : null,
    };
  });
}
