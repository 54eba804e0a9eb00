/** Forgetting for good: what would go, told first; then all of it, from everything that is kept here. */
import { isErased } from '../../memory/rows/erased';
import { planErase, textsOf } from '../../memory/rows/plan-erase';
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
  const told = [...entries, ...journal.flatMap(({ op }) => textsOf(op))];
  const texts = new Set(
    told.flatMap((text) => (going.has(text.id) && !isErased(text) ? [text.content] : [])),
  );
  return {
    ids: plan.ids,
    entries: plan.removals.length,
    records: plan.rewritten.length,
    backups: (await safety?.keeper.backups())?.length ?? 0,
    copies: texts.size === 0 ? [] : await holdersOf(texts, { rows, prefix }, name),
  };
}

/** Titles of other memories that hold one of these texts, as an entry or in what their journal tells of earlier ones. */
async function holdersOf(
  texts: ReadonlySet<string>,
  { rows, prefix }: Pick<LabMemories, 'rows' | 'prefix'>,
  but: string,
): Promise<readonly string[]> {
  const titles: string[] = [];
  for (const { name } of await rows.list()) {
    const known = named(name, prefix);
    if (name === but || known?.kind !== 'user') continue;
    // What it says now is in its journal too, and so is what it said before.
    const journal = await rows.journal(name);
    if (journal.some(({ op }) => textsOf(op).some(({ content }) => texts.has(content))))
      titles.push(known.title);
  }
  return titles;
}

/** Throws what `MemoryRows.erase` and `MemoryKeeper.erasing` throw. */
export async function eraseForGood(
  { rows, safety, indexFiles }: Pick<LabMemories, 'rows' | 'safety' | 'indexFiles'>,
  open: Pick<OpenMemories, 'drop'>,
  name: string,
  order: { readonly ids: Erasable; readonly at: number },
): Promise<void> {
  // Its vectors may lie there; the next opening makes the index from the rows and saves that. Before the rows go, and again
  // for what was being saved then: the keeper's mark stands until this is done, and the next start finishes it.
  const erase = async () => {
    await indexFiles?.remove(name);
    try {
      await rows.erase(name, order);
    } finally {
      await open.drop(name);
      await indexFiles?.remove(name);
    }
  };
  await (safety ? safety.keeper.erasing(erase) : erase());
}
