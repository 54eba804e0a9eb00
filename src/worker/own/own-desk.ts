/** Sets of the user's own tasks and worlds as the page keeps them: files in and out, one task at a time, and what each takes. */
import type { TaskSetInfo, TaskSetRows } from '../../storage/task-set-store';
import type { OwnEntry } from '../../tasks/own/entry';
import type { TextFile } from '../../tasks/own/own-files';
import { ownTask } from '../../tasks/own/own-task';
import { isWorld, mayHoldWorlds, worldReader } from '../../tasks/own/own-world';
import { readForm } from '../../tasks/own/read-form';
import {
  type ReadSet,
  readSetFile,
  SET_LIMITS,
  setFile,
  setHash,
  setText,
  TaskFileError,
} from '../../tasks/own/set-file';
import type { Task } from '../../tasks/task';
import { fileWords } from '../file-words';
import { LabRefusal } from '../lab-errors';
import type { ListedTask, OwnCalls, TakenFile, TaskFit, TaskPage, TriedForm } from '../own-protocol';
import type { Args } from '../protocol';
import type { OpenSets } from './open-sets';

type Handled = Exclude<keyof OwnCalls, 'evaluateTaskSet'>;

export interface DeskRooms {
  readonly rows: TaskSetRows;
  readonly sets: OpenSets;
  /** Sets and seeds that a run was trained on which could go on. */
  readonly usedSets: () => Promise<readonly string[]>;
}

const NAMELESS = 'My tasks';
const LONGEST_NAME = 80;
/** Tasks of a page. */
const MOST_LISTED = 100;

