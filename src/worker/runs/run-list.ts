/** The runs that this browser keeps: which there are, how they are called, which was saved last. */
import { CheckpointError } from '../../storage/errors';
import { toLabError } from '../lab-errors';
import {
  ALL_RUNS,
  cardSlot,
  EARLIER,
  loadRun,
  nameSlot,
  type RunStore,
  slotOf,
  stateBytes,
} from '../run-checkpoint';
import type { DamagedRun, RunFacts, RunList } from '../runs-protocol';
import { cardOf, type RunCard, readCard } from './run-card';

/** Characters of a name. */
export const LONGEST_NAME = 120;

export type KeptRuns = Pick<RunList, 'runs' | 'damaged'>;

/**
 * The run of an earlier version of the page becomes one of the list, its damaged checkpoints too. One that says of no
 * generation which run it is stays where it is. Throws `CheckpointError` for that.
 */
export async function adoptEarlier(store: RunStore): Promise<void> {
  const found = await store.recover(EARLIER);
  if (!found) return;
  const { runId } = found.checkpoint.meta as { readonly runId?: unknown };
  if (typeof runId !== 'string' || !/^\w{1,64}$/.test(runId)) {
    throw new CheckpointError(
      'checkpoint-format',
      'The saved training run was written by another version of this page and cannot be continued.',
    );
  }
  await store.rename(EARLIER, slotOf(runId));
}

/** @param here fingerprint of the model that acts; null: none that runs could belong to, or nobody asks */
export async function keptRuns(store: RunStore, here: string | null = null): Promise<KeptRuns> {
  const names = await store.names(ALL_RUNS);
  const runs: RunFacts[] = [];
  const damaged: DamagedRun[] = [];
  for (const [slot, generations] of names) {
    const id = slot.slice(ALL_RUNS.length);
    if (id.includes('/')) continue;
    const name = names.has(nameSlot(id)) ? await nameOf(store, id) : null;
    try {
      const { card, savedAt } = await cardOfRun(store, id);
      const { base, baseName, begun, settings, steps, heldOut, rollouts } = card;
      // What does not say what it was trained on was trained before there was a choice.
      const fits = here !== null && (base === null || base === here);
      const bytes = card.stateBytes * generations.length + card.rolloutBytes;
      const facts = { begun, savedAt, settings, steps, heldOut, rollouts, bytes };
      runs.push({ id, name, baseName, here: fits, ...facts });
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      damaged.push({ id, name, error: toLabError(error) });
    }
  }
  if ((await store.names(EARLIER)).has(EARLIER)) damaged.push(await unreadable(store));
  runs.sort((a, b) => b.savedAt - a.savedAt || (a.id < b.id ? -1 : 1));
  return { runs, damaged };
}

/** The run of an earlier version of the page that could not be taken into the list. */
async function unreadable(store: RunStore): Promise<DamagedRun> {
  const error = await store.recover(EARLIER).then(
    () => new CheckpointError('checkpoint-format', 'It does not say which run it is.'),
    (failure: unknown) => failure,
  );
  return { id: EARLIER, name: null, error: toLabError(error) };
}

/** The one saved last of the model that acts; null where none is kept that can be read. */
export async function newestRun(store: RunStore, here: string | null): Promise<string | null> {
  return (await keptRuns(store, here)).runs.find((run) => run.here)?.id ?? null;
}

/** Null: by settings and date. */
export async function nameRun(store: RunStore, id: string, name: string | null): Promise<void> {
  const text = name?.trim().slice(0, LONGEST_NAME) ?? '';
  if (text === '') await store.delete(nameSlot(id));
  else await store.put(nameSlot(id), { meta: { name: text }, blobs: {} });
}

export async function nameOf(store: RunStore, id: string): Promise<string | null> {
  try {
    const stored = await store.get(nameSlot(id));
    const { name } = (stored?.meta ?? {}) as { readonly name?: unknown };
    return typeof name === 'string' ? name : null;
  } catch (error) {
    // A damaged name is no reason not to show the run.
    if (error instanceof CheckpointError) return null;
    throw error;
  }
}

async function cardOfRun(
  store: RunStore,
  id: string,
): Promise<{ readonly card: RunCard; readonly savedAt: number }> {
  try {
    const stored = await store.get(cardSlot(id));
    const card = readCard(stored?.meta);
    if (stored && card) return { card, savedAt: stored.info.saved };
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
  }
  const run = await loadRun(store, id);
  if (!run) throw new CheckpointError('checkpoint-damaged', 'There is no checkpoint of this run any more.');
  return { card: cardOf(run, stateBytes(run.adapter)), savedAt: run.savedAt };
}
