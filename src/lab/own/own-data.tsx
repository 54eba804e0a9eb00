/**
 * The user's own data: a task as it is typed with what the policy will meet, and the sets that this browser keeps. Loaded
 * when it is asked for.
 */
import '../styles/own.css';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { OwnTask, TaskSetInfo, TriedForm } from '../../worker/own-protocol';
import type { RewardPreset } from '../../worker/protocol';
import { say } from '../language/language';
import { Latest } from '../state/latest';
import type { OwnArgs, OwnLine } from '../state/own-line';
import { BLANK, type Draft, EXAMPLE, formOf, placeWords, storeDraft, storedDraft } from './draft';
import { Limits } from './limits';
import { SetList } from './set-list';
import { TaskForm } from './task-form';
import { TaskPreview } from './task-preview';

export interface OwnDataProps {
  readonly line: OwnLine;
  /** How episodes are paid. */
  readonly reward: RewardPreset;
  /** Hash of the set whose task is on view. */
  readonly playing: string | null;
  readonly blocked: boolean;
  readonly progress: { readonly finished: number; readonly total: number } | null;
}

/** Where the task that is typed came from. */
interface Edited {
  readonly set: string;
  readonly index: number;
}

/** The task kept last, as long as its set stays as it is. */
interface KeptTask {
  readonly form: unknown;
  readonly kept: TaskSetInfo;
  readonly index: number;
}

