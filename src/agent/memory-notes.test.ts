import { describe, expect, it } from 'vitest';
import { NgramEmbedder } from '../memory/embedders/ngram-embedder';
import { openMemory } from '../memory/long-term-memory';
import { TransientRows } from '../memory/rows/transient-rows';
import { type EpisodeSettings, play, sayingPolicy } from './playing.fixture';
import { formatCompletion } from './protocol';

const NAMESPACE = 'rollout/notes';

const saying = (think: string, name: string, args: Readonly<Record<string, string | boolean>>) =>
  formatCompletion(think, { kind: 'tool-calls', calls: [{ name, arguments: args }] });

async function journalOf(texts: readonly string[], settings: EpisodeSettings = {}) {
  const rows = new TransientRows();
  const memory = await openMemory({
    rows,
    embedder: new NgramEmbedder(),
    namespace: NAMESPACE,
    now: () => 7,
  });
  const episode = await play(sayingPolicy(texts), { memory, ...settings });
  return { episode, journal: await rows.journal(NAMESPACE) };
}

describe('the journal of an episode', () => {
  it('says which step wrote, changed, looked up and deleted an entry, and what the policy thought', async () => {
    const texts = [
      saying('a fact', 'Add_memory', { content: 'Mira lives in Oslo' }),
      saying('it is old', 'Update_memory', { memory_id: 'm1', content: 'Mira lives in Rome' }),
      saying('where is she', 'Retrieve_memory', { query: 'Mira' }),
      saying('no use', 'Delete_memory', { memory_id: 'm1', confirmation: true }),
      saying('no such', 'Delete_memory', { memory_id: 'm9', confirmation: true }),
    ];
    const { journal } = await journalOf(texts, { adapter: 'shipped', run: 'training/s3', episodeId: 'e7' });
    const by = { kind: 'policy', policy: 'text', adapter: 'shipped', run: 'training/s3', episode: 'e7' };
    expect(journal.map(({ by, why, act, op }) => ({ by, why, act: act.kind, op: op.kind }))).toEqual([
      { by: { ...by, step: 1 }, why: 'a fact', act: 'add', op: 'add' },
      { by: { ...by, step: 2 }, why: 'it is old', act: 'update', op: 'update' },
      { by: { ...by, step: 3 }, why: 'where is she', act: 'retrieve', op: 'retrieve' },
      { by: { ...by, step: 4 }, why: 'no use', act: 'delete', op: 'delete' },
    ]);
    expect(journal[2].op).toMatchObject({ query: 'Mira', hits: [{ id: 'm1' }] });
  });

  it('has nothing of what introspection shows, though it shows something', async () => {
    const { episode, journal } = await journalOf([
      saying('a fact', 'Add_memory', { content: 'Mira lives in Oslo' }),
    ]);
    expect(episode.log.some(({ type }) => type === 'introspection')).toBe(true);
    expect(journal.map(({ op }) => op.kind)).toEqual(['add']);
  });

  it('names the lab where the configuration empties the memory, not the policy', async () => {
    const { journal } = await journalOf([saying('a fact', 'Add_memory', { content: 'Mira lives in Oslo' })], {
      config: { wipeMemoryAtReset: true },
    });
    expect(journal.at(-1)).toMatchObject({
      by: { kind: 'lab' },
      act: { kind: 'clear' },
      op: { kind: 'delete', before: { content: 'Mira lives in Oslo' } },
    });
  });

  it('changes nothing of the event log, whoever is said to act', async () => {
    const texts = [saying('a fact', 'Add_memory', { content: 'Mira lives in Oslo' })];
    const one = await journalOf(texts, { adapter: 'shipped', run: 'r' });
    const other = await journalOf(texts);
    expect(JSON.stringify(one.episode.log)).toBe(JSON.stringify(other.episode.log));
    expect(one.journal[0].by).not.toEqual(other.journal[0].by);
  });
});
