/** Cards are what their evidence says: no figure of one can drift from the output it comes from. */
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BUNDLED_MAX_NEW_TOKENS } from '../agent/config';
import { BUNDLED_POLICY, WORLDS_POLICY } from '../policies/site-policies';
import { UsageError } from './arguments';
import { main } from './card';
import { RECIPES } from './pretraining/recipe';

const EVIDENCE = 'docs/evidence';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'card-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = (...path: readonly string[]) => readFileSync(join(folder, ...path), 'utf8');

test('the card of the bundled policy is the one that lies beside it', async () => {
  const model = join(folder, BUNDLED_POLICY.folder);
  cpSync(join('public', BUNDLED_POLICY.folder), model, { recursive: true });
  for (const name of ['README.md', 'card.json', 'loss.svg']) rmSync(join(model, name));
  expect(await main(['--model', model])).toBe(0);
  for (const name of ['README.md', 'card.json', 'loss.svg']) {
    expect(text(BUNDLED_POLICY.folder, name), name).toBe(
      readFileSync(join('public', BUNDLED_POLICY.folder, name), 'utf8'),
    );
  }
  expect(text(BUNDLED_POLICY.folder, 'README.md')).toMatch(/^---\nlicense: apache-2\.0\n/);
});

test('that of another is of evidence of its own, family by family; what nobody measured is named', async () => {
  const model = join(folder, WORLDS_POLICY.folder);
  cpSync(join('public', BUNDLED_POLICY.folder), model, { recursive: true });
  const own = join(folder, 'evidence');
  mkdirSync(own);
  const takes = (from: string, as: string) =>
    copyFileSync(join(EVIDENCE, `${from}.jsonl`), join(own, `${as}.jsonl`));
  takes('pretrain-loss', 'pretrain-worlds-loss');
  takes('pretrain-worlds-loss', 'pretrain-worlds-acting-loss');
  takes('pretrain-loss', 'pretrain-worlds-corrected-loss');
  takes('pretrain-worlds-loss', 'pretrain-worlds-corrected-again-loss');
  takes('pretrain-loss', 'pretrain-worlds-corrected-righted-loss');
  takes('train-1', 'train-worlds-1');
  takes('evaluate-evaluation', 'evaluate-worlds-hotpotqa');
  takes('evaluate-shipped', 'evaluate-worlds-shipped-hotpotqa');
  takes('evaluate-unseen-names', 'evaluate-worlds-babyai');
  expect(await main(['--model', model, '--evidence', own])).toBe(0);
  const card = text(WORLDS_POLICY.folder, 'README.md');
  expect(card).toContain('license: apache-2.0');
  expect(card).toContain('| hotpotqa, base | 0.373 |');
  expect(card).toContain('| hotpotqa, with the adapter (trained on it) | 0.760 |');
  // Measured by half: it would have to be told without what it changed.
  expect(card).not.toContain('| babyai');
  expect(card).toMatch(/Not measured: .*babyai/);
  expect(card).toContain(`Prompts of at most ${WORLDS_POLICY.episode.hardPromptTokens} tokens`);
  const facts = JSON.parse(text(WORLDS_POLICY.folder, 'card.json'));
  expect(facts).toMatchObject({
    base: { reward: expect.closeTo(0.3726, 3) },
    trainingTokens: 3 * 18_052_775 + 2 * 5_553_591,
  });
  expect(card).toContain('18,052,775 tokens');
  expect(card).toContain('5,553,591 tokens');
  expect(card).toMatch(/goes on from what the first one wrote, with 2 layers more/);
  expect(card).toMatch(/one action in 4 is taken by that\n {3}model itself/);
  expect(facts.shippedRun).toHaveLength(20);
});

test.each([
  [BUNDLED_POLICY, RECIPES.full],
  [WORLDS_POLICY, RECIPES.worlds],
  [WORLDS_POLICY, RECIPES.acting],
  [WORLDS_POLICY, RECIPES.corrected],
] as const)(
  'what $0.folder is said to be taught is what recipe $1.name demonstrated to it, by the rules it is played by',
  ({ taught, episode }, { corpus, model }) => {
    expect([...taught].sort()).toEqual(corpus.families.map(([family]) => family).sort());
    expect(corpus.episode).toEqual(episode);
    expect(model.maxPositions).toBeGreaterThanOrEqual(episode.hardPromptTokens + BUNDLED_MAX_NEW_TOKENS);
  },
);

test('a folder that is no policy of the site is refused, with the names there are', async () => {
  await expect(main(['--model', folder])).rejects.toThrow(UsageError);
  await expect(main(['--model', folder])).rejects.toThrow(WORLDS_POLICY.folder);
});
