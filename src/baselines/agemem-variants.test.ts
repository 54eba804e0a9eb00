import { describe, expect, test } from 'vitest';
import {
  BUNDLED_EPISODE_CONFIG,
  type EpisodeConfig,
  LARGE_WORLD_CONFIG,
  PAPER_EPISODE_CONFIG,
  validateConfig,
} from '../agent/config';
import { TOOL_NAMES } from '../agent/tool-schemas';
import { AGEMEM_IDS, AGEMEM_VARIANTS } from './agemem-variants';

const SHARED: Readonly<Record<string, EpisodeConfig>> = {
  bundled: BUNDLED_EPISODE_CONFIG,
  large: LARGE_WORLD_CONFIG,
  paper: PAPER_EPISODE_CONFIG,
};
const LONG_TERM = ['Add_memory', 'Update_memory', 'Delete_memory'];
/** What a variant may set otherwise than the episode that all share. */
const MAY_CHANGE = ['introspection', 'introspectionStages', 'lookedUpStages'];

test('every id has a variant, and no variant is without an id', () => {
  expect(Object.keys(AGEMEM_VARIANTS).sort()).toEqual([...AGEMEM_IDS].sort());
});

describe.each(AGEMEM_IDS)('%s', (id) => {
  const { config, refusedTools } = AGEMEM_VARIANTS[id];

  test.each(Object.entries(SHARED))(
    'changes retrieval of the %s episode alone, and leaves it usable',
    (_, shared) => {
      const before = JSON.stringify(shared);
      const changed = config(shared);
      expect(() => validateConfig(changed)).not.toThrow();
      const keys = Object.keys(shared) as readonly (keyof EpisodeConfig)[];
      const others = keys.filter((key) => changed[key] !== shared[key]);
      for (const key of others) expect(MAY_CHANGE).toContain(key);
      expect(JSON.stringify(shared)).toBe(before);
      // Played twice it is the same episode.
      expect(config(changed)).toEqual(changed);
    },
  );

  test('refuses tools there are, each once', () => {
    expect(new Set(refusedTools).size).toBe(refusedTools.length);
    for (const tool of refusedTools) expect(TOOL_NAMES).toContain(tool);
  });

  test('what it cannot look up itself it is shown, unless it is to have no memory tools at all', () => {
    const retrieves = !refusedTools.includes('Retrieve_memory');
    const shownInStage3 = config(BUNDLED_EPISODE_CONFIG).introspectionStages.includes(3);
    expect(retrieves || shownInStage3 || id === 'no-tools').toBe(true);
  });
});

test('the ablation refuses nothing, then the tools of short-term memory, then all', () => {
  expect(AGEMEM_VARIANTS.agemem.refusedTools).toEqual([]);
  for (const id of ['lt', 'lt-rl'] as const) {
    const left = TOOL_NAMES.filter((tool) => !AGEMEM_VARIANTS[id].refusedTools.includes(tool));
    expect(left).toEqual(LONG_TERM);
  }
  expect(AGEMEM_VARIANTS['no-tools'].refusedTools).toEqual(TOOL_NAMES);
});

test('variants that differ by training alone play the same episode', () => {
  for (const [one, other] of [
    ['agemem', 'agemem-no-rl'],
    ['agemem', 'answer-only'],
    ['lt', 'lt-rl'],
  ] as const) {
    const [a, b] = [AGEMEM_VARIANTS[one], AGEMEM_VARIANTS[other]];
    expect(a.weights).not.toBe(b.weights);
    expect(a.refusedTools).toEqual(b.refusedTools);
    for (const shared of Object.values(SHARED)) expect(a.config(shared)).toEqual(b.config(shared));
  }
});
