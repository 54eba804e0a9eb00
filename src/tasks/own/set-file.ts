/**
 * A set of tasks as a file: JSON Lines, a head and then a task a line. The text of a set is made from its tasks alone,
 * so the same tasks are the same bytes, and a hash of them names the set wherever it lies.
 *
 *   {"agemem-tasks": 1, "name": "Kestrels"}
 *   {"question": …, "answers": […], "messages": […]}
 *   {"pddl": {"domain": …, "problem": …}}, {"babyai": …}   (`own-world.ts`)
 *
 * Read are also: one task as a single object over several lines, a list of tasks, and HotpotQA (`hotpot.ts`), as the
 * list of its public files or a line each. A file is taken whole or not at all.
 */
import { hashString } from '../random';
import { positionsIn, type TextPosition } from '../text-position';
import { type OwnEntry, readEntry } from './entry';
import type { FormProblem, OwnTask } from './form';
import { jsonPlaces } from './json-places';
import { isWorld, worldInOrder } from './own-world';

const HEAD = 'agemem-tasks';
const VERSION = 1;

/** HotpotQA's largest public file for evaluation has 7,405 tasks in 47 MB. */
export const SET_LIMITS = {
  bytes: 64_000_000,
  tasks: 10_000,
  /** Of them; each is worked out when it is read. */ worlds: 100,
} as const;

/** Problems told of one file. */
const MOST_PROBLEMS = 20;

export interface FileProblem extends FormProblem {
  /** "line 3", "line 3, column 7", "entry 3 (line 1, column 870)"; empty: the file as a whole. */
  readonly at: string;
}

export interface ReadSet {
  /** From the head of the file; null where it has none. */
  readonly name: string | null;
  readonly tasks: readonly OwnEntry[];
  /** In words what was left out, and why. */
  readonly notes: readonly string[];
}

/** A file of tasks that was not taken, with all that is wrong with it. */
export class TaskFileError extends Error {
  override readonly name = 'TaskFileError';
  constructor(readonly problems: readonly FileProblem[]) {
    const [{ at, field, message }] = problems;
    const place = [at, field].filter(Boolean).join(', ');
    super(place === '' ? message : `${place}: ${message}`);
  }
}

interface Entry {
  readonly at: string;
  readonly value: unknown;
}

/** Throws `TaskFileError`. */
export function readSetFile(text: string): ReadSet {
  if (text.length > SET_LIMITS.bytes) {
    throw refusal(`The file has ${text.length} characters; at most ${SET_LIMITS.bytes} are read. Split it.`);
  }
  const { name, entries } = headAnd(entriesOf(text.replace(/^\uFEFF/, '')));
  if (entries.length === 0) throw refusal('There is no task in this file. Write one task a line.');
  if (entries.length > SET_LIMITS.tasks) {
    throw refusal(`There are ${entries.length} tasks; at most ${SET_LIMITS.tasks} are read. Split the file.`);
  }
  const worlds = entries.filter(({ value }) => isWorld(value)).length;
  if (worlds > SET_LIMITS.worlds) {
    throw refusal(`There are ${worlds} worlds; at most ${SET_LIMITS.worlds} are read. Split the file.`);
  }
  const tasks: OwnEntry[] = [];
  const problems: FileProblem[] = [];
  const leftOut: string[] = [];
  for (const { at, value } of entries) {
    if (problems.length >= MOST_PROBLEMS) break;
    const read = readEntry(value);
    if (read.task) tasks.push(read.task);
    else if (read.leftOut !== undefined) leftOut.push(`${at}: ${read.leftOut}`);
    else problems.push(...(read.problems ?? []).map((problem) => ({ at, ...problem })));
  }
  if (problems.length > 0) throw new TaskFileError(problems.slice(0, MOST_PROBLEMS));
  if (tasks.length === 0) {
    throw refusal(`None of the ${entries.length} tasks can be used. ${leftOut[0]}`);
  }
  const notes =
    leftOut.length === 0 ? [] : [`${leftOut.length} of ${entries.length} tasks are left out. ${leftOut[0]}`];
  return { name, tasks, notes };
}

/** A task a line, in one order of fields. */
export function tasksText(tasks: readonly OwnEntry[]): string {
  return tasks.map((task) => `${JSON.stringify(inOrder(task))}\n`).join('');
}

