/** Stage 3 played to its end by the family's expert, without an agent around it. */
import type { Task, TaskFamily } from './task';

/** @param remembered what the expert gets to read before each action */
export function playByExpert(family: TaskFamily, task: Task, remembered: readonly string[]) {
  const environment = family.createEnvironment(task);
  const expert = family.createExpert?.(task);
  if (!expert) throw new Error(`${family.id} has no expert`);
  let actions = 0;
  let score: number | undefined;
  const soFar: number[] = [];
  let observation = environment.observe();
  for (; !environment.done; actions++) {
    const outcome = environment.act(expert.act(observation, remembered));
    observation = outcome.observation ?? '';
    score = outcome.score;
    soFar.push(environment.scoreSoFar?.() ?? 0);
  }
  /** What would count were it over after each action. */
  return { actions, metrics: environment.metrics?.() ?? {}, score, soFar };
}
