/**
 * A grid from above: walls, doors, things, the agent as an arrow. What the agent does not see at the moment is dimmed;
 * everything is listed in words beneath, so that nothing rests on shape or colour.
 */
import type { GridPicture, PictureColour } from '../../worker/worlds-protocol';
import { type Phrase, phrase, say } from '../language/language';

const CELL = 24;
const TONES: Readonly<Record<PictureColour, string>> = {
  red: '#c0392b',
  green: '#2e8b57',
  blue: '#2f6fb0',
  purple: '#8e5bb5',
  yellow: '#c99a10',
  grey: '#7c828a',
};
const FACING: readonly Phrase[] = [
  phrase('facing right'),
  phrase('facing down'),
  phrase('facing left'),
  phrase('facing up'),
];

type Cell = GridPicture['cells'][number];

export function GridView({ picture }: { readonly picture: GridPicture }) {
  const { width, height, cells, agent, carrying, seen, goal } = picture;
  const things = cells.filter(({ what }) => what !== 'wall');
  const label = say('A grid of {width} by {height} cells seen from above, listed in words below', {
    width: String(width),
    height: String(height),
  });
  return (
    <div className="world-grid">
      <svg
        viewBox={`0 0 ${width * CELL} ${height * CELL}`}
        style={{ maxWidth: `${width * CELL * 1.6}px` }}
        role="img"
        aria-label={label}
      >
        <rect className="grid-floor" width={width * CELL} height={height * CELL} />
        {cells.map((cell) => (
          <g key={`${cell.x}-${cell.y}`} transform={`translate(${cell.x * CELL} ${cell.y * CELL})`}>
            <Drawn cell={cell} />
          </g>
        ))}
        {seen.flatMap((row, y) =>
          row.map((visible, x) =>
            visible ? null : (
              <rect
                // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
                key={`${x}-${y}`}
                className="grid-unseen"
                x={x * CELL}
                y={y * CELL}
                width={CELL}
                height={CELL}
              />
            ),
          ),
        )}
        <path
          className="grid-agent"
          d="M -7 -7 L 9 0 L -7 7 Z"
          transform={`translate(${(agent.x + 0.5) * CELL} ${(agent.y + 0.5) * CELL}) rotate(${agent.facing * 90})`}
        />
      </svg>
      <div>
        <p>
          <strong>{say('Mission')}</strong> <span lang="en">{goal}</span>
        </p>
        <p>
          {say('The agent is in column {x}, row {y}, {facing}.', {
            x: String(agent.x + 1),
            y: String(agent.y + 1),
            facing: say(FACING[agent.facing]),
          })}{' '}
          {carrying === null ? (
            say('It carries nothing.')
          ) : (
            <>
              {say('It carries:')} <span lang="en">{carrying}</span>
            </>
          )}
        </p>
        <ul className="world-things">
          {things.map((cell) => (
            <li key={`${cell.x}-${cell.y}`} className={seen[cell.y]?.[cell.x] ? undefined : 'quiet'}>
              <span lang="en">
                {cell.state ? `${cell.state} ` : ''}
                {cell.colour} {cell.what}
              </span>
              {', '}
              {say('column {x}, row {y}', { x: String(cell.x + 1), y: String(cell.y + 1) })}
              {!seen[cell.y]?.[cell.x] && ` · ${say('out of sight')}`}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

function Drawn({ cell }: { readonly cell: Cell }) {
  const tone = TONES[cell.colour];
  const middle = CELL / 2;
  switch (cell.what) {
    case 'wall':
      return <rect className="grid-wall" width={CELL} height={CELL} />;
    case 'door':
      return (
        <>
          <rect
            x="2"
            y="2"
            width={CELL - 4}
            height={CELL - 4}
            fill={cell.state === 'open' ? 'none' : tone}
            stroke={tone}
            strokeWidth="3"
          />
          {cell.state === 'locked' && (
            <path className="grid-lock" d="M 9 12 h 6 v 6 h -6 z M 10 12 v -3 h 4 v 3" />
          )}
        </>
      );
    case 'key':
      return (
        <path
          d="M 8 6 a 4 4 0 1 1 0 8 a 4 4 0 1 1 0 -8 M 11 12 l 7 7 m -3 -3 l 3 -2"
          fill="none"
          stroke={tone}
          strokeWidth="2.5"
        />
      );
    case 'ball':
      return <circle cx={middle} cy={middle} r="8" fill={tone} />;
    case 'box':
      return <rect x="5" y="5" width="14" height="14" fill="none" stroke={tone} strokeWidth="4" />;
    case 'goal':
    case 'lava':
      return <rect width={CELL} height={CELL} fill={tone} opacity="0.5" />;
  }
}
