/**
 * The frame of every chart: its title with the unit, a legend where the lines do not name themselves, the same
 * numbers as a table, and files of both. A figure is saved as it looks now, in light or dark.
 *
 * The chart itself is the child: one `<svg viewBox role="img">` with title and description of its own, or something
 * else (a table of colours), which then is saved as numbers only.
 */
import { type ReactNode, useRef, useState } from 'react';
import { compact, grouped } from '../figures';
import type { TermName } from '../glossary';
import { say } from '../language/language';
import { fileName, saveFile } from '../shell/save-file';
import { Term } from '../shell/term';
import { type Cell, type ChartTable, csvText } from './chart-table';

export interface LegendEntry {
  readonly label: string;
  /** Class of the mark, whose background is the colour. */
  readonly mark: string;
}

interface ChartFrameProps {
  readonly title: string;
  /** Of the values, e.g. "reward" or "nats per token"; beside the title unless the axis says it. */
  readonly unit?: string;
  /** The symbol of what is drawn: its meaning and source are a press away. */
  readonly term?: TermName;
  /** A sentence under the title: what one is looking at. */
  readonly note?: ReactNode;
  readonly legend?: readonly LegendEntry[];
  /** Asked for when the table is opened or saved. */
  readonly table: () => ChartTable;
  /** False for what is no single drawing: it is saved as numbers. */
  readonly drawn?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

export function ChartFrame({
  title,
  unit,
  term,
  note,
  legend,
  table,
  drawn = true,
  className = '',
  children,
}: ChartFrameProps) {
  const figure = useRef<HTMLElement>(null);
  return (
    <figure className={`chart ${className}`} ref={figure}>
      <figcaption>
        {title}
        {term && (
          <>
            {' '}
            <Term name={term} />
          </>
        )}
        {unit && <span className="chart-unit"> {unit}</span>}
      </figcaption>
      {note && <p className="quiet">{note}</p>}
      <div className="chart-body">{children}</div>
      {legend && (
        <ul className="chart-legend" aria-label={say('Legend')}>
          {legend.map(({ label, mark }) => (
            <li key={label}>
              <i className={`legend-mark ${mark}`} aria-hidden="true" />
              {label}
            </li>
          ))}
        </ul>
      )}
      <NumbersTable title={title} table={table} />
      <SaveFigure title={title} figure={() => figure.current} table={table} drawn={drawn} />
    </figure>
  );
}

/** Drawn when it is opened: a long run has many numbers, and most are never read. */
function NumbersTable({ title, table }: Pick<ChartFrameProps, 'title' | 'table'>) {
  const [open, setOpen] = useState(false);
  return (
    <details className="numbers" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary aria-label={say('Numbers of {title}', { title })}>{say('Numbers')}</summary>
      {open && <Numbers title={title} {...table()} />}
    </details>
  );
}

/** Rows a table lays out; the file has all of them. */
const MOST_ROWS = 500;

function Numbers({ title, columns, rows }: ChartTable & { readonly title: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="scroll" tabIndex={0} aria-label={say('Numbers of {title}', { title })}>
      <table>
        <caption className="visually-hidden">{title}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th scope="col" key={column}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
            <tr key={at}>
              <th scope="row">{cellText(row[0])}</th>
              {row.slice(1).map((cell, i) => (
                <td key={columns[i + 1]} className={typeof cell === 'number' ? 'number' : ''}>
                  {cellText(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST_ROWS && (
        <p className="quiet">
          {say('The first {n} of {all} rows; the CSV file has all of them.', {
            n: MOST_ROWS,
            all: grouped(rows.length),
          })}
        </p>
      )}
    </section>
  );
}

function cellText(cell: Cell): string {
  if (cell === null) return '';
  return typeof cell === 'number' ? compact(cell) : cell;
}

interface SaveFigureProps extends Required<Pick<ChartFrameProps, 'title' | 'table' | 'drawn'>> {
  readonly figure: () => HTMLElement | null;
}

function SaveFigure({ title, figure, table, drawn }: SaveFigureProps) {
  const [trouble, tell] = useState('');
  const drawing = () => figure()?.querySelector('.chart-body svg') ?? null;
  const save = async (kind: 'svg' | 'png') => {
    tell('');
    const svg = drawing();
    const frame = figure();
    if (!(svg instanceof SVGSVGElement) || !frame) {
      tell(say('There is no drawing to save yet; the numbers can be saved as CSV.'));
      return;
    }
    try {
      const { figureFile, pngOf } = await import('./figure-file');
      const file = figureFile(svg, title, legendOf(frame));
      const data = kind === 'png' ? await pngOf(file) : new Blob([file.text], { type: 'image/svg+xml' });
      saveFile(fileName(title, kind), data);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      tell(say('The figure could not be saved: {why}', { why }));
    }
  };
  const saveNumbers = () => {
    tell('');
    const text = csvText(table());
    // Spreadsheets take a file for UTF-8 only if it begins by saying so; plain numbers need no such mark.
    const mark = /[\u2e80-\uffff]/.test(text) ? '\ufeff' : '';
    saveFile(fileName(title, 'csv'), new Blob([mark, text], { type: 'text/csv' }));
  };
  return (
    <details className="save-figure">
      <summary aria-label={say('Save {title}', { title })}>{say('Save')}</summary>
      <fieldset className="play">
        <legend className="visually-hidden">{say('{title} as a file', { title })}</legend>
        {drawn && (
          <>
            <button type="button" translate="no" onClick={() => void save('svg')}>
              SVG
            </button>
            <button type="button" translate="no" onClick={() => void save('png')}>
              PNG
            </button>
          </>
        )}
        <button type="button" translate="no" onClick={saveNumbers}>
          CSV
        </button>
      </fieldset>
      <p className="warning" role="status">
        {trouble}
      </p>
    </details>
  );
}

/** Labels and colours as they are on the page. */
function legendOf(frame: HTMLElement) {
  return [...frame.querySelectorAll('.chart-legend li')].flatMap((entry) => {
    const mark = entry.querySelector('.legend-mark');
    const colour = mark ? getComputedStyle(mark).backgroundColor : '';
    return colour === '' ? [] : [{ label: entry.textContent ?? '', colour }];
  });
}
