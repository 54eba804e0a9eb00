/**
 * A Vitest reporter that keeps what failed, in the words of `npm test`'s last lines: failed tests and files, and errors
 * that no test caught, which end a run with status 1 and stand in no other report.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { root } from './install.mjs';

/** Where the list is written: `string[]` as JSON. */
export const FAILURES_VARIABLE = 'VITEST_FAILURES_FILE';

const firstLine = (error) => String(error?.message ?? error).split('\n')[0];

export default class FailuresReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const file = process.env[FAILURES_VARIABLE];
    if (!file) return;
    const failures = modules.flatMap((module) => {
      const place = relative(root, module.moduleId);
      const tests = [...module.children.allTests('failed')].map(
        (test) => `${place} > ${test.fullName}: ${firstLine(test.result().errors?.[0])}`,
      );
      // What hooks before and after all tests of a file or a block threw.
      const hooks = [module, ...module.children.allSuites()].flatMap((suite) =>
        suite.errors().map((error) => `${place}: ${firstLine(error)}`),
      );
      const named = [...tests, ...hooks];
      return module.state() === 'failed' && named.length === 0 ? [`${place} failed`] : named;
    });
    const uncaught = unhandledErrors.map(
      (error) => `not caught by a test: ${error.name ?? 'Error'}: ${firstLine(error)}\n${error.stack ?? ''}`,
    );
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify([...failures, ...uncaught]));
  }
}
