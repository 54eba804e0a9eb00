/** What one scoring pass cost, kernel by kernel, dearest first. */
import type { MeasuredPass } from '../../worker/protocol';
import { count, figure, grouped } from '../figures';
import { say } from '../language/language';
import { Scroll } from '../shell/scroll';

export function KernelTable({ pass }: { readonly pass: MeasuredPass }) {
  const { kernels, tokens, submits, wallMs } = pass;
  const timed = kernels.every(({ ms }) => ms !== null);
  const total = kernels.reduce((sum, { ms }) => sum + (ms ?? 0), 0);
  const calls = kernels.reduce((sum, kernel) => sum + kernel.calls, 0);
  const facts = [
    count(tokens, 'token'),
    count(calls, 'call'),
    ...(submits > 0 ? [count(submits, 'submit')] : []),
    ...(timed ? [say('{ms} ms in kernels', { ms: figure(total, 2) })] : []),
    say('{ms} ms in all, measuring included', { ms: figure(wallMs, 1) }),
  ];
  return (
    <Scroll className="kernels">
      <p className="quiet">
        {say('One pass that scores this step: {facts}.', { facts: facts.join(say(', §list')) })}
        {!timed && ` ${say('This device has no clock for single kernels.')}`}
      </p>
      <table aria-label={say('Kernels')}>
        <thead>
          <tr>
            <th scope="col">{say('kernel')}</th>
            <th scope="col" className="number">
              {say('calls')}
            </th>
            <th scope="col" className="number" translate="no">
              ms
            </th>
            <th scope="col" className="number" translate="no">
              kB
            </th>
          </tr>
        </thead>
        <tbody>
          {kernels.map(({ kernel, calls: times, ms, bytes }) => (
            <tr key={kernel}>
              <th scope="row">
                <code>{kernel}</code>
              </th>
              <td className="number">{grouped(times)}</td>
              <td className="number">{ms === null ? '–' : figure(ms, 3)}</td>
              <td className="number">{grouped(bytes / 1000)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="quiet">
        {say(
          'kB: the tensors a kernel was given, each counted once a call, whatever it reads twice or skips.',
        )}
      </p>
    </Scroll>
  );
}
