/** The memory as a file, and files into the memory. Nothing changes before one has seen what would. */
import { type DragEvent, useId, useState } from 'react';
import type { ExportFormat, NamespaceView } from '../../worker/memory-protocol';
import { count } from '../figures';
import { type Phrase, phrase, say } from '../language/language';
import { Empty, Panel } from '../shell/panel';
import { Awaited } from './awaited';
import { ImportPreviewView } from './import-preview';
import type { MemoryController } from './memory-controller';
import { type MemoryState, mayWrite } from './memory-state';
import { titleWords } from './names';

const FORMATS: readonly { readonly format: ExportFormat; readonly name: Phrase; readonly what: Phrase }[] = [
  {
    format: 'jsonl',
    name: phrase('JSON Lines'),
    what: phrase('One entry a line, readable with any editor. Vectors are made anew when it is read.'),
  },
  {
    format: 'jsonl-vectors',
    name: phrase('JSON Lines with vectors'),
    what: phrase('The same with the vectors in force, so that reading it back needs no embedder.'),
  },
  {
    format: 'zip',
    name: phrase('Zip with the journal'),
    what: phrase('Everything: entries, and the journal with every change, its reason and its author.'),
  },
];

interface ExchangePanelProps {
  readonly state: MemoryState;
  readonly view: NamespaceView;
  readonly memory: MemoryController;
}

export function ExchangePanel({ state, view, memory }: ExchangePanelProps) {
  return (
    <div className="memory-columns">
      <Panel
        title={say('Export')}
        note={say('{title}: {entries}. The same memory always gives the same file, to the byte.', {
          title: titleWords(view.facts),
          entries: count(view.facts.count, 'entry', 'entries'),
        })}
      >
        <ul className="formats">
          {FORMATS.map(({ format, name, what }) => (
            <li key={format}>
              <button
                type="button"
                disabled={state.busy !== null}
                onClick={() => void memory.files.export(format)}
              >
                {say(name)}
              </button>
              <p className="quiet">{say(what)}</p>
            </li>
          ))}
        </ul>
      </Panel>
      <Panel
        title={say('Import')}
        note={say(
          'Reads such files, lists as Mem0 writes them, and plain text with one entry a line. You see what would happen first.',
        )}
      >
        {mayWrite(state) ? (
          <ImportFields state={state} memory={memory} />
        ) : (
          <Empty>{say('This memory is only to look at. Choose a profile to import into.')}</Empty>
        )}
      </Panel>
    </div>
  );
}

function ImportFields({ state, memory }: Omit<ExchangePanelProps, 'view'>) {
  const id = useId();
  const [over, drag] = useState(false);
  const [asText, readAsText] = useState(memory.files.asText);
  const take = (file: File | undefined) => {
    if (file) void memory.files.preview(file.name, file, asText);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    drag(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the field within does the same for the keyboard */}
      <div
        className={over ? 'drop drop-over' : 'drop'}
        onDragOver={(event) => {
          event.preventDefault();
          drag(true);
        }}
        onDragLeave={() => drag(false)}
        onDrop={drop}
      >
        <label htmlFor={id}>{say('Drop a file here, or choose one:')}</label>
        <input
          id={id}
          type="file"
          accept=".jsonl,.ndjson,.json,.zip,.txt,.md,text/plain,application/json,application/zip"
          onChange={(event) => {
            take(event.target.files?.[0]);
            // The same file can be chosen again after it was corrected.
            event.target.value = '';
          }}
        />
        <label className="check">
          <input
            type="checkbox"
            checked={asText}
            onChange={(event) => {
              readAsText(event.target.checked);
              void memory.files.again(event.target.checked);
            }}
          />
          {say('Read it as plain text: each line is an entry, whatever it looks like')}
        </label>
      </div>
      <Awaited
        of={state.parts.preview}
        waiting={say('Reading the file')}
        onRetry={() => void memory.files.again()}
      >
        {(preview) => (
          <ImportPreviewView
            key={preview.token}
            preview={preview}
            busy={state.busy !== null}
            onApply={(conflicts) => void memory.files.apply(conflicts)}
            onForget={() => memory.files.forget()}
            onAgain={() => void memory.files.again()}
          />
        )}
      </Awaited>
    </>
  );
}
