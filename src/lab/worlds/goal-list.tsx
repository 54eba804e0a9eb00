/** Parts of a goal: a mark and a word for each, never colour alone. */
import type { PictureGoal } from '../../worker/worlds-protocol';
import { say } from '../language/language';

export function GoalList({ goals }: { readonly goals: readonly PictureGoal[] }) {
  return (
    <div>
      <h3>{say('Goal')}</h3>
      <ul className="world-goals">
        {goals.map(({ text, holds }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two parts may read alike, and their order stays
          <li key={i} className={holds ? 'holds' : undefined}>
            <span className="world-mark">{holds ? say('✓ holds') : say('○ not yet')}</span>{' '}
            <span lang="en">{text}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
