/** The three stages of a task as the policy will meet them, and what each text takes of its window. */

import type { TaskFit, TextFit } from '../../worker/own-protocol';
import type { Task } from '../../worker/protocol';
import { count } from '../figures';
import { say } from '../language/language';
import { StageMark } from '../shell/panel';
import { beginning, tooLong } from './fit-words';

interface TaskPreviewProps {
  readonly task: Task;
  readonly fit: TaskFit;
  /** The distractors are the lab's. */
  readonly lent: boolean;
}

export function TaskPreview({ task, fit, lent }: TaskPreviewProps) {
  const fitOf = (kind: TextFit['kind'], n: number) =>
    fit.texts.find((text) => text.kind === kind && text.n === n);
  const stages = [
    { kind: 'message', texts: task.messages.map(({ content }) => content) },
    { kind: 'distractor', texts: task.distractors.map(({ content }) => content) },
    { kind: 'question', texts: [task.query] },
  ] as const;
  return (
    <div className="own-preview">
      {stages.map(({ kind, texts }, i) => (
        <section key={kind} className={`stage-${i + 1}`}>
          <StageMark stage={(i + 1) as 1 | 2 | 3} />
          <ol>
            {texts.map((content, place) => {
              const { own = 0, tokens = 0 } = fitOf(kind, place + 1) ?? {};
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: texts have no identity but their place
                <li key={place} className={tokens > fit.promptLimit ? 'own-long' : undefined}>
                  <bdi translate="no">{beginning(content)}</bdi>{' '}
                  <span className="quiet">{count(own, 'token')}</span>
                </li>
              );
            })}
          </ol>
          {i === 1 && texts.length === 0 && <p className="quiet">{say('Nothing distracts.')}</p>}
          {i === 1 && lent && <p className="quiet">{say("Lent by the lab's made-up tasks.")}</p>}
          {i === 2 && (
            <p className="quiet">
              {say('Not told to the policy: the answer is')}{' '}
              <bdi translate="no">{task.answers.join(' / ')}</bdi>
            </p>
          )}
          <p className="quiet">
            {say(
              '{tokens} with the system message, before the policy says anything; above {limit} at the end are fined',
              {
                tokens: count(fit.stages[i], 'token'),
                limit: fit.contextLimit,
              },
            )}
          </p>
        </section>
      ))}
      {!fit.playable && <p className="warning">{tooLong(fit)}</p>}
    </div>
  );
}
