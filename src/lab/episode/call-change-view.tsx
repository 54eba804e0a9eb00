/** What a tool call changed, in both memories, as two short lines. */
import { count } from '../figures';
import { say } from '../language/language';
import type { CallChange, MemoryChange } from './call-change';

export function CallChangeView({ change }: { readonly change: CallChange }) {
  return (
    <dl className="call-change">
      <div>
        <dt>{say('Short-term memory')}</dt>
        <dd>{contextWords(change)}</dd>
      </div>
      <div>
        <dt>{say('Long-term memory')}</dt>
        <dd>{change.memory ? <Memory change={change.memory} /> : say('as before')}</dd>
      </div>
    </dl>
  );
}

function contextWords({ added, removed, tokensBefore, tokensAfter }: CallChange): string {
  if (added.length === 0 && removed.length === 0) return say('as before');
  const ids = (messages: CallChange['added']) => messages.map(({ id }) => id).join(', ');
  const sum = (messages: CallChange['added']) => messages.reduce((all, { tokens }) => all + tokens, 0);
  return [
    removed.length > 0 ? `− ${ids(removed)} (${count(sum(removed), 'token')})` : '',
    added.length > 0 ? `+ ${ids(added)} (${count(sum(added), 'token')})` : '',
    `${tokensBefore} → ${count(tokensAfter, 'token')}`,
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function Memory({ change }: { readonly change: MemoryChange }) {
  if (change.kind === 'updated') {
    const { before, after } = change;
    return (
      <>
        ± {after.id}: <del lang="en">{before.content}</del> <ins lang="en">{after.content}</ins>
      </>
    );
  }
  const { id, content } = change.entry;
  return change.kind === 'added' ? (
    <>
      + {id}: <ins lang="en">{content}</ins>
    </>
  ) : (
    <>
      − {id}: <del lang="en">{content}</del>
    </>
  );
}