export default function OwnData(props: OwnDataProps) {
  const { line, blocked, playing } = props;
  const [draft, write] = useState(storedDraft);
  const [edited, edit] = useState<Edited | null>(null);
  const [tried, show] = useState<TriedForm | null>(null);
  const [sets, list] = useState<readonly TaskSetInfo[] | null>(null);
  const [opened, open] = useState<string | null>(playing);
  const [said, tell] = useState('');
  const [last, remember] = useState<KeptTask | null>(null);
  /** A set is being changed: two changes at once would each begin from it as it was. */
  const [working, work] = useState(false);
  const under = useRef(false);
  const form = useMemo(() => formOf(draft), [draft]);
  const asked = useMemo(
    () =>
      new Latest<unknown>(async (wish) => {
        const found = await line.call('tryTask', { form: wish });
        if (found) show(found);
      }),
    [line],
  );
  useEffect(() => {
    storeDraft(draft);
    asked.want(form);
  }, [draft, form, asked]);
  const refresh = useCallback(async () => {
    const found = await line.call('listTaskSets', {});
    if (found) list(found);
  }, [line]);
  useEffect(() => void refresh(), [refresh]);
  const changed = useCallback(
    (set: TaskSetInfo | null) => {
      open(set?.hash ?? null);
      edit(null);
      void refresh();
    },
    [refresh],
  );
  const act = useCallback(async (body: () => Promise<void>) => {
    if (under.current) return;
    under.current = true;
    work(true);
    try {
      await body();
    } finally {
      under.current = false;
      work(false);
    }
  }, []);
  const change = async (wanted: OwnArgs<'changeTaskSet'>) => {
    const kept = await line.call('changeTaskSet', wanted);
    if (kept === undefined) return undefined;
    line.moved(wanted, kept);
    changed(kept);
    return kept;
  };
  const play = async (set: TaskSetInfo, index: number, player?: 'demonstrator') => {
    await line.play(set.hash, index, player);
    tell(say('Task {n} of “{name}” is on view above.', { n: index + 1, name: set.name }));
    document.getElementById('episode')?.scrollIntoView();
  };
  const train = (set: TaskSetInfo, seed: number) => {
    line.trainOn(set.hash, seed);
    tell(say('The next run trains on “{name}”: press Train below.', { name: set.name }));
    document.getElementById('training')?.scrollIntoView();
  };
  const target = sets?.find(({ hash }) => hash === (edited?.set ?? opened));
  /** In the set it came from, else behind the tasks of the set that is open; `apart`, or without one: as a set of its own. */
  const keep = async (apart = false) => {
    // Read once more by the worker: what was tried may be older than what is typed.
    if (!tried?.task) return null;
    const set = apart ? null : (target?.hash ?? null);
    const at = set === null ? null : (edited?.index ?? null);
    const kept = await change({ set, form: form as OwnTask, at });
    if (!kept) return null;
    const index = at ?? kept.tasks - 1;
    tell(say('Kept as task {n} of “{name}”.', { n: index + 1, name: kept.name }));
    const done = { form, kept, index };
    remember(done);
    return done;
  };
  // Played again without a change, it is the same task and not another one of the set.
  const same = last !== null && last.form === form && last.kept.hash === opened && !edited ? last : null;
  const keepAndPlay = async () => {
    const done = same ?? (await keep());
    if (done) await play(done.kept, done.index);
  };
  const top = useRef<HTMLHeadingElement>(null);
  return (
    <div className="own">
      <Limits />
      <section className="own-task" aria-label={say('A task in your own words')}>
        <h3 ref={top}>
          {edited ? say('Task {n}, changed', { n: edited.index + 1 }) : say('A task in your own words')}
        </h3>
        <TaskForm draft={draft} onChange={write} />
        <Told tried={tried} lent={draft.distractors === null} />
        <div className="play">
          <button
            type="button"
            className="primary"
            disabled={blocked || working || !tried?.fit?.playable}
            onClick={() => void act(keepAndPlay)}
          >
            {keepAndPlayWords(target?.name, edited !== null, same !== null)}
          </button>
          <button
            type="button"
            disabled={working || !tried?.task}
            onClick={() => void act(async () => void (await keep()))}
          >
            {target
              ? edited
                ? say('Keep in “{name}”', { name: target.name })
                : say('Add to “{name}”', { name: target.name })
              : say('Keep as a new set')}
          </button>
          {target && (
            <button
              type="button"
              disabled={working || !tried?.task}
              onClick={() => void act(async () => void (await keep(true)))}
            >
              {say('Keep as a new set')}
            </button>
          )}
          <button
            type="button"
            className="plain"
            onClick={() => {
              edit(null);
              write(BLANK);
            }}
          >
            {say('Clear the form')}
          </button>
          <button
            type="button"
            className="plain"
            onClick={() => {
              edit(null);
              write(EXAMPLE);
            }}
          >
            {say('Example')}
          </button>
        </div>
        {target && !same && (
          <p className="quiet">
            {say(
              'With it “{name}” is another set: links to it as it was find nothing, and its held-out part may be another.',
              { name: target.name },
            )}
          </p>
        )}
        <p className="quiet" role="status">
          {said}
        </p>
      </section>
      <SetList
        {...props}
        sets={sets}
        opened={opened}
        onOpen={open}
        onPlay={(set, index, player) => void play(set, index, player)}
        onTrain={train}
        onEdit={(set, index, task: Draft) => {
          edit({ set: set.hash, index });
          write(task);
          top.current?.scrollIntoView();
        }}
        onChanged={changed}
        working={working}
        act={act}
        onRemove={(set, at) => void act(async () => void (await change({ set: set.hash, form: null, at })))}
      />
    </div>
  );
}

/** Says which set is changed by it. */
function keepAndPlayWords(target: string | undefined, edited: boolean, kept: boolean): string {
  if (kept) return say('Play it again');
  if (target === undefined) return say('Keep and play');
  return edited
    ? say('Keep in “{name}” and play', { name: target })
    : say('Add to “{name}” and play', { name: target });
}

function Told({ tried, lent }: { readonly tried: TriedForm | null; readonly lent: boolean }) {
  if (!tried) return null;
  if (tried.task) return <TaskPreview task={tried.task} fit={tried.fit} lent={lent} />;
  return (
    <div role="status">
      <p>{say('Still to mend:')}</p>
      <ul className="own-problems">
        {tried.problems.map((problem) => (
          <li key={`${problem.field} ${problem.message}`}>
            {placeWords(problem)}
            {problem.field && ': '}
            <bdi lang="en">{problem.message}</bdi>
          </li>
        ))}
      </ul>
    </div>
  );
}
