/**
 * `npm test`: installs what is missing, builds, runs every test and ends with one line,
 * `N passed, N failed`, after the names of what failed. `--soak` runs the full counts. What ran out of time is run once
 * more by itself (late-tests.mjs).
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FAILURES_VARIABLE } from './failures-reporter.mjs';
import { checkNode, ensurePackages, root, run } from './install.mjs';
import { filesToRunAgain } from './late-tests.mjs';

checkNode();
ensurePackages();
const { ensureBrowser } = await import('./ensure-browser.mjs');
const { ensureSite } = await import('./build.mjs');

const results = join(root, 'test-results');
const files = { vitest: join(results, 'vitest.json'), playwright: join(results, 'playwright.json') };
const vitestFailures = join(results, 'vitest-failures.json');
const soak = process.argv.includes('--soak') ? { SOAK: '1', VITE_SOAK: '1' } : {};
const env = { ...(await ensureBrowser()), ...soak };

/** The report a runner wrote, or undefined if it ended before writing one. */
function report(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Passed and failed tests of a vitest report; a file that could not be loaded counts as one failure. */
function vitestCounts(json) {
  const broken = json.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  return { passed: json.numPassedTests, failed: json.numFailedTests + broken.length };
}

/** Of what failed: an error beside the tests is named as one of its own. */
const counted = (failures, failed) => Math.max(1, failed, failures.length);

function playwrightCounts(json) {
  const { expected, flaky, unexpected } = json.stats;
  // A journey that fails and then passes has failed: nobody knows which of the two a user meets.
  return { passed: expected, failed: unexpected + flaky + json.errors.length };
}

/** Failed journeys of a Playwright report. */
function playwrightFailures(json) {
  const wrong = ({ ok, tests }) => !ok || tests.some(({ status }) => status === 'flaky');
  const ranOut = ({ tests }) => tests.every(({ results }) => results.at(-1)?.status === 'timedOut');
  const failures = (suite) => [
    ...(suite.specs ?? []).filter(wrong).map((spec) => ({
      text: `e2e/${spec.file} > ${spec.title}`,
      file: `e2e/${spec.file}`,
      late: ranOut(spec),
    })),
    ...(suite.suites ?? []).flatMap(failures),
  ];
  const errors = json.errors.map(({ message }) => ({ text: message, file: null, late: false }));
  return [...json.suites.flatMap(failures), ...errors];
}

/** Runs one runner; one that fails without a failed test in its report counts as one failure. */
function suite(name, args, extraEnv, counts, failuresOf) {
  rmSync(files[name], { force: true });
  const status = run(process.execPath, args, { ...env, ...extraEnv });
  const json = report(files[name]);
  const { passed, failed } = json ? counts(json) : { passed: 0, failed: 0 };
  if (status === 0 && failed === 0) return { passed, failed, failures: [] };
  const failures = json ? failuresOf(json) : [];
  const unnamed = `${name} ended with status ${status} and named no failure`;
  return {
    passed,
    failed: counted(failures, failed),
    failures: failures.length > 0 ? failures : [{ text: unnamed, file: null, late: false }],
  };
}

/** The same, and what ran out of time once more by itself; only that can take a failure back. */
function suiteAndLate(name, args, extraEnv, counts, failuresOf) {
  const first = suite(name, args, extraEnv, counts, failuresOf);
  const again = filesToRunAgain(first.failures);
  if (again.length === 0) return first;
  for (const { text } of first.failures)
    console.log(`\nran out of time, and is run once more by itself: ${text}`);
  rmSync(vitestFailures, { force: true });
  const second = suite(name, [...args, ...again], extraEnv, counts, failuresOf);
  if (second.failures.length > 0) return { ...first, failures: [...first.failures, ...second.failures] };
  return { passed: first.passed + first.failed, failed: 0, failures: [] };
}

await ensureSite();
mkdirSync(results, { recursive: true });
rmSync(vitestFailures, { force: true });
const unit = suiteAndLate(
  'vitest',
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    '--reporter=./scripts/failures-reporter.mjs',
    `--outputFile.json=${files.vitest}`,
  ],
  { [FAILURES_VARIABLE]: vitestFailures },
  vitestCounts,
  () => report(vitestFailures) ?? [],
);
// Playwright empties its own output folder (test-results/e2e) only.
const pages = suiteAndLate(
  'playwright',
  ['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json'],
  { PLAYWRIGHT_JSON_OUTPUT_NAME: files.playwright },
  playwrightCounts,
  playwrightFailures,
);
const failed = unit.failed + pages.failed;
for (const { text } of [...unit.failures, ...pages.failures]) console.log(`\nfailed: ${text}`);
console.log(`\n${unit.passed + pages.passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
