/**
 * The parts of the page that have a name: lessons point at them and `hide=` strips them. An element is a part by its
 * attribute `data-lesson`; the names are in links that teachers hand out, so they stay.
 */
export const PARTS = {
  nav: 'Links to the parts of the page',
  theme: 'Colours',
  present: '“Present”',
  machine: 'What it runs on',
  'before-after': 'Before and after training, recorded',
  'task-choice': 'Task, set, seed, dice and player',
  step: '“Step”',
  'run-episode': '“Run episode”',
  reset: '“Reset”',
  'next-task': '“Next task”',
  timeline: 'Timeline',
  'task-card': 'What the policy is not told',
  policy: 'Policy output',
  stm: 'Short-term memory',
  ltm: 'Long-term memory',
  rewards: 'Rewards',
  inside: 'Inside',
  group: 'Group',
  'run-group': '“Run group”',
  parting: 'Where rollouts part',
  switches: 'How rewards become advantages',
  fork: 'Fork',
  'what-if': 'What if',
  training: 'Training',
  'run-settings': 'Settings of a run',
  'run-buttons': 'The buttons of a run',
  compare: 'The same task, before and after',
  colophon: 'Where things come from',
} as const;

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
