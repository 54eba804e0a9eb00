/**
 * `npm run conformance -- [--fixtures DIR] [--backend wasm|webgpu|reference] [--json]`: the PyTorch numbers
 * of a fixtures folder against a back end in Node, one line a quantity; exit status 1 if any is out of its
 * tolerance. (Loss and advantage cases are pure arithmetic and the same for every back end: `npm test`.)
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { conformance } from '../engine/conformance';
import { Arguments } from './arguments';
import { BACKEND_NAMES, createBackend } from './backends';

export async function main(argv: readonly string[]): Promise<number> {
  const args = Arguments.parse(argv, 'Compare a back end with PyTorch numbers.', {
    fixtures: { type: 'string', help: 'folder laid out like fixtures/', default: 'fixtures' },
    backend: { type: 'string', help: BACKEND_NAMES.join(' | '), default: 'wasm' },
    json: { type: 'boolean', help: 'one JSON line a quantity' },
  });
  if (!args) return 0;
  const folder = args.text('fixtures') ?? 'fixtures';
  const name = args.choice('backend', BACKEND_NAMES);
  const reader = {
    list: async () =>
      (await readdir(folder, { recursive: true })).map((path) => path.replaceAll('\\', '/')).sort(),
    read: async (path: string) => new Uint8Array(await readFile(join(folder, path))),
  };
  let measured = 0;
  let failed = 0;
  for await (const result of conformance(() => createBackend(name), reader, {
    fullTraining: name !== 'webgpu',
  })) {
    measured++;
    if (!result.pass) failed++;
    process.stdout.write(
      args.has('json')
        ? `${JSON.stringify({ backend: name, ...result })}\n`
        : `${result.pass ? 'pass' : 'FAIL'}  ${result.case}  ${result.quantity}  ${result.error.toExponential(1)} <= ${result.tolerance}\n`,
    );
  }
  process.stderr.write(`${measured - failed} passed, ${failed} failed on ${name}\n`);
  return failed === 0 && measured > 0 ? 0 : 1;
}
