/** `npm run judge` on the bundled policy: what it prints is what the page's call answers, free and held to scores. */
import { afterEach, expect, test, vi } from 'vitest';
import type { AgreementRun } from '../worker/judge-protocol';
import { main } from './judge';

afterEach(() => vi.restoreAllMocks());

async function printed(...argv: readonly string[]): Promise<string> {
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(await main(argv)).toBe(0);
  return written.join('');
}

test('as JSON: every pair, every failure, the cost', async () => {
  const run = JSON.parse(await printed('--episodes', '4', '--json')) as AgreementRun;
  expect(run).toMatchObject({ episodes: 4, player: 'demonstrator' });
  expect(run.facts).toMatchObject({ model: 'public/policy', prompts: 'short', constrained: false });
  for (const part of run.parts) expect(part.pairs.length + part.failed + part.left).toBe(4);
  expect(run.cost.calls).toBeGreaterThan(4);
});

test('in words, held to scores: nothing fails', async () => {
  const text = await printed('--episodes', '4', '--constrained');
  expect(text).toMatch(/^task +4 pairs, 0 failed {2}judge less rules .* kappa/m);
  expect(text).toContain('judged by public/policy, short prompts, held to scores');
});

test('a number of episodes that is none is refused', async () => {
  await expect(main(['--episodes', '1', '--json'])).rejects.toThrow();
});
