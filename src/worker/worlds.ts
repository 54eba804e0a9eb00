/** Pictures of worlds, made by acting in a world of their own as the log tells: environments are deterministic. */
import { openTaskFamily } from '../tasks/registry';
import type { Args } from './protocol';
import type { WorldMoment } from './worlds-protocol';

export async function worldMoments({
  task,
  log,
}: Args<'worldMoments'>): Promise<readonly WorldMoment[] | null> {
  const environment = (await openTaskFamily(task.family)).createEnvironment(task);
  const moments: WorldMoment[] = [];
  const look = (seq: number): boolean => {
    const picture = environment.picture?.();
    if (picture) moments.push({ seq, picture, metrics: environment.metrics?.() ?? {} });
    return picture !== undefined;
  };
  if (!look(-1)) return null;
  for (const event of log) {
    if (event.type !== 'environment-acted') continue;
    environment.act(event.action);
    look(event.seq);
  }
  return moments;
}
