/** What the bundled policy is, said plainly, and what its model card and the paper measured. */
import type { Evaluation, ModelFacts } from '../../worker/protocol';
import { figure } from '../figures';
import { TOOL_NAMES } from '../words';

export function Honesty() {
  return (
    <p className="honesty">
      The bundled policy is no language model that was talked into using tools. It was behaviour-cloned from a
      scripted demonstrator that makes mistakes on purpose: it writes the protocol fluently and has not
      decided what to remember. It is the counterpart of an instruction-tuned model before reinforcement
      learning; deciding is what training here teaches.
    </p>
  );
}

/** Evaluation of the shipped files on held-out tasks, from the model card. */
export function CardTable({ model }: { readonly model: ModelFacts }) {
  if (!model.base) return null;
  const rows: readonly (readonly [string, (e: Evaluation) => number])[] = [
    ['composite reward', (e) => e.reward],
    ['task', (e) => e.task],
    ['context', (e) => e.context],
    ['memory', (e) => e.memory],
    ['storage precision', (e) => e.storage_precision],
    ['well-formed steps', (e) => e.wellformed],
    ...TOOL_NAMES.map(
      (tool) => [`${tool}, calls`, (e: Evaluation) => e.tools[tool as keyof typeof e.tools]] as const,
    ),
  ];
  return (
    <details>
      <summary>Before and after, on {model.base.n} held-out tasks (the shipped files)</summary>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Measure</th>
              <th scope="col">Base</th>
              {model.shipped && <th scope="col">Shipped adapter</th>}
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
      </div>
    </details>
  );
}

/** Tool calls per episode before and after RL in the paper (7B and 4B), beside which one's own can be held. */
const PAPER_CALLS: readonly (readonly [tool: string, seven: string, four: string])[] = [
  ['Add_memory', '0.92 → 1.64', '2.49 → 2.64'],
  ['Update_memory', '0 → 0.13', '0.13 → 0.34'],
  ['Delete_memory', '0 → 0.08', '0 → 0.22'],
  ['Retrieve_memory', '2.31 → 1.95', '4.62 → 4.35'],
  ['Summary_context', '1.08 → 0.82', '0.11 → 0.96'],
  ['Filter_context', '0.02 → 0.31', '0.15 → 0.16'],
];

export function PaperTable() {
  return (
    <details>
      <summary>What the paper saw: tool calls before → after RL</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">Tool</th>
            <th scope="col">Qwen2.5-7B</th>
            <th scope="col">Qwen3-4B</th>
          </tr>
        </thead>
        <tbody>
          {PAPER_CALLS.map(([tool, seven, four]) => (
            <tr key={tool}>
              <th scope="row">{tool}</th>
              <td className="number">{seven}</td>
              <td className="number">{four}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="quiet">
        Calls per episode, arXiv 2601.01885. Other models and tasks than here: compare the directions.
      </p>
    </details>
  );
}
