/**
 * The list of runs: opened, gone on with, played with, renamed, deleted, saved as files, brought in from a file, and
 * chosen to be compared. What goes wrong is told here, where it was asked for.
 */
import { useCallback, useId, useState } from 'react';
import type { LabError } from '../../worker/protocol';
import type { RunFileKind } from '../../worker/runs-protocol';
import { count, size } from '../figures';
import { say } from '../language/language';
import { saveFile } from '../shell/save-file';
import type { RunsLine } from '../state/runs-line';
import { labErrorOf } from '../state/worker-client';
import '../styles/runs.css';
import { ErrorWords } from '../shell/notices';
import { CompareRuns, MOST_COMPARED } from './compare-runs';
import { DamagedRunCard, RunCard } from './run-card';
import { copyName, runName } from './run-words';
import type { ScaleCounts } from './scale-export';
import { useRunList } from './use-run-list';

interface RunsPanelProps {
  readonly line: RunsLine;
  /** Another text: something may have changed. */
  readonly moment: string;
  /** A run is under way, or paused. */
  readonly active: boolean;
  readonly running: boolean;
  /** The lab is not ready, or a model call is under way. */
  readonly blocked: boolean;
  readonly noRoom: boolean;
  readonly onContinue: () => void;
  readonly onPlay: () => void;
}

