/** Forgetting for good: what would go, told first; then all of it, from everything that is kept here. */
import { planErase } from '../../memory/rows/plan-erase';
import type { LabMemories } from '../memories';
import type { Erasable, ErasureFacts } from '../memory-protocol';
import { named } from './names';
import type { OpenMemories } from './open-memories';

/** Throws `UnknownMemoryError`, `UnknownNamespaceError`. */
export async function erasureFacts(
  { rows, prefix, safety }: LabMemories,
  name: string,
  ids: Erasable,
  now: number,
): Promise<ErasureFacts> {
  const { record, entries } = await rows.texts(name);
  const journal = record.journal > 0 ? await rows.journal(name) : [];
  const plan = planErase(record, entries, journal, { ids, at: now });
  const going = new Set(plan.ids);
  const texts = new Set(entries.flatMap(({ id, content }) => (going.has(id) ? [content] : [])));
  for (const { op } of journal) {
    if (op.kind === 'delete' && going.has(op.before.id)) texts.add(op.before.content);
  }
  return {
    ids: plan.ids,
    entries: plan.removals.length,
    records: plan.rewritten.length,
    backups: (await safety?.keeper.backups())?.length ?? 0,
    copies: texts.size === 0 ? [] : await holdersOf(texts, { rows, prefix }, name),
  };
}

async function holdersOf(
  texts: ReadonlySet<string>,
  { rows, prefix }: Pick<LabMemories, 'rows' | 'prefix'>,
  but: string,
): Promise<readonly string[]> {
  const titles: string[] = [];
  for (const { name } of await rows.list()) {
    const known = named(name, prefix);
    if (name === but || known?.kind !== 'user') continue;
    const { entries } = await rows.texts(name);
    if (entries.some(({ content }) => texts.has(content))) titles.push(known.title);
  }
  return titles;
}

/** Throws what `MemoryRows.erase` and `MemoryKeeper.erasing` throw. */
export async function eraseForGood(
  memories: LabMemories,
  open: OpenMemories,
  name: string,
  order: { readonly ids: Erasable; readonly at: number },
): Promise<void> {
  const erase = () => memories.rows.erase(name, order);
  try {
    await (memories.safety ? memories.safety.keeper.erasing(erase) : erase());
  } finally {
    // Its vectors may lie there; the next opening makes the index from the rows and saves that.
    await memories.indexFiles?.remove(name);
    await open.drop(name);
  }
}
