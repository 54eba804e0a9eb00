/** Sets of tasks that this browser keeps, and files that become one. */
import { type DragEvent, useId, useState } from 'react';
import type { FileProblem, TaskSetInfo } from '../../worker/own-protocol';
import { count, size } from '../figures';
import { say } from '../language/language';
import { Empty } from '../shell/panel';
import { type SetActions, SetView } from './set-view';

interface SetListProps extends SetActions {
  /** Null: not read yet. */
  readonly sets: readonly TaskSetInfo[] | null;
  /** Hash of the set that is open. */
  readonly opened: string | null;
  readonly onOpen: (hash: string | null) => void;
}

export function SetList({ sets, opened, onOpen, ...actions }: SetListProps) {
  return (
    <section className="own-sets" aria-label={say('Task sets')}>
      <h3>{say('Task sets')}</h3>
      <FileField {...actions} />
      {sets === null && <Empty>{say('Looking for sets …')}</Empty>}
      {sets?.length === 0 && (
        <Empty>{say('None is kept here yet. Add the task above to one, or open a file.')}</Empty>
      )}
      <ul className="own-set-list">
        {sets?.map((set) => (
          <li key={set.hash}>
            <button
              type="button"
              className="own-set-name"
              aria-expanded={opened === set.hash}
              onClick={() => onOpen(opened === set.hash ? null : set.hash)}
            >
              <bdi translate="no">{set.name}</bdi>
            </button>{' '}
            <span className="quiet">
              {count(set.tasks, 'task§counted')} · {size(set.bytes)} · <code>{set.hash}</code>
            </span>
            {opened === set.hash && <SetView key={set.hash} set={set} {...actions} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

type FileFieldProps = Pick<SetActions, 'line' | 'onChanged' | 'working' | 'act'>;

function FileField({ line, onChanged, working, act }: FileFieldProps) {
  const id = useId();
  const [over, drag] = useState(false);
  const [reading, read] = useState(false);
  const [told, tell] = useState<{
    readonly notes: readonly string[];
    readonly problems: readonly FileProblem[];
  } | null>(null);
  const take = async (list: FileList | null) => {
    const files = [...(list ?? [])].map((file) => ({ name: file.name, data: file }));
    if (files.length === 0) return;
    await act(async () => {
      read(true);
      tell(null);
      const taken = await line.call('takeTaskFiles', { files });
      read(false);
      if (!taken) return;
      tell({ notes: taken.notes ?? [], problems: taken.problems ?? [] });
      if (taken.set) onChanged(taken.set);
    });
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    drag(false);
    void take(event.dataTransfer.files);
  };
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the field within does the same for the keyboard */}
      <div
        className={over ? 'own-drop own-drop-over' : 'own-drop'}
        onDragOver={(event) => {
          event.preventDefault();
          drag(true);
        }}
        onDragLeave={() => drag(false)}
        onDrop={drop}
      >
        <label htmlFor={id}>
          {say(
            'A file of tasks: JSON Lines of this lab, or HotpotQA as its public files have it. Or files of worlds: BabyAI levels, PDDL problems with their domain',
          )}
        </label>
        <input
          id={id}
          type="file"
          disabled={working}
          accept=".jsonl,.ndjson,.json,.pddl,.txt,.level,application/json,text/plain"
          multiple
          onChange={(event) => {
            void take(event.target.files);
            // The same file can be chosen again after it was mended.
            event.target.value = '';
          }}
        />
      </div>
      <div role="status">
        {reading && <p className="quiet">{say('Reading the file …')}</p>}
        {told?.notes.map((note) => (
          <p key={note} lang="en">
            {note}
          </p>
        ))}
        {told && told.problems.length > 0 && <Problems problems={told.problems} />}
      </div>
    </>
  );
}

function Problems({ problems }: { readonly problems: readonly FileProblem[] }) {
  return (
    <div className="warning">
      <p>{say('Nothing was taken from the file. What is wrong in it:')}</p>
      <ul lang="en">
        {problems.map(({ at, field, message }) => (
          <li key={`${at} ${field} ${message}`}>
            <bdi>
              {[at, field].filter(Boolean).join(', ')}
              {(at || field) && ': '}
              {message}
            </bdi>
          </li>
        ))}
      </ul>
    </div>
  );
}
