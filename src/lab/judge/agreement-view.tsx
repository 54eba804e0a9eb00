/** Judge and rules over many episodes: a table of figures with their intervals, a chart for each part, the failures. */
import type { AgreementRun, Confusion, Estimate, PartAgreement } from '../../worker/judge-protocol';
import { ChartFrame } from '../charts/chart-frame';
import { count, figure, percent, signed } from '../figures';
import { say } from '../language/language';
import { Scroll } from '../shell/scroll';
import { AgreementChart } from './agreement-chart';
import { FAILURES, JUDGED_PARTS, PLAYERS } from './judge-words';
import { costWords, whoWords } from './judgement-view';

export function AgreementView({ run }: { readonly run: AgreementRun }) {
  const { parts, failures, episodes, totals } = run;
  return (
    <div className="agreement">
      <Scroll>
        <table>
          <caption>
            {say('{episodes} of {player}; in brackets the 95 % interval', {
              episodes: count(episodes, 'held-out episode'),
              player: say(PLAYERS[run.player]),
            })}
          </caption>
          <thead>
            <tr>
              <th scope="col">{say('Part')}</th>
              <th scope="col">{say('Both speak')}</th>
              <th scope="col">{say('Judge failed')}</th>
              <th scope="col">{say('Judge less rules')}</th>
              <th scope="col">{say('Pearson r')}</th>
              <th scope="col">{say('Spearman ρ')}</th>
              <th scope="col">{say('Cohen κ')}</th>
            </tr>
          </thead>
          <tbody>
            {parts.map((part) => (
              <tr key={part.part}>
                <th scope="row">{say(JUDGED_PARTS[part.part].label)}</th>
                <td className="number">{part.pairs.length}</td>
                <td className="number">
                  {part.failed}
                  {part.failureShare && <span className="quiet"> {percentRange(part.failureShare)}</span>}
                </td>
                <td className="number">{differenceWords(part)}</td>
                <td className="number">{estimateWords(part.pearson)}</td>
                <td className="number">{part.spearman === null ? '–' : figure(part.spearman, 2)}</td>
                <td className="number">{estimateWords(part.kappa)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p className="quiet">
        {say(
          'A dash: no pair, or one side says the same of all, and then there is no agreement to speak of. κ is of answers right or wrong, at 0.5. The mean of R is {ruled} by the rules and {judged} with the judge.',
          { ruled: figure(totals.ruled.mean), judged: figure(totals.judged.mean) },
        )}
      </p>
      <div className="agreement-charts">
        {parts.map((part) => part.pairs.length > 0 && <PartChart key={part.part} part={part} />)}
      </div>
      <ConfusionTable part={parts.find(({ confusion }) => confusion !== null)} />
      {failures.length > 0 && (
        <div className="judge-failures">
          <h4>{say('Replies that could not be read')}</h4>
          <ul>
            {failures.map(({ failure, count: n, example }) => (
              <li key={failure}>
                {say('{n} times: {why}.', { n, why: say(FAILURES[failure]) })}
                {example !== '' && (
                  <>
                    {' '}
                    {say('One of them:')}{' '}
                    <code translate="no" className="judge-raw">
                      {example}
                    </code>
                  </>
                )}
              </li>
            ))}
          </ul>
        </div>
      )}
      <p className="quiet" role="status">
        {whoWords(run)} {costWords({ judgement: run, facts: run.facts })}
      </p>
    </div>
  );
}

function PartChart({ part }: { readonly part: PartAgreement }) {
  return (
    <ChartFrame
      title={say(JUDGED_PARTS[part.part].label)}
      unit={say('score, 0 to 1')}
      table={() => ({
        columns: [say('episode§column'), say('Rules'), say('Judge')],
        rows: part.pairs.map(({ episode, ruled, judged }) => [String(episode + 1), ruled, judged]),
      })}
    >
      <AgreementChart part={part} />
    </ChartFrame>
  );
}

function ConfusionTable({ part }: { readonly part: PartAgreement | undefined }) {
  if (!part?.confusion || part.pairs.length === 0) return null;
  const { bothRight, bothWrong, onlyJudge, onlyRules }: Confusion = part.confusion;
  return (
    <Scroll>
      <table className="confusion">
        <caption>{say('Answers, right from 0.5 on')}</caption>
        <thead>
          <tr>
            <td />
            <th scope="col">{say('Judge: right')}</th>
            <th scope="col">{say('Judge: wrong')}</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{say('Rules: right')}</th>
            <td className="number">{bothRight}</td>
            <td className="number">{onlyRules}</td>
          </tr>
          <tr>
            <th scope="row">{say('Rules: wrong')}</th>
            <td className="number">{onlyJudge}</td>
            <td className="number">{bothWrong}</td>
          </tr>
        </tbody>
      </table>
    </Scroll>
  );
}

function estimateWords(estimate: Estimate | null): string {
  if (!estimate) return '–';
  return say('{value} ({low} to {high})', {
    value: figure(estimate.value, 2),
    low: figure(estimate.low, 2),
    high: figure(estimate.high, 2),
  });
}

function percentRange({ low, high }: Estimate): string {
  return say('({low} to {high})', { low: percent(low), high: percent(high) });
}

function differenceWords({ difference }: PartAgreement): string {
  if (!difference) return '–';
  const mean = signed(difference.mean);
  return difference.half === null ? mean : `${mean} ± ${figure(difference.half, 2)}`;
}
