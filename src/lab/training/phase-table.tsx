/** Time and tokens of each phase of the run on view. */
import { duration, grouped, percent } from '../figures';
import type { TrainingView } from '../state/lab-state';
import { phaseCosts } from './phases';

export function PhaseTable({ training }: { readonly training: TrainingView }) {
  const { metrics, heldOut } = training;
  if (metrics.length === 0) return null;
  const costs = phaseCosts(metrics, heldOut);
  const whole = costs.reduce((total, { ms }) => total + ms, 0);
  return (
    <details>
      <summary>Where the time goes: {duration(whole)} so far</summary>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Phase</th>
              <th scope="col">Times</th>
              <th scope="col">Time each</th>
              <th scope="col">In all</th>
              <th scope="col">Share</th>
              <th scope="col">Tokens each</th>
            </tr>
          </thead>
          <tbody>
            {costs
              .filter(({ times }) => times > 0)
              .map(({ name, times, ms, tokens, tokensMean }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td className="number">{times}</td>
                  <td className="number">{duration(ms / times)}</td>
                  <td className="number">{duration(ms)}</td>
                  <td className="number">{percent(ms / whole)}</td>
                  <td>{tokens === null ? '' : `${grouped(tokens / times)} ${tokensMean}`}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
