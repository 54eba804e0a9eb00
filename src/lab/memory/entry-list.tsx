/**
 * The entries as a list box that holds any number of them: every row is equally high, so those on view follow from
 * the scroll position alone. Arrow keys move, Enter opens, Space chooses, Shift chooses on the way, Ctrl+A chooses
 * all, Delete deletes what is chosen (undo brings it back).
 */
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  memo,
  useEffect,
  useEffectEvent,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { aligned, percent } from '../figures';
import { say } from '../language/language';
import { useLanguage } from '../language/use-language';
import { actorMark } from './acts';
import { MetadataLine } from './change-text';
import { Inert } from './inert';
import type { ShownEntry } from './shown-entries';
import { ago } from './times';

/** Height of a row in CSS pixels, as `memory.css` has it. */
export const ROW = 62;
/** Rows beyond the window on either side. */
const BEYOND = 6;

interface EntryListProps {
  readonly shown: readonly ShownEntry[];
  /** What the list answers to: query, order and filters in one text. */
  readonly asked: string;
  readonly active: string | null;
  readonly selected: ReadonlySet<string>;
  readonly theta: number;
  readonly topK: number;
  readonly now: number;
  readonly onOpen: (id: string) => void;
  readonly onSelect: (ids: ReadonlySet<string>) => void;
  /** Undefined where nothing may be deleted. */
  readonly onDelete: ((ids: readonly string[]) => void) | undefined;
}

export const EntryList = memo(function EntryList(props: EntryListProps) {
  useLanguage();
  const { shown, asked, active, selected, onOpen, onSelect, onDelete } = props;
  const base = useId();
  const box = useRef<HTMLDivElement>(null);
  const [top, scroll] = useState(0);
  const [height, measure] = useState(480);
  const [at, move] = useState(0);
  const cursor = Math.max(0, Math.min(at, shown.length - 1));

  useLayoutEffect(() => {
    const node = box.current;
    if (!node) return;
    const observer = new ResizeObserver(() => measure(node.clientHeight));
    observer.observe(node);
    return () => observer.disconnect();
  }, []);

  const begin = useEffectEvent((_: string) => {
    if (box.current) box.current.scrollTop = 0;
    move(0);
  });
  // Another question, order or filter is read from its first answer on.
  useEffect(() => begin(asked), [asked]);

  const find = useEffectEvent((id: string | null) => {
    const place = shown.findIndex(({ entry }) => entry.id === id);
    if (place < 0) return;
    reveal(box.current, place);
    move(place);
  });
  // What was opened elsewhere (on the map, as a neighbour) is brought into view and is where the keys go on.
  useEffect(() => find(active), [active]);

  const go = (to: number, extend: boolean) => {
    const place = Math.max(0, Math.min(shown.length - 1, to));
    if (extend) {
      const [from, until] = [Math.min(cursor, place), Math.max(cursor, place)];
      onSelect(new Set([...selected, ...shown.slice(from, until + 1).map(({ entry }) => entry.id)]));
    }
    move(place);
    reveal(box.current, place);
  };

  const toggle = (id: string) => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    onSelect(next);
  };

  const press = (event: KeyboardEvent) => {
    const here = shown[cursor];
    if (!here || event.altKey) return;
    const page = Math.max(1, Math.floor(height / ROW) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: cursor + 1,
      ArrowUp: cursor - 1,
      PageDown: cursor + page,
      PageUp: cursor - page,
      Home: 0,
      End: shown.length - 1,
    };
    const withControl = event.ctrlKey || event.metaKey;
    if (event.key in steps && !withControl) go(steps[event.key], event.shiftKey);
    else if (event.key === 'Enter') onOpen(here.entry.id);
    else if (event.key === ' ') toggle(here.entry.id);
    else if (event.key === 'a' && withControl) onSelect(new Set(shown.map(({ entry }) => entry.id)));
    else if (event.key === 'Escape' && selected.size > 0) onSelect(new Set());
    else if (event.key === 'Delete' && onDelete) {
      onDelete(selected.size > 0 ? [...selected] : [here.entry.id]);
    } else return;
    event.preventDefault();
  };

  const point = (event: MouseEvent) => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-place]') : null;
    const place = Number(row?.dataset.place ?? Number.NaN);
    const found = shown[place];
    if (!found) return;
    const tick = event.target instanceof Element && event.target.closest('.row-tick');
    if (event.shiftKey) go(place, true);
    else if (tick || event.ctrlKey || event.metaKey) toggle(found.entry.id);
    else onOpen(found.entry.id);
    move(place);
  };

  const first = Math.max(0, Math.floor(top / ROW) - BEYOND);
  const last = Math.min(shown.length, Math.ceil((top + height) / ROW) + BEYOND);
  const places = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  if (cursor < first || cursor >= last) places.push(cursor);
  return (
    <div
      ref={box}
      className="entry-list"
      role="listbox"
      tabIndex={0}
      aria-label={say('Entries')}
      aria-multiselectable="true"
      aria-activedescendant={shown.length > 0 ? `${base}-${cursor}` : undefined}
      style={{ '--rows': `${shown.length * ROW + 2}px` } as CSSProperties}
      onScroll={(event) => scroll(event.currentTarget.scrollTop)}
      onKeyDown={press}
      onClick={point}
    >
      <div className="entry-rows" style={{ height: shown.length * ROW }}>
        {places
          .filter((place) => place < shown.length)
          .map((place) => (
            <Row
              key={shown[place].entry.id}
              id={`${base}-${place}`}
              place={place}
              of={shown.length}
              shown={shown[place]}
              open={shown[place].entry.id === active}
              cursor={place === cursor}
              selected={selected.has(shown[place].entry.id)}
              theta={props.theta}
              topK={props.topK}
              now={props.now}
            />
          ))}
      </div>
    </div>
  );
});

