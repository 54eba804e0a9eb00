/** Methods by worlds, one figure at a time, from recorded runs; and what the paper reports, for side by side. */
import { useEffect, useState } from 'react';
import { aligned, percent } from '../figures';
import { type Phrase, phrase, say, sayEach } from '../language/language';
import { Choice } from '../shell/fields';
import { NotLoaded } from '../shell/notices';
import { Scroll } from '../shell/scroll';
import { FAMILIES } from '../words';
import '../styles/table.css';
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

type Reader = 'expert' | 'quick' | 'quick-trained' | 'quick-answer-only';

const FILES: Readonly<Record<Reader, () => Promise<{ readonly default: string }>>> = {
  expert: () => import('../../../docs/evidence/reproduce-expert.jsonl?raw'),
  quick: () => import('../../../docs/evidence/reproduce-quick.jsonl?raw'),
  'quick-trained': () => import('../../../docs/evidence/reproduce-quick-trained.jsonl?raw'),
  'quick-answer-only': () => import('../../../docs/evidence/reproduce-quick-answer-only.jsonl?raw'),
};
const READERS: Readonly<Record<Reader, Phrase>> = {
  expert: phrase('the expert of each world'),
  quick: phrase('the bundled policy: AgeMem trained, others without adapter'),
  'quick-trained': phrase('the bundled policy, the shipped adapter with every memory'),
  'quick-answer-only': phrase('the bundled policy, trained for the answer alone'),
};
const METRIC_NAMES: Readonly<Record<Metric, Phrase>> = {
  score: phrase('score, 0 to 1'),
  'prompt-tokens': phrase('prompt tokens a step'),
  'memory-calls': phrase('model calls of the memory an episode'),
  'memory-quality': phrase('memory quality, 0 to 1'),
};
const METHOD_NAMES: Readonly<Record<string, Phrase>> = {
  'no-memory': phrase('no memory'),
  'agemem-no-rl': phrase('AgeMem without RL'),
  'agemem-rag': phrase('AgeMem, RAG in place of the short-term tools'),
  'answer-only': phrase('AgeMem, paid for the answer alone'),
};
/** Names of methods, the same in every language. */
const PROPER: Readonly<Record<string, string>> = {
  rag: 'RAG',
  langmem: 'LangMem',
  'a-mem': 'A-Mem',
  mem0: 'Mem0',
  'mem0-graph': 'Mem0-graph',
  agemem: 'AgeMem',
};
/** The paper's. */
const BACKBONES = ['Qwen2.5-7B', 'Qwen3-4B'];
/** The paper's means over its five benchmarks, per cent, in the order of `BACKBONES`. */
const PAPER: readonly (readonly [method: string, qwen25: number, qwen3: number])[] = [
  ['no-memory', 28.05, 43.97],
  ['langmem', 34.23, 43.25],
  ['a-mem', 36.78, 45.74],
  ['mem0', 37.14, 44.7],
  ['mem0-graph', 36.31, 41.95],
  ['agemem-no-rl', 33.43, 45.59],
  ['agemem', 41.96, 54.31],
];

const nameOf = (method: string): string => {
  const known = METHOD_NAMES[method];
  return known === undefined ? (PROPER[method] ?? method) : say(known);
};

export default function TableView() {
  const [reader, read] = useState<Reader>('expert');
  const [metric, measure] = useState<Metric>('score');
  const [lines, setLines] = useState<readonly CellLine[] | 'failed' | null>(null);
  useEffect(() => {
    let wanted = true;
    setLines(null);
    FILES[reader]().then(
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
          values={Object.keys(READERS) as Reader[]}
          words={sayEach(READERS)}
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
                  <th scope="row">{nameOf(method)}</th>
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
      <Scroll label={say('What the paper reports')}>
        <table>
          <caption>
            {say('What the paper reports: means over its five benchmarks, per cent (arXiv 2601.01885)')}
          </caption>
          <thead>
            <tr>
              <th scope="col">{say('Method')}</th>
              {BACKBONES.map((name) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {PAPER.map(([method, qwen25, qwen3]) => (
              <tr key={method}>
                <th scope="row">{nameOf(method)}</th>
                <td>{aligned(qwen25)}</td>
                <td>{aligned(qwen3)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
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
