import { describe, expect, it } from 'vitest';
import { parseCompletion } from '../agent/protocol';
import { TOOL_NAMES } from '../agent/tool-schemas';
import { NgramEmbedder } from '../memory/embedders/ngram-embedder';
import { createTransientMemory } from '../memory/long-term-memory';
import { isUnseenWord } from '../tasks/inventory';
import { demonstrationStatistics } from './demonstration-statistics';
import { type DemonstratedEpisode, type DemonstrationOptions, demonstrate } from './demonstrations';
import { estimateTokens, ScriptedPolicy } from './scripted';
import { DEMONSTRATOR_ERRORS, type DemonstratorErrors, PERFECT } from './scripted-noise';
import { mentions, topicOf, valuesFor } from './scripted-reading';
import type { DecisionKind } from './scripted-thoughts';

const EPISODES = process.env.SOAK ? 8000 : 800;
const embedder = new NgramEmbedder();
const openMemory = (namespace: string) => createTransientMemory({ namespace, embedder, now: () => 0 });

async function collect(options: Partial<DemonstrationOptions>): Promise<DemonstratedEpisode[]> {
  const episodes: DemonstratedEpisode[] = [];
  for await (const episode of demonstrate({ openMemory, episodes: 50, ...options })) episodes.push(episode);
  return episodes;
}

async function* replayed(episodes: readonly DemonstratedEpisode[]): AsyncGenerator<DemonstratedEpisode> {
  yield* episodes;
}

const noisy = await collect({ episodes: EPISODES });
const perfect = await collect({ episodes: 200, errors: PERFECT });

describe('demonstrate', () => {
  it('gives the same episodes for the same seeds, wherever a run begins', async () => {
    const again = await collect({ firstSeed: 20, episodes: 10 });
    expect(again).toEqual(noisy.slice(20, 30));
  });

  it('draws from train alone and shows no word kept out of it', () => {
    const capitalised = new Set<string>();
    for (const { task, steps } of noisy) {
      expect(task.split).toBe('train');
      for (const fact of task.facts) {
        for (const word of [fact.subject, fact.value, ...fact.superseded])
          expect(isUnseenWord(word)).toBe(false);
      }
      for (const { messages } of steps) {
        for (const { content } of messages)
          for (const word of content.match(/\b[A-Z][a-z]{3,}\b/g) ?? []) capitalised.add(word);
      }
    }
    // Most names are new to most episodes: nothing to learn by heart.
    expect(capitalised.size).toBeGreaterThan(1000);
  });

  it('keeps prompts and episodes within the budget of a small window', async () => {
    const statistics = await demonstrationStatistics(replayed(noisy));
    expect(statistics.promptTokens.max).toBeLessThanOrEqual(208);
    expect(statistics.tokensPerEpisode.mean).toBeLessThan(900);
    expect(statistics.completionTokens.max).toBeLessThanOrEqual(64);
  });
});

describe('the noisy demonstrator', () => {
  it('uses every tool in more than one episode in fifty', async () => {
    const { episodesWithCall } = await demonstrationStatistics(replayed(noisy));
    for (const tool of TOOL_NAMES) expect(episodesWithCall[tool], tool).toBeGreaterThan(0.02);
  });

  it('errs at the stated rates', () => {
    const count = (...kinds: DecisionKind[]): number =>
      noisy.flatMap(({ steps }) => steps).filter(({ decision }) => kinds.includes(decision)).length;
    const check = (name: keyof DemonstratorErrors, wrong: number, all: number): void => {
      const rate = DEMONSTRATOR_ERRORS[name];
      const sigma = Math.sqrt((rate * (1 - rate)) / all);
      expect(Math.abs(wrong / all - rate), `${name}: ${wrong} of ${all}`).toBeLessThan(4 * sigma + 1e-9);
    };
    check('missFact', count('miss-fact'), count('miss-fact', 'store-fact'));
    const skipped = count('add-beside-stale', 'miss-revision');
    check('skipUpdate', skipped, skipped + count('update', 'replace'));
    check('addInsteadOfUpdate', count('add-beside-stale'), skipped);
    check('deleteAndAdd', count('replace'), count('update', 'replace'));
    check('storeChatter', count('store-chatter'), count('store-chatter', 'pass-chatter'));
    const inStage3 = noisy
      .map(({ steps }) => steps.find(({ stage }) => stage === 3)?.decision)
      .filter(Boolean);
    check('skipRetrieve', inStage3.filter((kind) => !kind?.startsWith('retrieve')).length, inStage3.length);
  });

  it('is well-formed but for the stated share, and then really malformed', () => {
    const steps = noisy.flatMap(({ steps }) => steps);
    const broken = steps.filter(({ completion }) => parseCompletion(completion).kind === 'protocol-error');
    expect(broken.length).toBeGreaterThan(0);
    expect(broken.length / steps.length).toBeLessThanOrEqual(0.01);
    const clean = steps
      .filter((step) => !broken.includes(step))
      .map(({ completion }) => parseCompletion(completion));
    expect(clean.every(({ tolerances }) => tolerances.length === 0)).toBe(true);
  });
});

