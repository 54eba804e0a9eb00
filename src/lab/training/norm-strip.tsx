/** How far LoRA has moved each linear layer: the Frobenius norm of its change, layer by layer. */
import type { CSSProperties } from 'react';
import type { AdapterNorm } from '../../worker/protocol';
import { figure } from '../figures';

export function NormStrip({ norms }: { readonly norms: readonly AdapterNorm[] }) {
  const layers = [...new Set(norms.map(({ layer }) => layer))].sort((a, b) => a - b);
  const modules = [...new Set(norms.map(({ module }) => module))];
  const most = Math.max(1e-12, ...norms.map(({ frobenius }) => frobenius));
  return (
    <figure className="chart norms">
      <figcaption>LoRA update, layer by layer</figcaption>
      <div className="scroll">
        <table>
          <caption className="quiet">Frobenius norm of the learned change; darker is larger</caption>
          <thead>
            <tr>
              <th scope="col">layer</th>
              {modules.map((module) => (
                <th scope="col" key={module}>
                  {module.replace('_proj', '')}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {layers.map((layer) => (
              <tr key={layer}>
                <th scope="row">{layer}</th>
                {modules.map((module) => {
                  const norm = norms.find((entry) => entry.layer === layer && entry.module === module);
                  const value = norm?.frobenius ?? 0;
                  return (
                    <td
                      key={module}
                      className={value / most > 0.6 ? 'norm strong' : 'norm'}
                      style={{ '--size': (value / most).toFixed(3) } as CSSProperties}
                    >
                      {figure(value, 2)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
