/** The component ablation: no tools, long-term tools, with RL, and all, on the same tasks; the paper's scores beside them. */
import { useState } from 'react';
import { aligned } from '../figures';
import { say } from '../language/language';
import { methodName } from '../method-names';
import { Choice } from '../shell/fields';
import { Scroll } from '../shell/scroll';
import { FAMILIES } from '../words';
import { type Ablation, environmentsOf, heldOutOf } from './ablation-lines';
import { STORES_NOTHING } from './cells';
import { estimate } from './paired';
import { BACKBONES, COMPONENTS } from './paper-figures';

export function ComponentsView({ ablation }: { readonly ablation: Ablation }) {
  const environments = environmentsOf(ablation);
  const [chosen, choose] = useState(environments[0] ?? ablation.settings.family);
  const environment = environments.includes(chosen) ? chosen : environments[0];
  if (environment === undefined) return null;
  return (
    <>
      <h4>{say('One component after another')}</h4>
      <p className="quiet">
        {say(
          'Refused tools answer that they are not to be used. With long-term tools alone the entries nearest to the question come unasked, as in RAG. The paper’s base is an agent without memory; here every tool is refused.',
        )}
      </p>
      {environments.length > 1 && (
        <div className="choices">
          <Choice
            label={say('Played in')}
            value={environment}
            values={environments}
            words={Object.fromEntries(
              environments.map((id) => [id, FAMILIES[id] === undefined ? id : say(FAMILIES[id])]),
            )}
            onChange={choose}
          />
        </div>
      )}
      <Scroll label={say('Components and scores')}>
        <table>
          <caption>{say('Mean and 95 % interval over seeds; the paper’s scores are of HotpotQA')}</caption>
          <thead>
            <tr>
              <th scope="col">{say('Variant')}</th>
              <th scope="col">{say('score, 0 to 1')}</th>
              <th scope="col">{say('memory quality, 0 to 1')}</th>
              <th scope="col">{say('prompt tokens a step')}</th>
              {BACKBONES.map((name) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {COMPONENTS.map(({ method, paperName, paper }) => (
              <tr key={method}>
                <th scope="row">
                  {methodName(method)}{' '}
                  <span className="quiet" translate="no">
                    {paperName}
                  </span>
                </th>
                <td>{cellText(ablation, method, environment, 'score', 2)}</td>
                <td>
                  {STORES_NOTHING.includes(method)
                    ? '–'
                    : cellText(ablation, method, environment, 'memory-quality', 2)}
                </td>
                <td>{cellText(ablation, method, environment, 'prompt-tokens', 1)}</td>
                {paper.map((score, i) => (
                  <td key={BACKBONES[i]}>{aligned(score)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

function cellText(
  ablation: Ablation,
  method: string,
  environment: string,
  metric: string,
  digits: number,
): string {
  const found = estimate([...heldOutOf(ablation, method, environment, metric).values()]);
  if (found === null) return '–';
  const { mean, low, high } = found;
  const bounds = low === null || high === null ? '' : ` [${aligned(low, digits)}, ${aligned(high, digits)}]`;
  return `${aligned(mean, digits)}${bounds}`;
}