describe('the perfect demonstrator', () => {
  it('answers every question', () => {
    for (const { task, log } of perfect) {
      const end = log.at(-1);
      expect([task.id, end?.type === 'episode-ended' && end.score]).toEqual([task.id, 1]);
    }
  });

  it('writes only words it has read, names letter for letter', () => {
    for (const { task, steps } of perfect) {
      for (const { messages, completion, decision } of steps) {
        if (decision !== 'store-fact' && decision !== 'update') continue;
        const newest = messages.findLast(({ role }) => role === 'user')?.content ?? '';
        const action = parseCompletion(completion);
        const call = action.kind === 'tool-calls' ? action.calls[0] : undefined;
        const content = String(call?.arguments.content);
        const fact = task.facts.find(({ subject, relation }) =>
          content.startsWith(`${subject} ${relation} `),
        );
        expect(fact, content).toBeDefined();
        expect(newest).toContain(fact?.subject);
        expect(newest).toContain(content.slice(`${fact?.subject} ${fact?.relation} `.length));
      }
    }
  });

  it('removes the distractor it means with the real embedder', () => {
    let calls = 0;
    for (const { log } of perfect) {
      for (const event of log) {
        if (event.type !== 'tool-called' || !event.outcome.ok || event.outcome.effect.kind !== 'filtered')
          continue;
        const { scores } = event.outcome.effect;
        calls++;
        expect(scores.at(-1)?.removed, JSON.stringify(event)).toBe(true);
      }
    }
    expect(calls).toBeGreaterThanOrEqual(perfect.length);
  });
});

describe('ScriptedPolicy', () => {
  it('completes a request alike whatever it is batched with', async () => {
    const requests = perfect.slice(0, 8).map(({ task }, i) => ({
      messages: [],
      seed: i,
      state: { task, stage: 3 as const, step: 1, stepsOnMessage: 0, context: [], introspected: [] },
    }));
    const policy = new ScriptedPolicy({ errors: DEMONSTRATOR_ERRORS });
    const together = await policy.generate(requests, {});
    const alone = await Promise.all([...requests].reverse().map((request) => policy.generate([request], {})));
    expect(alone.reverse().flat()).toEqual(together);
  });

  it('stops when aborted, and names itself by its errors', async () => {
    const { task } = perfect[0];
    const state = { task, stage: 3 as const, step: 1, stepsOnMessage: 0, context: [], introspected: [] };
    const signal = AbortSignal.abort();
    const [completion] = await new ScriptedPolicy().generate([{ messages: [], seed: 1, state }], { signal });
    expect(completion).toMatchObject({ finish: 'aborted', text: '' });
    expect(new ScriptedPolicy().id).toBe('scripted-perfect');
    expect(new ScriptedPolicy({ errors: DEMONSTRATOR_ERRORS }).id).toBe('scripted-noisy');
  });

  it('counts tokens by words unless told otherwise', () => {
    const message = { role: 'user', content: 'Mira lives in Oslo.' } as const;
    expect(estimateTokens(message)).toBe(8);
    expect(new ScriptedPolicy({ countTokens: () => 7 }).countTokens(message)).toBe(7);
  });
});

describe('reading', () => {
  it('takes values from entries, oldest first, and whole words only', () => {
    const entries = [
      { id: 'm10', content: 'Mira lives in Bergen' },
      { id: 'm2', content: 'Mira lives in Oslo' },
      { id: 'm3', content: 'Miranda lives in Rome' },
    ];
    expect(valuesFor(entries, 'Mira', 'lives in')).toEqual(['Oslo', 'Bergen']);
    expect(mentions('Ask Miranda.', 'Mira')).toBe(false);
    expect(mentions("Mira's boss", 'mira')).toBe(true);
  });

  it('takes the frame off a distractor', () => {
    expect(topicOf('In a novel, Tilo lives in Hamar.')).toBe('Tilo lives in Hamar');
    expect(topicOf('On the radio: Tilo met a baker today.')).toBe('Tilo met a baker today');
    expect(topicOf('Nothing framed!')).toBe('Nothing framed');
  });
});
