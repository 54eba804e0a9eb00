/** What the policy read, wrote and meant in one step. */
import { memo } from 'react';
import type { InsideToken, SampledToken } from '../../worker/protocol';
import { Empty, Panel, RoleMark, StageMark } from '../shell/panel';
import { ROLES, STAGES } from '../words';
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
  const { view, streaming } = props;
  return (
    <Panel
      title="Policy output"
      className="policy"
      part="policy"
      note={view && <StageLine view={view} writing={streaming.length > 0} />}
    >
      {view ? <PolicyStep {...props} view={view} /> : <Empty>The first episode is being opened.</Empty>}
    </Panel>
  );
});

function StageLine({ view, writing }: { readonly view: FrameView; readonly writing: boolean }) {
  const { frame } = view;
  const what = frame.kind === 'reset' ? 'between the stages' : stepWords(view, writing);
  return (
    <>
      <StageMark stage={frame.stage} /> {what}
      <span className="quiet"> · {STAGES[frame.stage].what}</span>
    </>
  );
}

function stepWords({ frame }: FrameView, writing: boolean): string {
  if (frame.acted) return `step ${frame.step}`;
  return writing ? 'the policy is writing' : 'the policy has not acted yet';
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
        Nobody acts here. Between stages 1 and 2 the context is emptied, from {view.reset?.tokensBefore ?? 0}{' '}
        to {view.reset?.tokensAfter ?? 0} tokens. Only what the policy stored in long-term memory is left.
      </Empty>
    );
  }
  const tokens = view.completion?.tokens ?? streaming;
  return (
    <>
      <h3>It reads</h3>
      <Prompt view={view} />
      <h3>It writes</h3>
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
          It was cut off at the token limit; such a completion is left out of training.
        </p>
      )}
      {view.action && (
        <>
          <h3>It is understood as</h3>
          <ActionView
            action={view.action}
            calls={view.calls}
            environment={view.environment}
            changes={changes}
          />
        </>
      )}
      {view.ended && <p className="ended">The episode ends: {END[view.ended.reason]}.</p>}
    </>
  );
}

const END = {
  answered: 'the question was answered',
  'environment-done': 'the task in the world is done',
  'hard-rounds': 'too many steps in a stage',
  'hard-context': 'the context is full',
  aborted: 'it was broken off',
} as const;

/** For policies that do not report tokens, and before the policy has written. */
function WrittenText({ view }: { readonly view: FrameView }) {
  if (view.completion) return <pre className="completion">{view.completion.text}</pre>;
  return <Empty>Nothing yet. “Step” lets the policy act on this prompt.</Empty>;
}

function Prompt({ view }: { readonly view: FrameView }) {
  const messages = view.prompt
    ? view.prompt.messages
    : view.context
        .filter((line) => line.mark !== 'removed')
        .map(({ message }) => ({ ...message, messageId: message.id }));
  return (
    <ol className="prompt" aria-label="Prompt">
      {messages.map((message, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a prompt is an immutable list and its order is its identity
        <li key={index} className={`role-${message.role}`}>
          <RoleMark role={message.role} label={ROLES[message.role]} />
          <span className="message-text">
            {message.content}
            {message.messageId === null && <span className="quiet"> (shown for this step only)</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}
