/** A run in words: how it is called, and its settings one by one. */
import type { TrainingSettings } from '../../worker/protocol';
import type { RunFacts } from '../../worker/runs-protocol';
import { compact, count } from '../figures';
import { LANGUAGE_TAGS, say, spoken } from '../language/language';
import { ADVANTAGES, FAMILIES, REWARDS } from '../words';

/** Characters of a run's name, and those of them that ` (copy 12)` may need. */
export const LONGEST_NAME = 120;
const ROOM_FOR_COPY = 12;

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

/** The name of a copy: that of the run, and which copy it is of those in the list. */
export function copyName(runs: readonly RunFacts[], id: string): string | null {
  const copy = runs.find((run) => run.id === id);
  if (!copy) return null;
  const name = runName(copy).slice(0, LONGEST_NAME - ROOM_FOR_COPY);
  const taken = new Set(runs.map((run) => run.name));
  const first = say('{name} (copy)', { name });
  if (!taken.has(first)) return first;
  for (let n = 2; ; n++) {
    const next = say('{name} (copy {n})', { name, n });
    if (!taken.has(next)) return next;
  }
}

export function moment(at: number): string {
  return new Date(at).toLocaleString(LANGUAGE_TAGS[spoken()], { dateStyle: 'medium', timeStyle: 'short' });
}

/** Every setting with its value, in the order of the form. */
export function settingsOf(settings: TrainingSettings): readonly (readonly [name: string, value: string])[] {
  const { preset, steps, tasksPerStep, groupSize, lr, seed } = settings;
  const { evaluateEvery = 0, taskSet = '', taskFamily = 'qa' } = settings;
  return [
    [say('Preset'), preset],
    [say('Steps'), String(steps)],
    [say('Tasks a step'), String(tasksPerStep)],
    [say('Rollouts a task'), String(groupSize)],
    [say('Learning rate'), compact(lr)],
    [say('Run seed'), String(seed)],
    [say('Tasks'), taskSet === '' ? say('made up by the seed') : say('own set {name}', { name: taskSet })],
    ...(taskSet === '' ? [[say('Topic'), topicWords(taskFamily)] as const] : []),
    [say('Held out, every'), evaluateEvery === 0 ? say('never') : count(evaluateEvery, 'step')],
    [say('Advantage'), say(ADVANTAGES[settings.advantageMode])],
    [say('Reward weights'), say(REWARDS[settings.reward])],
  ];
}

/** What tasks are about; of a family this page does not know, its name. */
function topicWords(family: string): string {
  return Object.hasOwn(FAMILIES, family) ? say(FAMILIES[family]) : family;
}
