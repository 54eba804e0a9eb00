/** What an import would do, line by line, and the choice that is left: what to do where both sides have changed. */
import { useId, useState } from 'react';
import type { ImportLine, ImportPreview } from '../../worker/memory-protocol';
import { count, grouped } from '../figures';
import { type Phrase, phrase, say } from '../language/language';
import { Say } from '../language/say';
import { Empty } from '../shell/panel';
import type { MemoryArgs } from '../state/memory-line';
import { ChangeText } from './change-text';
import { Inert } from './inert';

type Outcome = ImportLine['outcome'];
type Conflicts = MemoryArgs<'applyImport'>['conflicts'];

/** The first changes nothing of one's own. */
const CHOICE_WORDS: Readonly<Record<Conflicts, Phrase>> = {
  'keep mine': phrase('Keep mine'),
  'take theirs': phrase('Take those of the file'),
};
const CHOICES = Object.keys(CHOICE_WORDS) as readonly Conflicts[];

const OUTCOMES: readonly Outcome[] = ['add', 'update', 'conflict', 'same', 'reject'];

const WORDS: Readonly<
  Record<Outcome, { readonly name: Phrase; readonly mark: string; readonly what: Phrase }>
> = {
  add: { name: phrase('added§line'), mark: '+', what: phrase('new here') },
  update: { name: phrase('changed§line'), mark: '±', what: phrase('newer than what is stored') },
  conflict: {
    name: phrase('in conflict'),
    mark: '?',
    what: phrase('both differ; what is stored is as new or newer'),
  },
  same: { name: phrase('the same§line'), mark: '=', what: phrase('there already, to the letter') },
  reject: {
    name: phrase('rejected§line'),
    mark: '✗',
    what: phrase('cannot be read; the reason stands beside it'),
  },
};

const FORMAT_WORDS: Readonly<Record<ImportPreview['format'], Phrase>> = {
  jsonl: phrase('JSON Lines of this lab'),
  zip: phrase('a zip of this lab'),
  mem0: phrase('a list in the form of Mem0'),
  'plain text': phrase('plain text, one entry a line'),
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
  const [conflicts, decide] = useState<Conflicts>(CHOICES[0]);
  const { counts, lines, journal } = preview;
  const all = OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0);
  const coming = counts.add + counts.update + (conflicts === 'take theirs' ? counts.conflict : 0);
  const shown = lines.filter(({ outcome }) => only === 'all' || outcome === only);
  return (
    <section className="preview" aria-label={say('Preview of the import')}>
      <p>
        <Say
          text={
            journal > 0
              ? '{file} is {format} with {lines}, and {records} of its journal come with it. Nothing has changed yet.'
              : '{file} is {format} with {lines}. Nothing has changed yet.'
          }
          with={{
            file: (
              <strong>
                <Inert text={preview.file} most={120} />
              </strong>
            ),
            format: say(FORMAT_WORDS[preview.format]),
            lines: count(all, 'line'),
            records: count(journal, 'record'),
          }}
        />
      </p>
      {preview.notes.map((note) => (
        <p key={note} className="notice" lang="en">
          <Inert text={note} most={600} />
        </p>
      ))}
      <fieldset className="segments outcomes">
        <legend>{say('Show§which lines')}</legend>
        <label>
          <input type="radio" name={`${name}-only`} checked={only === 'all'} onChange={() => show('all')} />
          <span className="segment">{say('all {n}', { n: all })}</span>
        </label>
        {OUTCOMES.filter((outcome) => counts[outcome] > 0).map((outcome) => (
          <label key={outcome} title={say(WORDS[outcome].what)}>
            <input
              type="radio"
              name={`${name}-only`}
              checked={only === outcome}
              onChange={() => show(outcome)}
            />
            <span className={`segment outcome-${outcome}`}>
              {WORDS[outcome].mark} {counts[outcome]} {say(WORDS[outcome].name)}
            </span>
          </label>
        ))}
      </fieldset>
      {counts.conflict > 0 && (
        <fieldset className="conflicts">
          <legend>
            {counts.conflict === 1
              ? say('One entry differs, and yours is as new or newer')
              : say('{n} entries differ, and yours are as new or newer', { n: grouped(counts.conflict) })}
          </legend>
          {CHOICES.map((choice) => (
            <label key={choice} className="check">
              <input
                type="radio"
                name={`${name}-conflicts`}
                checked={conflicts === choice}
                onChange={() => decide(choice)}
              />
              {say(CHOICE_WORDS[choice])}
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
          {coming === 0
            ? say('Nothing to import')
            : say('Import {entries}', { entries: count(coming, 'entry', 'entries') })}
        </button>
        <button type="button" disabled={busy} onClick={onAgain}>
          {say('Look again')}
        </button>
        <button type="button" disabled={busy} onClick={onForget}>
          {say('Leave it')}
        </button>
      </div>
      {shown.length === 0 ? (
        <Empty>
          {all === 0
            ? say('There is no entry in this file.')
            : say('None of these is among the lines shown.')}
        </Empty>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        <section className="scroll preview-lines" tabIndex={0} aria-label={say('Lines of the file')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{say('Line')}</th>
                <th scope="col">{say('Would be')}</th>
                <th scope="col">{say('Entry')}</th>
                <th scope="col">{say('Text')}</th>
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
          {say('The first {shown} of {all} lines are shown; the numbers are of all.', {
            shown: lines.length,
            all,
          })}
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
        {WORDS[outcome].mark} {say(WORDS[outcome].name)}
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
          <p className="quiet" lang="en">
            <Inert text={reason} most={400} />
          </p>
        )}
      </td>
    </tr>
  );
}
