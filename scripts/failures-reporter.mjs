/**
 * A Vitest reporter that keeps what failed, in the words of `npm test`'s last lines: failed tests and files, and errors
 * that no test caught, which end a run with status 1 and stand in no other report.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { root } from './install.mjs';
import { isLate } from './late-tests.mjs';

/** Where the list is written: `Failure[]` (late-tests.mjs) as JSON. */
export const FAILURES_VARIABLE = 'VITEST_FAILURES_FILE';

const firstLine = (error) => String(error?.message ?? error).split('\n')[0];

export default class FailuresReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const file = process.env[FAILURES_VARIABLE];
    if (!file) return;
    const failures = modules.flatMap((module) => {
      const place = relative(root, module.moduleId);
      const tests = [...module.children.allTests('failed')].map((test) => {
        const why = firstLine(test.result().errors?.[0]);
        return { text: `${place} > ${test.fullName}: ${why}`, file: place, late: isLate(why) };
      });
      // What hooks before and after all tests of a file or a block threw.
      const hooks = [module, ...module.children.allSuites()].flatMap((suite) =>
        suite.errors().map((error) => {
          const why = firstLine(error);
          return { text: `${place}: ${why}`, file: place, late: isLate(why) };
        }),
      );
      const named = [...tests, ...hooks];
      const unnamed = module.state() === 'failed' && named.length === 0;
      return unnamed ? [{ text: `${place} failed`, file: place, late: false }] : named;
    });
    const uncaught = unhandledErrors.map((error) => ({
      text: `not caught by a test: ${error.name ?? 'Error'}: ${firstLine(error)}\n${error.stack ?? ''}`,
      file: null,
      late: false,
    }));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify([...failures, ...uncaught]));
  }
}
