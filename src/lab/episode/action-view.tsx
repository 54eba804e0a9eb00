/** The parsed completion: tool calls with what came of each, an answer, an action in a world, or what was wrong with it. */

import type { ParsedAction, ToolEffect } from '../../worker/protocol';
import { count, figure } from '../figures';
import { type Phrase, phrase, say } from '../language/language';
import { Say } from '../language/say';
import { Explained } from '../shell/term';
import { TOOLS } from '../words';
import { actsInWorld } from './acts-in-world';
import type { CallChange } from './call-change';
import { CallChangeView } from './call-change-view';
import type { FrameView } from './frame-view';
import { summaryWords } from './summary-words';

type CallEvent = FrameView['calls'][number];

/** What the reader of completions let pass. */
const TOLERATED: Readonly<Record<ParsedAction['tolerances'][number]['kind'], Phrase>> = {
  'missing-closing-tag': phrase('missing closing tag'),
  'outer-text': phrase('outer text'),
  'code-fence': phrase('code fence'),
  'single-object': phrase('single object'),
  alias: phrase('alias'),
  'missing-think': phrase('missing think'),
};

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
          <Say
            text="Not understood at character {at}: {reason}. Nothing was changed; the policy is told."
            with={{ at: action.at, reason: <span lang="en">{action.reason}</span> }}
          />
        </p>
      ) : (
        action.think.trim() !== '' && (
          <p className="think" lang="en">
            “{action.think.trim()}”
          </p>
        )
      )}
      {action.kind === 'answer' && (
        <p className="answer">
          <Say
            text={actsInWorld(environment) ? 'Action: {answer}' : 'Answer: {answer}'}
            with={{
              answer:
                action.text.trim() === '' ? (
                  <strong>{say('(empty)')}</strong>
                ) : (
                  <strong lang="en">{action.text}</strong>
                ),
            }}
          />
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
          {say('Read charitably: {what}.', {
            what: action.tolerances.map(({ kind }) => say(TOLERATED[kind])).join(say(', §list')),
          })}
        </p>
      )}
      {environment?.observation && (
        <p className="quiet">
          <Say
            text="The world replies: {observation}"
            with={{ observation: <span lang="en">{environment.observation}</span> }}
          />
        </p>
      )}
      {environment && environment.score !== null && (
        <p>{say('Score of the task: {score}', { score: figure(environment.score, 2) })}</p>
      )}
    </div>
  );
}

function CallView({ call, change }: { readonly call: CallEvent; readonly change: CallChange | undefined }) {
  const { requested, outcome } = call;
  return (
    <li className={outcome.ok ? 'call' : 'call call-failed'}>
      <code className="call-name">{requested.name}</code>
      <dl className="arguments" translate="no" lang="en">
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
          <Say text="✗ Refused: {reason}" with={{ reason: <span lang="en">{outcome.message}</span> }} />
        )}
      </p>
      {change && <CallChangeView change={change} />}
    </li>
  );
}

export function effectWords(effect: ToolEffect): string {
  switch (effect.kind) {
    case 'added':
      return say('stored as {id}', { id: effect.entry.id });
    case 'updated':
      return say('{id} was replaced', { id: effect.after.id });
    case 'deleted':
      return say('{id} was deleted', { id: effect.entry.id });
    case 'retrieved':
      return effect.results.length === 0
        ? say('nothing was found')
        : say('found {entries}', {
            entries: effect.results.map(({ entry, score }) => `${entry.id} (${figure(score, 2)})`).join(', '),
          });
    case 'summarised':
      return [
        say('{messages} became one: {before} → {after} tokens', {
          messages: count(effect.removed.length, 'message'),
          before: effect.tokensBefore,
          after: effect.tokensAfter,
        }),
        ...(effect.asked ? [summaryWords(effect.asked)] : []),
      ].join(say('; §list'));
    case 'filtered': {
      const removed = effect.scores.filter((score) => score.removed).length;
      return say('{messages} of {all} at or above θ = {threshold} removed: {before} → {after} tokens', {
        messages: count(removed, 'message'),
        all: effect.scores.length,
        threshold: figure(effect.threshold, 2),
        before: effect.tokensBefore,
        after: effect.tokensAfter,
      });
    }
  }
}

/**
 * The action in a few words, for lanes and lists.
 *
 * @param acts it is an action in a world
 */
export function actionWords(action: ParsedAction, acts: boolean): string {
  switch (action.kind) {
    case 'protocol-error':
      return say('malformed');
    case 'answer':
      return acts
        ? say('acts “{action}”', { action: action.text })
        : say('answers “{answer}”', { answer: action.text });
    case 'tool-calls':
      return action.calls
        .map(({ name }) => (TOOLS[name] ? say(TOOLS[name].verb) : say('unknown tool {name}', { name })))
        .join(say(', §list'));
  }
}
