/**
 * A page's life without the page, for tests of training: the real session on the store of the test. Only the disk is
 * of the test.
 */
import { expect } from 'vitest';
import type { Backend } from '../engine/backend';
import { WasmBackend } from '../engine/wasm/wasm-backend';
import type { Checkpoint } from '../storage/checkpoint-store';
import { TransientCheckpoints } from '../storage/transient-checkpoints.fixture';
import { toLabError } from './lab-errors';
import { type LabRooms, LabSession } from './lab-session';
import { LabMemories } from './memories';
import type { EventLog, HeldOut, News, TaskAddress, TrainingSettings } from './protocol';

export const TASK: TaskAddress = { family: 'qa', split: 'train', difficulty: 'one-fact', seed: 5 };
export const SETTINGS: TrainingSettings = {
  preset: 'lab',
  steps: 3,
  tasksPerStep: 1,
  groupSize: 2,
  lr: 1e-2,
  seed: 1,
  advantageMode: 'broadcast',
  reward: 'paper-appendix',
  evaluateEvery: 0,
  taskSet: '',
};

/** The store of a test, seen as the one run saved last. */
export class TestStore extends TransientCheckpoints {
  /** Its checkpoints, newest first. */
  get kept(): readonly Checkpoint[] {
    return this.last?.[1].map(({ checkpoint }) => checkpoint) ?? [];
  }

  set kept(checkpoints: readonly Checkpoint[]) {
    if (!this.last) throw new Error('Nothing was saved.');
    const saved = this.last[1][0].saved;
    this.rows.set(
      this.last[0],
      checkpoints.map((checkpoint) => ({ checkpoint, saved })),
    );
  }

  get steps(): readonly unknown[] {
    return this.kept.map(({ meta }) => (meta as { nextStep: number }).nextStep);
  }

  private get last() {
    return [...this.rows]
      .filter(([name]) => /^run\/\w+$/.test(name))
      .sort(([, a], [, b]) => b[0].saved - a[0].saved)
      .at(0);
  }
}

/** A page's life: a session of its own on the store of the test. */
export class LabLife {
  readonly news: News[] = [];
  private listeners: (() => void)[] = [];
  readonly session: LabSession;

  /**
   * @param site address of the site it opens
   * @param again whether the same device is given when one is asked for again
   * @param second the one given then, if another
   * @param more models to open, and whoever else computes
   */
  constructor(
    private readonly site: string,
    store: TestStore,
    backend?: Backend,
    again = true,
    second?: Backend,
    more: Pick<LabRooms, 'models' | 'providers'> = {},
  ) {
    let given = 0;
    this.session = new LabSession(
      (item) => {
        this.news.push(item);
        for (const listener of this.listeners) listener();
      },
      {
        chooseBackend: async () => {
          const nth = given++;
          const own = nth === 0 || again ? backend : nth === 1 ? second : undefined;
          return {
            backend: own ?? (await WasmBackend.create({ threads: 1 })),
            chosen: 'wasm',
            reason: 'asked for',
            alternatives: [],
          };
        },
        openMemories: async () => LabMemories.transient('In the test.', undefined, store),
        ...more,
      },
    );
  }

  get call() {
    return this.session.handlers;
  }

  open() {
    return this.call.init({ site: this.site, backend: null });
  }

  until(condition: (item: News) => boolean): Promise<News> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.news.find(condition);
        if (found) resolve(found);
      };
      this.listeners.push(look);
      look();
    });
  }

  inState(kind: string) {
    return this.until((item) => item.kind === 'training-state' && item.state.kind === kind);
  }

  get troubles() {
    return this.news.flatMap((item) => (item.kind === 'trouble' ? [item] : []));
  }

  get steps() {
    return this.news.flatMap((item) => (item.kind === 'training-step' ? [item] : []));
  }

  async train(settings = SETTINGS): Promise<void> {
    await this.call.train({ from: 'start', settings });
    await this.inState('finished');
  }

  /** Trains one step, then leaves the run. */
  async trainOneStep(settings = SETTINGS): Promise<void> {
    await this.call.train({ from: 'start', settings });
    await this.call.pauseTraining({});
    await this.inState('paused');
    await this.call.stopTraining({});
  }

  /** What the trained adapter says, with the log-probs of it. */
  async plays(): Promise<unknown> {
    const adapters = ['trained'] as const;
    const [{ log }] = await this.call.compareAdapters({
      task: TASK,
      dice: 0,
      reward: 'paper-appendix',
      adapters,
    });
    return said(log);
  }
}

const said = (log: EventLog) => log.flatMap((event) => (event.type === 'completion' ? event.tokens : []));
export const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: unknown) => toLabError(error).code,
  );

/** What no two runs have in common. */
interface Timed {
  readonly ms: number;
  readonly 'ms/rollouts': number;
  readonly 'ms/away': number;
}

/** All of a checkpoint but how long its steps took and which run it calls itself. */
export function numbersOf({ meta, blobs }: Checkpoint): unknown {
  const { runId, begun, metrics, heldOut, rolloutBytes, ...rest } = meta as {
    runId: string;
    begun: number;
    rolloutBytes: readonly number[];
    metrics: readonly Timed[];
    heldOut: readonly HeldOut[];
  };
  expect(runId).toMatch(/^[0-9a-f]{32}$/);
  expect(Math.abs(Date.now() - begun)).toBeLessThan(600_000);
  expect(rolloutBytes.every((bytes) => bytes > 0)).toBe(true);
  const untimed = metrics.map(({ ms: _, 'ms/rollouts': __, 'ms/away': ___, ...numbers }) => numbers);
  return {
    ...rest,
    rolloutBytes,
    blobs,
    metrics: untimed,
    heldOut: heldOut.map(({ ms: _, ...numbers }) => numbers),
  };
}
