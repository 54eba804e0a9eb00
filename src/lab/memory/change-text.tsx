/** A text before and after as a word diff, and what changed beside the text. */
import { memo } from 'react';
import type { EntryText } from '../../worker/memory-protocol';
import { say } from '../language/language';
import { Say } from '../language/say';
import { useLanguage } from '../language/use-language';
import { Inert } from './inert';
import { valueText } from './shown-entries';
import { textChange } from './text-change';

export const ChangeText = memo(function ChangeText({
  before,
  after,
}: {
  readonly before: string;
  readonly after: string;
}) {
  useLanguage();
  return (
    <>
      {textChange(before, after).map((part, index) => {
        const text = <Inert text={part.text} most={2_000} />;
        // biome-ignore-start lint/suspicious/noArrayIndexKey: parts have no identity but their place
        if (part.kind === 'removed') return <del key={index}>{text}</del>;
        if (part.kind === 'added') return <ins key={index}>{text}</ins>;
        return <span key={index}>{text}</span>;
        // biome-ignore-end lint/suspicious/noArrayIndexKey: parts have no identity but their place
      })}
    </>
  );
});

/** An entry before and after: text, then type and metadata where they differ. */
export function EntryChange({ before, after }: { readonly before: EntryText; readonly after: EntryText }) {
  const keys = [...new Set([...Object.keys(before.metadata), ...Object.keys(after.metadata)])];
  const text = (entry: EntryText, key: string) =>
    Object.hasOwn(entry.metadata, key) ? valueText(entry.metadata[key]) : '';
  return (
    <>
      <div className="message-text">
        <ChangeText before={before.content} after={after.content} />
      </div>
      {before.memoryType !== after.memoryType && (
        <p className="quiet">
          <Say
            text="type: {change}"
            with={{ change: <ChangeText before={before.memoryType} after={after.memoryType} /> }}
          />
        </p>
      )}
      {keys
        .filter((key) => text(before, key) !== text(after, key))
        .map((key) => (
          <p key={key} className="quiet">
            <Inert text={key} most={60} />: <ChangeText before={text(before, key)} after={text(after, key)} />
          </p>
        ))}
    </>
  );
}

/** Metadata in one line. */
export function MetadataLine({ entry }: { readonly entry: EntryText }) {
  const metadata = Object.entries(entry.metadata);
  if (metadata.length === 0) return null;
  return (
    <span>
      {metadata.slice(0, 6).map(([key, value], index) => (
        <span key={key}>
          {index > 0 && ' · '}
          <Inert text={key} most={40} />: <Inert text={valueText(value)} most={80} />
        </span>
      ))}
      {metadata.length > 6 && ` · ${say('{n} more', { n: metadata.length - 6 })}`}
    </span>
  );
}
