/** A planning problem: blocks as they stand, what holds, thing by thing, which parts of the goal do, and what was done. */
import type { PlanPicture } from '../../worker/worlds-protocol';
import { say } from '../language/language';
import { BlocksView } from './blocks-view';
import { GoalList } from './goal-list';

export function PlanView({ picture }: { readonly picture: PlanPicture }) {
  const { blocks, groups, goals, taken } = picture;
  return (
    <>
      {blocks && <BlocksView {...blocks} />}
      <ul className="world-places" aria-label={say('What holds')}>
        {groups.map(({ title, facts }) => (
          <li key={title}>
            <strong lang="en">{title}</strong>
            <ul>
              {facts.map((fact) => (
                <li key={fact} lang="en">
                  {fact}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
      <GoalList goals={goals} />
      {taken.length > 0 && (
        <div>
          <h3>{say('Actions')}</h3>
          <ol className="world-actions">
            {taken.map(({ action, valid }, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: an action is its place in the list
              <li key={i}>
                <span lang="en">{action}</span>
                {!valid && <span className="quiet"> · {say('had no effect')}</span>}
              </li>
            ))}
          </ol>
        </div>
      )}
    </>
  );
}
