/**
 * Each tool's calls per episode before and after training, beside what the paper saw. Here: on the held-out tasks
 * where they were played (the same tasks and dice, so only the policy differs), else in the first and the last step. After a
 * single step its counts stand alone.
 */
import type { ToolName } from '../../worker/protocol';
import { figure } from '../figures';
import { say } from '../language/language';
import { SourceMark } from '../shell/panel';
import { Scroll } from '../shell/scroll';
import type { TrainingView } from '../state/lab-state';
import { TOOL_NAMES } from '../words';

/** Calls per episode, before and after RL: Qwen2.5-7B, then Qwen3-4B. */
const PAPER: Readonly<Record<string, readonly [number, number, number, number]>> = {
  Add_memory: [0.92, 1.64, 2.49, 2.64],
  Update_memory: [0, 0.13, 0.13, 0.34],
  Delete_memory: [0, 0.08, 0, 0.22],
  Retrieve_memory: [2.31, 1.95, 4.62, 4.35],
  Summary_context: [1.08, 0.82, 0.11, 0.96],
  Filter_context: [0.02, 0.31, 0.15, 0.16],
};

type Counts = Readonly<Record<ToolName, number>>;

interface Measured {
  /** Null while there is nothing to compare with. */
  readonly before: Counts | null;
  readonly after: Counts;
  readonly words: string;
}

export function measuredTools({ metrics, heldOut }: TrainingView): Measured | null {
  const [first] = heldOut;
  const last = heldOut[heldOut.length - 1];
  if (first && last !== first) {
    const { n } = last.evaluation;
    return {
      before: first.evaluation.tools,
      after: last.evaluation.tools,
      words: say('Here: the same {n} held-out tasks after {first} and after {last} updates.', {
        n,
        first: first.step,
        last: last.step,
      }),
    };
  }
  if (metrics.length === 0) return null;
  if (metrics.length === 1)
    return {
      before: null,
      after: metrics[0].tools,
      words: say('Here: step 1 so far. The next step stands beside it.'),
    };
  const end = metrics[metrics.length - 1];
  return {
    before: metrics[0].tools,
    after: end.tools,
    words: say('Here: the tasks of step 1 and those of step {step}, which are others.', { step: end.step }),
  };
}

export function ToolTable({ training }: { readonly training: TrainingView }) {
  const here = measuredTools(training);
  const row = (before: number, after: number) => `${figure(before, 2)} → ${figure(after, 2)}`;
  return (
    <details open={here !== null}>
      <summary>{say('Tool calls per episode, before → after: here and in the paper')}</summary>
      <Scroll>
        <table>
          <thead>
            <tr>
              <th scope="col">{say('Tool')}</th>
              {here && <th scope="col">{here.before ? say('Here') : say('Here, so far')}</th>}
              <th scope="col">
                <span translate="no">Qwen2.5-7B</span> <SourceMark source="P" />
              </th>
              <th scope="col">
                <span translate="no">Qwen3-4B</span> <SourceMark source="P" />
              </th>
            </tr>
          </thead>
          <tbody>
            {TOOL_NAMES.map((tool) => {
              const [a, b, c, d] = PAPER[tool];
              return (
                <tr key={tool}>
                  <th scope="row">{tool}</th>
                  {here && (
                    <td className="number">
                      {here.before
                        ? row(here.before[tool as ToolName], here.after[tool as ToolName])
                        : figure(here.after[tool as ToolName], 2)}
                    </td>
                  )}
                  <td className="number">{row(a, b)}</td>
                  <td className="number">{row(c, d)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
      <p className="quiet">
        {here ? here.words : say('Train, and what happens here stands beside it.')}{' '}
        {say("The paper's models and tasks are others: compare the directions, not the sizes.")}
      </p>
    </details>
  );
}
