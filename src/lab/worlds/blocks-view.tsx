/** Blocks as they stand on the table, and those in the hand above it. What is drawn is told in words beside it. */
import type { PlanPicture } from '../../worker/worlds-protocol';
import { say } from '../language/language';

const WIDTH = 96;
const HEIGHT = 28;
const GAP = 12;
/** Letters that fit into a block; the whole name stands in its title. */
const LETTERS = 12;

export function BlocksView({ heaps, held }: NonNullable<PlanPicture['blocks']>) {
  const rows = Math.max(1, ...heaps.map((heap) => heap.length)) + 1;
  const columns = Math.max(heaps.length, held.length, 1);
  const [width, table] = [columns * (WIDTH + GAP) + GAP, (rows + 0.5) * HEIGHT];
  return (
    <svg
      className="world-blocks"
      viewBox={`0 0 ${width} ${table + 4}`}
      style={{ maxWidth: `${width}px` }}
      role="img"
      aria-label={say('Blocks as they stand, listed in words below')}
    >
      <rect className="blocks-table" y={table} width={width} height="4" />
      {heaps.map((heap, column) =>
        heap.map((name, row) => (
          <Block key={name} name={name} column={column} y={table - (row + 1) * HEIGHT} />
        )),
      )}
      {held.map((name, column) => (
        <Block key={name} name={name} column={column} y={0} held />
      ))}
    </svg>
  );
}

interface BlockProps {
  readonly name: string;
  readonly column: number;
  readonly y: number;
  readonly held?: boolean;
}

function Block({ name, column, y, held = false }: BlockProps) {
  const short = name.length > LETTERS ? `${name.slice(0, LETTERS - 1)}…` : name;
  return (
    <g transform={`translate(${GAP + column * (WIDTH + GAP)} ${y})`} lang="en">
      <title>{name}</title>
      <rect className={held ? 'block held' : 'block'} width={WIDTH} height={HEIGHT - 2} rx="3" />
      <text x={WIDTH / 2} y={HEIGHT / 2 + 4} textAnchor="middle">
        {short}
      </text>
    </g>
  );
}
