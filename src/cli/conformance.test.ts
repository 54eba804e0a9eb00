/** The command on a folder on disk: one JSON line a quantity, and the exit status, in Node and in a browser. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ensureWasm } from '../../scripts/build-wasm.mjs';
import { syntheticFixtures } from '../engine/conformance/synthetic.fixture';
import { UsageError } from './arguments';
import { main } from './conformance';

let folder = '';

beforeAll(async () => {
  await ensureWasm();
  folder = await mkdtemp(join(tmpdir(), 'conformance-'));
  for (const [path, bytes] of await syntheticFixtures(4)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Exit status, parsed lines and what was said beside them. */
async function run(...args: string[]) {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      written[stream] += text;
      return true;
    }),
  );
  try {
    const status = await main(args);
    const lines = written.stdout.split('\n').filter((line) => line.startsWith('{'));
    return { status, lines: lines.map((line) => JSON.parse(line)), ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

describe('npm run conformance', () => {
  it('prints a line a quantity and succeeds where all pass', async () => {
    const { status, lines, stderr } = await run('--fixtures', folder, '--backend', 'wasm', '--json');
    expect(status, stderr).toBe(0);
    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) {
      expect(line).toMatchObject({ backend: 'wasm', runtime: 'node', pass: true });
      expect(line.error).toBeLessThanOrEqual(line.tolerance);
      expect(typeof line.case).toBe('string');
      expect(typeof line.quantity).toBe('string');
    }
    expect(stderr).not.toContain('Not read');
  });

  it('measures the same quantities in a browser', async () => {
    const names = (lines: readonly { case: string; quantity: string; path?: string; detail?: string }[]) =>
      lines.map((line) => [line.case, line.quantity, line.path, line.detail].join(' '));
    const inNode = await run('--fixtures', folder, '--json');
    const inBrowser = await run('--fixtures', folder, '--runtime', 'browser', '--json');
    expect(inBrowser.status, inBrowser.stderr).toBe(0);
    expect(names(inBrowser.lines)).toEqual(names(inNode.lines));
  });

  it('fails with null and words for what cannot be measured, and goes on', async () => {
    const path = join(folder, 'models/broken/config.json');
    await mkdir(dirname(path));
    await writeFile(path, '{"model_type": "mamba"}');
    const { status, lines } = await run('--fixtures', folder, '--json');
    await rm(dirname(path), { recursive: true });
    expect(status).toBe(1);
    const [failed, ...more] = lines.filter(({ pass }) => !pass);
    expect(more).toEqual([]);
    expect(failed).toMatchObject({
      case: 'models/broken',
      error: null,
      problem: { name: 'UnsupportedModelError' },
    });
  });

  it('fails with words where nothing was measured or there is no folder', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'conformance-empty-'));
    const { status, stderr } = await run('--fixtures', empty);
    await rm(empty, { recursive: true });
    expect(status).toBe(1);
    expect(stderr).toContain('Nothing was measured');
    await expect(main(['--fixtures', join(folder, 'nowhere')])).rejects.toThrow(UsageError);
  });
});
