/**
 * Any intermediate of the pass by name: what it is, its equation, how its values are spread, and the strongest of
 * them. Activations are of the chosen token; gradients of the whole step.
 */
import { useState } from 'react';
import type { Intermediate, SeenIntermediate } from '../../worker/protocol';
import { Histogram } from '../charts/histogram';
import { compact, grouped } from '../figures';
import { type Phrase, phrase, say } from '../language/language';
import { Say } from '../language/say';
import { Choice } from '../shell/fields';
import { intermediateWords } from './intermediate-words';

const UNITS: Readonly<Record<Intermediate['unit'], Phrase>> = {
  '': phrase('no unit'),
  probability: phrase('probability'),
  nats: phrase('nats'),
};

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
          label={say('Anything else inside')}
          value={name}
          values={names}
          words={Object.fromEntries(
            intermediates.map((own) => [own.name, `${own.name}: ${intermediateWords(own.what)}`]),
          )}
          onChange={choose}
        />
        <button type="button" disabled={blocked} onClick={() => void show()}>
          {say('Show its values')}
        </button>
      </div>
      {seen && <SeenValues seen={seen} />}
    </>
  );
}

/** What was captured, with its numbers. */
function SeenValues({ seen }: { readonly seen: SeenIntermediate }) {
  const { name, equation, unit, gradient, ofToken, shape, count, strongest } = seen;
  const what = intermediateWords(seen.what);
  const numbers = [
    [say('smallest'), seen.smallest],
    [say('largest'), seen.largest],
    [say('mean'), seen.mean],
    [say('Euclidean norm'), seen.norm],
  ] as const;
  const facts = [
    shape.length === 0 ? say('A number') : say('{shape} values', { shape: shape.map(grouped).join(' × ') }),
    ...(ofToken ? [say('for this token')] : []),
    ...(gradient ? [say('for L = mean of −log p over the tokens of this step')] : []),
    say(UNITS[unit]),
  ];
  return (
    <section aria-label={name}>
      <h3>
        <code>{name}</code>
      </h3>
      <p>
        <Say
          text="{what}: {equation}. {facts}."
          with={{
            what: what[0].toUpperCase() + what.slice(1),
            equation: <code>{equation}</code>,
            facts: facts.join(say(', §list')),
          }}
        />
      </p>
      <div className="inside-parts">
        {count > 1 && (
          <Histogram
            title={say('Spread of {n} values', { n: grouped(count) })}
            unit={unit === '' ? say('value, no unit') : say(UNITS[unit])}
            from={seen.smallest}
            to={seen.largest}
            counts={seen.histogram}
          />
        )}
        <table aria-label={say('Its numbers')}>
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
          <table aria-label={say('Its strongest values')}>
            <caption>{say('Farthest from zero: place (from 0), value')}</caption>
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
