/** The task as only the reward knows it: the question, the answer, and which facts lead to it. */
import type { Task } from '../../worker/protocol';
import { count } from '../figures';
import { say } from '../language/language';
import { Say } from '../language/say';
import { DIFFICULTIES, SPLITS } from '../words';

export function TaskCard({ task }: { readonly task: Task }) {
  return (
    <details className="task-card" data-lesson="task-card">
      <summary>
        {task.answers.length > 0 ? (
          <Say
            text="What the policy is not told: in stage 3 it will be asked “{question}”, and the answer is {answer}"
            with={{
              question: <span lang="en">{task.query}</span>,
              answer: <strong lang="en">{task.answers[0]}</strong>,
            }}
          />
        ) : (
          <Say
            text="What the policy is not told: in stage 3 it will be asked “{question}”"
            with={{ question: <span lang="en">{task.query}</span> }}
          />
        )}
      </summary>
      <p className="quiet">
        {task.id.startsWith('own/')
          ? say('in your own words')
          : `${say(DIFFICULTIES[task.difficulty])} · ${say(SPLITS[task.split])}`}{' '}
        ·{' '}
        {say('{messages}, then {distractors} shared by all rollouts of the task', {
          messages: count(task.messages.length, 'message'),
          distractors: count(task.distractors.length, 'distractor'),
        })}
      </p>
      {task.facts.length > 0 && (
        <ul>
          {task.facts.map((fact) => (
            <li key={fact.id}>
              <span lang="en">
                {fact.subject} {fact.relation} <strong>{fact.value}</strong>
              </span>
              {fact.superseded.length > 0 && (
                <span className="quiet">
                  {' '}
                  <Say
                    text="(said before and revised: {values})"
                    with={{ values: <span lang="en">{fact.superseded.join(', ')}</span> }}
                  />
                </span>
              )}
              {task.neededFactIds.includes(fact.id) && ` · ${say('needed for the answer')}`}
              {!fact.worthKeeping && <span className="quiet"> · {say('not worth keeping')}</span>}
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}
