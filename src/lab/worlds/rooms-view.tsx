/** Places with what is in them: a room's receptacles, or a laboratory's rooms and devices. */
import type { RoomsPicture } from '../../worker/worlds-protocol';
import { say } from '../language/language';
import { GoalList } from './goal-list';

export function RoomsView({ picture }: { readonly picture: RoomsPicture }) {
  const { places, ways, holding, goals } = picture;
  return (
    <>
      <ul className="world-places" aria-label={say('Places')}>
        {places.map(({ name, here, state, things }) => (
          <li key={name} className={here ? 'here' : undefined}>
            <strong lang="en">{name}</strong>
            {here && <span className="world-mark"> {say('◂ the agent is here')}</span>}
            {state !== '' && (
              <span className="quiet" lang="en">
                {' '}
                {state}
              </span>
            )}
            <ul>
              {things.map((thing) => (
                <li key={thing.name} lang="en">
                  {thing.name}
                  {thing.state !== '' && <span className="quiet"> {thing.state}</span>}
                </li>
              ))}
            </ul>
            {things.length === 0 && <span className="quiet">{say('nothing')}</span>}
          </li>
        ))}
      </ul>
      {ways.length > 0 && (
        <p className="quiet">
          {say('Ways:')} <span lang="en">{ways.map(({ from, to }) => `${from} – ${to}`).join(', ')}</span>
        </p>
      )}
      <p>
        <strong>{say('In the hand')}</strong>{' '}
        {holding.length === 0 ? say('nothing') : <span lang="en">{holding.join(', ')}</span>}
      </p>
      <GoalList goals={goals} />
    </>
  );
}
