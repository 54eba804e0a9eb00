import { expect, test } from 'vitest';
import { callChanges } from './call-change';
import { viewFrame } from './frame-view';
import { framesOf } from './frames';
import { recordEpisode } from './recorded.fixture';

test('the calls of a moment add up to what the moment changed, in both memories', async () => {
  let calls = 0;
  const kinds = new Set<string>();
  for (let seed = 1; seed <= 12; seed++) {
    const { log } = await recordEpisode({ seed, perfect: seed % 2 === 0, difficulty: 'several' });
    for (const frame of framesOf(log)) {
      const changes = callChanges(log, frame);
      const view = viewFrame(log, frame);
      expect(changes.map(({ seq }) => seq)).toEqual(view.calls.map(({ seq }) => seq));
      if (changes.length === 0) continue;
      calls += changes.length;
      for (const { added, removed, tokensBefore, tokensAfter, memory } of changes) {
        const sum = (messages: typeof added) => messages.reduce((all, { tokens }) => all + tokens, 0);
        expect(tokensAfter - tokensBefore).toBe(sum(added) - sum(removed));
        if (memory) kinds.add(memory.kind);
        for (const message of removed) {
          const line = view.context.find((one) => one.message.id === message.id);
          expect(line?.mark).toBe('removed');
        }
      }
      expect(changes[changes.length - 1].tokensAfter).toBe(view.tokens);
      const held = view.memory.filter(({ mark }) => mark !== 'kept').map(({ entry }) => entry.id);
      const touched = changes.flatMap(({ memory }) => {
        if (!memory) return [];
        return [memory.kind === 'updated' ? memory.after.id : memory.entry.id];
      });
      expect(new Set(touched)).toEqual(new Set(held));
    }
  }
  expect(calls).toBeGreaterThan(20);
  expect(kinds).toContain('added');
});
