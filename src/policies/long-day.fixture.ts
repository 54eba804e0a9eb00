/** A day of errands played whole, a few calls or more than a hundred, and how often events of its log are read. */
import { LARGE_WORLD_CONFIG } from '../agent/config';
import type { EventLog } from '../agent/events';
import { play } from '../agent/playing.fixture';
import { openTaskFamily } from '../tasks/registry';
import type { Difficulty, Task } from '../tasks/task';
import { perfectDemonstrator } from './scripted';

export interface LongDay {
  readonly task: Task;
  readonly log: EventLog;
  readonly calls: number;
  /** Messages whose tokens were counted on the way. */
  readonly counted: number;
}

export async function longDay(difficulty: Difficulty): Promise<LongDay> {
  const family = await openTaskFamily('errands');
  const task = family.generate(5, 'evaluation', difficulty);
  const policy = perfectDemonstrator();
  let counted = 0;
  const { log } = await play(policy, {
    task,
    environment: family.createEnvironment(task),
    countTokens: (message) => {
      counted++;
      return policy.countTokens(message);
    },
    config: LARGE_WORLD_CONFIG,
  });
  return { task, log, calls: log.filter(({ type }) => type === 'tool-called').length, counted };
}

/** How often events of a log are read by what goes over it. */
export function readsOf(log: EventLog, reader: (log: EventLog) => unknown): number {
  let reads = 0;
  const watched = new Proxy(log, {
    get(target, key, receiver) {
      if (typeof key === 'string' && /^\d+$/.test(key)) reads++;
      return Reflect.get(target, key, receiver);
    },
  });
  reader(watched);
  return reads;
}
