/** Short-term memory: the messages of C with what the step changed, and how full the budget is. */
import { type CSSProperties, memo } from 'react';
import { count } from '../figures';
import { Empty, Panel, RoleMark } from '../shell/panel';
import { Term } from '../shell/term';
import { originWords, ROLES } from '../words';
import type { ContextLine, FrameView } from './frame-view';

export const ShortTermPanel = memo(function ShortTermPanel({ view }: { readonly view: FrameView | null }) {
  return (
    <Panel
      title="Short-term memory"
      className="stm"
      part="stm"
      note="The messages in the context. Emptied between stages 1 and 2."
    >
      {view ? (
        <>
          <Budget view={view} />
          <ol className="messages" aria-label="Messages in the context">
            {view.context.map((line) => (
              <Line key={line.message.id} line={line} />
            ))}
          </ol>
        </>
      ) : (
        <Empty>Filled as soon as the episode is open.</Empty>
      )}
    </Panel>
  );
});

const MARKS = { kept: '', arrived: '+ arrived', written: '+ written', removed: '− removed' } as const;
const REMOVED_BY = {
  Filter_context: 'by Filter_context',
  Summary_context: 'into a summary',
  reset: 'by the reset',
} as const;

function Line({ line }: { readonly line: ContextLine }) {
  const { message, mark, removedBy } = line;
  return (
    <li className={`message role-${message.role} mark-${mark}`}>
      <div className="message-head">
        <RoleMark role={message.role} label={ROLES[message.role]} />
        <span className="quiet">
          {message.id} · {originWords(message.origin)} · {count(message.tokens, 'token')}
        </span>
        {mark !== 'kept' && (
          <span className="change">
            {MARKS[mark]}
            {removedBy && ` ${REMOVED_BY[removedBy]}`}
          </span>
        )}
      </div>
      <div className="message-text">
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
        <strong>{view.tokens}</strong> of {bound} tokens (<Term name="T_max" />)
        {change !== 0 && (
          <span className="change"> {change > 0 ? `+${change}` : `−${-change}`} in this step</span>
        )}
        {over && <strong className="warning"> over the limit: −0.5 if it stays so</strong>}
      </p>
      <div className="budget-bar" role="img" aria-label={`${view.tokens} of ${bound} tokens used`}>
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
