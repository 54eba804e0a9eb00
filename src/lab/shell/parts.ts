/**
 * The parts of the page that have a name: lessons point at them and `hide=` strips them. An element is a part by its
 * attribute `data-lesson`; the names are in links that teachers hand out, so they stay.
 */
import { phrase } from '../language/language';

export const PARTS = {
  nav: phrase('Links to the parts of the page'),
  theme: phrase('Colours'),
  present: phrase('“Present”'),
  machine: phrase('What it runs on'),
  'before-after': phrase('Before and after training, recorded'),
  'task-choice': phrase('Task, set, seed, dice and player'),
  step: phrase('“Step”'),
  'run-episode': phrase('“Run episode”'),
  reset: phrase('“Reset”'),
  'next-task': phrase('“Next task”'),
  timeline: phrase('Timeline'),
  'task-card': phrase('What the policy is not told'),
  world: phrase('The world'),
  policy: phrase('Policy output'),
  stm: phrase('Short-term memory'),
  ltm: phrase('Long-term memory'),
  rewards: phrase('Rewards'),
  judge: phrase('A model as judge'),
  inside: phrase('Inside'),
  group: phrase('Group'),
  'run-group': phrase('“Run group”'),
  parting: phrase('Where rollouts part'),
  switches: phrase('How rewards become advantages'),
  fork: phrase('Fork'),
  'what-if': phrase('What if'),
  baselines: phrase('Memories compared'),
  own: phrase('Your own data'),
  training: phrase('Training'),
  'run-settings': phrase('Settings of a run'),
  'run-buttons': phrase('The buttons of a run'),
  runs: phrase('Runs kept in this browser'),
  compare: phrase('The same task, before and after'),
  table: phrase('The table'),
  colophon: phrase('Where things come from'),
};

export type PartName = keyof typeof PARTS;
export const PART_NAMES = Object.keys(PARTS) as readonly PartName[];

/** Parts that come with a group that has been played. */
export const GROUP_PARTS: readonly PartName[] = ['parting', 'switches', 'fork'];

/** The element of a part; where it will be, if it is not there yet. */
export function findPart(name: PartName): Element | null {
  const find = (part: PartName) => document.querySelector(`[data-lesson="${part}"]`);
  return find(name) ?? (GROUP_PARTS.includes(name) ? find('group') : null);
}

/** Rules that take parts off the page, for screen readers and the keyboard too, and outline one. */
export function partRules(hidden: readonly PartName[], pointed: PartName | null): string {
  const rules = hidden.map((name) => `[data-lesson="${name}"] { display: none !important; }`);
  if (pointed) {
    rules.push(
      `[data-lesson="${pointed}"] { outline: 3px solid var(--worse); outline-offset: 4px; border-radius: 8px; }`,
    );
  }
  return rules.join('\n');
}
