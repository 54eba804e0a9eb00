/**
 * A model that acts in one tab is not deleted by another: its files are read again when a device goes away. Who uses it
 * holds a shared lock, which ends with the tab; who deletes it looks whether anybody does.
 */

const lockOf = (id: string) => `agemem-lab-model-used:${id}`;

/** The model that this tab uses. */
export class ModelInUse {
  private id: string | null = null;
  private release: () => void = () => {};

  /** From now on this one; the one before is free. */
  use(id: string): void {
    if (id === this.id) return;
    this.release();
    this.id = id;
    const left = new Promise<void>((resolve) => {
      this.release = resolve;
    });
    // Where there are no locks nothing is kept that could be deleted.
    navigator.locks?.request(lockOf(id), { mode: 'shared' }, () => left).catch(() => undefined);
  }
}

/** Whether any tab uses the model. */
export async function isUsed(id: string): Promise<boolean> {
  return navigator.locks.request(lockOf(id), { ifAvailable: true }, async (lock) => lock === null);
}
