/** Memories by the names people know, and in one order wherever several stand together. */
import type { MemoryHome, NamespaceFacts } from '../../worker/memory-protocol';
import { type Phrase, phrase, say } from '../language/language';

const PERSONAL = 'user/default';

/** One that is lost is in no list any more; its name is all that is known of it. */
export function titleOf(home: MemoryHome, name: string): string {
  const known = home.namespaces.find((facts) => facts.name === name);
  if (known) return titleWords(known);
  return name === PERSONAL ? say('Personal') : name.replace(/^user\//, '');
}

/** The title as the page says it: the user's own as they are, those that the lab gave in the language on view. */
export function titleWords({ name, kind, title }: Pick<NamespaceFacts, 'name' | 'kind' | 'title'>): string {
  if (name === PERSONAL) return say('Personal');
  if (kind === 'episode') return say('Episode on view');
  if (kind === 'user') return title;
  const [, step, k] = /^(?:Group|Training step (\d+)), rollout (\d+)$/.exec(title) ?? [];
  if (k === undefined) return title;
  return step === undefined
    ? say('Group, rollout {k}', { k })
    : say('Training step {step}, rollout {k}', { step, k });
}

const STORED: Readonly<Record<string, Phrase>> = {
  memories: phrase('memories'),
  journals: phrase('journals'),
  vectors: phrase('vectors'),
  checkpoints: phrase('checkpoints'),
  'task sets': phrase('task sets'),
  backups: phrase('backups'),
  'index snapshots': phrase('index snapshots'),
};

/** What takes room in the browser, by its kind. */
export function storedWords(kind: string): string {
  return Object.hasOwn(STORED, kind) ? say(STORED[kind]) : kind;
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
    namespaces: [...home.namespaces].sort(byName).map((facts) => ({ ...facts, title: titleWords(facts) })),
    backups: home.backups.map((backup) => ({ ...backup, namespaces: [...backup.namespaces].sort(byName) })),
    health: Object.fromEntries(Object.entries(home.health).sort(([a], [b]) => place(a, b))),
  };
}

const COLLATOR = new Intl.Collator(undefined, { numeric: true });
