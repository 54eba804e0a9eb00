/**
 * `node scripts/cli.mjs demonstrate --episodes 500 --errors noisy|perfect`: plays the scripted
 * demonstrator and prints what it is paid for, which choices it made and what the corpus costs in
 * tokens: the upper control and the starting point of learning, by themselves (`train --controls` measures
 * both beside a training run, `evaluate` any policy). `--show N` prints whole episodes instead.
 */
import type { EpisodeConfig } from '../agent/config';
import { type DemonstrationStatistics, demonstrationStatistics } from '../policies/demonstration-statistics';
import { type DemonstratedEpisode, demonstrate } from '../policies/demonstrations';
import { DEMONSTRATOR_ERRORS, PERFECT } from '../policies/scripted-noise';
import { BUNDLED_POLICY, SITE_POLICIES } from '../policies/site-policies';
import { computeReward } from '../reward/reward';
import type { DifficultyMix } from '../tasks/ladder';
import { LADDER } from '../tasks/ladder';
import { taskFamily, taskFamilyIds } from '../tasks/registry';
import '../tasks/worlds';
import { SPLITS, type Split, type TaskFamily } from '../tasks/task';
import { Arguments } from './arguments';
import { transientMemories } from './node-memory';

export interface DemonstratorReport {
  readonly errors: 'noisy' | 'perfect';
  readonly family: string;
  readonly split: Split;
  readonly wiped: boolean;
  /** Mean of each part of the reward; a part that does not apply to a task is left out of its mean. */
  readonly rewards: Readonly<Record<string, number>>;
  readonly statistics: DemonstrationStatistics;
}

export interface MeasureOptions {
  readonly errors: 'noisy' | 'perfect';
  readonly episodes: number;
  readonly firstSeed: number;
  readonly split: Split;
  readonly family: TaskFamily;
  readonly mix?: DifficultyMix;
  readonly wipeMemory: boolean;
}

/** Those of the first policy of the site that is shown the family: the demonstrator's episodes are its corpus. */
function rulesFor({ id }: TaskFamily): EpisodeConfig {
  return (SITE_POLICIES.find(({ taught }) => taught.includes(id)) ?? BUNDLED_POLICY).episode;
}

function play(options: MeasureOptions): AsyncGenerator<DemonstratedEpisode, void, void> {
  const memories = transientMemories();
  return demonstrate({
    ...options,
    errors: options.errors === 'noisy' ? DEMONSTRATOR_ERRORS : PERFECT,
    config: { ...rulesFor(options.family), wipeMemoryAtReset: options.wipeMemory },
    openMemory: (namespace) => memories.open(namespace),
  });
}

/** Plays the episodes and averages what they are paid. */
export async function measureDemonstrator(options: MeasureOptions): Promise<DemonstratorReport> {
  const sums = new Map<string, { sum: number; count: number }>();
  const note = (name: string, value: number): void => {
    const held = sums.get(name) ?? { sum: 0, count: 0 };
    sums.set(name, { sum: held.sum + value, count: held.count + 1 });
  };
  async function* paid(): AsyncGenerator<DemonstratedEpisode, void, void> {
    for await (const episode of play(options)) {
      const { total, task, context, memory, penalty } = computeReward(episode.log, episode.task);
      note('total', total);
      note('task', task.value);
      note('context', context.value);
      note('memory', memory.value);
      note('penalty', penalty.value);
      note('rounds', penalty.rounds.value);
      const { value: _context, ...contextParts } = context;
      const { value: _memory, ...memoryParts } = memory;
      for (const [name, part] of Object.entries({ ...contextParts, ...memoryParts })) {
        if (part.applicable) note(name, part.value);
      }
      yield episode;
    }
  }
  const statistics = await demonstrationStatistics(paid());
  const rewards = Object.fromEntries([...sums].map(([name, { sum, count }]) => [name, sum / count]));
  const { errors, family, split, wipeMemory } = options;
  return { errors, family: family.id, split, wiped: wipeMemory, rewards, statistics };
}

export async function main(argv: readonly string[]): Promise<number> {
  const families = taskFamilyIds();
  const args = Arguments.parse(argv, 'Play the scripted demonstrator and report on it.', {
    episodes: { type: 'string', help: 'number of episodes', default: '500' },
    seed: { type: 'string', help: 'seed of the first task', default: '1' },
    errors: { type: 'string', help: 'noisy | perfect', default: 'noisy' },
    split: { type: 'string', help: SPLITS.join(' | '), default: 'evaluation' },
    family: { type: 'string', help: families.join(' | '), default: 'qa' },
    difficulty: { type: 'string', help: `mix | ${LADDER.join(' | ')}`, default: 'mix' },
    show: { type: 'string', help: 'print this many episodes instead', default: '0' },
    'wipe-memory': { type: 'boolean', help: 'control: empty the memory at the context reset' },
    json: { type: 'boolean', help: 'one line of JSON only' },
  });
  if (!args) return 0;
  const difficulty = args.choice('difficulty', ['mix', ...LADDER] as const);
  const options: MeasureOptions = {
    errors: args.choice('errors', ['noisy', 'perfect'] as const),
    episodes: args.whole('episodes', 1),
    firstSeed: args.whole('seed'),
    split: args.choice('split', SPLITS),
    family: taskFamily(args.choice('family', families)),
    mix: difficulty === 'mix' ? undefined : { [difficulty]: 1 },
    wipeMemory: args.has('wipe-memory'),
  };
  const shown = args.whole('show');
  if (shown > 0) {
    for await (const episode of play({ ...options, episodes: shown }))
      process.stdout.write(`${transcript(episode)}\n`);
    return 0;
  }
  const report = await measureDemonstrator(options);
  process.stdout.write(`${JSON.stringify(report, null, args.has('json') ? 0 : 2)}\n`);
  return 0;
}

/** Each step: what is new in the prompt's last message, and what was written. */
function transcript({ task, steps }: DemonstratedEpisode): string {
  const lines = steps.map(({ stage, messages, completion }) => {
    const user = messages.findLast(({ role }) => role === 'user')?.content ?? '';
    const last = messages.at(-1);
    const tool = last?.role === 'tool' ? `\n      ${last.content.replaceAll('\n', '\n      ')}` : '';
    return `  ${stage}. ${user}${tool}\n      => ${completion}`;
  });
  return `${task.id}\n${lines.join('\n')}\n  expected: ${task.answers.join(' | ') || task.keyItems.join(', ')}\n`;
}
