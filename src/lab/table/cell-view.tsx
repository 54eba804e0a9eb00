/** One cell: a mean with half its interval, or a difference with what may be said of it in words. A button that opens it. */
import { aligned, percent } from '../figures';
import { type Phrase, phrase, say } from '../language/language';
import { type Cell, type CellLine, type Look, type Metric, type Verdict, verdictOf } from './cells';

interface CellProps {
  readonly cell: Cell;
  readonly metric: Metric;
  readonly look: Look;
  /** Played in this browser. */
  readonly own: boolean;
  /** The one that the others are compared with. */
  readonly reference: boolean;
  readonly opened: boolean;
  /** Method and world, for those who do not see the table. */
  readonly name: string;
  readonly onOpen: () => void;
}

export function CellView({ cell, metric, look, own, reference, opened, name, onOpen }: CellProps) {
  const title = own
    ? say('Episodes of {cell}, played here', { cell: name })
    : say('Episodes of {cell}', { cell: name });
  return (
    <button type="button" className="table-cell plain" aria-expanded={opened} title={title} onClick={onOpen}>
      {own && <span className="chip">{say('here')}</span>}{' '}
      {cell.kind === 'does-not-fit' ? (
        <span className="quiet">{say('{share} do not fit', { share: percent(cell.share) })}</span>
      ) : cell.kind === 'absent' ? (
        <span className="quiet">
          {look === 'difference' && reference ? say('compared with') : say('not measured')}
        </span>
      ) : look === 'value' ? (
        <Value line={cell.line} metric={metric} />
      ) : (
        <Difference line={cell.line} metric={metric} />
      )}
    </button>
  );
}

const digitsOf = (metric: Metric): number =>
  metric === 'prompt-tokens' || metric === 'memory-calls' ? 1 : 2;

function halfOf({ mean, high }: CellLine, digits: number): string {
  return high === null ? '' : ` ± ${aligned(high - mean, digits)}`;
}

function Value({ line, metric }: { readonly line: CellLine; readonly metric: Metric }) {
  const digits = digitsOf(metric);
  return (
    <>
      <strong>{aligned(line.mean, digits)}</strong>
      {halfOf(line, digits)} <span className="quiet">n {line.n}</span>
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

function Difference({ line, metric }: { readonly line: CellLine; readonly metric: Metric }) {
  const digits = digitsOf(metric);
  const mean = `${line.mean > 0 ? '+' : ''}${aligned(line.mean, digits)}`;
  const verdict = verdictOf(line);
  const words = metric === 'score' || metric === 'memory-quality' ? BETTER : MORE;
  const clear = verdict === 'above' || verdict === 'below';
  return (
    <>
      {clear ? <strong>{mean}</strong> : mean}
      {halfOf(line, digits)} <span className={clear ? 'table-clear' : 'quiet'}>{say(words[verdict])}</span>
    </>
  );
}
