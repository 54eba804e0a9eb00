/** Advantages against the fixtures, and proof that a wrong one is noticed. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { ConformanceResult, FixtureReader } from '../../engine/conformance';
import { filesBelow } from '../headless-page';
import { advantageCases } from './advantage-cases';

const root = fileURLToPath(new URL('../../../fixtures', import.meta.url));
const fixtures: FixtureReader = {
  list: () => filesBelow(root),
  read: async (path) => new Uint8Array(await readFile(`${root}/${path}`)),
};

async function measure(reader: FixtureReader): Promise<ConformanceResult[]> {
  const results: ConformanceResult[] = [];
  for await (const result of advantageCases(reader)) results.push(result);
  return results;
}

/** The fixtures with a text replaced in `grpo/cases.json`. */
function altered(from: string, to: string): FixtureReader {
  return {
    list: () => fixtures.list(),
    read: async (path) => {
      const bytes = await fixtures.read(path);
      if (path !== 'grpo/cases.json') return bytes;
      const text = new TextDecoder().decode(bytes);
      expect(text).toContain(from);
      return new TextEncoder().encode(text.replaceAll(from, to));
    },
  };
}

describe('advantages', () => {
  it('are those of TRL and Trinity-RFT, to far below the tolerance', async () => {
    const results = await measure(fixtures);
    expect(results.filter(({ error }) => error > 1e-6)).toEqual([]);
    for (const part of ['grpo/advantages/', 'grpo/trl/', 'grpo/stepwise/', 'models/']) {
      expect(results.filter((result) => result.case.startsWith(part)).length).toBeGreaterThan(2);
    }
    expect(results.some(({ tolerance }) => tolerance === 1e-3)).toBe(true);
  });

  it('fail where the scale is another, and for step-wise cases where steps are counted otherwise', async () => {
    const failed = async (reader: FixtureReader) =>
      (await measure(reader)).filter(({ pass }) => !pass).map((result) => result.case);
    expect(await failed(altered('"scale_rewards": "batch"', '"scale_rewards": "none"'))).toContain(
      'grpo/advantages/mixed/batch',
    );
    expect(await failed(altered('"step_norm": true', '"step_norm": false'))).toContain(
      'grpo/stepwise/one_task/step_norm=True',
    );
  });

  it('say by name what they do not know', async () => {
    const results = await measure(altered('"scale_rewards": "batch"', '"scale_rewards": "median"'));
    const failed = results.filter(({ pass }) => !pass);
    expect(failed.length).toBeGreaterThan(0);
    for (const { problem } of failed) expect(problem?.message).toMatch(/scale_rewards.*median/);
  });
});
