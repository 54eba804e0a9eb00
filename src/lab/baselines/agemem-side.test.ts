/** AgeMem's side of a comparison: nothing of the log is lost or counted twice, whatever the episode was. */
import { describe, expect, test } from 'vitest';
import { recordEpisode } from '../episode/recorded.fixture';
import { ageMemSide, costOfFrame, messageKey, sum, tokensOf } from './agemem-side';

const EPISODES = [1, 2, 3, 4, 5, 6].flatMap((seed) =>
  (['qa', 'rooms'] as const).map((family) => ({ seed, family, perfect: seed % 2 === 0 })),
);

describe.each(EPISODES)('$family, seed $seed', (options) => {
  test('every message has its steps, every step is paid once, and the store is that of the log', async () => {
    const { log, task } = await recordEpisode(options);
    const side = ageMemSide(log);
    for (const [stage, list] of [
      [1, task.messages],
      [2, task.distractors],
    ] as const) {
      for (const [index, { content }] of list.entries()) {
        const frames = side.onMessage.get(messageKey(stage, index)) ?? [];
        expect(frames.length).toBeGreaterThan(0);
        const arrived = log
          .slice(frames[0].from, frames[0].to)
          .some((event) => event.type === 'message-added' && event.message.content === content);
        expect(arrived).toBe(true);
      }
    }
    expect(side.onMessage.size).toBe(task.messages.length + task.distractors.length);
    const all = sum(sum(side.writing, side.reading), side.rest);
    expect(all).toEqual(costOfEpisode(log));
    expect(tokensOf(all)).toBeGreaterThan(0);
    const ended = log.at(-1);
    expect(side).toMatchObject({
      end: ended?.type === 'episode-ended' ? ended.reason : '',
      score: ended?.type === 'episode-ended' ? ended.score : 0,
    });
    expect(side.entries.map(({ id }) => id).sort()).toEqual(idsStored(log).sort());
  });

  test('an episode that goes on is told as far as it has come', async () => {
    const { log } = await recordEpisode(options);
    const prompts = log.filter(({ type }) => type === 'prompt');
    const half = log.slice(0, prompts[1].seq + 1);
    const side = ageMemSide(half);
    expect(side).toMatchObject({ end: null, score: null, answer: null });
    expect(side.writing.calls).toBe(1);
    expect(side.reading.calls + side.rest.calls).toBe(0);
  });
});

test('nothing yet: nothing stored, nothing spent', () => {
  expect(ageMemSide([])).toMatchObject({ entries: [], answering: [], end: null });
});

/** Prompt by prompt, as the log has it. */
function costOfEpisode(log: Parameters<typeof ageMemSide>[0]) {
  const starts = log.flatMap(({ type }, i) => (type === 'prompt' ? [i] : []));
  return starts.map((from, i) => costOfFrame(log.slice(from, starts[i + 1] ?? log.length))).reduce(sum);
}

function idsStored(log: Parameters<typeof ageMemSide>[0]): string[] {
  const ids = new Set<string>();
  for (const event of log) {
    if (event.type !== 'tool-called' || !event.outcome.ok) continue;
    const { effect } = event.outcome;
    if (effect.kind === 'added') ids.add(effect.entry.id);
    if (effect.kind === 'deleted') ids.delete(effect.entry.id);
  }
  return [...ids];
}
