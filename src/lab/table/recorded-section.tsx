/** Methods by worlds, one figure at a time, from recorded runs. */
import { useEffect, useState } from 'react';
import { aligned, percent } from '../figures';
import { type Phrase, phrase, say, sayEach } from '../language/language';
import { Choice } from '../shell/fields';
import { NotLoaded } from '../shell/notices';
import { Scroll } from '../shell/scroll';
import { FAMILIES } from '../words';
import {
  type Cell,
  type CellLine,
  cellOf,
  ENVIRONMENTS,
  METRICS,
  type Metric,
  methodsIn,
  readCells,
} from './cells';
import { EVIDENCE } from './evidence';
import { methodName } from './names';

const METRIC_NAMES: Readonly<Record<Metric, Phrase>> = {
  score: phrase('score, 0 to 1'),
  'prompt-tokens': phrase('prompt tokens a step'),
  'memory-calls': phrase('model calls of the memory an episode'),
  'memory-quality': phrase('memory quality, 0 to 1'),
};

export function RecordedSection() {
  const [reader, read] = useState(EVIDENCE[0].id);
  const [metric, measure] = useState<Metric>('score');
  const [lines, setLines] = useState<readonly CellLine[] | 'failed' | null>(null);
  useEffect(() => {
    let wanted = true;
    setLines(null);
    const chosen = EVIDENCE.find(({ id }) => id === reader) ?? EVIDENCE[0];
    chosen.load().then(
      ({ default: text }) => wanted && setLines(readCells(text)),
      () => wanted && setLines('failed'),
    );
    return () => {
      wanted = false;
    };
  }, [reader]);
  return (
    <>
      <div className="choices">
        <Choice
          label={say('Read by')}
          value={reader}
          values={EVIDENCE.map(({ id }) => id)}
          words={Object.fromEntries(EVIDENCE.map(({ id, reader: words }) => [id, say(words)]))}
          onChange={read}
        />
        <Choice
          label={say('Figure')}
          value={metric}
          values={METRICS}
          words={sayEach(METRIC_NAMES)}
          onChange={measure}
        />
      </div>
      <p className="quiet">
        {say(
          'The bundled policy was trained on people only, and reads 208 tokens at a time: most of the other worlds do not fit it. The experts show what each memory holds, whoever reads it.',
        )}
      </p>
      {lines === null && <p className="empty">{say('Loading …')}</p>}
      {lines === 'failed' && <NotLoaded what={say('The table')} />}
      {lines !== null && lines !== 'failed' && (
        <Scroll label={say('Methods by worlds')}>
          <table>
            <caption>
              {say('Mean of 5 seeds × 20 episodes, 95 % interval over seeds')} · {say(METRIC_NAMES[metric])}
            </caption>
            <thead>
              <tr>
                <th scope="col">{say('Method')}</th>
                {ENVIRONMENTS.map((environment) => (
                  <th scope="col" key={environment}>
                    {say(FAMILIES[environment])}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {methodsIn(lines).map((method) => (
                <tr key={method}>
                  <th scope="row">{methodName(method)}</th>
                  {ENVIRONMENTS.map((environment) => (
                    <td key={environment}>
                      <Shown cell={cellOf(lines, method, environment, metric)} metric={metric} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </>
  );
}

function Shown({ cell, metric }: { readonly cell: Cell; readonly metric: Metric }) {
  switch (cell.kind) {
    case 'measured': {
      const { mean, low, high } = cell.line;
      const digits = metric === 'prompt-tokens' || metric === 'memory-calls' ? 1 : 2;
      return (
        <>
          <strong>{aligned(mean, digits)}</strong>{' '}
          <span className="quiet">
            [{aligned(low, digits)}, {aligned(high, digits)}]
          </span>
        </>
      );
    }
    case 'does-not-fit':
      return <span className="quiet">{say('{share} do not fit', { share: percent(cell.share) })}</span>;
    case 'absent':
      return <span className="quiet">–</span>;
  }
}
