import { describe, expect, it } from 'vitest';
import { transientMemories } from '../cli/node-memory';
import type {
  AdapterState,
  LanguageModel,
  PolicyBatch,
  PolicyUpdateOptions,
  TokenSample,
} from '../engine/language-model';
import { EnginePolicy } from '../policies/engine-policy';
import type { Task } from '../tasks/task';
import type { TrainingMetrics } from './metrics';
import { type GrpoConfig, PRESETS, TrainingConfigError } from './presets';
import {
  SHORT_COMPLETION,
  SHORT_EPISODE,
  SHORT_TASK,
  TINY_CHAT,
  TINY_LORA,
  tinyPolicy,
} from './tiny-policy.fixture';
import { GrpoTrainer, TrainerStateError, TrainingAbortedError, type TrainingStep } from './trainer';

const CONFIG: GrpoConfig = {
  ...PRESETS.lab.config,
  iterations: 1,
  groupSize: 6,
  tasksPerStep: 1,
  steps: 4,
  maxNewTokens: SHORT_COMPLETION,
  lr: 1e-2,
  lora: TINY_LORA,
  reward: 'answer-only',
};
/** No KL: the gradient is that of the rewards alone. */
const NO_KL = { ...CONFIG.loss, beta: 0 };

/** Puts methods of one's own over a model's. */
function over(model: LanguageModel, changes: Partial<LanguageModel>): LanguageModel {
  return new Proxy(model, {
    get(target, key) {
      const own = Reflect.get(changes, key);
      if (own !== undefined) return own;
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

interface Made {
  readonly trainer: GrpoTrainer;
  readonly model: LanguageModel;
}

async function make(
  changes: Partial<GrpoConfig> = {},
  seed = 1,
  wrap: (model: LanguageModel) => LanguageModel = (model) => model,
  task: Task = SHORT_TASK,
): Promise<Made> {
  const { model } = await tinyPolicy(seed);
  const trainer = new GrpoTrainer({
    policy: new EnginePolicy('tiny', wrap(model), TINY_CHAT, true),
    config: { ...CONFIG, ...changes },
    episode: SHORT_EPISODE,
    memories: transientMemories(),
    sampleTask: () => task,
    seed,
    runId: 'test',
  });
  return { trainer, model };
}

/** All that a step says but how long it took. */
function numbers({ metrics }: TrainingStep): Omit<TrainingMetrics, 'ms' | 'ms/rollouts' | 'ms/away'> {
  const { ms, 'ms/rollouts': played, 'ms/away': away, ...rest } = metrics;
  expect(ms).toBeGreaterThan(played);
  expect(away).toBeGreaterThanOrEqual(0);
  return rest;
}

function everyNumberIsFinite(metrics: object): boolean {
  return Object.values(metrics).every((value) =>
    typeof value === 'number' ? Number.isFinite(value) : everyNumberIsFinite(value),
  );
}

/** An update as the trainer asked for it. */
interface Asked {
  readonly batch: PolicyBatch;
  readonly options: PolicyUpdateOptions;
}

/** Notes what the trainer asks the model for. */
function recording(asked: Asked[]): (model: LanguageModel) => LanguageModel {
  return (model) =>
    over(model, {
      updatePolicy(batch, options) {
        asked.push({ batch, options });
        return model.updatePolicy(batch, options);
      },
    });
}

describe('a run', () => {
  it('is the same for the same seed, also when it is stopped, exported and gone on with elsewhere', async () => {
    const whole = await make();
    const unbroken = [];
    for (let step = 0; step < 3; step++) unbroken.push(numbers(await whole.trainer.trainStep()));

    const first = await make();
    const resumed = [numbers(await first.trainer.trainStep())];
    const state = await first.trainer.exportState();
    expect(state.nextStep).toBe(1);
    const second = await make();
    second.trainer.importState(state);
    for (let step = 1; step < 3; step++) resumed.push(numbers(await second.trainer.trainStep()));

    expect(resumed).toEqual(unbroken);
    expect(await second.model.exportAdapter()).toEqual(await whole.model.exportAdapter());
    expect(unbroken.map((metrics) => metrics.step)).toEqual([1, 2, 3]);
    expect(unbroken.map((metrics) => metrics.learning_rate)).toEqual([0.01, 0.0075, 0.005]);
    expect(whole.trainer.finished).toBe(false);
  });

  it('differs with the seed', async () => {
    const lengths = [];
    for (const seed of [1, 2]) {
      const { trainer } = await make({}, seed);
      lengths.push((await trainer.trainStep()).rollouts.map((r) => r.steps.map((s) => s.completionIds)));
    }
    expect(lengths[0]).not.toEqual(lengths[1]);
  });

  it('learns: what is paid is said more often', async () => {
    const rare: Task = { ...SHORT_TASK, answers: ['Rome'] };
    const { trainer } = await make({ groupSize: 8, steps: 8, schedule: 'constant' }, 1, undefined, rare);
    const rewards = [];
    while (!trainer.finished) rewards.push((await trainer.trainStep()).metrics.reward);
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(rewards.slice(0, 2))).toBeLessThan(0.3);
    expect(mean(rewards.slice(-4))).toBeGreaterThan(mean(rewards.slice(0, 2)) + 0.3);
  });

  it('takes no state of another run and no settings that cannot work', async () => {
    const { trainer, model } = await make();
    const state = await trainer.exportState();
    expect(() => trainer.importState({ ...state, seed: 2 })).toThrow(TrainerStateError);
    expect(() => trainer.importState({ ...state, config: { ...CONFIG, lr: 1 } })).toThrow(TrainerStateError);
    expect(await model.exportAdapter()).toEqual(state.adapter);
    await expect(make({ groupSize: 1 })).rejects.toThrow(TrainingConfigError);
  });
});

describe('one update on what was just sampled', () => {
  it('has ratio 1, clips nothing, and trainer and sampler agree', async () => {
    const asked: Asked[] = [];
    const { trainer } = await make(
      { loss: { ...NO_KL, lossType: 'bnpo', epsilon: 1e-9 } },
      1,
      recording(asked),
    );
    const { metrics, rollouts, advantages } = await trainer.trainStep();
    expect(metrics['sampling/logprob_gap']).toBeLessThan(1e-4);
    for (const name of ['low_mean', 'low_min', 'high_mean', 'high_max', 'region_mean'] as const) {
      expect(metrics[`clip_ratio/${name}`], name).toBe(0);
    }
    // The adapter is fresh: B is zero, so policy and reference are one.
    expect(metrics.kl).toBeLessThan(1e-9);
    expect(metrics.entropy).toBeGreaterThan(0.01);
    expect(metrics.grad_norm).toBeGreaterThan(0);

    expect(asked).toHaveLength(1);
    const [{ batch, options }] = asked;
    const steps = rollouts.flatMap((r, k) => r.steps.map((step, t) => ({ step, a: advantages.steps[k][t] })));
    expect(batch.samples.map(idsOf)).toEqual(steps.map(({ step }) => idsOf(step)));
    expect(batch.advantages).toEqual(steps.map(({ a }) => a));
    expect(
      batch.masks.map((mask) => mask === null || Array.from(mask).some((carries) => carries !== 0)),
    ).toEqual(steps.map(({ step }) => !step.truncated));
    const tokens = steps.reduce((n, { step }) => n + (step.truncated ? 0 : step.completionIds.length), 0);
    expect(options.totals).toEqual({ rows: steps.length, tokens, items: tokens });
    expect(options.offPolicy).toBe(false);
    expect(steps.some(({ step }) => step.truncated)).toBe(true);
  });

  it('completions cut off carry loss where they are not to be masked, as in TRL', async () => {
    const asked: Asked[] = [];
    const { trainer } = await make({ maskTruncated: false, loss: NO_KL }, 1, recording(asked));
    const { rollouts } = await trainer.trainStep();
    const steps = rollouts.flatMap((rollout) => rollout.steps);
    expect(steps.some(({ truncated }) => truncated)).toBe(true);
    const [{ batch, options }] = asked;
    expect(batch.masks.every((mask) => mask === null)).toBe(true);
    expect(options.totals.tokens).toBe(steps.reduce((n, step) => n + step.completionIds.length, 0));
  });

  it('raises what was paid and lowers what was not', async () => {
    let lost = 0;
    for (const seed of [1, 2, 3]) {
      const { trainer, model } = await make(
        { loss: NO_KL, lr: 3e-3, advantage: { ...CONFIG.advantage, mode: 'last-step' } },
        seed,
      );
      const { rollouts, advantages } = await trainer.trainStep();
      const rows = rollouts.flatMap((rollout, k) => {
        const step = rollout.steps[rollout.steps.length - 1];
        return step.truncated ? [] : [{ step, advantage: advantages.rollouts[k] }];
      });
      const after = await model.score(
        rows.map(({ step }) => step),
        { temperature: 1, useAdapter: true },
      );
      const gains = rows.map(({ step, advantage }, i) => {
        const before = step.logprobs.reduce((sum, logprob) => sum + logprob, 0);
        return { advantage, gain: after[i].logprobs.reduce((sum, logprob) => sum + logprob, 0) - before };
      });
      const sum = (some: typeof gains) => some.reduce((total, { gain }) => total + gain, 0);
      expect(sum(gains.filter(({ advantage }) => advantage > 0)), `seed ${seed}`).toBeGreaterThan(0);
      expect(
        gains.reduce((total, { gain, advantage }) => total + gain * advantage, 0),
        `seed ${seed}`,
      ).toBeGreaterThan(0);
      lost += sum(gains.filter(({ advantage }) => advantage < 0));
    }
    // Of a loser the tokens it shares with winners rise; over the seeds what sets it apart falls further.
    expect(lost).toBeLessThan(0);
  });
});

describe('micro-batches', () => {
  it('divide the work and change nothing but rounding', async () => {
    const divided = (model: LanguageModel) =>
      over(model, {
        updatePolicy: (batch, options) => model.updatePolicy(batch, { ...options, microBatchTokens: 200 }),
      });
    const whole = await make();
    const parts = await make({}, 1, divided);
    const one = numbers(await whole.trainer.trainStep());
    const many = numbers(await parts.trainer.trainStep());
    expect(many.grad_norm / one.grad_norm).toBeCloseTo(1, 4);
    expect(many.entropy).toBeCloseTo(one.entropy, 5);
    expect(many['sampling/logprob_gap']).toBeLessThan(1e-4);
    const [a, b] = [await whole.model.exportAdapter(), await parts.model.exportAdapter()];
    // AdamW's first moment is the clipped gradient: what the parts added up to.
    const largest = a.m.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    expect(a.m.every((x, i) => Math.abs(x - b.m[i]) < 1e-4 * largest)).toBe(true);
  });
});

describe('several updates on a batch', () => {
  it('measure their ratios against the log-probs of the sampler', async () => {
    const asked: Asked[] = [];
    const { trainer } = await make(
      { iterations: 2, loss: { ...NO_KL, lossType: 'bnpo', epsilon: 1e-6, epsilonHigh: 1e-6 } },
      1,
      recording(asked),
    );
    const { rollouts, metrics } = await trainer.trainStep();
    expect(asked).toHaveLength(1);
    const [{ batch, options }] = asked;
    expect(options).toMatchObject({ offPolicy: true, iterations: 2 });
    expect(batch.sampledLogprobs).toEqual(rollouts.flatMap((r) => r.steps.map((step) => step.logprobs)));
    // The second update finds a policy that the first has moved.
    expect(metrics['clip_ratio/region_mean']).toBeGreaterThan(0.1);
  });

  it('are undone if a later one is stopped', async () => {
    const { trainer, model } = await make({ iterations: 2 });
    const start = await model.exportAdapter();
    const abort = new AbortController();
    const step = trainer.trainStep({
      signal: abort.signal,
      onPhase: (phase, done, total) => {
        if (phase === 'update' && done > 0 && 2 * done >= total) abort.abort();
      },
    });
    await expect(step).rejects.toThrow(TrainingAbortedError);
    expect(await model.exportAdapter()).toEqual(start);
    expect(trainer.nextStep).toBe(0);
  });
});

describe('a step that is stopped', () => {
  it.each(['rollouts', 'update'] as const)(
    'in phase %s changes nothing and can be taken again',
    async (phase) => {
      const { trainer, model } = await make();
      const before: AdapterState = await model.exportAdapter();
      const abort = new AbortController();
      const stopped = trainer.trainStep({
        signal: abort.signal,
        onPhase: (now) => {
          if (now === phase) abort.abort();
        },
      });
      await expect(stopped).rejects.toThrow(TrainingAbortedError);
      expect(await model.exportAdapter()).toEqual(before);
      expect(trainer.nextStep).toBe(0);
      const undisturbed = await make();
      expect(numbers(await trainer.trainStep())).toEqual(numbers(await undisturbed.trainer.trainStep()));
    },
  );
});

/** As on a page: a message of another task of the event loop, which comes only if the pass lets it. */
describe('a stop that arrives as a message', () => {
  it('ends the update between two micro-batches, its gradient gone', async () => {
    // Small enough for dozens of micro-batches.
    const divided = (model: LanguageModel) =>
      over(model, {
        updatePolicy: (batch, options) => model.updatePolicy(batch, { ...options, microBatchTokens: 1 }),
      });
    const { trainer, model } = await make({ groupSize: 8 }, 1, divided);
    const before = await model.exportAdapter();
    const abort = new AbortController();
    const seen: number[] = [];
    let all = 0;
    const stopped = trainer.trainStep({
      signal: abort.signal,
      onPhase: (now, done, total) => {
        if (now !== 'update') return;
        if (done === 0) setTimeout(() => abort.abort(), 0);
        busyFor(30);
        seen.push(done);
        all = total;
      },
    });
    await expect(stopped).rejects.toThrow(TrainingAbortedError);
    expect(seen.length).toBeGreaterThan(1);
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    expect(seen.at(-1)).toBeLessThan(all);
    expect(await model.exportAdapter()).toEqual(before);
    const still = { lr: 0, beta1: 0.9, beta2: 0.99, eps: 1e-8, weightDecay: 0, maxGradNorm: 0 };
    expect((await model.update(still)).gradNorm).toBe(0);
  });
});

function busyFor(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('a batch with nothing to learn from', () => {
  it.each([
    ['all completions are cut off', {}],
    ['no row is left', { trainedSteps: 'well-formed' }],
    ['no row is left, several updates', { trainedSteps: 'well-formed', iterations: 2 }],
  ] as const)('%s: no gradient, every metric a number', async (_, changes) => {
    const { trainer, model } = await make({ ...changes, maxNewTokens: 1 });
    const before = await model.exportAdapter();
    const { metrics } = await trainer.trainStep();
    expect(metrics['completions/clipped_ratio']).toBe(1);
    expect(metrics.wellformed).toBe(0);
    expect(metrics.grad_norm).toBe(0);
    expect(everyNumberIsFinite(metrics)).toBe(true);
    expect((await model.exportAdapter()).params).toEqual(before.params);
    expect(trainer.nextStep).toBe(1);
  });

  it('all rewards are equal: no gradient either, and it says so', async () => {
    // So cold that all rollouts of the group are one.
    const { trainer } = await make({ temperature: 1e-3, loss: NO_KL });
    const { metrics } = await trainer.trainStep();
    expect(metrics.frac_reward_zero_std).toBe(1);
    expect(metrics.reward_std).toBe(0);
    expect(metrics.grad_norm).toBe(0);
  });
});

describe('which steps carry loss', () => {
  it('last-step: the last of each rollout', async () => {
    const asked: Asked[] = [];
    const advantage = { ...CONFIG.advantage, mode: 'last-step' } as const;
    const { trainer } = await make({ loss: NO_KL, advantage }, 1, recording(asked));
    const { rollouts } = await trainer.trainStep();
    const last = rollouts.flatMap((r) => r.steps.map((_, t) => t === r.steps.length - 1));
    const carries = asked[0].batch.advantages.map((a) => a !== 0);
    expect(carries.filter((carry, i) => carry && !last[i])).toEqual([]);
    expect(carries.some((carry) => carry)).toBe(true);
  });

  it('experiences: a rollout counts once for each of its steps', async () => {
    const advantage = { ...CONFIG.advantage, mode: 'experiences' } as const;
    const { trainer } = await make({ advantage });
    const { advantages, rollouts } = await trainer.trainStep();
    const weighted = rollouts.reduce((sum, r) => sum + r.reward.total * r.steps.length, 0);
    const steps = rollouts.reduce((sum, r) => sum + r.steps.length, 0);
    expect(advantages.groups[0].mean).toBeCloseTo(weighted / steps, 12);
    expect(advantages.steps.flat().reduce((sum, a) => sum + a, 0)).toBeCloseTo(0, 9);
  });

  it('fork: continuations of one state; the common past carries no loss', async () => {
    const asked: Asked[] = [];
    const advantage = { ...CONFIG.advantage, mode: 'fork' } as const;
    const { trainer, model } = await make({ advantage, groupSize: 4 }, 2, recording(asked));
    const before = await model.exportAdapter();
    const { rollouts } = await trainer.trainStep();
    expect(rollouts).toHaveLength(4);
    const [{ pastSteps = -1 }] = rollouts;
    expect(rollouts.every((r) => r.pastSteps === pastSteps)).toBe(true);
    const past = (r: (typeof rollouts)[number]) => JSON.stringify(r.steps.slice(0, pastSteps).map(idsOf));
    expect(new Set(rollouts.map(past)).size).toBe(1);
    // They start from the same prompt, and not all go on alike.
    expect(new Set(rollouts.map((r) => String(r.steps[pastSteps].promptIds))).size).toBe(1);
    expect(new Set(rollouts.map((r) => String(r.steps[pastSteps].completionIds))).size).toBeGreaterThan(1);
    expect(asked[0].batch.samples.map(idsOf)).toEqual(
      rollouts.flatMap((r) => r.steps.slice(pastSteps).map(idsOf)),
    );
    expect((await model.exportAdapter()).updates).toBe(before.updates + 1);
  });

  it.each(['best-only', 'two-level'] as const)('%s: trains, with the credit it computes', async (mode) => {
    const asked: Asked[] = [];
    const { trainer } = await make({ advantage: { ...CONFIG.advantage, mode } }, 1, recording(asked));
    const { advantages, metrics } = await trainer.trainStep();
    expect(asked[0].batch.advantages).toEqual(advantages.steps.flat());
    expect(metrics.grad_norm).toBeGreaterThan(0);
    if (mode === 'best-only') expect(Math.min(...advantages.steps.flat())).toBe(0);
    // All rollouts of a group begin in the same state.
    else expect(advantages.anchors.some(({ members }) => members.length === CONFIG.groupSize)).toBe(true);
  });

  it('well-formed: only those that called a tool or answered', async () => {
    const asked: Asked[] = [];
    const { trainer } = await make({ trainedSteps: 'well-formed' }, 1, recording(asked));
    const { rollouts } = await trainer.trainStep();
    const steps = rollouts.flatMap((r) => r.steps);
    const kept = steps.filter((step) => step.wellFormed);
    expect(kept.length).toBeLessThan(steps.length);
    expect(asked[0].batch.samples.map(idsOf)).toEqual(kept.map(idsOf));
  });
});

function idsOf({ promptIds, completionIds }: TokenSample): TokenSample {
  return { promptIds, completionIds };
}
