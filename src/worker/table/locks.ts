/**
 * Seeds that a tab is playing, so that two tabs with the same table share the work instead of doing it twice. Pages
 * without TLS have no locks; then both play, and keep the same numbers.
 */

const locks = (): LockManager | undefined =>
  typeof navigator === 'undefined' ? undefined : (navigator.locks as LockManager | undefined);

const lockOf = (name: string) => `agemem-lab-table:${name}`;

/** Runs `work` while no other tab holds the name; false, and nothing was done, if one does. */
export async function whileMine(name: string, work: () => Promise<void>): Promise<boolean> {
  const manager = locks();
  if (!manager) {
    await work();
    return true;
  }
  return manager.request(lockOf(name), { ifAvailable: true }, async (lock) => {
    if (lock === null) return false;
    await work();
    return true;
  });
}

/** Resolves when no other tab holds the name any more, or when the signal fires. */
export async function untilFree(name: string, signal: AbortSignal): Promise<void> {
  await locks()
    ?.request(lockOf(name), { signal }, async () => undefined)
    .catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
}
