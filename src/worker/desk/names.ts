/** Names of memories as the rows know them, and as people do. */
import { ROLLOUT_PREFIX, USER_NAMESPACE } from '../../memory/long-term-memory';
import { LabRefusal } from '../lab-errors';
import type { NamespaceKind } from '../memory-protocol';

/** Memories that the user keeps start so. */
const USER_PREFIX = 'user/';
/** Name of the open episode's memory, after the prefix of the tab. */
export const EPISODE = 'episode';
const LONGEST = 80;

export interface Named {
  readonly kind: NamespaceKind;
  readonly title: string;
}

/** `prefix`: what the names of this tab's rollouts start with. Undefined: another tab's, not shown here. */
export function named(name: string, prefix: string): Named | undefined {
  if (name === USER_NAMESPACE) return { kind: 'user', title: 'Personal' };
  if (!name.startsWith(prefix)) {
    if (name.startsWith('rollout/')) return undefined;
    return { kind: 'user', title: name.startsWith(USER_PREFIX) ? name.slice(USER_PREFIX.length) : name };
  }
  const own = name.slice(prefix.length);
  if (own === EPISODE) return { kind: 'episode', title: 'Episode on view' };
  const [, run = own, k] = /^(.*)\/t\d+k(\d+)$/.exec(own) ?? [];
  const step = /^training\/s(\d+)$/.exec(run)?.[1];
  const from = step === undefined ? (run === 'group' ? 'Group' : run) : `Training step ${Number(step) + 1}`;
  return { kind: 'rollout', title: k === undefined ? from : `${from}, rollout ${Number(k) + 1}` };
}

/** A sentence of the keeper, which knows memories by their names as rows, in the name that the user gave. */
export function inUsersWords(sentence: string, name: string): string {
  const known = named(name, ROLLOUT_PREFIX);
  return known ? sentence.replaceAll(JSON.stringify(name), `“${known.title}”`) : sentence;
}

/** The full name of a memory the user gives this name. Throws `LabRefusal`. */
export function userNamespace(given: string): string {
  const title = given
    .normalize('NFC')
    .trim()
    .replace(/^user\//, '');
  // Control characters and the like would make two names look alike, or none at all.
  if (title === '' || [...title].length > LONGEST || /[\p{C}\p{Zl}\p{Zp}]/u.test(title)) {
    throw new LabRefusal(
      'namespace-name',
      `A memory needs a name of 1 to ${LONGEST} visible characters.`,
      'Give it another name.',
    );
  }
  return USER_PREFIX + title;
}