export class OwnDesk {
  /** The last of what changes sets. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly rooms: () => DeskRooms,
    private readonly now: () => number = Date.now,
  ) {}

  readonly handlers: { readonly [Name in Handled]: (args: Args<Name>) => Promise<OwnCalls[Name]['result']> } =
    {
      listTaskSets: async () => this.rooms().rows.list(),
      takeTaskFiles: (args) => this.inTurn(() => this.take(args)),
      tryTask: async ({ form }) => this.tried(form),
      changeTaskSet: (args) => this.inTurn(() => this.change(args)),
      renameTaskSet: ({ set, name }) =>
        this.inTurn(async () => {
          const row = await this.row(set);
          return this.keep(row.text, row.tasks, nameFrom(name) ?? row.name, row.added);
        }),
      deleteTaskSet: ({ set }) =>
        this.inTurn(async () => {
          await this.drop(set);
          return this.rooms().rows.list();
        }),
      exportTaskSet: async ({ set }) => {
        const { name, text } = await this.row(set);
        return {
          file: `${fileWords(name, 'tasks')}.jsonl`,
          data: new Blob([setFile(name, text)], { type: 'application/jsonl' }),
        };
      },
      taskPage: (args) => this.page(args),
      taskSetParts: async ({ set: hash, seed }) => {
        const { sets } = this.rooms();
        const set = await sets.need(hash);
        const { train, heldOut, playable } = await sets.parts(set, seed);
        return { total: set.tasks.length, playable, train: train.length, heldOut: heldOut.length };
      },
    };

  /** Calls overlap, and two changes of one set would each begin from it as it was. */
  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    return result;
  }

  private async take({ files }: Args<'takeTaskFiles'>): Promise<TakenFile> {
    const bytes = files.reduce((sum, { data }) => sum + data.size, 0);
    if (bytes > SET_LIMITS.bytes) {
      const message = `The file has ${Math.ceil(bytes / 1e6)} MB; at most ${SET_LIMITS.bytes / 1e6} MB are read. Split it.`;
      return { problems: [{ at: '', field: '', message }] };
    }
    try {
      const texts = await Promise.all(
        files.map(async ({ name, data }) => ({ name, text: await data.text() })),
      );
      const { name, tasks, notes } = await readFiles(texts);
      const file = files[0]?.name ?? '';
      const called = nameFrom(name ?? '') ?? nameFrom(file.replace(/\.[a-z0-9]+$/i, '')) ?? NAMELESS;
      const text = setText(tasks);
      const known = await this.rooms().rows.get(setHash(text));
      // As its owner has called it since, and where it stood in the list. A damaged one is mended.
      const set = await this.keep(text, tasks.length, known?.name ?? called, known?.added);
      return { set, notes };
    } catch (error) {
      if (error instanceof TaskFileError) return { problems: error.problems };
      throw error;
    }
  }

  private tried(form: unknown): TriedForm {
    const { task: own, problems } = readForm(form);
    if (!own) return { problems };
    const task = ownTask(own, { set: 'typed', index: 0, split: 'train' });
    return { task, fit: this.rooms().sets.fitOf(task) };
  }

  private async change({ set: hash, form, at }: Args<'changeTaskSet'>): Promise<TaskSetInfo | null> {
    const { sets } = this.rooms();
    const before = hash === null ? null : await sets.need(hash);
    const tasks: OwnEntry[] = [...(before?.tasks ?? [])];
    if (form) {
      const { task, problems } = readForm(form);
      if (!task) {
        const [{ field, message }] = problems;
        throw new LabRefusal('task-form', `${field}: ${message}`, 'Mend it and try again.');
      }
      tasks.splice(at ?? tasks.length, at === null ? 0 : 1, task);
    } else if (at !== null) tasks.splice(at, 1);
    if (tasks.length > SET_LIMITS.tasks) {
      throw new LabRefusal(
        'task-set-full',
        `A set has at most ${SET_LIMITS.tasks} tasks.`,
        'Begin another one.',
      );
    }
    const kept =
      tasks.length === 0 ? null : await this.keep(textOf(tasks), tasks.length, before?.row.name ?? NAMELESS);
    // Only when the other is on disk. A run that was made on it could not go on without it.
    if (hash !== null && hash !== kept?.hash) {
      const used = (await this.rooms().usedSets()).some((name) => name.startsWith(`${hash}~`));
      if (!used) await this.drop(hash);
    }
    return kept;
  }

  private async page({ set: hash, from, count }: Args<'taskPage'>): Promise<TaskPage> {
    const { sets } = this.rooms();
    const set = await sets.need(hash);
    const wanted = set.tasks.slice(from, from + Math.min(count, MOST_LISTED));
    return {
      tasks: wanted.map((entry, i) =>
        listed(entry, from + i, sets.fit(set, from + i), () => sets.task(set, from + i)),
      ),
      total: set.tasks.length,
    };
  }

  private async keep(text: string, tasks: number, name: string, added = this.now()): Promise<TaskSetInfo> {
    const info = { hash: setHash(text), name, tasks, added, bytes: new TextEncoder().encode(text).length };
    await this.rooms().rows.put({ ...info, text });
    this.rooms().sets.forget(info.hash);
    return info;
  }

  private async drop(hash: string): Promise<void> {
    await this.rooms().rows.delete(hash);
    this.rooms().sets.forget(hash);
  }

  private async row(hash: string) {
    return (await this.rooms().sets.need(hash)).row;
  }
}

/** Worlds, and several files at once, are for a script that comes when there are some. */
async function readFiles(texts: readonly TextFile[]): Promise<ReadSet> {
  const [first] = texts;
  const isPlain = texts.length === 1 && /^\s*[[{]/.test(first.text) && !mayHoldWorlds(first.text);
  if (isPlain) return readSetFile(first.text);
  return (await import('../../tasks/worlds')).readOwnFiles(texts);
}

function listed(entry: OwnEntry, index: number, fit: TaskFit, task: () => Task): ListedTask {
  if (isWorld(entry)) {
    const kind = 'pddl' in entry ? 'pddl' : 'babyai';
    const { messages, distractors } = task();
    const counts = { messages: messages.length, distractors: distractors.length };
    return { index, kind, title: worldReader().worldTitle(entry), ...counts, form: null, fit };
  }
  const distractors = entry.distractors?.length ?? null;
  const messages = entry.messages.length;
  return { index, kind: 'words', title: entry.question, messages, distractors, form: entry, fit };
}

function textOf(tasks: readonly OwnEntry[]): string {
  try {
    return setText(tasks);
  } catch (error) {
    if (!(error instanceof TaskFileError)) throw error;
    throw new LabRefusal('task-set-full', error.message, 'Begin another one.');
  }
}

function nameFrom(text: string): string | null {
  return text.trim().slice(0, LONGEST_NAME).trim() || null;
}
