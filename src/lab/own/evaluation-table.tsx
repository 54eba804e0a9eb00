/** Policies on the held-out tasks of a set, with what is known of the error of each mean. */
import type { Interval, SetEvaluation } from '../../worker/own-protocol';
import { count, figure, signed } from '../figures';
import { say } from '../language/language';
import { useAdapterNames } from '../shell/adapter-names';
import { Scroll } from '../shell/scroll';

export function EvaluationTable({ result }: { readonly result: SetEvaluation }) {
  const { scores, tasks, dice } = result;
  const names = useAdapterNames();
  return (
    <figure className="own-evaluation" aria-label={say('On the held-out tasks')}>
      <Scroll>
        <table>
          <caption>
            {say('{tasks}, {dice} each; ± is half of the 95 % interval over tasks', {
              tasks: count(tasks, 'held-out task'),
              dice: count(dice, 'episode'),
            })}
          </caption>
          <thead>
            <tr>
              <th scope="col">{say('Played by')}</th>
              <th scope="col">{say('Reward')}</th>
              <th scope="col">{say('Better than the base by')}</th>
              <th scope="col">{say('Task§reward part')}</th>
              <th scope="col">{say('Memory')}</th>
            </tr>
          </thead>
          <tbody>
            {scores.map(({ adapter, reward, gain, task, memory }) => (
              <tr key={adapter}>
                <th scope="row">{say(names[adapter])}</th>
                <td className="number">{within(reward)}</td>
                <td className="number">{gain ? within(gain, true) : '–'}</td>
                <td className="number">{within(task)}</td>
                <td className="number">{within(memory)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <figcaption className="quiet">{provenance(result)}</figcaption>
    </figure>
  );
}

function within({ mean, half }: Interval, sign = false): string {
  const value = sign ? signed(mean, 3) : figure(mean);
  return half === null ? value : `${value} ± ${figure(half)}`;
}

/** Fewer tasks than this give intervals that hold nearly everything. */
const FEW = 5;

function provenance({ name, trainedOn, tasks }: SetEvaluation): string {
  const few = tasks < FEW ? `${say('So few held-out tasks say little: add more tasks to the set.')} ` : '';
  return few + trained(name, trainedOn);
}

function trained(name: string, trainedOn: string | null): string {
  if (trainedOn === null) return say('Nothing was trained in this tab yet.');
  if (trainedOn === '') return say('The adapter of this tab was trained on made-up tasks.');
  if (trainedOn === name)
    return say(
      'The adapter of this tab was trained on the other part of this set, and never on these tasks.',
    );
  return trainedOn.split('~')[0] === name.split('~')[0]
    ? say('The adapter of this tab was trained on this set split otherwise: it may have seen these tasks.')
    : say('The adapter of this tab was trained on another set.');
}
