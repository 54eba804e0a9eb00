/**
 * How AgentBoard (hkust-nlp/AgentBoard, Apache-2.0) says atoms and actions of its four PDDL domains in English. The
 * sentences are its interface, taken over to the byte, with its oddities: one wording for every domain (so a hub that
 * is free reads "The-hub1 is free. " as a gripper does), doubled spaces, "holding" that names the first argument, which
 * in barman is the hand. In worlds of other domains these words stand for what they name only as far as every argument
 * is said, so that no two things are said alike.
 */
import type { Atom } from './domain';

/** `{}` is the next argument. What is not listed, or takes another number of arguments, is said as the atom stands. */
const SENTENCES: Readonly<Record<string, string>> = {
  // blockworld
  on: '{} is on {}.',
  clear: 'The {} is clear.',
  'arm-empty': 'Your arm is empty.',
  'on-table': '{} is on the table.',
  pickup: 'Pickup {}.',
  putdown: 'Putdown {}.',
  stack: 'Stack {} on {}.',
  unstack: 'Unstack {} from {}.',
  // gripper
  ball: '{} is a ball. ',
  gripper: '{} is a gripper. ',
  'at-robby': 'Robby is at {}. ',
  at: '{} is at {}. ',
  free: '{} is free. ',
  carry: '{} is carrying {}. ',
  move: 'Move from {} to {}. ',
  pick: 'Pick up {} at {} with arm {}. ',
  // tyreworld
  isopen: '{} is open.',
  closed: '{} is closed.',
  have: 'You have {}.',
  in: '{} is in {}.',
  loose: 'The nut {} on the hub {} is loose.',
  tight: 'The nut {} on the hub {} is tight.',
  unlocked: '{} is unlocked.',
  'on-ground': 'Hub {} is on the ground.',
  'not-on-ground': 'Hub {} is not on the ground.',
  inflated: 'Wheel {} is inflated.',
  'not-inflated': 'Wheel {} is not inflated.',
  fastened: 'Hub {} is fastened.',
  unfastened: 'Hub {} is unfastened.',
  intact: 'Wheel {} is intact.',
  open: 'Open {}.',
  close: 'Close {}.',
  fetch: 'Fetch {} from {}.',
  'put-away': 'Put-away {} in {}.',
  loosen: 'Loosen the nut {} on the hub {}.',
  tighten: 'Tighten the nut {} on the hub {}.',
  'jack-up': 'jack-up the hub {}.',
  'jack-down': 'Jack-down the hub {}.',
  undo: 'Undo the fastening of the nut {} on the hub {}.',
  'do-up': 'Do-up the nut {} on the hub {}.',
  'remove-wheel': 'Remove-wheel {} from the hub {}.',
  'put-on-wheel': 'put-on-wheel {} on the hub {}.',
  inflate: 'Inflate the wheel {}.',
  // barman
  ontable: '{} is on the table. ',
  holding: 'You are holding {}. ',
  empty: '{} is empty. ',
  contains: '{} contains {}. ',
  clean: '{} is clean. ',
  used: 'Pour {} from a shot glass to a used shaker {}',
  dispenses: '{} dispenses {}. ',
  'shaker-empty-level': '{} is at empty level {}. ',
  'shaker-level': '{} is at level {}. ',
  next: 'level {} is next to level {}. ',
  unshaked: '{} is unshaked. ',
  shaked: '{} is shaked. ',
  'cocktail-part1': '{} part1 ingredient is {}. ',
  'cocktail-part2': '{} part2 ingredient is {}. ',
  grasp: '{} grasp {}. ',
  leave: '{} leave {}. ',
  'fill-shot': 'fill-shot glass {} with {} with {} and {} holding {}. ',
  'refill-shot': 'refill-shot {} with {} with {} and {} holding {}. ',
  'empty-shot': 'use hand {} to empty-shot glass {} with beverage {}. ',
  'clean-shot': 'clean-shot glass {} with {} with hand {} holding shot glass and {}. ',
  'pour-shot-to-clean-shaker':
    'pour-shot-to-clean-shaker from a shot glass {} with {} to a clean shaker {} with hand {} from level {} to level {}',
  'pour-shot-to-used-shaker':
    'pour-shot-to-used-shaker from a shot glass {} with {} to a used shaker {} with hand {} from level {} to level {}',
  'empty-shaker': 'use hand {} to empty-shaker {} with ingredient {} from level {} to level {}.',
  'clean-shaker': 'use hand {} and hand {} to clean-shaker {}',
  shake: 'shake a cocktail {} with ingredient {} and ingredient {} in a shaker {} with hand {} and hand {}',
  'pour-shaker-to-shot':
    'pour-shaker-to-shot to a shot glass {} the ingredient {} with hand {} from shaker {} from level {} to level {}',
};

/** Barman's, of two arguments, the only ones that the original says with less than all. */
const SAID_SHORT = 'holding';

/** An atom or a ground action, as AgentBoard says it. */
export function sentence(atom: Atom): string {
  const [predicate, ...args] = atom;
  const words = Object.hasOwn(SENTENCES, predicate) ? SENTENCES[predicate] : '';
  const places = words.split('{}').length - 1;
  const saysAll = places === args.length || (predicate === SAID_SHORT && args.length === 2);
  if (words === '' || !saysAll) return `${predicate} ${args.join(' ')}`;
  let next = 0;
  return words.replace(/\{\}/g, () => args[next++] ?? '');
}

/** Python's `str.capitalize`: the first letter upper case, all others lower. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();
}

export function goalSentence(goal: readonly Atom[]): string {
  const sentences = goal.map(sentence).sort();
  return `The goal is to satisfy the following conditions: ${sentences.join(', ')}`;
}

export function stateSentences(atoms: readonly Atom[]): string {
  return atoms
    .map((atom) => capitalised(sentence(atom)))
    .sort()
    .join(' ');
}
