/**
 * `npm run conformance -- [--fixtures DIR] [--backend webgpu|wasm|reference] [--runtime browser|node] [--json]`:
 * the PyTorch numbers of a fixtures folder against a back end, one line a quantity, as they are measured.
 * Exit status 1 if any is out of its tolerance, if anything could not be measured, or if nothing was.
 *
 * WebGPU runs in headless Chromium unless `--runtime node` asks for the `webgpu` package; the others in Node
 * unless `--runtime browser` asks for a page. A line has `case, quantity, error, tolerance, pass`, and where
 * they say more `detail`, `path` (a policy loss on the host or on the device) and `problem` (name, code and
 * message of what went wrong; `error` is null then).
 */
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { BackendName } from '../engine/backend';
import type { ConformanceResult, FixtureReader } from '../engine/conformance';
import { watchedReader } from '../engine/conformance/files';
import type { FastPathChoices } from '../engine/fast-paths';
import { Arguments, UsageError } from './arguments';
import { BACKEND_NAMES, createBackend, FAST_PATH_OPTIONS, fastPathsIn } from './backends';
import type { PageReport } from './conformance/page-report';
import { conformanceRun } from './conformance/run';
import { filesBelow, openHeadlessPage } from './headless-page';

type Runtime = 'browser' | 'node';

interface Run {
  readonly folder: string;
  readonly backend: BackendName;
  readonly only: string;
  readonly fastPaths: FastPathChoices;
  /** Called once, before the first result of a model. */
  onDevice(device: string): void;
  onResult(result: ConformanceResult): void;
}

export async function main(argv: readonly string[]): Promise<number> {
  const args = Arguments.parse(argv, 'Compare a back end with PyTorch numbers.', {
    fixtures: { type: 'string', help: 'folder laid out like fixtures/', default: 'fixtures' },
    backend: { type: 'string', help: BACKEND_NAMES.join(' | '), default: 'wasm' },
    runtime: { type: 'string', help: 'browser | node; default browser for webgpu, node for the others' },
    ...FAST_PATH_OPTIONS,
    only: { type: 'string', help: 'only folders whose path contains this' },
    json: { type: 'boolean', help: 'one JSON line a quantity' },
  });
  if (!args) return 0;
  const folder = resolve(args.text('fixtures') ?? 'fixtures');
  const backend = args.choice('backend', BACKEND_NAMES);
  const runtime: Runtime = args.text('runtime')
    ? args.choice('runtime', ['browser', 'node'] as const)
    : backend === 'webgpu'
      ? 'browser'
      : 'node';
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) {
    throw new UsageError(`--fixtures: there is no folder ${folder}.`);
  }
  let failed = 0;
  let total = 0;
  const run: Run = {
    folder,
    backend,
    only: args.text('only') ?? '',
    fastPaths: fastPathsIn(args),
    onDevice: (device) => process.stderr.write(`${backend} in ${runtime}: ${device}\n`),
    onResult: (result) => {
      total++;
      if (!result.pass) failed++;
      const line = args.has('json') ? JSON.stringify({ backend, runtime, ...result }) : inWords(result);
      process.stdout.write(`${line}\n`);
    },
  };
  await (runtime === 'browser' ? inBrowser(run) : inNode(run));
  process.stderr.write(`${total - failed} passed, ${failed} failed on ${backend} in ${runtime}\n`);
  if (total === 0) {
    process.stderr.write(
      `Nothing was measured: ${folder} holds no formats/, grpo/ or models/ with cases${run.only && ` that match "${run.only}"`}. ` +
        'See fixtures/README.md for the layout.\n',
    );
  }
  return failed === 0 && total > 0 ? 0 : 1;
}

function inWords({ pass, path, problem, error, tolerance, ...result }: ConformanceResult): string {
  const what = [result.case, result.quantity, path, result.detail].filter((part) => part !== undefined);
  const outcome = problem
    ? `${problem.name} ${problem.code}: ${problem.message}`
    : `${error.toExponential(1)} <= ${tolerance}`;
  return [pass ? 'pass' : 'FAIL', ...what, outcome].join('  ');
}

async function inNode({ folder, backend, only, fastPaths, onDevice, onResult }: Run): Promise<void> {
  const disk: FixtureReader = {
    list: () => filesBelow(folder),
    read: async (path) => new Uint8Array(await readFile(join(folder, path))),
  };
  const read = new Set<string>();
  const create = async () => {
    const created = await createBackend(backend, { fastPaths });
    onDevice(created.info.device);
    return created;
  };
  for await (const result of conformanceRun(create, watchedReader(disk, read), only)) onResult(result);
  const unread = (await disk.list()).filter((path) => !read.has(path) && !path.endsWith('.md'));
  if (only === '' && unread.length > 0) {
    process.stderr.write(`Not read, as no case names them: ${unread.join(', ')}\n`);
  }
}

async function inBrowser({ folder, backend, only, fastPaths, onDevice, onResult }: Run): Promise<void> {
  let done = (): void => undefined;
  let fail = (_: Error): void => undefined;
  const ended = new Promise<void>((resolved, rejected) => {
    done = resolved;
    fail = rejected;
  });
  const report = (message: PageReport): void => {
    switch (message.kind) {
      case 'device':
        onDevice(message.device);
        break;
      case 'result':
        onResult({ ...message.result, error: message.result.error ?? Infinity });
        break;
      case 'done':
        done();
        break;
      case 'failed':
        fail(new Error(`${message.problem.name}: ${message.problem.message}`));
    }
  };
  const page = await openHeadlessPage({
    module: '/src/cli/conformance/page.ts',
    search: { backend, only, ...fastPaths },
    folder,
    expose: { report },
    onError: (message) => fail(new Error(message)),
  });
  try {
    await ended;
  } finally {
    await page.close();
  }
}
