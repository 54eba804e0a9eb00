/**
 * What tests of episodes and rewards share: a small literal task, a policy made of a function from
 * requests to texts, and a random one that says all that a policy may say, right and wrong. The memory,
 * the environment and the episode around them are the real ones.
 */
import { createTransientMemory } from '../memory/long-term-memory';
import type { Metadata } from '../memory/memory';
import { qaFamily } from '../tasks/qa/family';
import { createRandom, type Random } from '../tasks/random';
import type { Task } from '../tasks/task';
import { BUNDLED_EPISODE_CONFIG, type EpisodeConfig } from './config';
import { Episode } from './episode';
import type { EpisodeStart } from './episode-start';
import type { ToolName } from './events';
import type { ChatMessage, Policy, PolicyCompletion, PolicyRequest } from './policy';
import { formatCompletion } from './protocol';
import { runEpisodes } from './run-episodes';

/** Four characters a token and three for the role: the order of a real tokenizer, and exact to add up. */
export function countTokens(message: ChatMessage): number {
  return Math.ceil(message.content.length / 4) + 3;
}

/** Two facts of which one is revised, one chatter, one misleading distractor, one question. */
export const MIRA_TASK: Task = {
  id: 'literal/mira',
  family: 'qa',
  split: 'train',
  difficulty: 'revisions',
  seed: 1,
  messages: [
    { content: 'Mira lives in Rome.', kind: 'fact', factIds: ['f1'] },
    { content: 'Lovely weather today!', kind: 'chatter', factIds: [] },
    { content: 'Tom plays the cello.', kind: 'fact', factIds: ['f2'] },
    { content: 'Mira has moved to Oslo.', kind: 'revision', factIds: ['f1'] },
  ],
  distractors: [{ content: 'In a novel, Mira lives in Paris.', kind: 'distractor', factIds: [] }],
  query: 'Where does Mira live?',
  answers: ['Oslo'],
  facts: [
    {
      id: 'f1',
      subject: 'Mira',
      relation: 'lives in',
      value: 'Oslo',
      superseded: ['Rome'],
      worthKeeping: true,
    },
    { id: 'f2', subject: 'Tom', relation: 'plays', value: 'the cello', superseded: [], worthKeeping: true },
  ],
  neededFactIds: ['f1'],
  keyItems: ['Mira', 'Oslo'],
};

/** A completion with one call. */
export function calling(name: ToolName, args: Metadata): string {
  return formatCompletion('', { kind: 'tool-calls', calls: [{ name, arguments: args }] });
}

/** A completion with an answer. */
export function answering(text: string): string {
  return formatCompletion('', { kind: 'answer', text });
}

export function textPolicy(
  write: (request: PolicyRequest) => string | Pick<PolicyCompletion, 'text' | 'finish'>,
): Policy {
  return {
    id: 'text',
    capabilities: { train: false, logprobs: false, streaming: false, kvReuse: false },
    countTokens,
    async generate(requests) {
      return requests.map((request) => {
        const written = write(request);
        const { text, finish } =
          typeof written === 'string' ? { text: written, finish: 'stop' as const } : written;
        return { text, finish, promptIds: [], tokens: [] };
      });
    },
  };
}

/** Says each text once, in order, whatever the prompt; then answers with nothing. */
export function sayingPolicy(texts: readonly string[]): Policy {
  return textPolicy(({ state }) => texts[state.step - 1] ?? answering(''));
}

export interface EpisodeSettings extends Partial<Omit<EpisodeStart, 'config'>> {
  readonly config?: Partial<EpisodeConfig>;
}

/** An episode of the literal task with the bundled configuration and an empty memory, unless told otherwise. */
export async function startEpisode(settings: EpisodeSettings = {}): Promise<Episode> {
  const task = settings.task ?? MIRA_TASK;
  return Episode.start({
    environment: qaFamily.createEnvironment(task),
    memory: await createTransientMemory(),
    countTokens,
    episodeId: 'test',
    seed: 7,
    policyId: 'text',
    ...settings,
    task,
    config: { ...BUNDLED_EPISODE_CONFIG, ...settings.config },
  });
}

export async function play(policy: Policy, settings: EpisodeSettings = {}): Promise<Episode> {
  const episode = await startEpisode(settings);
  const [{ error }] = await runEpisodes([episode], policy, { temperature: 1, maxNewTokens: 48 });
  if (error !== null) throw error;
  return episode;
}

/** Right and wrong calls, answers and rubbish, drawn from the request's seed alone. */
export function randomPolicy(): Policy {
  return textPolicy(({ seed, state }) => {
    const random = createRandom('random-policy', seed);
    if (random.chance(0.15)) return rubbish(random);
    if (random.chance(0.15)) return answering(random.pick(['Oslo', 'ok', '']));
    const newest = state.context.at(-1)?.content ?? '';
    const calls = Array.from({ length: random.chance(0.3) ? 2 : 1 }, () => randomCall(random, newest));
    return formatCompletion(random.pick(['', 'hm']), { kind: 'tool-calls', calls });
  });
}

function rubbish(random: Random): string {
  return random.pick([
    '',
    '<think>Add_memory',
    '<tool_call>[{"name":"Add_memory"',
    'Oslo',
    '<think></think><tool_call>[]</tool_call>',
  ]);
}

function randomCall(random: Random, newest: string): { name: string; arguments: Metadata } {
  const id = `m${1 + random.int(4)}`;
  return random.pick<{ name: string; arguments: Metadata }>([
    { name: 'Add_memory', arguments: { content: newest || 'nothing', memory_type: 'fact' } },
    { name: 'Update_memory', arguments: { memory_id: id, content: newest || 'x', metadata: { at: 1 } } },
    { name: 'Delete_memory', arguments: { memory_id: id, confirmation: random.chance(0.8) } },
    { name: 'Retrieve_memory', arguments: { query: 'Mira', top_k: random.int(4) } },
    { name: 'Summary_context', arguments: { span: random.pick(['all', '2', '5', 'none']) } },
    { name: 'Filter_context', arguments: { criteria: newest || 'weather' } },
    { name: 'Forget_everything', arguments: {} },
  ]);
}