export default function RunsPanel(props: RunsPanelProps) {
  const { line, moment, active, running, blocked, noRoom, onContinue, onPlay } = props;
  const [trouble, tell] = useState<LabError | null>(null);
  const told = useCallback((error: unknown) => tell(labErrorOf(error, say('Reload the page.'))), []);
  const [list, show] = useRunList(line, moment, told);
  const [done, report] = useState('');
  /** The run that was deleted last, while that can be taken back. */
  const [deleted, remember] = useState<{ readonly id: string; readonly name: string } | null>(null);
  const [working, work] = useState(false);
  const [chosen, choose] = useState<readonly string[]>([]);

  /** One act at a time; its words when it is done. */
  const act = async (body: () => Promise<string>) => {
    work(true);
    tell(null);
    report('');
    try {
      report(await body());
    } catch (error) {
      told(error);
    } finally {
      work(false);
    }
  };
  const rename = (id: string, name: string) =>
    act(async () => {
      show(await line.call('renameRun', { id, name }));
      return say('Renamed.');
    });
  const remove = (id: string, name: string) =>
    act(async () => {
      const onView = list?.onView === id;
      show(await line.call('deleteRun', { id }));
      if (onView) line.gone();
      remember({ id, name });
      choose((ids) => ids.filter((other) => other !== id));
      return say('Deleted: {name}.', { name });
    });
  const restore = () =>
    act(async () => {
      const found = await line.call('restoreRun', {});
      show(found);
      remember(null);
      // Only the one that came back: another on view may hold a step that could not be saved.
      if (found.onView === deleted?.id && !active) await line.open(found.onView);
      return say('The run is back.');
    });
  const save = (id: string, what: RunFileKind) =>
    act(async () => {
      const { file, data, leftOut, damaged } = await line.call('exportRun', { id, what });
      saveFile(file, data);
      const whole = say('Wrote {file}.', { file });
      const long = say(
        'Wrote {file}, without the rollouts of the first {steps}: with them it could not be read back.',
        { file, steps: count(leftOut, 'step') },
      );
      const lost = say('The rollouts of {steps} are damaged and left out.', {
        steps: count(damaged, 'step'),
      });
      return [leftOut === 0 ? whole : long, ...(damaged === 0 ? [] : [lost])].join(' ');
    });
  const bring = (data: Blob) =>
    act(async () => {
      const { list: found, copied, id } = await line.call('importRun', { data });
      show(found);
      // Nothing else would tell it from the run it was made of: it has the same settings, dates and curves.
      if (copied) show(await line.call('renameRun', { id, name: copyName(found.runs, id) }));
      return copied
        ? say('Imported as a copy: the run it was made of is here already.')
        : say('The run was imported. Open it to see its curves and go on with it.');
    });
  const scale = (id: string, counts: ScaleCounts) =>
    act(async () => {
      const { file, data, train, heldOut } = await line.call('exportForScale', { id, ...counts });
      saveFile(file, data);
      return say('Wrote {file} with {train} to train on and {heldOut} held out.', {
        file,
        train: count(train, 'task§counted'),
        heldOut: count(heldOut, 'task§counted'),
      });
    });
  const adapt = (files: readonly File[]) =>
    act(async () => {
      const chosen = files.map((file) => ({ name: file.name, data: file }));
      const { list: found, baseKnown } = await line.call('importAdapter', { files: chosen });
      show(found);
      return baseKnown
        ? say('The adapter was imported as a run without steps. Open it to play with it and go on from it.')
        : say(
            'The adapter was imported as a run without steps. Its shapes fit; its files do not say which weights it was trained on.',
          );
    });
  const open = (id: string, then?: () => void) => void line.open(id).then((opened) => opened && then?.());

  if (!list) return <p className="empty">{trouble ? trouble.message : say('Reading the list of runs …')}</p>;
  if (!list.kept) {
    return (
      <p className="empty">{say('This browser keeps nothing here: a run lasts as long as this tab.')}</p>
    );
  }
  const { runs, damaged } = list;
  const bytes = runs.reduce((sum, run) => sum + run.bytes, 0);
  const there = chosen.filter((id) => runs.some((run) => run.id === id));
  return (
    <div className="runs">
      <p className="quiet">
        {say(
          'A run is saved after every step; starting another one leaves it as it is. Nothing leaves this machine unless you export it.',
        )}
      </p>
      {noRoom && (
        <p className="warning">
          {say('There is no room for the last step. Export and delete a run that you no longer need.')}
        </p>
      )}
      <p className="runs-sum">
        {say('{runs} kept here, {bytes} together.', { runs: count(runs.length, 'run'), bytes: size(bytes) })}
      </p>
      {runs.length === 0 && <p className="empty">{say('Train one, or bring one in from a file.')}</p>}
      <ol className="run-list">
        {runs.map((run) => (
          <RunCard
            key={run.id}
            run={run}
            onView={run.id === list.onView}
            inUse={active && run.id === list.onView}
            blocked={blocked || running}
            working={working}
            chosen={there.includes(run.id)}
            choosable={there.length < MOST_COMPARED}
            onChoose={(yes) => choose(yes ? [...there, run.id] : there.filter((id) => id !== run.id))}
            onOpen={() => open(run.id)}
            onContinue={() => open(run.id, onContinue)}
            onPlay={() => open(run.id, onPlay)}
            onRename={(name) => void rename(run.id, name)}
            onSave={(what) => void save(run.id, what)}
            onScale={(counts) => void scale(run.id, counts)}
            onDelete={() => void remove(run.id, runName(run))}
          />
        ))}
        {damaged.map((run) => (
          <DamagedRunCard
            key={run.id}
            run={run}
            working={working}
            onDelete={() => void remove(run.id, run.name ?? say('a damaged run'))}
          />
        ))}
      </ol>
      <div className="play">
        <ImportField
          label={say('Import a run from its zip')}
          accept=".zip,application/zip"
          disabled={working}
          onFiles={([file]) => void bring(file)}
        />
        <ImportField
          label={say('Import a PEFT adapter: its two files, or a zip of them')}
          accept=".zip,application/zip,.json,.safetensors"
          multiple
          disabled={working}
          onFiles={(files) => void adapt(files)}
        />
        {deleted !== null && (
          <button type="button" disabled={working} onClick={() => void restore()}>
            {say('Take back the deletion of {name}', { name: deleted.name })}
          </button>
        )}
      </div>
      <p role="status">{done}</p>
      {trouble && (
        <p role="alert" className="warning">
          <ErrorWords error={trouble} />
        </p>
      )}
      {runs.length > 1 && (
        <CompareRuns line={line} runs={runs.filter(({ id }) => there.includes(id))} moment={moment} />
      )}
    </div>
  );
}

interface ImportFieldProps {
  readonly label: string;
  readonly accept: string;
  readonly multiple?: boolean;
  readonly disabled: boolean;
  /** One or more. */
  readonly onFiles: (files: readonly File[]) => void;
}

function ImportField({ label, accept, multiple = false, disabled, onFiles }: ImportFieldProps) {
  const id = useId();
  return (
    <div className="field run-import">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="file"
        accept={accept}
        multiple={multiple}
        disabled={disabled}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          if (files.length > 0) onFiles(files);
          // The same file can be chosen again.
          event.target.value = '';
        }}
      />
    </div>
  );
}
