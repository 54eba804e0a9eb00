/** A run in words: how it is called, and its settings one by one. */
import type { TrainingSettings } from '../../worker/protocol';
import type { RunFacts } from '../../worker/runs-protocol';
import { compact, count } from '../figures';
import { LANGUAGE_TAGS, say, spoken } from '../language/language';
import { ADVANTAGES, REWARDS } from '../words';

/** As the user named it, else by settings and date. */
export function runName({ name, settings, begun, savedAt }: RunFacts): string {
  return name ?? defaultName(settings, begun ?? savedAt);
}

export function defaultName({ preset, steps, seed }: TrainingSettings, at: number): string {
  return say('{preset}, {steps}, seed {seed}, {when}', {
    preset,
    steps: count(steps, 'step'),
    seed,
    when: moment(at),
  });
}

export function moment(at: number): string {
  return new Date(at).toLocaleString(LANGUAGE_TAGS[spoken()], { dateStyle: 'medium', timeStyle: 'short' });
}

/** Every setting with its value, in the order of the form. */
export function settingsOf(settings: TrainingSettings): readonly (readonly [name: string, value: string])[] {
  const { preset, steps, tasksPerStep, groupSize, lr, seed, evaluateEvery = 0, taskSet = '' } = settings;
  return [
    [say('Preset'), preset],
    [say('Steps'), String(steps)],
    [say('Tasks a step'), String(tasksPerStep)],
    [say('Rollouts a task'), String(groupSize)],
    [say('Learning rate'), compact(lr)],
    [say('Run seed'), String(seed)],
    [say('Tasks'), taskSet === '' ? say('made up by the seed') : say('own set {name}', { name: taskSet })],
    [say('Held out, every'), evaluateEvery === 0 ? say('never') : count(evaluateEvery, 'step')],
    [say('Advantage'), say(ADVANTAGES[settings.advantageMode])],
    [say('Reward weights'), say(REWARDS[settings.reward])],
  ];
}
