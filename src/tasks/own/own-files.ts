/**
 * Files as somebody chooses them, one or several at a time: sets of tasks (`set-file.ts`), BabyAI levels, and PDDL
 * domains and problems. A problem goes with the domain that it names, out of the same choice; the four domains of the
 * lab need not be chosen. Domain and problems may stand in one file, one after the other. All files are taken or none.
 */
import { readDomain } from '../pddl/domain';
import { DOMAIN_TEXTS, DOMAINS } from '../pddl/domains';
import { PddlError, readSExpression } from '../pddl/s-expression';
import type { OwnEntry } from './entry';
import { isWorld } from './own-world';
import { type FileProblem, type ReadSet, readSetFile, SET_LIMITS, TaskFileError } from './set-file';
import { worldReader } from './world-reader';

const { readWorld } = worldReader;

export interface TextFile {
  readonly name: string;
  readonly text: string;
}

/** Throws `TaskFileError`; with several files each problem says in which it is. */
export function readOwnFiles(files: readonly TextFile[]): ReadSet {
  const found: { readonly tasks: readonly OwnEntry[]; readonly notes: readonly string[] }[] = [];
  const problems: FileProblem[] = [];
  const names: (string | null)[] = [];
  const definitions: Definition[] = [];
  const within = (file: TextFile, at: string) =>
    files.length > 1 ? [file.name, at].filter(Boolean).join(', ') : at;
  for (const file of files) {
    const text = file.text.replace(/^\uFEFF/, '');
    if (isPddl(text)) definitions.push(...definitionsIn({ ...file, text }));
    else if (isLevel(text)) {
      const { task, problems: wrong = [] } = readWorld({ babyai: text });
      if (task) found.push({ tasks: [task], notes: [] });
      problems.push(...wrong.map(({ message }) => ({ at: within(file, ''), field: '', message })));
    } else {
      try {
        const read = readSetFile(text);
        found.push(read);
        names.push(read.name);
      } catch (error) {
        if (!(error instanceof TaskFileError)) throw error;
        problems.push(...error.problems.map((one) => ({ ...one, at: within(file, one.at) })));
      }
    }
  }
  const worlds = paired(definitions, (file, message) =>
    problems.push({ at: within(file, ''), field: '', message }),
  );
  if (problems.length > 0) throw new TaskFileError(problems.slice(0, MOST_PROBLEMS));
  const tasks = [...found.flatMap((one) => one.tasks), ...worlds];
  if (tasks.length > SET_LIMITS.tasks || tasks.filter(isWorld).length > SET_LIMITS.worlds) {
    const message = `A set has at most ${SET_LIMITS.tasks} tasks, ${SET_LIMITS.worlds} of them worlds. Choose fewer files.`;
    throw new TaskFileError([{ at: '', field: '', message }]);
  }
  return {
    name: names.find((name) => name !== null) ?? null,
    tasks,
    notes: found.flatMap(({ notes }) => notes),
  };
}

/** Problems told of one choice. */
const MOST_PROBLEMS = 20;

interface Definition {
  readonly file: TextFile;
  readonly kind: 'domain' | 'problem';
  readonly text: string;
  /** Of a domain its own, of a problem that of its domain; empty: it has none, and reading it says so. */
  readonly domain: string;
}

/** Begins, comments apart, with a bracket. */
function isPddl(text: string): boolean {
  return /^(?:\s|;.*)*\(/.test(text);
}

/** Has a map or a mission, and is not JSON. */
function isLevel(text: string): boolean {
  return !/^\s*[[{]/.test(text) && /^\s*(?:map|mission)\s*:/im.test(text);
}

function definitionsIn(file: TextFile): readonly Definition[] {
  return topLists(file.text).map((text) => {
    const kind = /\(\s*problem\b/i.test(withoutComments(text).slice(0, 1000)) ? 'problem' : 'domain';
    const named = kind === 'domain' ? /\(\s*domain\s+([^\s()]+)/i : /\(\s*:domain\s+([^\s()]+)/i;
    return { file, kind, text, domain: (named.exec(withoutComments(text))?.[1] ?? '').toLowerCase() };
  });
}

/**
 * The file cut before each bracket that opens at the outermost level, but the first. White space stands for what is
 * before a piece, so that lines and columns are those of the file. More pieces than a set may have stay together.
 */
function topLists(text: string): readonly string[] {
  const cuts: number[] = [];
  let depth = 0;
  let begun = false;
  for (const { 0: token, index } of text.matchAll(/;[^\n]*|[()]/g)) {
    if (token === '(' && depth++ === 0) {
      if (begun && cuts.push(index) > SET_LIMITS.worlds) break;
      begun = true;
    } else if (token === ')') depth = Math.max(0, depth - 1);
  }
  return [0, ...cuts].map((from, i) => {
    const before = text.slice(0, from).split('\n');
    const blank = '\n'.repeat(before.length - 1) + ' '.repeat(before[before.length - 1].length);
    return blank + text.slice(from, cuts[i]);
  });
}

const withoutComments = (text: string): string => text.replace(/;.*/g, '');

function paired(
  definitions: readonly Definition[],
  refuse: (file: TextFile, message: string) => void,
): readonly OwnEntry[] {
  const sound = definitions.filter(({ file, text }) => {
    const wrong = problemIn(() => readSExpression(text));
    if (wrong !== null) refuse(file, wrong);
    return wrong === null;
  });
  if (sound.length < definitions.length) return [];
  const own = new Map(definitions.flatMap((one) => (one.kind === 'domain' ? [[one.domain, one]] : [])));
  const wanted = definitions.filter(({ kind }) => kind === 'problem');
  for (const { kind, domain, file, text } of definitions) {
    if (kind !== 'domain' || wanted.some((one) => one.domain === domain)) continue;
    const alone = `No problem for the domain "${domain}" was chosen. Choose its file together with this one.`;
    refuse(file, problemIn(() => readDomain(text)) ?? alone);
  }
  return wanted.flatMap(({ file, text, domain }): readonly OwnEntry[] => {
    const given = own.get(domain);
    const known = given?.text ?? domainOfTheLab(domain);
    if (known === undefined) {
      refuse(
        file,
        `This problem is for the domain "${domain}". Choose the file of that domain together with this one.`,
      );
      return [];
    }
    const { problems = [] } = readWorld({ pddl: { domain: known, problem: text } });
    for (const { field, message } of problems)
      refuse(field === 'pddl.domain' && given ? given.file : file, message);
    // As it stands in its file, without the lines put before it.
    return problems.length > 0 ? [] : [{ pddl: { domain: known.trim(), problem: text.trim() } }];
  });
}

/** What is wrong with a text of PDDL, or null. */
function problemIn(read: () => unknown): string | null {
  try {
    read();
    return null;
  } catch (error) {
    if (error instanceof PddlError) return error.message;
    throw error;
  }
}

function domainOfTheLab(name: string): string | undefined {
  const found = Object.entries(DOMAINS).find(([, domain]) => domain.name === name);
  return found && DOMAIN_TEXTS[found[0] as keyof typeof DOMAIN_TEXTS];
}
