/**
 * Any intermediate of the pass by name: what it is, its equation, how its values are spread, and the strongest of
 * them. Activations are of the chosen token; gradients of the whole step.
 */
import { useState } from 'react';
import type { Intermediate, SeenIntermediate } from '../../worker/protocol';
import { Histogram } from '../charts/histogram';
import { compact, grouped } from '../figures';
import { Choice } from '../shell/fields';

interface IntermediateChoiceProps {
  readonly intermediates: readonly Intermediate[];
  readonly blocked: boolean;
  readonly onShow: (name: string) => Promise<SeenIntermediate | undefined>;
}

export function IntermediateChoice({ intermediates, blocked, onShow }: IntermediateChoiceProps) {
  const names = intermediates.map(({ name }) => name);
  const [name, choose] = useState(names.find((own) => own.endsWith('.output')) ?? names[0]);
  const [seen, see] = useState<SeenIntermediate | null>(null);
  const show = async () => {
    const found = await onShow(name);
    if (found) see(found);
  };
  return (
    <>
      <div className="inside-choice">
        <Choice
          label="Anything else inside"
          value={name}
          values={names}
          words={Object.fromEntries(intermediates.map((own) => [own.name, `${own.name}: ${own.what}`]))}
          onChange={choose}
        />
        <button type="button" disabled={blocked} onClick={() => void show()}>
          Show its values
        </button>
      </div>
      {seen && <SeenValues seen={seen} />}
    </>
  );
}

/** What was captured, with its numbers. */
function SeenValues({ seen }: { readonly seen: SeenIntermediate }) {
  const { name, what, equation, unit, gradient, ofToken, shape, count, strongest } = seen;
  const numbers = [
    ['smallest', seen.smallest],
    ['largest', seen.largest],
    ['mean', seen.mean],
    ['Euclidean norm', seen.norm],
  ] as const;
  return (
    <section aria-label={name}>
      <h3>
        <code>{name}</code>
      </h3>
      <p>
        {what[0].toUpperCase() + what.slice(1)}: <code>{equation}</code>.{' '}
        {shape.length === 0 ? 'A number' : `${shape.map(grouped).join(' × ')} values`}
        {ofToken ? ', for this token' : ''}
        {gradient ? ', for L = mean of −log p over the tokens of this step' : ''}
        {unit === '' ? ', no unit' : `, ${unit}`}.
      </p>
      <div className="inside-parts">
        {count > 1 && (
          <Histogram
            title={`Spread of ${grouped(count)} values`}
            unit={unit === '' ? 'value, no unit' : unit}
            from={seen.smallest}
            to={seen.largest}
            counts={seen.histogram}
          />
        )}
        <table aria-label="Its numbers">
          <tbody>
            {numbers.map(([word, value]) => (
              <tr key={word}>
                <th scope="row">{word}</th>
                <td className="number">{compact(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {count > 1 && (
          <table aria-label="Its strongest values">
            <caption>Farthest from zero: place (from 0), value</caption>
            <tbody>
              {strongest.map(({ at, value }) => (
                <tr key={at.join()}>
                  <th scope="row">
                    <code>[{at.join(', ')}]</code>
                  </th>
                  <td className="number">{compact(value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </section>
  );
}
