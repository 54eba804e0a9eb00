/** The embedders of a lab in Node: letters, and the bundled policy's hidden states. */
import { beforeAll, describe, expect, test } from 'vitest';
import { directory } from '../cli/directory';
import { WasmBackend } from '../engine/wasm/wasm-backend';
import { EmbedderUnavailableError } from '../memory/errors';
import type { HiddenStateModel } from '../policies/hidden-state-embedder';
import { type EmbedderSources, LabEmbedders } from './embedders';
import { LabModels } from './models';

let models: LabModels;
const told: string[] = [];

beforeAll(async () => {
  const folders = (part: string) => directory(`public/${part}`);
  const backend = await WasmBackend.create({ threads: 1 });
  models = await LabModels.open(
    { folders, decode: 'fused', tell: (error) => told.push(error.message) },
    backend,
    () => {},
  );
});

function embedders(policy: () => HiddenStateModel | null = () => models.hiddenStates()): LabEmbedders {
  const sources: EmbedderSources = { policy, site: null, tellForeign: ({ address }) => told.push(address) };
  return new LabEmbedders(sources);
}

describe('LabEmbedders', () => {
  test('lists what there is without opening anything', async () => {
    const facts = await embedders().facts();
    expect(facts.map(({ title, state }) => [title, state])).toEqual([
      ['Spelling', 'ready'],
      ['The policy’s hidden states', 'ready'],
      ['Meaning, English', 'must be loaded'],
      ['Meaning, fifty languages', 'must be loaded'],
    ]);
    expect(new Set(facts.map(({ id }) => id)).size).toBe(4);
    expect(facts[0].theta).toBe(0.453);
    expect(facts[1].theta).toBeNull();
    expect(facts[2].reason).toMatch(/About 24 MB.*huggingface\.co/);
  });

  test('opens each by the id it lists, once', async () => {
    const lab = embedders();
    const [standard, policy] = await lab.facts();
    expect(await lab.open(standard.id)).toBe(lab.standard);
    const [one, other] = await Promise.all([lab.open(policy.id), lab.open(policy.id)]);
    expect(one).toBe(other);
    expect([one.id, one.dimension]).toEqual([policy.id, 128]);
    expect((await lab.facts())[1].theta).toBe(one.threshold);
    expect(one.threshold).toBeGreaterThan(0.1);
  });

  test('says why one cannot be opened, and tries again the next time', async () => {
    let there = false;
    const lab = embedders(() => (there ? models.hiddenStates() : null));
    const { id } = (await embedders().facts())[1];
    expect((await lab.facts())[1]).toMatchObject({
      state: 'unavailable',
      reason: 'No policy is loaded yet.',
    });
    await expect(lab.open(id)).rejects.toThrow(/no policy is loaded/);
    there = true;
    expect((await lab.open(id)).id).toBe(id);
    await expect(lab.open('policy-0123456789abcdef-embedding-mean-v1')).rejects.toThrow(/other weights/);
    await expect(lab.open('words-of-old')).rejects.toThrow(EmbedderUnavailableError);
    await expect(lab.open('transformers-Xenova/all-MiniLM-L6-v2')).rejects.toThrow(/not in this browser/);
    await expect(lab.open('transformers-a/b-q8-00000000')).rejects.toThrow(/does not know it/);
    expect(told).toEqual([]);
  });
});
