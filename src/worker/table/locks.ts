/**
 * Seeds that a tab is playing, so that two tabs with the same table share the work instead of doing it twice. Pages
 * without TLS have no locks; then both play, and keep the same numbers.
 */

const locks = (): LockManager | undefined =>
  typeof navigator === 'undefined' ? undefined : (navigator.locks as LockManager | undefined);

const lockOf = (name: string) => `agemem-lab-table:${name}`;

/** Held by every tab with a run that plays or is paused. */
const RUN = 'agemem-lab-table-run';

/** Runs `work` as a run that other tabs can see. */
export async function seen(work: () => Promise<void>): Promise<void> {
  await (locks()?.request(RUN, { mode: 'shared' }, work) ?? work());
}

/** Whether a run plays in any tab. Without locks: not known, so no. */
export async function playsSomewhere(): Promise<boolean> {
  return (await locks()?.request(RUN, { ifAvailable: true }, async (lock) => lock === null)) ?? false;
}

/**
 * Runs `work` while no other tab holds the name; false, and nothing was done, if one does.
 * @param letGo when it resolves others may have the name, though `work` goes on: both keep the same numbers
 */
export async function whileMine(
  name: string,
  work: () => Promise<void>,
  letGo: Promise<void>,
): Promise<boolean> {
  const manager = locks();
  if (!manager) {
    await work();
    return true;
  }
  let working: Promise<void> | null = null;
  await manager.request(lockOf(name), { ifAvailable: true }, async (lock) => {
    if (lock === null) return;
    working = work();
    await Promise.race([working, letGo]);
  });
  if (working === null) return false;
  await working;
  return true;
}

/** Resolves when no other tab holds the name any more, or when the signal fires. */
export async function untilFree(name: string, signal: AbortSignal): Promise<void> {
  await locks()
    ?.request(lockOf(name), { signal }, async () => undefined)
    .catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
}
