/** Time and tokens of each phase of the run on view. */
import { duration, grouped, percentages } from '../figures';
import { say } from '../language/language';
import { Scroll } from '../shell/scroll';
import type { TrainingView } from '../state/lab-state';
import { phaseCosts } from './phases';

export function PhaseTable({ training }: { readonly training: TrainingView }) {
  const { metrics, heldOut } = training;
  if (metrics.length === 0) return null;
  const costs = phaseCosts(metrics, heldOut).filter(({ times }) => times > 0);
  const whole = costs.reduce((total, { ms }) => total + ms, 0);
  const shares = percentages(costs.map(({ ms }) => ms));
  return (
    <details>
      <summary>{say('Where the time goes: {time} so far', { time: duration(whole) })}</summary>
      <Scroll>
        <table>
          <thead>
            <tr>
              <th scope="col">{say('Phase')}</th>
              <th scope="col">{say('Times§how often')}</th>
              <th scope="col">{say('Time each')}</th>
              <th scope="col">{say('In all')}</th>
              <th scope="col">{say('Share')}</th>
              <th scope="col">{say('Tokens each')}</th>
            </tr>
          </thead>
          <tbody>
            {costs.map(({ name, times, ms, tokens, tokensMean }, at) => (
              <tr key={name}>
                <th scope="row">{say(name)}</th>
                <td className="number">{times}</td>
                <td className="number">{duration(ms / times)}</td>
                <td className="number">{duration(ms)}</td>
                <td className="number">{shares[at]}%</td>
                <td>
                  {tokens !== null && tokensMean && say(tokensMean, { tokens: grouped(tokens / times) })}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </details>
  );
}
