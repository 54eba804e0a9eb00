/** What the paper reports, beside what was recorded here: means over the five benchmarks. */
import { aligned } from '../figures';
import { say } from '../language/language';
import { methodName } from '../method-names';
import { Scroll } from '../shell/scroll';
import { useAblation } from './ablation-evidence';
import { type Ablation, heldOutOf } from './ablation-lines';
import { FIVE, type FiveMean, meanOfFive } from './mean-of-five';
import { type Estimate, estimate } from './paired';
import { useLines } from './use-lines';

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
/** The recorded run of a policy that reads all five. */
const HERE = 'worlds';

export function PaperSection() {
  const lines = useLines(HERE, null);
  const means = Array.isArray(lines) ? lines : [];
  const ablation = useAblation(HERE);
  const trainings = ablation === null || ablation === 'failed' ? null : overTrainings(ablation);
  return (
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
            <th scope="col">{say('Here, in small: the worlds policy of 1.2 million parameters')}</th>
          </tr>
        </thead>
        <tbody>
          {PAPER.map(([method, qwen25, qwen3]) => (
            <tr key={method}>
              <th scope="row">{methodName(method)}</th>
              <td>{aligned(qwen25)}</td>
              <td>{aligned(qwen3)}</td>
              <td>
                {inPerCent(meanOfFive(means, null, method, 'score'))}
                {method === 'agemem' && trainings !== null && (
                  <span className="quiet table-below">
                    {say('over {n} trainings: {mean}', {
                      n: trainings.n,
                      mean: withHalf(trainings),
                    })}
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function inPerCent(mean: FiveMean): string {
  return mean.kind === 'measured' ? withHalf(mean.line) : '–';
}

function withHalf({ mean, high }: Pick<Estimate, 'mean' | 'high'>): string {
  const half = high === null ? '' : ` ± ${aligned(100 * (high - mean), 1)}`;
  return aligned(100 * mean, 1) + half;
}

/** AgeMem's mean of the five over trainings, of which the recorded table has one: within each, then over all. */
function overTrainings(ablation: Ablation): Estimate | null {
  const worlds = FIVE.map((environment) => heldOutOf(ablation, 'agemem', environment, 'score'));
  const [first] = worlds;
  return estimate(
    [...first.keys()].flatMap((seed) => {
      const scores = worlds.flatMap((scored) => scored.get(seed) ?? []);
      return scores.length < FIVE.length ? [] : scores.reduce((sum, score) => sum + score, 0) / FIVE.length;
    }),
  );
}
