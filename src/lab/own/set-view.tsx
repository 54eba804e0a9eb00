/** One set of tasks: its parts, what can be done with it, and its tasks a page at a time. */
import { useEffect, useState } from 'react';
import type { ListedTask, SetEvaluation, SetParts, TaskPage, TaskSetInfo } from '../../worker/own-protocol';
import type { RewardPreset } from '../../worker/protocol';
import { count, size } from '../figures';
import { say } from '../language/language';
import { SeedField } from '../shell/fields';
import { LastChance } from '../shell/last-chance';
import { saveFile } from '../shell/save-file';
import type { OwnLine } from '../state/own-line';
import { type Draft, draftOf } from './draft';
import { EvaluationTable } from './evaluation-table';
import { beginning, tooLong } from './fit-words';
import { WORLD_KINDS, worldTooLong } from './world-words';

const PAGE = 20;

export interface SetActions {
  readonly line: OwnLine;
  readonly reward: RewardPreset;
  /** No model call can be made now. */
  readonly blocked: boolean;
  /** Episodes of an evaluation that is under way. */
  readonly progress: { readonly finished: number; readonly total: number } | null;
  readonly onPlay: (set: TaskSetInfo, index: number, player?: 'demonstrator') => void;
  readonly onTrain: (set: TaskSetInfo, seed: number) => void;
  readonly onEdit: (set: TaskSetInfo, index: number, draft: Draft) => void;
  /** Sets have changed; the one on view is this one then. */
  readonly onChanged: (set: TaskSetInfo | null) => void;
  /** A set is being changed. */
  readonly working: boolean;
  /** One change at a time; what else is asked meanwhile is not begun. */
  readonly act: (body: () => Promise<void>) => Promise<void>;
  readonly onRemove: (set: TaskSetInfo, index: number) => void;
}

export function SetView({ set, ...actions }: SetActions & { readonly set: TaskSetInfo }) {
  const { line, reward, blocked, progress, working, act } = actions;
  const [seed, split] = useState(1);
  const [from, turn] = useState(0);
  const [page, show] = useState<TaskPage | null>(null);
  const [parts, tell] = useState<SetParts | null>(null);
  const [result, measured] = useState<SetEvaluation | null>(null);
  const { hash } = set;
  useEffect(() => {
    let wanted = true;
    void line.call('taskPage', { set: hash, from, count: PAGE }).then((found) => {
      if (wanted && found) show(found);
    });
    return () => {
      wanted = false;
    };
  }, [line, hash, from]);
  useEffect(() => {
    let wanted = true;
    tell(null);
    measured(null);
    void line.call('taskSetParts', { set: hash, seed }).then((found) => {
      if (wanted && found) tell(found);
    });
    return () => {
      wanted = false;
    };
  }, [line, hash, seed]);
  const evaluate = async () => {
    const found = await line.evaluate({ set: hash, seed, reward });
    if (found) measured(found);
  };
  const save = async () => {
    const written = await line.call('exportTaskSet', { set: hash });
    if (written) saveFile(written.file, written.data);
  };
  const drop = () =>
    act(async () => {
      if (await line.call('deleteTaskSet', { set: hash })) actions.onChanged(null);
    });
  return (
    <section className="own-set" aria-label={say('The set {name}', { name: set.name })}>
      <Rename set={set} {...actions} />
      <p className="quiet" role="status">
        {parts ? partsWords(parts) : say('Reading every task of the set …')}
      </p>
      <div className="play">
        <SeedField label={say('Split seed')} value={seed} onChange={split} />
        <button
          type="button"
          disabled={!parts || parts.train === 0}
          onClick={() => actions.onTrain(set, seed)}
        >
          {say('Train on this set')}
        </button>
        <button
          type="button"
          disabled={blocked || !parts || parts.heldOut === 0}
          onClick={() => void evaluate()}
        >
          {say('Evaluate on its held-out part')}
        </button>
        {progress && (
          <>
            <span className="quiet" role="status">
              {say('{done} of {all} episodes', { done: progress.finished, all: progress.total })}
            </span>
            <button type="button" onClick={() => void line.cancel()}>
              {say('Cancel')}
            </button>
          </>
        )}
        <button type="button" onClick={() => void save()}>
          {say('Export as JSON Lines')}
        </button>
        <LastChance
          disabled={working}
          label={say('Delete the set …')}
          words={say(
            'Delete “{name}”: {tasks}, {bytes}. A run that was trained on it could not go on, and links to it find nothing here. This cannot be undone.',
            { name: set.name, tasks: count(set.tasks, 'task§counted'), bytes: size(set.bytes) },
          )}
          yes={say('Delete “{name}” for good', { name: set.name })}
          onYes={() => void drop()}
        />
      </div>
      {result && <EvaluationTable result={result} />}
      {page && <Tasks set={set} page={page} from={from} onTurn={turn} {...actions} />}
    </section>
  );
}

