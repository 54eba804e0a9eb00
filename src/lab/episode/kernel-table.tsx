/** What one scoring pass cost, kernel by kernel, dearest first. */
import type { MeasuredPass } from '../../worker/protocol';
import { count, figure, grouped } from '../figures';

export function KernelTable({ pass }: { readonly pass: MeasuredPass }) {
  const { kernels, tokens, submits, wallMs } = pass;
  const timed = kernels.every(({ ms }) => ms !== null);
  const total = kernels.reduce((sum, { ms }) => sum + (ms ?? 0), 0);
  const calls = kernels.reduce((sum, kernel) => sum + kernel.calls, 0);
  return (
    <div className="scroll kernels">
      <p className="quiet">
        One pass that scores this step: {count(tokens, 'token')}, {count(calls, 'call')}
        {submits > 0 && `, ${count(submits, 'submit')}`}
        {timed && `, ${figure(total, 2)} ms in kernels`}, {figure(wallMs, 1)} ms in all, measuring included.
        {!timed && ' This device has no clock for single kernels.'}
      </p>
      <table aria-label="Kernels">
        <thead>
          <tr>
            <th scope="col">kernel</th>
            <th scope="col" className="number">
              calls
            </th>
            <th scope="col" className="number">
              ms
            </th>
            <th scope="col" className="number">
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
        kB: the tensors a kernel was given, each counted once a call, whatever it reads twice or skips.
      </p>
    </div>
  );
}
