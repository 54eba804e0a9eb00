/** What an import would do, line by line, and the choice that is left: what to do where both sides have changed. */
import { useId, useState } from 'react';
import type { ImportLine, ImportPreview } from '../../worker/memory-protocol';
import { count, grouped } from '../figures';
import { Empty } from '../shell/panel';
import type { MemoryArgs } from '../state/memory-line';
import { ChangeText } from './change-text';
import { Inert } from './inert';

type Outcome = ImportLine['outcome'];
type Conflicts = MemoryArgs<'applyImport'>['conflicts'];

const OUTCOMES: readonly Outcome[] = ['add', 'update', 'conflict', 'same', 'reject'];

const WORDS: Readonly<
  Record<Outcome, { readonly name: string; readonly mark: string; readonly what: string }>
> = {
  add: { name: 'added', mark: '+', what: 'new here' },
  update: { name: 'changed', mark: '±', what: 'newer than what is stored' },
  conflict: { name: 'in conflict', mark: '?', what: 'both differ; what is stored is as new or newer' },
  same: { name: 'the same', mark: '=', what: 'there already, to the letter' },
  reject: { name: 'rejected', mark: '✗', what: 'cannot be read; the reason stands beside it' },
};

const FORMAT_WORDS: Readonly<Record<ImportPreview['format'], string>> = {
  jsonl: 'JSON Lines of this lab',
  zip: 'a zip of this lab',
  mem0: 'a list in the form of Mem0',
  'plain text': 'plain text, one entry a line',
};

interface ImportPreviewProps {
  readonly preview: ImportPreview;
  readonly busy: boolean;
  readonly onApply: (conflicts: Conflicts) => void;
  readonly onForget: () => void;
  readonly onAgain: () => void;
}

export function ImportPreviewView({ preview, busy, onApply, onForget, onAgain }: ImportPreviewProps) {
  const name = useId();
  const [only, show] = useState<Outcome | 'all'>('all');
  const [conflicts, decide] = useState<Conflicts>('keep mine');
  const { counts, lines, journal } = preview;
  const all = OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0);
  const coming = counts.add + counts.update + (conflicts === 'take theirs' ? counts.conflict : 0);
  const shown = lines.filter(({ outcome }) => only === 'all' || outcome === only);
  return (
    <section className="preview" aria-label="Preview of the import">
      <p>
        <strong>
          <Inert text={preview.file} most={120} />
        </strong>{' '}
        is {FORMAT_WORDS[preview.format]} with {count(all, 'line')}
        {journal > 0 && <>, and {count(journal, 'record')} of its journal come with it</>}. Nothing has
        changed yet.
      </p>
      {preview.notes.map((note) => (
        <p key={note} className="notice">
          <Inert text={note} most={600} />
        </p>
      ))}
      <fieldset className="segments outcomes">
        <legend>Show</legend>
        <label>
          <input type="radio" name={`${name}-only`} checked={only === 'all'} onChange={() => show('all')} />
          <span className="segment">all {all}</span>
        </label>
        {OUTCOMES.filter((outcome) => counts[outcome] > 0).map((outcome) => (
          <label key={outcome} title={WORDS[outcome].what}>
            <input
              type="radio"
              name={`${name}-only`}
              checked={only === outcome}
              onChange={() => show(outcome)}
            />
            <span className={`segment outcome-${outcome}`}>
              {WORDS[outcome].mark} {counts[outcome]} {WORDS[outcome].name}
            </span>
          </label>
        ))}
      </fieldset>
      {counts.conflict > 0 && (
        <fieldset className="conflicts">
          <legend>
            {counts.conflict === 1
              ? 'One entry differs, and yours is as new or newer'
              : `${grouped(counts.conflict)} entries differ, and yours are as new or newer`}
          </legend>
          {(['keep mine', 'take theirs'] as const).map((choice) => (
            <label key={choice} className="check">
              <input
                type="radio"
                name={`${name}-conflicts`}
                checked={conflicts === choice}
                onChange={() => decide(choice)}
              />
              {choice === 'keep mine' ? 'Keep mine' : 'Take those of the file'}
            </label>
          ))}
        </fieldset>
      )}
      <div className="play">
        <button
          type="button"
          className="primary"
          disabled={busy || coming === 0}
          onClick={() => onApply(conflicts)}
        >
          {coming === 0 ? 'Nothing to import' : `Import ${count(coming, 'entry', 'entries')}`}
        </button>
        <button type="button" disabled={busy} onClick={onAgain}>
          Look again
        </button>
        <button type="button" disabled={busy} onClick={onForget}>
          Leave it
        </button>
      </div>
      {shown.length === 0 ? (
        <Empty>
          {all === 0 ? 'There is no entry in this file.' : 'None of these is among the lines shown.'}
        </Empty>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        <section className="scroll preview-lines" tabIndex={0} aria-label="Lines of the file">
          <table>
            <thead>
              <tr>
                <th scope="col">Line</th>
                <th scope="col">Would be</th>
                <th scope="col">Entry</th>
                <th scope="col">Text</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((line) => (
                <Line key={line.line} line={line} />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {lines.length < all && (
        <p className="quiet">
          The first {lines.length} of {all} lines are shown; the numbers are of all.
        </p>
      )}
    </section>
  );
}

function Line({ line: { line, outcome, id, content, current, reason } }: { readonly line: ImportLine }) {
  return (
    <tr className={`outcome-${outcome}`}>
      <th scope="row" className="number">
        {line}
      </th>
      <td className="outcome-name">
        {WORDS[outcome].mark} {WORDS[outcome].name}
      </td>
      <td>
        <code>
          <Inert text={id} most={24} />
        </code>
      </td>
      <td className="preview-text">
        {current !== null && current !== content && content !== '' ? (
          <ChangeText before={current.slice(0, 2_000)} after={content.slice(0, 2_000)} />
        ) : (
          <Inert text={content} most={300} />
        )}
        {reason !== '' && (
          <p className="quiet">
            <Inert text={reason} most={400} />
          </p>
        )}
      </td>
    </tr>
  );
}
