/**
 * The embeddings on a plane. One path draws all points, so fifty thousand are no slower than fifty; the one pointed
 * at, the open one and the chosen ones are drawn on top. The list beside it holds the same entries for the keyboard:
 * what is opened there is ringed here.
 */
import { type MouseEvent, memo, useId, useMemo, useState } from 'react';
import type { MemoryMap, ViewedEntry } from '../../worker/memory-protocol';
import { ChartFrame } from '../charts/chart-frame';
import { count, percent } from '../figures';
import { say } from '../language/language';
import { useLanguage } from '../language/use-language';
import { Empty, Panel } from '../shell/panel';
import { Awaited } from './awaited';
import { Inert } from './inert';
import type { Loaded } from './loaded';

const SIDE = 400;
const INSET = 12;
/** How near a point must be to be pointed at, in units of the drawing. */
const REACH = 18;

interface MapPanelProps {
  readonly map: Loaded<MemoryMap>;
  readonly entries: readonly ViewedEntry[];
  readonly active: string | null;
  readonly selected: ReadonlySet<string>;
  /** What the search on view would retrieve. */
  readonly found: readonly string[];
  readonly onOpen: (id: string) => void;
  readonly onRetry: () => void;
}

export const MapPanel = memo(function MapPanel(props: MapPanelProps) {
  useLanguage();
  return (
    <Panel
      title={say('Map')}
      className="map-panel"
      note={say('Every entry as a point: what lies together is written alike.')}
    >
      <Awaited of={props.map} waiting={say('Laying out the map')} onRetry={props.onRetry}>
        {(map) =>
          map.points.length < 2 ? (
            <Empty>{say('A map needs two entries at least.')}</Empty>
          ) : (
            <Scatter {...props} points={map.points} explained={map.explained} />
          )
        }
      </Awaited>
    </Panel>
  );
});

type Point = MemoryMap['points'][number];

const x = (point: Point) => INSET + ((point.x + 1) / 2) * (SIDE - 2 * INSET);
const y = (point: Point) => INSET + ((1 - point.y) / 2) * (SIDE - 2 * INSET);

function Scatter({
  points,
  explained,
  entries,
  active,
  selected,
  found,
  onOpen,
}: MapPanelProps & { readonly points: readonly Point[]; readonly explained: number }) {
  const id = useId();
  const [pointed, point] = useState<Point | null>(null);
  const path = useMemo(
    () => points.map((one) => `M${x(one).toFixed(1)} ${y(one).toFixed(1)}h0`).join(''),
    [points],
  );
  const places = useMemo(() => new Map(points.map((one) => [one.id, one])), [points]);
  const open = active === null ? undefined : places.get(active);
  const chosen = [...selected].slice(0, 500).flatMap((one) => places.get(one) ?? []);
  const hits = found.flatMap((one) => places.get(one) ?? []);
  const told = pointed ?? open;
  const entry = told && entries.find((one) => one.id === told.id);
  const nearest = (event: MouseEvent<SVGSVGElement>): Point | null => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = [
      ((event.clientX - box.left) / box.width) * SIDE,
      ((event.clientY - box.top) / box.height) * SIDE,
    ];
    let best: Point | null = null;
    let least = REACH ** 2;
    for (const one of points) {
      const away = (x(one) - at[0]) ** 2 + (y(one) - at[1]) ** 2;
      if (away < least) [best, least] = [one, away];
    }
    return best;
  };
  return (
    <ChartFrame
      title={say('Map of the embeddings')}
      className="map"
      table={() => ({
        columns: [say('entry§one'), say('first axis'), say('second axis')],
        rows: points.map((one) => [one.id, one.x, one.y]),
      })}
    >
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the list of entries is this map for the keyboard */}
      <svg
        viewBox={`0 0 ${SIDE} ${SIDE}`}
        role="img"
        aria-labelledby={`${id}-title ${id}-desc`}
        onMouseMove={(event) => point(nearest(event))}
        onMouseLeave={() => point(null)}
        onClick={(event) => {
          const one = nearest(event);
          if (one) onOpen(one.id);
        }}
      >
        <title id={`${id}-title`}>{say('Map of the embeddings')}</title>
        <desc id={`${id}-desc`}>
          {say(
            '{entries} on the two main axes of their vectors, which show {share} of their variance. The list of entries holds the same for the keyboard.',
            { entries: count(points.length, 'entry', 'entries'), share: percent(explained) },
          )}
        </desc>
        <line className="map-axis" x1={INSET} x2={SIDE - INSET} y1={SIDE / 2} y2={SIDE / 2} />
        <line className="map-axis" y1={INSET} y2={SIDE - INSET} x1={SIDE / 2} x2={SIDE / 2} />
        <path className={points.length > 2_000 ? 'map-points many' : 'map-points'} d={path} />
        {hits.map((one) => (
          <circle key={`found ${one.id}`} className="map-found" cx={x(one)} cy={y(one)} r={6} />
        ))}
        {chosen.map((one) => (
          <circle key={`chosen ${one.id}`} className="map-chosen" cx={x(one)} cy={y(one)} r={5} />
        ))}
        {open && <circle className="map-open" cx={x(open)} cy={y(open)} r={9} />}
        {pointed && <circle className="map-pointed" cx={x(pointed)} cy={y(pointed)} r={7} />}
      </svg>
      <div>
        <p className="map-told">
          {told && entry ? (
            <>
              <code className="entry-id">{told.id}</code> <Inert text={entry.content} most={120} />
            </>
          ) : (
            <span className="quiet">{say('Point at a dot to read it, press to open it.')}</span>
          )}
        </p>
        <p className="quiet">
          {say('The two main axes of the vectors (PCA); they show {share} of the variance.', {
            share: percent(explained),
          })}
          {points.length < entries.length &&
            ` ${say('Drawn: {n} of {all}.', { n: points.length, all: entries.length })}`}
        </p>
      </div>
    </ChartFrame>
  );
}
