/** Which decisions the adapter changed: the first word of the thought, base against adapter, most changed first. */
import { useState } from 'react';
import type { Decision, LearnedDecisions, MovedToken } from '../../worker/protocol';
import { figure, percent } from '../figures';
import { say } from '../language/language';
import { Say } from '../language/say';
import { StageMark } from '../shell/panel';
import { Scroll } from '../shell/scroll';

/** Shown before one asks for all. */
const FIRST = 5;

export function DecisionList({ learned }: { readonly learned: LearnedDecisions }) {
  const { decisions, tasks, seed } = learned;
  const [all, showAll] = useState(false);
  const mean = decisions.reduce((sum, { distance }) => sum + distance, 0) / Math.max(1, decisions.length);
  return (
    <section className="decisions">
      <h4>{say('What did it learn?')}</h4>
      <p>
        {say(
          '{decisions} decisions on {tasks} held-out tasks (seed {seed}), each after what the perfect demonstrator had done until then. On average {share} of the probability of the next word went elsewhere. The first word of a thought says what the policy is about to do.',
          { decisions: decisions.length, tasks, seed, share: percent(mean) },
        )}
      </p>
      <ol>
        {decisions.slice(0, all ? decisions.length : FIRST).map((decision, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a decision is its place
          <li key={i}>
            <OneDecision decision={decision} />
          </li>
        ))}
      </ol>
      {decisions.length > FIRST && (
        <button type="button" className="plain" onClick={() => showAll(!all)}>
          {all
            ? say('Only the {n} most changed', { n: FIRST })
            : say('All {n} decisions', { n: decisions.length })}
        </button>
      )}
    </section>
  );
}

function OneDecision({ decision }: { readonly decision: Decision }) {
  const { stage, message, distance, moved } = decision;
  return (
    <>
      <p>
        <Say
          text="{stage} after {message}"
          with={{ stage: <StageMark stage={stage} />, message: <q lang="en">{message}</q> }}
        />{' '}
        <span className="quiet">{say('{share} of the probability moved', { share: percent(distance) })}</span>
      </p>
      <Scroll>
        <table>
          <thead>
            <tr>
              <th scope="col">{say('First word')}</th>
              <th scope="col">{say('Thoughts that begin so')}</th>
              <th scope="col">{say('Base')}</th>
              <th scope="col">{say('Adapter')}</th>
              <th scope="col">{say('Change§of a probability')}</th>
            </tr>
          </thead>
          <tbody>
            {moved.map((token) => (
              <tr key={token.text}>
                <th scope="row">
                  <code>{token.text}</code>
                </th>
                <td lang="en">{token.thoughts.map((thought) => `“${thought}”`).join(', ')}</td>
                <td className="number">{percent(token.base)}</td>
                <td className="number">{percent(token.adapted)}</td>
                <td className="number">{changeWords(token)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

function changeWords({ base, adapted }: MovedToken): string {
  const points = (adapted - base) * 100;
  return say('{change} points', { change: `${points > 0 ? '▲ +' : '▼ '}${figure(points, 1)}` });
}
