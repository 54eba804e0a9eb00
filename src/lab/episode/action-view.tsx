/** The parsed completion: tool calls with what came of each, an answer, or what was wrong with it. */

import type { ParsedAction, ToolEffect } from '../../worker/protocol';
import { count, figure } from '../figures';
import { Explained } from '../shell/term';
import { TOOLS } from '../words';
import type { CallChange } from './call-change';
import { CallChangeView } from './call-change-view';
import type { FrameView } from './frame-view';

type CallEvent = FrameView['calls'][number];

interface ActionViewProps {
  readonly action: ParsedAction;
  readonly calls: FrameView['calls'];
  readonly environment: FrameView['environment'];
  /** What each call changed, where the whole moment is known. */
  readonly changes?: readonly CallChange[];
}

export function ActionView({ action, calls, environment, changes = [] }: ActionViewProps) {
  return (
    <div className="action">
      {action.kind === 'protocol-error' ? (
        <p className="warning">
          Not understood at character {action.at}: {action.reason}. Nothing was changed; the policy is told.
        </p>
      ) : (
        action.think.trim() !== '' && <p className="think">“{action.think.trim()}”</p>
      )}
      {action.kind === 'answer' && (
        <p className="answer">
          Answer: <strong>{action.text.trim() === '' ? '(empty)' : action.text}</strong>
        </p>
      )}
      {action.kind === 'tool-calls' && (
        <ul className="calls">
          {calls.map((call) => (
            <CallView key={call.seq} call={call} change={changes.find(({ seq }) => seq === call.seq)} />
          ))}
        </ul>
      )}
      {action.tolerances.length > 0 && (
        <p className="quiet">
          Read charitably: {action.tolerances.map(({ kind }) => kind.replaceAll('-', ' ')).join(', ')}.
        </p>
      )}
      {environment?.observation && <p className="quiet">The world replies: {environment.observation}</p>}
      {environment && environment.score !== null && <p>Score of the task: {figure(environment.score, 2)}</p>}
    </div>
  );
}

function CallView({ call, change }: { readonly call: CallEvent; readonly change: CallChange | undefined }) {
  const { requested, outcome } = call;
  return (
    <li className={outcome.ok ? 'call' : 'call call-failed'}>
      <code className="call-name">{requested.name}</code>
      <dl className="arguments">
        {Object.entries(requested.arguments).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{typeof value === 'string' ? `“${value}”` : JSON.stringify(value)}</dd>
          </div>
        ))}
      </dl>
      <p className="outcome">
        {outcome.ok ? (
          <Explained>{`✓ ${effectWords(outcome.effect)}`}</Explained>
        ) : (
          `✗ Refused: ${outcome.message}`
        )}
      </p>
      {change && <CallChangeView change={change} />}
    </li>
  );
}

export function effectWords(effect: ToolEffect): string {
  switch (effect.kind) {
    case 'added':
      return `stored as ${effect.entry.id}`;
    case 'updated':
      return `${effect.after.id} was replaced`;
    case 'deleted':
      return `${effect.entry.id} was deleted`;
    case 'retrieved':
      return effect.results.length === 0
        ? 'nothing was found'
        : `found ${effect.results.map(({ entry, score }) => `${entry.id} (${figure(score, 2)})`).join(', ')}`;
    case 'summarised':
      return `${count(effect.removed.length, 'message')} became one: ${effect.tokensBefore} → ${effect.tokensAfter} tokens`;
    case 'filtered': {
      const removed = effect.scores.filter((score) => score.removed).length;
      return `${count(removed, 'message')} of ${effect.scores.length} at or above θ = ${figure(effect.threshold, 2)} removed: ${effect.tokensBefore} → ${effect.tokensAfter} tokens`;
    }
  }
}

/** The action in a few words, for lanes and lists. */
export function actionWords(action: ParsedAction): string {
  switch (action.kind) {
    case 'protocol-error':
      return 'malformed';
    case 'answer':
      return `answers “${action.text}”`;
    case 'tool-calls':
      return action.calls.map((call) => TOOLS[call.name]?.verb ?? `unknown tool ${call.name}`).join(', ');
  }
}
