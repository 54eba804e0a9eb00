/** A step of the policy beside a memory: what it wrote, and what came of it. */
import { Say } from '../language/say';

/** @param text null: the policy has not written yet */
export function CompletionText({ text }: { readonly text: string | null }) {
  return (
    <pre className="baselines-raw" lang="en">
      {text ?? '…'}
    </pre>
  );
}

/** The world's reply, or why the step was refused. */
export function ReplyText({ text, refused }: { readonly text: string; readonly refused: boolean }) {
  return (
    <p className={refused ? 'warning' : 'quiet'}>
      {refused ? (
        <Say text="✗ Refused: {reason}" with={{ reason: <span lang="en">{text}</span> }} />
      ) : (
        <Say text="The world replies: {observation}" with={{ observation: <span lang="en">{text}</span> }} />
      )}
    </p>
  );
}
