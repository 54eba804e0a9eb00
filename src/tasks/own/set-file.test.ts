import { describe, expect, it } from 'vitest';
import { createRandom } from '../random';
import { KESTREL, randomTask } from './own.fixture';
import {
  readSetFile,
  SET_LIMITS,
  setFile,
  setHash,
  setText,
  TaskFileError,
  tasksFromText,
  tasksText,
} from './set-file';
import { readSplitName, splitName, splitSet } from './set-split';

function problemsOf(text: string): readonly string[] {
  try {
    readSetFile(text);
  } catch (error) {
    if (!(error instanceof TaskFileError)) throw error;
    return error.problems.map(({ at, field }) => [at, field].filter(Boolean).join(' '));
  }
  return [];
}

const line = JSON.stringify(KESTREL);

describe('a file of tasks', () => {
  it('goes out, in and out again as the same bytes', () => {
    for (let seed = 0; seed < 200; seed++) {
      const random = createRandom('set-file', seed);
      const tasks = Array.from({ length: 1 + random.int(5) }, () => randomTask(random));
      const file = setFile(`Set ${seed} “é”`, tasksText(tasks));
      const read = readSetFile(file);
      expect(read.tasks).toEqual(tasks);
      expect(setFile(read.name ?? '', tasksText(read.tasks))).toBe(file);
    }
  });

  it('has one text and one hash, however its fields were ordered and named', () => {
    const shuffled = JSON.stringify({
      messages: KESTREL.messages,
      answers: KESTREL.answers,
      question: ` ${KESTREL.question} `,
    });
    const text = tasksText(readSetFile(shuffled).tasks);
    expect(text).toBe(tasksText([KESTREL]));
    expect(setHash(text)).toMatch(/^[0-9a-f]{16}$/);
    expect(setHash(text)).not.toBe(setHash(text.replace('Umlo', 'Umla')));
    expect(tasksFromText(text)).toEqual([KESTREL]);
  });

  it.each([
    ['a line each', `${line}\n\n${line}\r\n`, 2],
    ['with a mark of byte order', `\uFEFF${line}`, 1],
    ['a list', `[${line},\n${line}]`, 2],
    ['one object over several lines', JSON.stringify(KESTREL, null, 2), 1],
    ['behind a head', `{"agemem-tasks":1}\n${line}\n`, 1],
  ])('is read %s', (_, text, count) => {
    const read = readSetFile(text);
    expect(read.tasks).toEqual(Array(count).fill(KESTREL));
    expect(read.name).toBe(null);
  });

  it.each([
    ['nothing', '', ['']],
    ['a head alone', '{"agemem-tasks":1,"name":"x"}', ['']],
    ['no JSON', 'Zorvane lives in Ulm.', ['line 1, column 1']],
    ['a line cut short', `${line}\n${line.slice(0, 40)}`, ['line 2, column 41']],
    ['an empty list', '[]', ['']],
    ['a list cut short', '[{', ['line 1, column 3']],
    ['a comma too many in the list', `[\n${line},\n]`, ['line 3, column 1']],
    ['the same with line ends of old', `[\r${line},\r]`, ['line 3, column 1']],
    ['an object over lines, cut short', `{"question":\n"?"`, ['line 2, column 4']],
    ['another version', '{"agemem-tasks":2}\n', ['']],
    ['a name that is none', '{"agemem-tasks":1,"name":3}\n', ['line 1 name']],
    ['a task that is none', `${line}\n{"question":"?"}\n3`, ['line 2 answers', 'line 2 messages', 'line 3']],
    ['a number in a list', `[${line},\n 3]`, ['entry 2 (line 2, column 2)']],
  ])('%s is refused at its line', (_, text, places) => {
    expect(problemsOf(text)).toEqual(places);
  });

  it('with too many tasks is refused', () => {
    expect(
      problemsOf(
        `[${Array(SET_LIMITS.tasks + 1)
          .fill('0')
          .join(',')}]`,
      ),
    ).toEqual(['']);
  });

  it('cut anywhere, or with a letter changed anywhere, is read or refused by name', () => {
    const file = setFile('x', tasksText([KESTREL, randomTask(createRandom('cut', 1))]));
    for (let at = 0; at < file.length; at++) {
      for (const put of ['', '\u0000', '"', '}', '\n']) {
        problemsOf(file.slice(0, at) + put);
        problemsOf(file.slice(0, at) + put + file.slice(at + 1));
      }
    }
  });
});

describe('a set to be kept', () => {
  it('is refused where it could not be read again', () => {
    const text = tasksText([KESTREL]);
    const bytes = new TextEncoder().encode(text).length;
    expect(setText([KESTREL], bytes)).toBe(text);
    expect(() => setText([KESTREL], bytes - 1)).toThrow(TaskFileError);
    expect(() => setText(Array(400).fill(KESTREL), 100_000)).toThrow(
      /take 0\.\d MB; at most 0\.1 MB are kept/,
    );
  });
});

describe('the parts of a set', () => {
  const places = (n: number) => Array.from({ length: n }, (_, i) => i);

  it.each([
    [0, 0],
    [1, 0],
    [2, 1],
    [4, 1],
    [10, 3],
    [100, 25],
  ])('of %d tasks %d are held out', (n, held) => {
    const { train, heldOut } = splitSet('s', places(n), 1);
    expect(heldOut).toHaveLength(held);
    expect([...train, ...heldOut].sort((a, b) => a - b)).toEqual(places(n));
  });

  it('follow from set and seed, and others from another seed', () => {
    const parts = splitSet('s', places(40), 1);
    expect(splitSet('s', places(40), 1)).toEqual(parts);
    expect(splitSet('s', places(40), 2)).not.toEqual(parts);
    expect(splitSet('t', places(40), 1)).not.toEqual(parts);
  });

  it('have a name that says both', () => {
    const name = { set: '0123456789abcdef', seed: 7 };
    expect(readSplitName(splitName(name))).toEqual(name);
    for (const odd of ['', '0123456789abcdef', '0123456789abcdef~', 'x~1', '0123456789abcdef~1~2']) {
      expect(readSplitName(odd)).toBe(null);
    }
  });
});
