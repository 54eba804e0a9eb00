/** Python for tests of what is written for it. The project needs none: where there is none, those tests are skipped, in so many words. */
import { spawnSync } from 'node:child_process';

export const PYTHON = spawnSync('python3', ['--version']).status === 0;

/** Shown as the name of the tests. */
export const withPython = (what: string) => (PYTHON ? what : `${what} (skipped: there is no python3 here)`);

/**
 * What a program prints, as JSON.
 * @param input read by the program from its standard input, as JSON
 */
export function runPython(program: string, input: unknown, cwd: string): unknown {
  const done = spawnSync('python3', ['-c', program], {
    input: JSON.stringify(input),
    cwd,
    encoding: 'utf8',
    maxBuffer: 256e6,
  });
  if (done.status !== 0) throw done.error ?? new Error(done.stderr);
  return JSON.parse(done.stdout);
}
