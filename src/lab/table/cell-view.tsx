/** One cell: a mean with half its interval, or a difference with what may be said of it in words. A button that opens it. */

import type { CellLine } from '../../evidence/cell-lines';
import { aligned, count, percent } from '../figures';
import { type Phrase, phrase, say } from '../language/language';
import { FAMILIES } from '../words';
import { type Cell, type Look, type Metric, mayJudge, type Verdict, verdictOf } from './cells';
import { FIVE, type FiveMean } from './mean-of-five';

interface CellProps {
  readonly cell: Cell;
  readonly metric: Metric;
  readonly look: Look;
  /** The number of seeds that all differences rest on and that is told above them; null: each tells its own. */
  readonly seedsOfAll: number | null;
  /** Played in this browser. */
  readonly own: boolean;
  readonly opened: boolean;
  /** Method and world, for those who do not see the table. */
  readonly name: string;
  readonly onOpen: () => void;
}

export function CellView({ cell, metric, look, seedsOfAll, own, opened, name, onOpen }: CellProps) {
  const title = own
    ? say('Episodes of {cell}, played here', { cell: name })
    : say('Episodes of {cell}', { cell: name });
  return (
    <button type="button" className="table-cell plain" aria-expanded={opened} title={title} onClick={onOpen}>
      {own && <span className="chip">{say('here')}</span>}{' '}
      {cell.kind === 'does-not-fit' ? (
        <Unfit share={cell.share} text={UNFIT} />
      ) : cell.kind !== 'measured' ? (
        <span className="quiet">{say(WITHOUT[cell.kind])}</span>
      ) : (
        <Figure cell={cell} metric={metric} look={look} seedsOfAll={seedsOfAll} />
      )}
    </button>
  );
}

interface FiveProps {
  readonly mean: FiveMean;
  readonly metric: Metric;
  readonly look: Look;
  readonly seedsOfAll: number | null;
  readonly own: boolean;
}

/** The mean of the five: no cell of its own, so nothing opens. */
export function FiveView({ mean, metric, look, seedsOfAll, own }: FiveProps) {
  return (
    <div className="table-mean">
      {own && <span className="chip">{say('here')}</span>}{' '}
      {mean.kind === 'measured' ? (
        <Figure cell={mean} metric={metric} look={look} seedsOfAll={seedsOfAll} />
      ) : mean.kind === 'missing' ? (
        <span className="quiet">
          {mean.environments.length === FIVE.length
            ? say('none of the five')
            : say('without {worlds}', {
                worlds: mean.environments.map((environment) => say(FAMILIES[environment])).join(', '),
              })}
        </span>
      ) : (
        <span className="quiet">{mean.kind === 'reference' ? say(WITHOUT.reference) : '–'}</span>
      )}
    </div>
  );
}

interface FigureProps {
  readonly cell: Extract<Cell, { kind: 'measured' }>;
  readonly metric: Metric;
  readonly look: Look;
  readonly seedsOfAll: number | null;
}

/** Its value or difference, with the shares that did not fit. */
function Figure({ cell, metric, look, seedsOfAll }: FigureProps) {
  return (
    <>
      {look === 'value' ? (
        <Value line={cell.line} metric={metric} />
      ) : (
        <Difference cell={cell} metric={metric} seedsOfAll={seedsOfAll} />
      )}
      <Unfit share={cell.unfit} text={UNFIT} />
      <Unfit share={cell.unfitReference} text={UNFIT_REFERENCE} />
    </>
  );
}

/** Why there is no number. */
const WITHOUT: Readonly<Record<Exclude<Cell['kind'], 'measured' | 'does-not-fit'>, Phrase>> = {
  'no-figure': phrase('no such figure'),
  reference: phrase('compared with'),
  unpaired: phrase('nothing to compare with'),
  absent: phrase('not measured'),
};

const UNFIT = phrase('{share} do not fit');
const UNFIT_REFERENCE = phrase('{share} of the reference do not fit');

/** Episodes that do not fit count what was reached, often nothing: a number does not stand without their share. */
function Unfit({ share, text }: { readonly share: number; readonly text: Phrase }) {
  if (share === 0) return null;
  return <span className="quiet table-below"> {say(text, { share: percent(share) })}</span>;
}

/** Counts are written to a tenth, shares to a hundredth. */
const isCount = (metric: Metric): boolean => /-(?:tokens|calls|replies)$/.test(metric);
const digitsOf = (metric: Metric): number => (isCount(metric) ? 1 : 2);

function halfOf({ mean, high }: CellLine, digits: number): string {
  return high === null ? '' : ` ± ${aligned(high - mean, digits)}`;
}

/** Seeds that all came out the same have no spread to take an interval from; that is no certainty about others. */
const isSame = ({ low, high, seeds }: CellLine): boolean => seeds.length > 1 && low === high;

function Value({ line, metric }: { readonly line: CellLine; readonly metric: Metric }) {
  const digits = digitsOf(metric);
  return (
    <>
      <strong>{aligned(line.mean, digits)}</strong>
      {!isSame(line) && halfOf(line, digits)} <span className="quiet">n {line.n}</span>
      {isSame(line) && <span className="quiet table-below"> {say('in every seed')}</span>}
    </>
  );
}

/** More of a score is better; more tokens or calls are only more. */
const BETTER: Readonly<Record<Verdict, Phrase>> = {
  above: phrase('better'),
  below: phrase('worse'),
  open: phrase('no clear difference'),
  'one-seed': phrase('one seed'),
};
const MORE: Readonly<Record<Verdict, Phrase>> = {
  ...BETTER,
  above: phrase('more'),
  below: phrase('less'),
};

interface DifferenceProps {
  readonly cell: Extract<Cell, { kind: 'measured' }>;
  readonly metric: Metric;
  readonly seedsOfAll: number | null;
}

function Difference({ cell, metric, seedsOfAll }: DifferenceProps) {
  const { line } = cell;
  const seeds = line.seeds.length;
  const digits = digitsOf(metric);
  const mean = `${line.mean > 0 ? '+' : ''}${aligned(line.mean, digits)}`;
  const verdict = verdictOf(line);
  const words = isCount(metric) ? MORE : BETTER;
  const judged = mayJudge(cell);
  const clear = judged && (verdict === 'above' || verdict === 'below');
  return (
    <>
      {clear ? <strong>{mean}</strong> : mean}
      {!isSame(line) && halfOf(line, digits)}{' '}
      {isSame(line) && <span className="quiet table-below"> {say('in every seed')}</span>}
      <span className="table-below">
        {judged && <span className={clear ? 'table-clear' : 'quiet'}>{say(words[verdict])}</span>}{' '}
        {verdict !== 'one-seed' && seeds !== seedsOfAll && (
          <span className="quiet">{count(seeds, 'seed')}</span>
        )}
      </span>
    </>
  );
}
