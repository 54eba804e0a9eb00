/**
 * Whole episodes: one who acts by what the prompt says plays the same through WebLLM's interface as without it. So roles,
 * order, dollars and everything else of every prompt that an episode makes arrive as they are meant, to the letter.
 */
import { expect, test } from 'vitest';
import type { Episode } from '../../agent/episode';
import { answering, startEpisode, textPolicy } from '../../agent/playing.fixture';
import type { ChatMessage, Policy } from '../../agent/policy';
import { formatCompletion } from '../../agent/protocol';
import { runEpisodes } from '../../agent/run-episodes';
import type { Metadata } from '../../memory/memory';
import { createRandom } from '../../tasks/random';
import { FakeEngine } from './fake-engine.fixture';
import { sourceOf } from './mlc-folder.fixture';
import { mlcFolder } from './node-folder.fixture';
import { openWith } from './open-web-llm';
import { workerPair } from './worker-pair.fixture';

/** Right and wrong steps, drawn from the prompt and the seed alone. */
function act(prompt: string, seed: number): string {
  const random = createRandom(prompt, seed);
  if (random.chance(0.1))
    return random.pick(['', '<think>Add_memory', 'Oslo for $5', '<tool_call>[{"name":']);
  if (random.chance(0.25)) return answering(random.pick(['Oslo', 'ok', "$& costs $$ and $'"]));
  const content = random.pick([prompt.slice(-24).replaceAll('<', ''), 'Mira lives in Oslo.', '$1 is $$']);
  const calls = Array.from({ length: random.chance(0.3) ? 2 : 1 }, () =>
    random.pick<{ name: string; arguments: Metadata }>([
      { name: 'Add_memory', arguments: { content, memory_type: 'fact' } },
      { name: 'Update_memory', arguments: { memory_id: `m${1 + random.int(3)}`, content } },
      { name: 'Retrieve_memory', arguments: { query: content, top_k: 2 } },
      { name: 'Summary_context', arguments: { span: random.pick(['all', '2']) } },
      { name: 'Filter_context', arguments: { criteria: content } },
    ]),
  );
  return formatCompletion('hm', { kind: 'tool-calls', calls });
}

const written = (messages: readonly ChatMessage[]) =>
  messages.map(({ role, content }) => `<|${role}|>${content}<|end|>`).join('');

/** What happened, without the tokens it was said in. */
const story = (episode: Episode): unknown =>
  JSON.parse(
    JSON.stringify(episode.log, (key, value: unknown) =>
      (key === 'tokens' && Array.isArray(value)) || key === 'generation' ? undefined : value,
    ),
  );

async function played(policy: Policy, seeds: readonly number[]): Promise<readonly unknown[]> {
  const config = { hardPromptTokens: 1400, maxContextTokens: 700 };
  const episodes = await Promise.all(seeds.map((seed) => startEpisode({ seed, config })));
  const outcomes = await runEpisodes(episodes, policy, { temperature: 1, maxNewTokens: 400 });
  return outcomes.map(({ episode, error }) => {
    expect(error).toBeNull();
    return story(episode);
  });
}

test('episodes are the same through WebLLM as without it', async () => {
  const seeds = Array.from({ length: 12 }, (_, at) => at + 1);
  const files = mlcFolder();
  const pair = workerPair(
    (config, caches) =>
      new FakeEngine(config, caches, {
        mind: (prompt, { seed }) => act(prompt.slice(0, -'<|assistant|>'.length), seed ?? 0),
      }),
  );
  const pins = new Map<string, string>();
  const { policy, close } = await openWith(
    {
      name: 'tests/tiny',
      files: sourceOf(files),
      fileNames: [...files.keys()],
      draw: { topP: 1, constrained: false, thinking: null, contextTokens: 2048 },
      signal: new AbortController().signal,
      onProgress: () => undefined,
    },
    {
      start: () => pair.port,
      gpu: async () => ({
        name: 'a GPU',
        features: [],
        maxBufferSize: 2 ** 30,
        maxStorageBufferBindingSize: 2 ** 30,
        maxComputeWorkgroupStorageSize: 2 ** 15,
        maxStorageBuffersPerShaderStage: 10,
      }),
      pins: { get: async (key) => pins.get(key) ?? null, set: async (key, hash) => void pins.set(key, hash) },
    },
  );
  const through = await played(policy, seeds);
  const without = await played(
    textPolicy(({ messages, seed }) => act(written(messages), Math.trunc(seed))),
    seeds,
  );
  await close();
  expect(through).toEqual(without);
  const text = JSON.stringify(through);
  for (const part of ['Filter_context', 'Summary_context', 'protocol-error', '$&'])
    expect(text).toContain(part);
});
