/** Memories by the names people know, and in one order wherever several stand together. */
import type { MemoryHome } from '../../worker/memory-protocol';

const PERSONAL = 'user/default';

/** One that is lost is in no list any more; its name is all that is known of it. */
export function titleOf(home: MemoryHome, name: string): string {
  const known = home.namespaces.find((facts) => facts.name === name)?.title;
  return known ?? (name === PERSONAL ? 'Personal' : name.replace(/^user\//, ''));
}

/** "Personal" first, the others as a reader looks for them; so in the list, in every backup, and of their health. */
export function inOrder(home: MemoryHome): MemoryHome {
  const place = (a: string, b: string) =>
    Number(b === PERSONAL) - Number(a === PERSONAL) ||
    COLLATOR.compare(titleOf(home, a), titleOf(home, b)) ||
    COLLATOR.compare(a, b);
  const byName = (a: { readonly name: string }, b: { readonly name: string }) => place(a.name, b.name);
  return {
    ...home,
    namespaces: [...home.namespaces].sort(byName),
    backups: home.backups.map((backup) => ({ ...backup, namespaces: [...backup.namespaces].sort(byName) })),
    health: Object.fromEntries(Object.entries(home.health).sort(([a], [b]) => place(a, b))),
  };
}

const COLLATOR = new Intl.Collator(undefined, { numeric: true });
