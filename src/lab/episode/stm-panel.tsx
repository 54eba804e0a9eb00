/** Short-term memory: the messages of C with what the step changed, and how full the budget is. */
import { type CSSProperties, memo } from 'react';
import { count } from '../figures';
import { type Phrase, phrase, say } from '../language/language';
import { Say } from '../language/say';
import { useLanguage } from '../language/use-language';
import { Empty, Panel, RoleMark } from '../shell/panel';
import { Term } from '../shell/term';
import { originWords, ROLES } from '../words';
import type { ContextLine, FrameView, RemovedBy } from './frame-view';

export const ShortTermPanel = memo(function ShortTermPanel({ view }: { readonly view: FrameView | null }) {
  useLanguage();
  return (
    <Panel
      title={say('Short-term memory')}
      className="stm"
      part="stm"
      note={say('The messages in the context. Emptied between stages 1 and 2.')}
    >
      {view ? (
        <>
          <Budget view={view} />
          <ol className="messages" aria-label={say('Messages in the context')}>
            {view.context.map((line) => (
              <Line key={line.message.id} line={line} />
            ))}
          </ol>
        </>
      ) : (
        <Empty>{say('Filled as soon as the episode is open.')}</Empty>
      )}
    </Panel>
  );
});

const MARKS: Readonly<Record<Exclude<ContextLine['mark'], 'kept'>, Phrase>> = {
  arrived: phrase('+ arrived'),
  written: phrase('+ written'),
  removed: phrase('− removed'),
};
const REMOVED_BY: Readonly<Record<RemovedBy, Phrase>> = {
  Filter_context: phrase('− removed by Filter_context'),
  Summary_context: phrase('− removed into a summary'),
  reset: phrase('− removed by the reset'),
};

function Line({ line }: { readonly line: ContextLine }) {
  const { message, mark, removedBy } = line;
  return (
    <li className={`message role-${message.role} mark-${mark}`}>
      <div className="message-head">
        <RoleMark role={message.role} label={say(ROLES[message.role])} />
        <span className="quiet">
          {message.id} · {originWords(message.origin)} · {count(message.tokens, 'token')}
        </span>
        {mark !== 'kept' && (
          <span className="change">{say(removedBy ? REMOVED_BY[removedBy] : MARKS[mark])}</span>
        )}
      </div>
      <div className="message-text" lang="en">
        {mark === 'removed' ? <del>{message.content}</del> : message.content}
      </div>
    </li>
  );
}

/** Tokens in C against T_max, one piece for each message. */
function Budget({ view }: { readonly view: FrameView }) {
  const bound = view.limits?.maxContextTokens ?? 0;
  if (bound === 0) return null;
  const scale = Math.max(bound * 1.15, view.tokens, view.tokensBefore);
  const change = view.tokens - view.tokensBefore;
  const share = (tokens: number) => `${((tokens / scale) * 100).toFixed(2)}%`;
  const over = view.tokens > bound;
  return (
    <div className="budget">
      <p>
        <Say
          text="{used} of {bound} tokens ({symbol})"
          with={{ used: <strong>{view.tokens}</strong>, bound, symbol: <Term name="T_max" /> }}
        />
        {view.ended && view.ended.contextTokens !== view.tokens && (
          <>
            {' '}
            <Say
              text="({symbol} = {n} when the answer was made)"
              with={{ symbol: <Term name="T_used" />, n: view.ended.contextTokens }}
            />
          </>
        )}
        {change !== 0 && (
          <span className="change">
            {' '}
            {say('{change} in this step', { change: change > 0 ? `+${change}` : `−${-change}` })}
          </span>
        )}
        {over && <strong className="warning"> {say('over the limit: −0.5 if it stays so')}</strong>}
      </p>
      <div
        className="budget-bar"
        role="img"
        aria-label={say('{used} of {bound} tokens used', { used: view.tokens, bound })}
      >
        {view.context
          .filter((line) => line.mark !== 'removed')
          .map(({ message, mark }) => (
            <span
              key={message.id}
              className={`role-${message.role} mark-${mark}`}
              style={{ '--share': share(message.tokens) } as CSSProperties}
            />
          ))}
        <i className="budget-limit" style={{ '--share': share(bound) } as CSSProperties} />
      </div>
    </div>
  );
}
