/** One episode judged: what the rules say, what the judge says, its words as they came, and what it cost. */
import type { JudgedItem, JudgedRun, PartJudgement } from '../../worker/judge-protocol';
import { count, duration, figure, signed } from '../figures';
import { say } from '../language/language';
import { SourceMark } from '../shell/panel';
import { Scroll } from '../shell/scroll';
import { FAILURES, JUDGED_PARTS, NOTHING } from './judge-words';

export function JudgementView({ run }: { readonly run: JudgedRun }) {
  const { parts, ruled, judged } = run.judgement;
  const failed = parts.filter(({ verdict }) => verdict === 'failed').length;
  return (
    <div className="judgement">
      <Scroll>
        <table>
          <caption>{say('The same episode, by the rules and by the judge')}</caption>
          <thead>
            <tr>
              <th scope="col">{say('Part')}</th>
              <th scope="col">{say('Rules')}</th>
              <th scope="col">{say('Judge')}</th>
              <th scope="col">{say('Difference')}</th>
              <th scope="col">{say('What was asked, and what it wrote')}</th>
            </tr>
          </thead>
          <tbody>
            {parts.map((part) => (
              <tr key={part.part}>
                <th scope="row">{say(JUDGED_PARTS[part.part].label)}</th>
                <td className="number">{part.ruled === null ? say('does not apply') : figure(part.ruled)}</td>
                <td className="number">
                  <Verdict part={part} />
                </td>
                <td className="number">
                  {part.value === null || part.ruled === null ? '–' : signed(part.value - part.ruled, 3)}
                </td>
                <td className="judge-words">
                  {say(JUDGED_PARTS[part.part].asked)}{' '}
                  <SourceMark source={part.part === 'storage' ? 'D' : 'P'} />
                  {part.verdict === 'nothing' && <p className="quiet">{say(NOTHING[part.part])}</p>}
                  {part.items.length > 0 && <Replies items={part.items} />}
                </td>
              </tr>
            ))}
            <tr>
              <th scope="row">R</th>
              <td className="number">{figure(ruled.total)}</td>
              <td className="number">{figure(judged.total)}</td>
              <td className="number">{signed(judged.total - ruled.total, 3)}</td>
              <td className="quiet">
                {failed > 0
                  ? say('Where the judge failed the score of the rules stays in the sum.')
                  : say('The same formula, with the scores of the judge in place of those of the rules.')}
              </td>
            </tr>
          </tbody>
        </table>
      </Scroll>
      <p className="quiet" role="status">
        {whoWords(run)} {costWords(run)}
      </p>
    </div>
  );
}

function Verdict({ part }: { readonly part: PartJudgement }) {
  switch (part.verdict) {
    case 'judged':
      return figure(part.value ?? 0);
    case 'failed':
      return <strong className="judge-failed">{say('failed')}</strong>;
    case 'nothing':
      return '–';
  }
}

function Replies({ items }: { readonly items: readonly JudgedItem[] }) {
  return (
    <ul className="judge-replies">
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: items are those of one judgement and never change
        <li key={index}>
          {item.question.part === 'storage' && (
            <>
              <span lang="en" className="judge-entry">
                {item.question.entry.id}: {item.question.entry.content}
              </span>{' '}
            </>
          )}
          {item.score !== null && (
            <>
              <strong>{figure(item.score)}</strong>
              {item.reason !== '' && <span lang="en"> {item.reason}</span>}
            </>
          )}
          {item.attempts.map(
            ({ failure, text }, attempt) =>
              failure !== null && (
                // biome-ignore lint/suspicious/noArrayIndexKey: the first and the second attempt
                <span className="judge-attempt" key={attempt}>
                  {attempt === 0
                    ? say('Unreadable: {why}.', { why: say(FAILURES[failure]) })
                    : say('Asked once more, unreadable: {why}.', { why: say(FAILURES[failure]) })}
                  {text !== '' && (
                    <code translate="no" className="judge-raw">
                      {text}
                    </code>
                  )}
                </span>
              ),
          )}
        </li>
      ))}
    </ul>
  );
}

export function whoWords({ facts }: Pick<JudgedRun, 'facts'>): string {
  const who = { name: facts.model, policy: facts.policyId };
  const asked =
    facts.prompts === 'short'
      ? say('Judged by {name} ({policy}), asked in few words.', who)
      : say('Judged by {name} ({policy}), asked in full.', who);
  return facts.constrained ? `${asked} ${say('It could write nothing but a score.')}` : asked;
}

export function costWords({
  judgement: { cost },
  facts,
}: {
  readonly judgement: Pick<JudgedRun['judgement'], 'cost'>;
  readonly facts: JudgedRun['facts'];
}): string {
  return say('{calls}, of which {retries} a second time; {read} read, {wrote} written; {time}.', {
    calls: count(cost.calls, 'question'),
    retries: cost.retries,
    read: count(cost.promptTokens, 'token'),
    wrote: count(cost.replyTokens, 'token'),
    time: duration(facts.ms),
  });
}
