/**
 * Memories of finished rollouts, kept to be looked at: those of the last group, until the next run of rollouts
 * begins. Of a training step it is the group that the page shows, its first task's; the others go at once, as all
 * did before anybody could look at them.
 */
import type { LongTermMemory } from '../memory/memory';
import type { MemoryProvider } from '../rl/rollouts';

/** The part of a rollout's name that its run has in common: "training/s3" of "training/s3/t0k1". */
const runOf = (name: string): string => name.replace(/\/t\d+k\d+$/, '');
const isShown = (name: string): boolean => /\/t0k\d+$/.test(name);

export class KeptRollouts implements MemoryProvider {
  private run = '';
  private kept = new Set<string>();

  /** `memories`: where they are opened and really dropped. */
  constructor(private readonly memories: MemoryProvider) {}

  async open(name: string): Promise<LongTermMemory> {
    const run = runOf(name);
    // One of the same name is of an earlier run of the same kind.
    if (run !== this.run || this.kept.has(name)) await this.letGo();
    this.run = run;
    return this.memories.open(name);
  }

  /** It is finished: kept if it is one of those that can be looked at. */
  async drop(name: string): Promise<void> {
    if (isShown(name)) this.kept.add(name);
    else await this.memories.drop(name);
  }

  private async letGo(): Promise<void> {
    const names = [...this.kept];
    this.kept = new Set();
    for (const name of names) await this.memories.drop(name);
  }
}