function partsWords({ total, playable, train, heldOut }: SetParts): string {
  const can =
    playable === total
      ? say('All of them fit its window; that is not understanding.')
      : say(
          '{playable} of {total} fit its window, which is not understanding; the others are too long for it.',
          {
            playable,
            total,
          },
        );
  return `${can} ${say('{train} to train on, {heldOut} held out.', { train, heldOut })}`;
}

interface RenameProps extends Pick<SetActions, 'line' | 'onChanged' | 'working' | 'act'> {
  readonly set: TaskSetInfo;
}

/** Counts when it is left or confirmed. */
function Rename({ set, line, onChanged, working, act }: RenameProps) {
  const [name, write] = useState(set.name);
  const commit = async () => {
    if (name.trim() === set.name) return;
    await act(async () => {
      const renamed = await line.call('renameTaskSet', { set: set.hash, name });
      write(renamed?.name ?? set.name);
      if (renamed) onChanged(renamed);
    });
  };
  return (
    <label className="field own-line">
      {say('Name of the set')}
      <input
        value={name}
        maxLength={80}
        readOnly={working}
        onChange={(event) => write(event.target.value)}
        onBlur={() => void commit()}
        onKeyDown={(event) => event.key === 'Enter' && void commit()}
      />
    </label>
  );
}

interface TasksProps extends SetActions {
  readonly set: TaskSetInfo;
  readonly page: TaskPage;
  readonly from: number;
  readonly onTurn: (from: number) => void;
}

function Tasks({ set, page, from, onTurn, ...actions }: TasksProps) {
  const last = Math.min(from + PAGE, page.total);
  return (
    <>
      <ol className="own-tasks" start={from + 1}>
        {page.tasks.map((task) => (
          <TaskRow key={task.index} set={set} task={task} {...actions} />
        ))}
      </ol>
      {page.total > PAGE && (
        <div className="play">
          <button type="button" disabled={from === 0} onClick={() => onTurn(Math.max(0, from - PAGE))}>
            {say('Earlier tasks')}
          </button>
          <span className="quiet">
            {say('{first} to {last} of {total}', { first: from + 1, last, total: page.total })}
          </span>
          <button type="button" disabled={last >= page.total} onClick={() => onTurn(from + PAGE)}>
            {say('Later tasks')}
          </button>
        </div>
      )}
    </>
  );
}

interface TaskRowProps extends SetActions {
  readonly set: TaskSetInfo;
  readonly task: ListedTask;
}

function TaskRow({
  set,
  task: { index, kind, title, messages, distractors, form, fit },
  blocked,
  working,
  onPlay,
  onEdit,
  onRemove,
}: TaskRowProps) {
  const draft = form && draftOf(form);
  const n = index + 1;
  return (
    <li>
      <p>
        <span className="quiet">{n}.</span> {kind !== 'words' && <span>{say(WORLD_KINDS[kind])} </span>}
        <bdi translate="no">{beginning(title)}</bdi>{' '}
        <span className="quiet">
          {count(messages, 'message')}
          {', '}
          {distractors === null ? say("distractors of the lab's own") : count(distractors, 'distractor')}
        </span>
      </p>
      {!fit.playable && <p className="warning">{kind === 'words' ? tooLong(fit) : worldTooLong(fit)}</p>}
      <div className="play">
        <button
          type="button"
          className="small"
          disabled={blocked || !fit.playable}
          onClick={() => onPlay(set, index)}
        >
          {say('Play')}
          <span className="visually-hidden"> {say('task {n}', { n })}</span>
        </button>
        {kind !== 'words' && (
          <button
            type="button"
            className="small"
            disabled={blocked}
            onClick={() => onPlay(set, index, 'demonstrator')}
          >
            {say('Let the demonstrator play')}
            <span className="visually-hidden"> {say('task {n}', { n })}</span>
          </button>
        )}
        {draft && (
          <button type="button" className="small" onClick={() => onEdit(set, index, draft)}>
            {say('Edit')}
            <span className="visually-hidden"> {say('task {n}', { n })}</span>
          </button>
        )}
        <LastChance
          className="small"
          disabled={working}
          label={
            <>
              {say('Remove')}
              <span className="visually-hidden"> {say('task {n}', { n })}</span>
            </>
          }
          words={say(
            'Remove task {n} from the set? The set is another one without it. This cannot be undone.',
            {
              n,
            },
          )}
          yes={say('Remove task {n}', { n })}
          onYes={() => onRemove(set, index)}
        />
      </div>
    </li>
  );
}
