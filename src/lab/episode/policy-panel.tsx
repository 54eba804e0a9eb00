/** What the policy read, wrote and meant in one step. */
import { memo } from 'react';
import type { InsideToken, SampledToken } from '../../worker/protocol';
import { say } from '../language/language';
import { useLanguage } from '../language/use-language';
import { Empty, Panel, RoleMark, StageMark } from '../shell/panel';
import { ENDS, ROLES, STAGES } from '../words';
import { ActionView } from './action-view';
import type { CallChange } from './call-change';
import type { FrameView } from './frame-view';
import { TokenStrip } from './token-strip';

interface PolicyPanelProps {
  readonly view: FrameView | null;
  /** Tokens of a step under way; shown at the newest frame only. */
  readonly streaming: readonly SampledToken[];
  /** What each call of the moment changed. */
  readonly changes: readonly CallChange[];
  /** The token that the playhead stands on; null: the whole moment. */
  readonly token: number | null;
  /** Looks inside the policy at a token of the moment; null where no worker has the episode open. */
  readonly onAsk: ((step: number, token: number) => Promise<InsideToken | undefined>) | null;
  readonly blocked: boolean;
}

export const PolicyPanel = memo(function PolicyPanel(props: PolicyPanelProps) {
  useLanguage();
  const { view, streaming } = props;
  return (
    <Panel
      title={say('Policy output')}
      className="policy"
      part="policy"
      note={view && <StageLine view={view} writing={streaming.length > 0} />}
    >
      {view ? (
        <PolicyStep {...props} view={view} />
      ) : (
        <Empty>{say('The first episode is being opened.')}</Empty>
      )}
    </Panel>
  );
});

function StageLine({ view, writing }: { readonly view: FrameView; readonly writing: boolean }) {
  const { frame } = view;
  const what = frame.kind === 'reset' ? say('between the stages') : stepWords(view, writing);
  return (
    <>
      <StageMark stage={frame.stage} /> {what}
      <span className="quiet"> · {say(STAGES[frame.stage].what)}</span>
    </>
  );
}

function stepWords({ frame }: FrameView, writing: boolean): string {
  if (frame.acted) return say('step {n}', { n: frame.step });
  return writing ? say('the policy is writing') : say('the policy has not acted yet');
}

function PolicyStep({
  view,
  streaming,
  changes,
  token,
  onAsk,
  blocked,
}: PolicyPanelProps & { readonly view: FrameView }) {
  if (view.frame.kind === 'reset') {
    return (
      <Empty>
        {say(
          'Nobody acts here. Between stages 1 and 2 the context is emptied, from {before} to {after} tokens. Only what the policy stored in long-term memory is left.',
          { before: view.reset?.tokensBefore ?? 0, after: view.reset?.tokensAfter ?? 0 },
        )}
      </Empty>
    );
  }
  const tokens = view.completion?.tokens ?? streaming;
  return (
    <>
      <h3>{say('It reads')}</h3>
      <Prompt view={view} />
      <h3>{say('It writes')}</h3>
      {tokens.length > 0 ? (
        <TokenStrip
          key={`${view.frame.index}-${view.frame.acted}`}
          tokens={tokens}
          current={token}
          onAsk={view.completion && onAsk ? (at) => onAsk(view.frame.step, at) : null}
          blocked={blocked}
        />
      ) : (
        <WrittenText view={view} />
      )}
      {view.completion?.finish === 'length' && (
        <p className="warning">
          {say('It was cut off at the token limit; such a completion is left out of training.')}
        </p>
      )}
      {view.action && (
        <>
          <h3>{say('It is understood as')}</h3>
          <ActionView
            action={view.action}
            calls={view.calls}
            environment={view.environment}
            changes={changes}
          />
        </>
      )}
      {view.ended && (
        <p className="ended">
          {say('The episode ends: {reason}.', { reason: say(ENDS[view.ended.reason]) })}
        </p>
      )}
    </>
  );
}

/** For policies that do not report tokens, and before the policy has written. */
function WrittenText({ view }: { readonly view: FrameView }) {
  if (view.completion)
    return (
      <>
        <pre className="completion" lang="en">
          {view.completion.text}
        </pre>
        <p className="quiet">{say('Who wrote this tells neither its tokens nor how likely they were.')}</p>
      </>
    );
  return <Empty>{say('Nothing yet. “Step” lets the policy act on this prompt.')}</Empty>;
}

function Prompt({ view }: { readonly view: FrameView }) {
  const messages = view.prompt
    ? view.prompt.messages
    : view.context
        .filter((line) => line.mark !== 'removed')
        .map(({ message }) => ({ ...message, messageId: message.id }));
  return (
    <ol className="prompt" aria-label={say('Prompt')}>
      {messages.map((message, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a prompt is an immutable list and its order is its identity
        <li key={index} className={`role-${message.role}`}>
          <RoleMark role={message.role} label={say(ROLES[message.role])} />
          <span className="message-text">
            <span lang="en">{message.content}</span>
            {message.messageId === null && (
              <span className="quiet"> {say('(shown for this step only)')}</span>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}
