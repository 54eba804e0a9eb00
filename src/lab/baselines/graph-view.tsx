/** The graph of a memory: drawn, and every triple in a table beside it; what was read for the question is marked in both. */
import { useId, useMemo, useRef } from 'react';
import type { MemoryView } from '../../worker/baselines-protocol';
import { useWidth } from '../charts/use-width';
import { count } from '../figures';
import { listed, say } from '../language/language';
import { Scroll } from '../shell/scroll';
import { layOut, NODE_HEIGHT } from './graph-layout';

interface GraphViewProps {
  readonly graph: NonNullable<MemoryView['graph']>;
  /** Ids of edges that were read. */
  readonly read: ReadonlySet<string>;
}

/** Letters of a length in pixels: those of a name and those of a relation. */
const NAME_LETTER = 7.2;
const LABEL_LETTER = 5.9;

function fitted(text: string, width: number, letter: number): string {
  const most = Math.max(1, Math.floor(width / letter));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

export function GraphView({ graph, read }: GraphViewProps) {
  const place = useRef<HTMLDivElement>(null);
  const available = useWidth(place, 720);
  const layout = useMemo(() => layOut(graph, available), [graph, available]);
  const arrow = useId();
  const names = new Map(graph.nodes.map(({ id, name }) => [id, name]));
  const { nodes, edges } = graph;
  const lone = layout.nodes.filter((node) => node.lone);
  if (nodes.length === 0) return <p className="quiet">{say('The graph is empty.')}</p>;
  return (
    <section className="baselines-graph" aria-label={say('The graph')}>
      <h5>{say('The graph')}</h5>
      <div ref={place}>
        <Scroll label={say('The graph')}>
          <svg
            width={layout.width}
            height={layout.height}
            role="img"
            aria-label={say('A graph of {entities} and {relations}, each in the table below', {
              entities: count(nodes.length, 'entity', 'entities'),
              relations: count(edges.length, 'relation'),
            })}
          >
            <defs>
              <marker
                id={arrow}
                viewBox="0 0 8 8"
                refX="7"
                refY="4"
                markerWidth="7"
                markerHeight="7"
                orient="auto-start-reverse"
              >
                <path d="M0 0L8 4L0 8z" className="graph-arrow" />
              </marker>
            </defs>
            {layout.lines.map(({ ids, path, atStart, atEnd, label, x, y, width }) => (
              <g key={ids.join()} className={ids.some((id) => read.has(id)) ? 'graph-read' : undefined}>
                <path
                  className="graph-line"
                  d={path}
                  markerStart={atStart ? `url(#${arrow})` : undefined}
                  markerEnd={atEnd ? `url(#${arrow})` : undefined}
                />
                <text className="graph-label" x={x} y={y} lang="en">
                  <title>{label}</title>
                  {fitted(label, width, LABEL_LETTER)}
                </text>
              </g>
            ))}
            {layout.nodes.map(({ id, name, x, y, width, lone: alone }) => (
              <g key={id} className={alone ? 'graph-node graph-lone' : 'graph-node'}>
                <title>{name}</title>
                <rect x={x} y={y - NODE_HEIGHT / 2} width={width} height={NODE_HEIGHT} rx={8} />
                <text x={x + 10} y={y + 4.5} lang="en">
                  {fitted(name, width - 16, NAME_LETTER)}
                </text>
              </g>
            ))}
          </svg>
        </Scroll>
      </div>
      {lone.length > 0 && (
        <p className="quiet">
          {say('Left without an edge, as in the original: {names}', {
            names: listed(lone.map(({ name }) => name)),
          })}
        </p>
      )}
      <Scroll label={say('Triples of the graph')}>
        <table>
          <caption>{say('Triples of the graph')}</caption>
          <thead>
            <tr>
              <th scope="col">{say('Id')}</th>
              <th scope="col">{say('From§of an edge')}</th>
              <th scope="col">{say('Relation')}</th>
              <th scope="col">{say('To§of an edge')}</th>
              <th scope="col">{say('For the question')}</th>
            </tr>
          </thead>
          <tbody>
            {edges.map(({ id, from, relation, to }) => (
              <tr key={id}>
                <th scope="row">
                  <code className="entry-id">{id}</code>
                </th>
                <td lang="en">{names.get(from)}</td>
                <td lang="en">{relation}</td>
                <td lang="en">{names.get(to)}</td>
                <td>{read.has(id) ? say('✓ read') : '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}