/**
 * `tasksText` of a set that is to be kept. Throws `TaskFileError` for one that could not be read again: tasks of
 * another form may take more room in this one.
 * @param most bytes in UTF-8
 */
export function setText(tasks: readonly OwnEntry[], most: number = SET_LIMITS.bytes): string {
  const text = tasksText(tasks);
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= most) return text;
  throw refusal(
    `As this page keeps them, the tasks take ${megabytes(bytes)}; at most ${megabytes(most)} are kept of a set. Split it.`,
  );
}

/** Tasks as `tasksText` wrote them. */
export function tasksFromText(text: string): readonly OwnEntry[] {
  return readSetFile(text).tasks;
}

/** A whole file: reading it gives the name and the tasks, and writing those gives the same bytes. */
export function setFile(name: string, text: string): string {
  return `${JSON.stringify({ [HEAD]: VERSION, name })}\n${text}`;
}

/** Names a set by its content: sixteen hexadecimal digits. Against mix-ups, not against malice. */
export function setHash(text: string): string {
  return [0x811c9dc5, 0x3c6ef372]
    .map((offset) => hashString(text, offset).toString(16).padStart(8, '0'))
    .join('');
}

function inOrder(entry: OwnEntry): OwnEntry {
  return isWorld(entry) ? worldInOrder(entry) : formInOrder(entry);
}

function formInOrder({ question, answers, messages, distractors, key }: OwnTask): OwnTask {
  return {
    question,
    answers,
    messages: messages.map(({ says, states, corrects }) => ({
      says,
      ...(states && { states: states.map(({ id, about, value, needed }) => ({ id, about, value, needed })) }),
      ...(corrects && { corrects: corrects.map(({ id, value }) => ({ id, value })) }),
    })),
    ...(distractors && { distractors }),
    ...(key && { key }),
  };
}

function entriesOf(text: string): readonly Entry[] {
  if (/^\s*\[/.test(text)) {
    // A text that begins with a bracket is a list if it is JSON at all.
    const list = parsed(text, 1) as readonly unknown[];
    const starts = jsonPlaces(text).items.map(positionsIn(text));
    return list.map((value, i) => ({ at: `entry ${i + 1} (${placeWords(starts[i])})`, value }));
  }
  const lines = text
    .split(/\r\n|\n|\r/)
    .flatMap((line, i) => (line.trim() === '' ? [] : [{ line, number: i + 1 }]));
  const [first] = lines;
  if (lines.length > 1 && first && jsonPlaces(first.line).wrong !== null)
    return [{ at: '', value: parsed(text, 1) }];
  return lines.map(({ line, number }) => ({ at: `line ${number}`, value: parsed(line, number) }));
}

function headAnd(entries: readonly Entry[]): {
  readonly name: string | null;
  readonly entries: readonly Entry[];
} {
  const [first] = entries;
  if (typeof first?.value !== 'object' || first.value === null || !(HEAD in first.value)) {
    return { name: null, entries };
  }
  const { [HEAD]: version, name } = first.value as { readonly [field: string]: unknown };
  if (version !== VERSION) {
    throw refusal(
      `The file is of form ${JSON.stringify(version)}; this page reads form ${VERSION}. Reload the page to get its newest version.`,
    );
  }
  if (name !== undefined && typeof name !== 'string') {
    throw new TaskFileError([
      { at: first.at, field: 'name', message: 'Write the name as a text, or leave it out.' },
    ]);
  }
  return { name: name?.trim() || null, entries: entries.slice(1) };
}

/** @param firstLine of the file, in which the text begins */
function parsed(text: string, firstLine: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const { wrong } = jsonPlaces(text);
    const { line, column } = positionsIn(text)(wrong?.at ?? 0);
    throw new TaskFileError([
      {
        at: placeWords({ line: firstLine + line - 1, column }),
        field: '',
        message: `This is no JSON: ${wrong?.wanted ?? 'a value'} is wanted here. Write one task a line, or one list.`,
      },
    ]);
  }
}

const placeWords = ({ line, column }: TextPosition): string => `line ${line}, column ${column}`;

/** In 10^6 bytes, upwards: more than the limit is never told as the limit. */
const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e5) / 10} MB`;

const refusal = (message: string) => new TaskFileError([{ at: '', field: '', message }]);