/** Where the keys go on when what had the focus is gone: the list, or the button that begins one. */
export function focusList(): void {
  const place =
    document.querySelector<HTMLElement>('.entry-list') ?? document.querySelector('.list-actions button');
  if (place instanceof HTMLElement) place.focus({ preventScroll: true });
}

/** Scrolls as little as brings a row into view. */
function reveal(box: HTMLElement | null, place: number): void {
  if (!box) return;
  const [top, bottom] = [place * ROW, (place + 1) * ROW];
  if (top < box.scrollTop) box.scrollTop = top;
  else if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight;
}

interface RowProps {
  readonly id: string;
  readonly place: number;
  readonly of: number;
  readonly shown: ShownEntry;
  readonly open: boolean;
  readonly cursor: boolean;
  readonly selected: boolean;
  readonly theta: number;
  readonly topK: number;
  readonly now: number;
}

const Row = memo(function Row({ id, place, of, shown, open, cursor, selected, theta, topK, now }: RowProps) {
  useLanguage();
  const { entry, rank, score } = shown;
  const found = rank !== null && rank <= topK;
  return (
    <div
      id={id}
      className={`row${open ? ' row-open' : ''}${cursor ? ' row-cursor' : ''}${found ? ' row-found' : ''}`}
      role="option"
      tabIndex={-1}
      aria-selected={selected}
      aria-setsize={of}
      aria-posinset={place + 1}
      data-place={place}
      style={{ top: place * ROW }}
    >
      <span className="row-tick" aria-hidden="true">
        <span className="tick-box">{selected ? '✓' : ''}</span>
      </span>
      <div className="row-main">
        <p className="row-text">
          <code className="entry-id">{entry.id}</code> <Inert text={entry.content} most={300} />
        </p>
        <p className="row-facts">
          {entry.memoryType !== '' && (
            <>
              <Inert text={entry.memoryType} most={40} /> ·{' '}
            </>
          )}
          {actorMark(entry.by)} {ago(entry.updated, now)} ·{' '}
          {entry.retrievals === 0 ? say('never retrieved') : say('retrieved {n}×', { n: entry.retrievals })}
          {entry.expires !== null && <> · {say('expires {when}', { when: ago(entry.expires, now) })}</>}
          {entry.decay < 0.995 && <> · {say('faded to {share}', { share: percent(entry.decay) })}</>}
          {Object.keys(entry.metadata).length > 0 && (
            <>
              {' '}
              · <MetadataLine entry={entry} />
            </>
          )}
        </p>
      </div>
      {score && rank !== null && (
        <ScoreBar rank={rank} cosine={score.cosine} lexical={score.lexical} theta={theta} />
      )}
    </div>
  );
});

function ScoreBar({
  rank,
  cosine,
  lexical,
  theta,
}: {
  readonly rank: number;
  readonly cosine: number;
  readonly lexical: number;
  readonly theta: number;
}) {
  const share = Math.max(0, Math.min(1, cosine));
  return (
    <div className="row-score">
      <span className="number">
        <span className="quiet">{rank}.</span> {aligned(cosine)}
        <span className="visually-hidden">
          {' '}
          {cosine >= theta
            ? say('cosine, place {rank}, at or above theta', { rank })
            : say('cosine, place {rank}', { rank })}
        </span>
      </span>
      <span className={cosine >= theta ? 'score-bar above' : 'score-bar'} aria-hidden="true">
        <span className="fill" style={{ width: `${share * 100}%` }} />
        <i style={{ left: `${Math.max(0, Math.min(1, theta)) * 100}%` }} />
      </span>
      {lexical >= 0.005 && (
        <span className="quiet number">{say('words {score}', { score: aligned(lexical) })}</span>
      )}
    </div>
  );
}
