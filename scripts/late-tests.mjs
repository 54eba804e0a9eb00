/**
 * Tests that ran out of time. A machine that stands still for minutes fails whichever test it was at, so those are run
 * once more by themselves, and are told either way; whatever failed for another reason has failed.
 *
 * @typedef {{ text: string, file: string | null, late: boolean }} Failure
 *   `file`: of the test, from the root of the project; null: no test's
 */

/** Whether a test that failed with these words ran out of its own time (Vitest's words, and Playwright's). */
export function isLate(why) {
  return /^(?:Error: )?(?:Test|Hook) timed out in \d+ms|^(?:Error: )?Test timeout of \d+ms exceeded/.test(
    why,
  );
}

/**
 * Files to be run once more: none if anything failed for another reason, or if so many were late that something is wrong.
 *
 * @param {readonly Failure[]} failures
 * @returns {readonly string[]}
 */
export function filesToRunAgain(failures, most = 3) {
  if (failures.length === 0 || failures.length > most) return [];
  if (!failures.every(({ file, late }) => late && file !== null)) return [];
  return [...new Set(failures.map(({ file }) => file))];
}
