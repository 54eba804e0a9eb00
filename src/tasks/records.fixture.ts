/**
 * Recorded behaviour of the original benchmarks, which lies beside the project (`shared/benchdata`) and is not part of
 * it. Where it is not there, that is said, and the tests that need it are skipped.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../../shared/benchdata/', import.meta.url));

export interface Records {
  /** False: nothing can be read. */
  readonly there: boolean;
  readonly text: (file: string) => string;
  /** Of a `.jsonl` file; none where it is not there. */
  readonly lines: <T>(file: string) => readonly T[];
}

/** @param benchmark name of a folder, e.g. `pddl` */
export function recordsOf(benchmark: string): Records {
  const folder = `${FOLDER}${benchmark}/`;
  const there = existsSync(folder);
  if (!there)
    console.info(`Records of ${benchmark} are not here (shared/benchdata): their tests are skipped.`);
  const text = (file: string): string => readFileSync(folder + file, 'utf8');
  return { there, text, lines: <T>(file: string) => (there ? linesOf<T>(text(file)) : []) };
}

/** JSON Lines. */
export function linesOf<T>(text: string): readonly T[] {
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]));
}
