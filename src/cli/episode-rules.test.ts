/** The window a folder's model is played in follows from what it can read, not from what the folder is called. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BUNDLED_EPISODE_CONFIG, WORLDS_EPISODE_CONFIG } from '../agent/config';
import { MissingFileError } from '../engine/model/model-folder';
import { SITE_POLICIES } from '../policies/site-policies';
import { episodeRules } from './episode-rules';

let root: string;
let said: string[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'rules-'));
  said = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true });
});

function copied(folder: string, name: string): string {
  mkdirSync(join(root, name), { recursive: true });
  copyFileSync(`public/${folder}/config.json`, join(root, name, 'config.json'));
  return join(root, name);
}

test.each(SITE_POLICIES)('$name keeps its rules under any name', async ({ folder, episode }) => {
  expect(await episodeRules(`public/${folder}`, true)).toBe(episode);
  expect(await episodeRules(copied(folder, 'mine'), true)).toBe(episode);
  expect(said).toEqual([]);
});

test('a folder that is called as another policy is played as its model can be', async () => {
  const worlds = copied('worlds-policy', 'runs/x/policy');
  expect(await episodeRules(worlds, false)).toBe(WORLDS_EPISODE_CONFIG);
  expect(await episodeRules(copied('policy', 'worlds-policy'), false)).toBe(BUNDLED_EPISODE_CONFIG);
  expect(said).toEqual([
    `${worlds} takes 1024 tokens: played like the worlds policy, prompts of at most 960.\n`,
    expect.stringMatching(/ takes 320 tokens: played like the bundled policy, prompts of at most 208\.\n$/),
  ]);
});

test('a folder without a model is told by name', async () => {
  await expect(episodeRules(root, false)).rejects.toThrow(MissingFileError);
  expect(said).toEqual([]);
});
