/** The task as only the reward knows it: the question, the answer, and which facts lead to it. */
import type { Task } from '../../worker/protocol';
import { DIFFICULTIES, SPLITS } from '../words';

export function TaskCard({ task }: { readonly task: Task }) {
  return (
    <details className="task-card" data-lesson="task-card">
      <summary>
        What the policy is not told: in stage 3 it will be asked “{task.query}”
        {task.answers.length > 0 && (
          <>
            , and the answer is <strong>{task.answers[0]}</strong>
          </>
        )}
      </summary>
      <p className="quiet">
        {DIFFICULTIES[task.difficulty]} · {SPLITS[task.split]} · {task.messages.length} messages, then{' '}
        {task.distractors.length} distractors shared by all rollouts of the task
      </p>
      {task.facts.length > 0 && (
        <ul>
          {task.facts.map((fact) => (
            <li key={fact.id}>
              {fact.subject} {fact.relation} <strong>{fact.value}</strong>
              {fact.superseded.length > 0 && (
                <span className="quiet"> (said before and revised: {fact.superseded.join(', ')})</span>
              )}
              {task.neededFactIds.includes(fact.id) && ' · needed for the answer'}
              {!fact.worthKeeping && <span className="quiet"> · not worth keeping</span>}
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}
