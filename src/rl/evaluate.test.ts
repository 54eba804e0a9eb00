import { describe, expect, it } from 'vitest';
import { BUNDLED_EPISODE_CONFIG } from '../agent/config';
import { transientMemories } from '../cli/node-memory';
import { ScriptedPolicy } from '../policies/scripted';
import { DEMONSTRATOR_ERRORS, PERFECT } from '../policies/scripted-noise';
import { type EvaluateOptions, evaluate, evaluationRollouts } from './evaluate';
import { RolloutsAbortedError } from './rollouts';

function options(changes: Partial<EvaluateOptions> = {}): EvaluateOptions {
  return {
    policy: new ScriptedPolicy({ errors: PERFECT }),
    backend: 'none',
    memories: transientMemories(),
    episode: BUNDLED_EPISODE_CONFIG,
    reward: 'paper-appendix',
    episodes: 60,
    seed: 1,
    split: 'evaluation',
    temperature: 1,
    maxNewTokens: 64,
    ...changes,
  };
}

const noisy = () => new ScriptedPolicy({ errors: DEMONSTRATOR_ERRORS });

describe('an evaluation', () => {
  it('gives the perfect demonstrator what it deserves, and says where from', async () => {
    const result = await evaluate(options());
    expect(result.task).toBe(1);
    expect(result.copied_exactly).toBe(1);
    expect(result.wellformed).toBe(1);
    expect(result.storage_precision).toBeGreaterThan(0.98);
    expect(result.stderr.task).toBe(0);
    expect(result.tools.Add_memory).toBeGreaterThan(1);
    expect(result).toMatchObject({ n: 60, seed: 1, split: 'evaluation', backend: 'none' });
  });

  it('finds that without memory it knows next to nothing', async () => {
    const wiped = { ...BUNDLED_EPISODE_CONFIG, wipeMemoryAtReset: true };
    const result = await evaluate(options({ episode: wiped }));
    expect(result.task).toBeLessThan(0.05);
    // What happened before the memory was wiped is judged as it was.
    expect(result.copied_exactly).toBe(1);
  });

  it('tells the noisy demonstrator from the perfect one by far more than its error', async () => {
    const result = await evaluate(options({ policy: noisy() }));
    expect(result.task).toBeLessThan(0.6);
    expect(1 - result.task).toBeGreaterThan(4 * result.stderr.task);
    expect(result.stderr.task).toBeGreaterThan(0);
  });

  it('is the same for the same seed, and other for another', async () => {
    const one = await evaluate(options({ policy: noisy() }));
    expect(await evaluate(options({ policy: noisy() }))).toEqual(one);
    expect((await evaluate(options({ policy: noisy(), seed: 2 }))).reward).not.toBe(one.reward);
  });

  it('meets every policy with the same tasks and the same dice', async () => {
    const facts = async (changes: Partial<EvaluateOptions>) =>
      (await evaluationRollouts(options(changes))).map(({ task, log }) => [task.id, log[0]] as const);
    const perfect = await facts({ episodes: 12 });
    const other = await facts({ episodes: 12, policy: noisy() });
    expect(other.map(([id]) => id)).toEqual(perfect.map(([id]) => id));
    const seeds = (events: typeof perfect) =>
      events.map(([, event]) => event.type === 'episode-started' && event.seed);
    expect(seeds(other)).toEqual(seeds(perfect));
    // A longer evaluation begins with the same episodes.
    expect((await facts({ episodes: 20 })).slice(0, 12).map(([id]) => id)).toEqual(perfect.map(([id]) => id));
  });

  it('has no figures of a run that was cancelled', async () => {
    const abort = new AbortController();
    const run = evaluate(options({ signal: abort.signal, onProgress: () => abort.abort() }));
    await expect(run).rejects.toThrow(RolloutsAbortedError);
  });
});
