/**
 * Runs of the memories on the task on view: each is played when it is first wanted and kept as long as task, player, dice
 * and weights stay. One that was cancelled or failed is not begun again unasked.
 */
import { useCallback, useRef, useState } from 'react';
import type { BaselineId, BaselineRun, BaselineSetting } from '../../worker/baselines-protocol';
import type { PlayOptions, Ready, Task } from '../../worker/protocol';
import type { BaselinesLine } from '../state/baselines-line';
import type { Replier } from './method-words';

/** How all memories are played, so that they can be compared. */
export interface Manner {
  readonly replies: Replier;
  readonly placement: BaselineSetting['placement'];
}

interface Kept {
  readonly scope: Scope;
  readonly runs: Readonly<Record<string, BaselineRun>>;
  readonly stopped: readonly string[];
}

/** What a run is of. */
interface Scope {
  readonly ready: Ready | null;
  readonly key: string;
}

export interface Runs {
  /** Undefined: not played yet, in this manner. */
  of(method: BaselineId): BaselineRun | undefined;
  /** It was cancelled or failed. */
  stopped(method: BaselineId): boolean;
  /** True while one is played: no other can be begun. */
  playing(): boolean;
  /** False if it was cancelled or failed. */
  play(method: BaselineId): Promise<boolean>;
}

interface RunsOf {
  readonly ready: Ready | null;
  readonly task: Task;
  readonly options: PlayOptions;
  /** Changes with the adapter trained in this tab. */
  readonly weights: string;
  readonly manner: Manner;
  readonly line: BaselinesLine;
}

export function useRuns({ ready, task, options, weights, manner, line }: RunsOf): Runs {
  const { adapter, dice, player } = options;
  // A set-up of the model that acts, or another one, is another `ready`.
  const key = JSON.stringify([task.id, adapter, dice, player, adapter === 'trained' ? weights : '']);
  const latest = useRef<Scope>({ ready, key });
  latest.current = { ready, key };
  const busy = useRef(false);
  const [kept, keep] = useState<Kept>(() => ({ scope: { ready, key }, runs: {}, stopped: [] }));
  const current = same(kept.scope, { ready, key }) ? kept : null;
  const place = useCallback((method: BaselineId) => JSON.stringify([method, manner]), [manner]);
  const play = async (method: BaselineId): Promise<boolean> => {
    if (busy.current) return false;
    busy.current = true;
    const scope = { ready, key };
    const at = place(method);
    try {
      const run = await line.play({ method, adapter, dice, ...(player && { player }), ...manner, task });
      // Of a task that has gone meanwhile.
      if (!same(scope, latest.current)) return false;
      keep((before) => {
        const own = same(before.scope, scope) ? before : { scope, runs: {}, stopped: [] };
        return run
          ? { ...own, runs: { ...own.runs, [at]: run }, stopped: own.stopped.filter((one) => one !== at) }
          : { ...own, stopped: [...own.stopped, at] };
      });
      return run !== undefined;
    } finally {
      busy.current = false;
    }
  };
  return {
    of: (method) => current?.runs[place(method)],
    stopped: (method) => current?.stopped.includes(place(method)) ?? false,
    playing: () => busy.current,
    play,
  };
}

const same = (a: Scope, b: Scope): boolean => a.ready === b.ready && a.key === b.key;
