/** An entry written by hand. What cannot be saved is told where it stands, and nothing that was written is lost. */
import { type ClipboardEvent, type RefObject, useEffect, useId, useRef, useState } from 'react';
import type { ViewedEntry } from '../../worker/memory-protocol';
import { count } from '../figures';
import { say } from '../language/language';
import { focusList } from './entry-list';
import { Inert } from './inert';
import type { MemoryController } from './memory-controller';
import { type Draft, draftKey, draftOf, type MemoryState, NEW, storedDraft } from './memory-state';
import { MetadataTextError } from './metadata-text';

/** Longer texts are shown by their beginning: a browser lays out a field of megabytes for minutes. Characters. */
export const EDITABLE = 100_000;
/** What is shown of them. Characters. */
const BEGINNING = 600;

interface EntryFormProps {
  readonly id: string;
  readonly entry: ViewedEntry | null;
  readonly state: MemoryState;
  readonly memory: MemoryController;
}

export function EntryForm({ id, entry, state, memory }: EntryFormProps) {
  const field = useId();
  const [mistake, tell] = useState<string | null>(null);
  const text = useRef<HTMLTextAreaElement>(null);
  const begun = draftKey(state, id) in state.drafts;
  const draft = draftOf(state, id, entry);
  const set = (part: Partial<Draft>) => {
    tell(null);
    const next = { ...draft, ...part };
    memory.draft(id, entry && equalDrafts(next, storedDraft(entry)) ? null : next);
  };
  // Whoever asks for a new entry wants to write it.
  useEffect(() => {
    if (id === NEW) text.current?.focus();
  }, [id]);
  const save = async () => {
    try {
      await memory.save(id);
      if (memory.state().active !== id) focusList();
    } catch (error) {
      if (!(error instanceof MetadataTextError)) throw error;
      tell(error.message);
    }
  };
  const gone = entry === null && id !== NEW;
  return (
    <form
      className="entry-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void save();
      }}
    >
      {gone && (
        <p className="warning">
          {say('This entry was deleted while you wrote. Saving adds your text as a new one.')}
        </p>
      )}
      <ContentField
        id={`${field}-content`}
        content={draft.content}
        field={text}
        onChange={(content) => set({ content })}
      />
      <div className="field">
        <label htmlFor={`${field}-type`}>{say('Type')}</label>
        <input
          id={`${field}-type`}
          value={draft.memoryType}
          autoComplete="off"
          placeholder={say('none§type')}
          onChange={(event) => set({ memoryType: event.target.value })}
        />
      </div>
      <div className="field">
        <label htmlFor={`${field}-metadata`}>{say('Metadata, as JSON')}</label>
        <textarea
          id={`${field}-metadata`}
          className="code"
          translate="no"
          rows={draft.metadata === '' ? 2 : Math.min(8, draft.metadata.split('\n').length)}
          value={draft.metadata}
          spellCheck={false}
          placeholder='{ "person": "Rosa" }'
          aria-invalid={mistake !== null}
          aria-describedby={mistake === null ? undefined : `${field}-mistake`}
          onChange={(event) => set({ metadata: event.target.value })}
        />
        <p id={`${field}-mistake`} className="warning" role="alert">
          {mistake}
        </p>
      </div>
      <div className="play">
        <button
          type="submit"
          className="primary"
          disabled={state.busy !== null || !begun || draft.content.trim() === ''}
        >
          {id === NEW || gone ? say('Add') : say('Save')}
        </button>
        <button
          type="button"
          disabled={!begun && id !== NEW}
          onClick={() => {
            tell(null);
            memory.draft(id, null);
            if (id === NEW || gone) memory.activate(null);
          }}
        >
          {id === NEW ? say('Drop it') : say('Take back changes')}
        </button>
        {entry && (
          <button
            type="button"
            disabled={state.busy !== null}
            onClick={() => void memory.remove([entry.id]).then(focusList)}
          >
            {say('Delete {what}', { what: entry.id })}
          </button>
        )}
      </div>
    </form>
  );
}

function equalDrafts(a: Draft, b: Draft): boolean {
  return a.content === b.content && a.memoryType === b.memoryType && a.metadata === b.metadata;
}

interface ContentFieldProps {
  readonly id: string;
  readonly content: string;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly onChange: (content: string) => void;
}

function ContentField({ id, content, field, onChange }: ContentFieldProps) {
  if (content.length > EDITABLE) {
    return (
      <section className="field" aria-label={say('Content')}>
        <p className="label">{say('Content')}</p>
        <div className="entry-text message-text">
          <Inert text={content} most={BEGINNING} />
        </div>
        <p className="quiet">
          {say(
            '{characters}: too long to be written here, kept and saved whole. An exported file holds all of it.',
            { characters: count(content.length, 'character') },
          )}{' '}
          <button type="button" className="plain" onClick={() => onChange('')}>
            {say('Write another text')}
          </button>
        </p>
      </section>
    );
  }
  /** Put in by hand, so that the field never has to lay out what is too long for it. */
  const paste = (event: ClipboardEvent<HTMLTextAreaElement>) => {
    const pasted = event.clipboardData.getData('text/plain');
    const { value, selectionStart, selectionEnd } = event.currentTarget;
    if (value.length + pasted.length <= EDITABLE) return;
    event.preventDefault();
    onChange(value.slice(0, selectionStart) + pasted + value.slice(selectionEnd));
  };
  return (
    <div className="field">
      <label htmlFor={id}>{say('Content')}</label>
      <textarea
        id={id}
        ref={field}
        rows={4}
        value={content}
        dir="auto"
        onPaste={paste}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}
