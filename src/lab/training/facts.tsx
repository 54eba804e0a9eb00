/** What the bundled policy is, said plainly, and what its model card and the paper measured. */
import type { Evaluation, ModelFacts } from '../../worker/protocol';
import { figure } from '../figures';
import { say } from '../language/language';
import { Scroll } from '../shell/scroll';
import { TOOL_NAMES } from '../words';

export function Honesty() {
  return (
    <p className="honesty">
      {say(
        'The bundled policy is no language model that was talked into using tools. It was behaviour-cloned from a scripted demonstrator that makes mistakes on purpose: it writes the protocol fluently and has not decided what to remember. It is the counterpart of an instruction-tuned model before reinforcement learning; deciding is what training here teaches.',
      )}
    </p>
  );
}

/** Evaluation of the shipped files on held-out tasks, from the model card. */
export function CardTable({ model }: { readonly model: ModelFacts }) {
  if (!model.base) return null;
  const rows: readonly (readonly [string, (e: Evaluation) => number])[] = [
    [say('composite reward'), (e) => e.reward],
    [say('task§part of the reward'), (e) => e.task],
    [say('context§part of the reward'), (e) => e.context],
    [say('memory§part of the reward'), (e) => e.memory],
    [say('storage precision'), (e) => e.storage_precision],
    [say('well-formed steps'), (e) => e.wellformed],
    ...TOOL_NAMES.map(
      (tool) =>
        [say('{tool}, calls', { tool }), (e: Evaluation) => e.tools[tool as keyof typeof e.tools]] as const,
    ),
  ];
  return (
    <details>
      <summary>
        {say('Before and after, on {n} held-out tasks (the shipped files)', { n: model.base.n })}
      </summary>
      <Scroll>
        <table>
          <thead>
            <tr>
              <th scope="col">{say('Measure')}</th>
              <th scope="col">{say('Base')}</th>
              {model.shipped && <th scope="col">{say('Shipped adapter')}</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, read]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="number">{model.base && figure(read(model.base))}</td>
                {model.shipped && <td className="number">{figure(read(model.shipped))}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </details>
  );
}
