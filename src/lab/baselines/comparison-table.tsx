/**
 * All memories on one episode: the answer, what writing, reading and answering cost in model calls and tokens, what is
 * held. The memory that is shown below is chosen by its row; arrow keys go from row to row.
 */
import { type ReactNode, useId } from 'react';
import type { BaselineId, BaselineRun } from '../../worker/baselines-protocol';
import type { Task } from '../../worker/protocol';
import { figure, grouped } from '../figures';
import { say } from '../language/language';
import { methodName } from '../method-names';
import { Scroll } from '../shell/scroll';
import type { BaselinesLine } from '../state/baselines-line';
import { whyCutOff } from '../words';
import { type AgeMemSide, type Spent, tokensOf } from './agemem-side';
import { answeringCost } from './beside-side';
import { METHOD_IDS } from './method-words';
import type { Runs } from './use-runs';

interface ComparisonTableProps {
  readonly task: Task;
  readonly runs: Runs;
  readonly side: AgeMemSide;
  readonly chosen: BaselineId;
  readonly onChoose: (method: BaselineId) => void;
  readonly blocked: boolean;
  readonly line: BaselinesLine;
}

export function ComparisonTable({ task, runs, side, chosen, onChoose, blocked, line }: ComparisonTableProps) {
  const name = useId();
  return (
    <fieldset className="baselines-table">
      <legend className="visually-hidden">{say('The memory that is shown')}</legend>
      <p>{say('Choose a memory to see it in full; arrow keys go from one to the next.')}</p>
      <Scroll label={say('All memories on this task')}>
        <table>
          <caption>{say('All memories on this task')}</caption>
          <thead>
            <tr>
              <th scope="col" rowSpan={2}>
                {say('Memory')}
              </th>
              <th scope="col" rowSpan={2}>
                {task.answers.length > 0 ? say('Answer') : say('Last action')}
              </th>
              <th scope="col" rowSpan={2}>
                {say('Score')}
              </th>
              <th scope="colgroup" colSpan={2}>
                {say('Writing')}
              </th>
              <th scope="colgroup" colSpan={2}>
                {say('Reading')}
              </th>
              <th scope="colgroup" colSpan={2}>
                {say('Answering')}
              </th>
              <th scope="col" rowSpan={2}>
                {say('Held at the end')}
              </th>
            </tr>
            <tr>
              {COSTS.map((cost) => (
                <CostHeads key={cost} />
              ))}
            </tr>
          </thead>
          <tbody>
            <tr className="baselines-agemem">
              <th scope="row">{say('AgeMem, the episode on view')}</th>
              <Answer
                answer={side.answer}
                score={side.score}
                why={
                  side.end !== null ? (
                    whyCutOff(side.end)
                  ) : (
                    <button
                      type="button"
                      className="plain small"
                      disabled={blocked}
                      onClick={() => line.runEpisode()}
                    >
                      {say('Run it to its end')}
                    </button>
                  )
                }
              />
              <Cost spent={side.writing} />
              <Cost spent={side.reading} />
              <Cost spent={side.rest} />
              <td>{grouped(side.entries.length)}</td>
            </tr>
            {METHOD_IDS.map((method) => (
              <tr key={method} className={method === chosen ? 'baselines-chosen' : undefined}>
                <th scope="row">
                  <label>
                    <input
                      type="radio"
                      name={name}
                      checked={method === chosen}
                      onChange={() => onChoose(method)}
                    />{' '}
                    <span translate={method === 'no-memory' ? undefined : 'no'}>{methodName(method)}</span>
                  </label>
                </th>
                <Row run={runs.of(method)} />
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p className="quiet">
        {say(
          'AgeMem’s writing is every step of the policy in stages 1 and 2, its reading each step of stage 3 that calls a tool: there is nobody beside it. The others are asked apart from the policy, which only answers.',
        )}
      </p>
    </fieldset>
  );
}

const COSTS = ['writing', 'reading', 'answering'] as const;

function CostHeads() {
  return (
    <>
      <th scope="col">{say('calls§to a model')}</th>
      <th scope="col">{say('tokens§of calls')}</th>
    </>
  );
}

function Row({ run }: { readonly run: BaselineRun | undefined }) {
  if (!run) {
    return (
      <td colSpan={9} className="quiet">
        {say('not played yet')}
      </td>
    );
  }
  const { answer, score, end, writeCost, readCost } = run.result;
  const { entries, graph } = run.view;
  const why = whyCutOff(end);
  return (
    <>
      <Answer answer={answer} score={score} why={why} />
      <Cost spent={writeCost} />
      <Cost spent={readCost} />
      <Cost spent={answeringCost(run)} />
      <td>
        {graph
          ? say('{n} and {edges} edges', { n: grouped(entries.length), edges: grouped(graph.edges.length) })
          : grouped(entries.length)}
      </td>
    </>
  );
}

const scoreWords = (score: number): string =>
  `${score === 1 ? '✓ ' : score === 0 ? '✗ ' : ''}${figure(score, 2)}`;

function Answer({
  answer,
  score,
  why,
}: {
  readonly answer: string | null;
  readonly score: number | null;
  readonly why: ReactNode;
}) {
  return (
    <>
      <td className="baselines-answer" lang={answer === null ? undefined : 'en'}>
        {answer ?? '–'}
      </td>
      <td className={score === 1 ? 'baselines-right' : undefined}>
        {score === null
          ? (why ?? '–')
          : typeof why === 'string'
            ? say('{score}, {why}', { score: scoreWords(score), why })
            : scoreWords(score)}
      </td>
    </>
  );
}

function Cost({ spent }: { readonly spent: Spent }) {
  return (
    <>
      <td>{grouped(spent.calls)}</td>
      <td>{grouped(tokensOf(spent))}</td>
    </>
  );
}
